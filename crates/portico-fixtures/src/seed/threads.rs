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
                    (person.id, person.name, AuthorKind::Staff)
                }
            };
            let staff = self.company.staff_person(self.seed, chance.below(self.company.staff));
            let id = self.id(Thing::Thread, number);
            let (first, count) = (chance.between(self.created, -1), 1 + chance.below(MESSAGES));
            for position in 1..=count {
                let is_staff = position % 2 == 1;
                let (author_id, author_name) =
                    if is_staff { (staff.id, &staff.name) } else { (author_id, &author_name) };
                add!(self => Message {
                    id: self.id(Thing::Message, number * MESSAGES + position), thread_id: id, audience, position, author_id,
                    author_kind: if is_staff { AuthorKind::Staff } else { author_kind }, author_name,
                    body: chance.pick(&WORDS.messages), created_at: moment((first + position.cast_signed()).min(-1)), version: 1,
                });
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
