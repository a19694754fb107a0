//! Threads of projects.

use std::collections::BTreeMap;

use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};

use super::chance::{Chance, Thing};
use super::moment;
use super::people::client;
use super::project::Site;
use super::words::WORDS;
use crate::add;

/// Most messages of a thread; ids of messages depend on it.
const MESSAGES: u32 = 8;

impl Site<'_> {
    /// Adds notes of staff on the project, its selections and, if a schedule is published, its tasks: a thread for each record.
    pub(super) fn put_notes(&mut self, has_schedule: bool) {
        let mut chance = self.chance(Thing::Note);
        let mut of_records = BTreeMap::<_, Vec<_>>::new();
        for number in 0..1 + chance.below(2 + self.size.tasks / 6) {
            let of_tasks = if has_schedule { 45 } else { 0 };
            let subjects =
                [(30, ThreadSubject::Project), (25, ThreadSubject::Selection), (of_tasks, ThreadSubject::Task)];
            let kind = chance.weighted(&subjects);
            let id = match kind {
                ThreadSubject::Project => self.project_id,
                ThreadSubject::Selection => self.id(Thing::Selection, chance.below(self.size.selections)),
                ThreadSubject::Task => self.task_id(chance.below(self.size.tasks)),
            };
            let (author, body) = (self.any_staff_number(&mut chance), chance.pick(&WORDS.notes));
            of_records.entry((id, kind.as_str())).or_default().push((
                chance.between(self.created, -1),
                number,
                author,
                body,
            ));
        }
        for ((subject_id, subject_kind), mut notes) in of_records {
            notes.sort_unstable_by_key(|(on, number, ..)| (*on, *number));
            let (audience, id) = (ThreadAudience::Internal, self.id(Thing::NoteThread, notes[0].1));
            for (position, (on, number, author, body)) in (1_u32..).zip(&notes) {
                let author = self.company.staff_person(self.seed, *author);
                add!(self => Message {
                    id: self.id(Thing::Note, *number), thread_id: id, audience, position, author_id: author.id,
                    author_kind: AuthorKind::Company, author_name: author.name, body: *body, created_at: moment(*on), version: 1,
                });
            }
            let (first, last) = (notes[0].0, notes[notes.len() - 1].0);
            let subject_kind: ThreadSubject = subject_kind.parse().expect("a kind");
            add!(self => Thread {
                id, audience, kind: ThreadKind::Discussion, subject_kind, subject_id,
                title: (subject_kind == ThreadSubject::Project).then_some("Notes of the team"), created_at: moment(first),
                last_message_at: moment(last), message_count: u32::try_from(notes.len()).unwrap_or_default(),
            });
        }
    }

    /// Adds threads about the project: most with clients, some among staff or with a trade partner.
    pub(super) fn put_threads(&mut self) {
        let mut chance = self.chance(Thing::Thread);
        for number in 0..1 + chance.below(2 + self.size.tasks / 12) {
            let audience = chance.weighted(&[
                (60, ThreadAudience::Client),
                (15, ThreadAudience::Trade),
                (25, ThreadAudience::Internal),
            ]);
            let partner = chance.below(self.trades);
            let (author_id, author_name, author_kind) = match audience {
                ThreadAudience::Client => {
                    let person = client(self.seed, self.index, 0).0;
                    (person.id, person.name, AuthorKind::Client)
                }
                ThreadAudience::Trade => {
                    let person = self.company.trade_person(self.seed, self.trade_in_company(partner)).0;
                    (person.id, person.name, AuthorKind::Trade)
                }
                ThreadAudience::Internal => {
                    let person = self.company.staff_person(self.seed, 0);
                    (person.id, person.name, AuthorKind::Company)
                }
            };
            let staff_number = chance.below(self.company.staff);
            let staff = self.company.staff_person(self.seed, staff_number);
            let id = self.id(Thing::Thread, number);
            let (first, count) = (chance.between(self.created, -1), 1 + chance.below(MESSAGES));
            for position in 1..=count {
                let is_staff = position % 2 == 1;
                let (author_id, author_name) =
                    if is_staff { (staff.id, &staff.name) } else { (author_id, &author_name) };
                let message_id = self.id(Thing::Message, number * MESSAGES + position);
                let (created_at, is_edited) = (moment((first + position.cast_signed()).min(-1)), chance.percent(5));
                add!(self => Message {
                    id: message_id, thread_id: id, audience, position, author_id,
                    author_kind: if is_staff { AuthorKind::Company } else { author_kind }, author_name,
                    body: chance.pick(&WORDS.messages), created_at, edited_at: is_edited.then_some(created_at),
                    version: 1 + u32::from(is_edited),
                });
                if is_edited {
                    add!(self => MessageVersion {
                        message_id, version: 1, audience, body: chance.pick(&WORDS.messages), written_at: created_at,
                    });
                }
                if !is_staff && chance.percent(10) {
                    let staff_membership_id = self.company.staff_id(self.seed, staff_number);
                    add!(self => MessageMention { message_id, staff_membership_id });
                }
            }
            add!(self => ThreadRead {
                thread_id: id, identity_id: staff.id, position: count, read_at: moment(-1),
            });
            add!(self => Thread {
                id, audience, kind: ThreadKind::Discussion,
                trade_membership_id: (audience == ThreadAudience::Trade).then(|| self.id(Thing::Trade, partner)),
                subject_kind: ThreadSubject::Project, subject_id: self.project_id, title: Some(chance.pick(&WORDS.topics)),
                created_at: moment(first), last_message_at: moment((first + count.cast_signed()).min(-1)),
                message_count: count,
            });
        }
    }
}
