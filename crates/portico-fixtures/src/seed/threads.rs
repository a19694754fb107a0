//! Threads of projects.

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
