//! Tokens that open a seeded world, for benchmarks.

use portico_core::people::{Role, TokenHash};

use super::chance::{Seed, Thing};
use super::company::{Company, MANAGER, OWNER};
use super::moment;
use super::people::client;
use super::project::Site;
use crate::Rows;
use crate::column::add;

/// How tokens of a seeded world begin.
const PREFIX: &str = "seed-";
/// When they were made and when they expire, in days from today.
const MADE_ON: i32 = -1;
const EXPIRES_ON: i32 = 36_500;
/// The key that has a token; a company's own keys count from 0.
const KEY: (u32, &str) = (1_000, "Benchmark");
/// The name of the platform's one support agent.
const AGENT: &str = "Support";

/// A token that opens a seeded world, and whose it is. It follows from the seed, and so belongs to everyone who knows the
/// seed: it is for benchmarks, and never for a database with anything of value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedToken {
    /// The bearer token.
    pub token: String,
    /// The caller's role.
    pub role: Role,
    /// The person's name, or the key's.
    pub person: String,
}

/// The tokens: of the owner and the project manager of the first company, of a client and a trade partner of the first
/// project, of a key that reads all of the first company's projects, and of a support agent.
pub(super) fn tokens(seed: &Seed) -> Vec<SeedToken> {
    let company = Company::of(seed, 0);
    let person = |role| match role {
        Role::Owner => company.staff_person(seed, OWNER).name,
        Role::Staff => company.staff_person(seed, MANAGER).name,
        Role::Client => client(seed, 0, 0).0.name,
        Role::Trade => company.trade_person(seed, first_trade(seed)).0.name,
        Role::Reporting => KEY.1.to_owned(),
        Role::Support => AGENT.to_owned(),
    };
    Role::ALL.iter().map(|role| SeedToken { token: token(seed, *role), role: *role, person: person(*role) }).collect()
}

fn token(seed: &Seed, role: Role) -> String {
    let hash = seed.hash("bearer", Thing::Token, 0, role as u32).to_string();
    format!("{PREFIX}{}-{}", role.as_str().to_lowercase(), &hash[..32])
}

fn first_trade(seed: &Seed) -> u32 {
    Site::new(seed, 0, &mut Rows::default()).trade_in_company(0)
}

/// The platform's one support agent, and the tokens if they are wanted.
pub(super) fn put(seed: &Seed, with_tokens: bool, rows: &mut Rows) {
    let (agent, made_at) = (seed.id(Thing::SupportIdentity, 0, 0), moment(MADE_ON));
    let email = "support@portico.example";
    add!(rows => Identity {
        id: agent, email, email_canonical: email, name: AGENT, locale: "en", time_zone: "UTC", claimed_at: Some(made_at),
        created_at: made_at,
    });
    add!(rows => SupportAgent { identity_id: agent, host: "support.portico.example", since: made_at });
    let company = Company::of(seed, 0);
    let staff = |number| (company.staff_person(seed, number).id, Role::Staff, Some(company.staff_id(seed, number)));
    for role in Role::ALL.iter().copied().filter(|_| with_tokens) {
        let token_hash = TokenHash::of(&token(seed, role)).as_str().to_owned();
        let (identity_id, actor, staff_membership_id) = match role {
            Role::Owner => staff(OWNER),
            Role::Staff => staff(MANAGER),
            Role::Client => (client(seed, 0, 0).0.id, role, None),
            Role::Trade => (company.trade_person(seed, first_trade(seed)).0.id, role, None),
            Role::Support => (agent, role, None),
            Role::Reporting => {
                company.put_key(seed, rows, KEY, token_hash, (MADE_ON, EXPIRES_ON), None);
                continue;
            }
        };
        add!(rows => Session {
            id: seed.id(Thing::Token, 0, role as u32), token_hash, identity_id, actor, staff_membership_id,
            created_at: made_at, last_seen_at: made_at, expires_at: moment(EXPIRES_ON),
        });
    }
}
