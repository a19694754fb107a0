//! Tokens of a seeded world, for benchmarks.

use portico_core::access::Role;
use portico_core::sessions::TokenHash;

use super::chance::{Seed, Thing};
use super::company::{Company, MANAGER, OWNER};
use super::moment;
use super::people::{Person, client};
use super::project::Site;
use crate::{Rows, add, row};

/// Prefix of the tokens of a seeded world.
const PREFIX: &str = "seed-";
/// Creation and expiry, in days from today.
const MADE_ON: i32 = -1;
const EXPIRES_ON: i32 = 36_500;
/// The key that has a token; a company's own keys count from 0.
const KEY: (u32, &str) = (1_000, "Benchmark");
/// The name of the platform's only support agent.
const AGENT: &str = "Support";

/// A token of a seeded world, with its owner. It is derived from the seed, and so available to everyone who knows the
/// seed: for benchmarks, never for a database with valuable data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedToken {
    /// The bearer token.
    pub token: String,
    /// The caller's role.
    pub role: Role,
    /// The person's name, or the key's.
    pub person: String,
}

/// Adds the platform's only support agent and, if requested, the tokens: of the owner and the project manager of the
/// first company, of a client and a trade partner of the first project, of a key that reads all of the first company's
/// projects, and of the agent.
pub(super) fn put(seed: &Seed, with_tokens: bool, rows: &mut Rows) -> Vec<SeedToken> {
    let (agent, made_at) = (seed.id(Thing::SupportIdentity, 0, 0), moment(MADE_ON));
    let email = "support@portico.example";
    add!(rows => Identity {
        id: agent, email, email_canonical: email, name: AGENT, locale: "en", time_zone: "UTC", claimed_at: Some(made_at),
        created_at: made_at,
    });
    add!(rows => SupportAgent { identity_id: agent, host: "support.portico.example", since: made_at });
    let company = Company::of(seed, 0);
    let first_trade = Site::new(seed, 0, rows).trade_in_company(0);
    let token_of = |role: Role| {
        let hash = seed.hash("bearer", Thing::Token, 0, role as u32).to_string();
        let token = format!("{PREFIX}{}-{}", role.as_str().to_lowercase(), &hash[..32]);
        let token_hash = TokenHash::of(&token).as_str().to_owned();
        let staff = |number| {
            let person = company.staff_person(seed, number);
            (person.id, person.name, Role::Staff, Some(company.staff_id(seed, number)))
        };
        let other = |person: Person| (person.id, person.name, role, None);
        let (identity_id, person, actor, staff_membership_id) = match role {
            Role::Owner => staff(OWNER),
            Role::Staff => staff(MANAGER),
            Role::Client => other(client(seed, 0, 0).0),
            Role::Trade => other(company.trade_person(seed, first_trade).0),
            Role::Support => (agent, AGENT.to_owned(), role, None),
            Role::Reporting => {
                let expires_at = moment(EXPIRES_ON);
                let key = row!(ApiKey { token_hash, name: KEY.1, created_at: made_at, expires_at });
                company.put_key(seed, rows, KEY.0, key);
                return SeedToken { token, role, person: KEY.1.to_owned() };
            }
        };
        add!(rows => Session {
            id: seed.id(Thing::Token, 0, role as u32), token_hash, identity_id, actor, staff_membership_id,
            created_at: made_at, last_seen_at: made_at, expires_at: moment(EXPIRES_ON),
        });
        SeedToken { token, role, person }
    };
    Role::ALL.iter().copied().filter(|_| with_tokens).map(token_of).collect()
}
