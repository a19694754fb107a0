//! Tokens that open a seeded world, for benchmarks.

use portico_core::people::{Role, TokenHash};
use uuid::Uuid;

use super::batch::Batch;
use super::calendar::moment;
use super::chance::{Seed, Thing};
use super::company::{Company, MANAGER, OWNER, key_permissions};
use super::members::client;
use super::project::Site;
use super::tables::{Identity, Key, Session, SupportAgent};

/// How tokens of a seeded world begin.
const PREFIX: &str = "seed-";
/// When they were made and when they end, in days from today.
const MADE_ON: i32 = -1;
const ENDS_ON: i32 = 36_500;
/// The number of the key that has a token; a company's own keys count from 0.
const KEY: u32 = 1_000;
/// The name of the platform's one agent of support.
const AGENT: &str = "Support";

/// A token that opens a seeded world, and whose it is. It follows from the seed, so that anybody who knows the seed has
/// it: it is for benchmarks, and never for a database with anything of value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedToken {
    /// What to send after `Bearer`.
    pub token: String,
    /// What they are when they ask.
    pub role: Role,
    /// The person's name, or the key's.
    pub person: String,
}

/// The tokens: of the owner and the project manager of the first company, of a client and a trade partner of the first
/// project, of a key that reads all of the first company's projects, and of somebody of support.
pub(super) fn tokens(seed: &Seed) -> Vec<SeedToken> {
    let company = Company::of(seed, 0);
    let mut batch = Batch::new();
    let in_company = Site::new(seed, 0, &mut batch).trade_in_company(0);
    let person = |role| match role {
        Role::Owner => company.staff_person(seed, OWNER).name,
        Role::Staff => company.staff_person(seed, MANAGER).name,
        Role::Client => client(seed, 0, 0).0.name,
        Role::Trade => company.trade_person(seed, in_company).0.name,
        Role::Reporting => "Benchmark".to_owned(),
        Role::Support => AGENT.to_owned(),
    };
    Role::ALL.iter().map(|role| SeedToken { token: token(seed, *role), role: *role, person: person(*role) }).collect()
}

fn token(seed: &Seed, role: Role) -> String {
    let hash = seed.hash("bearer", Thing::Token, 0, role as u32).to_string();
    format!("{PREFIX}{}-{}", role.as_str().to_lowercase(), &hash[..32])
}

/// The rows by which the tokens are known.
pub(super) fn put(seed: &Seed, batch: &mut Batch) {
    let company = Company::of(seed, 0);
    let in_company = Site::new(seed, 0, batch).trade_in_company(0);
    let staff = |number| (company.staff_person(seed, number).id, "STAFF", Some(company.staff_id(seed, number)));
    for role in Role::ALL {
        let token_hash = TokenHash::of(&token(seed, *role)).as_str().to_owned().into();
        let (identity_id, actor, staff_membership_id) = match role {
            Role::Owner => staff(OWNER),
            Role::Staff => staff(MANAGER),
            Role::Client => (client(seed, 0, 0).0.id, "CLIENT", None),
            Role::Trade => (company.trade_person(seed, in_company).0.id, "TRADE", None),
            Role::Support => (agent_id(seed), "SUPPORT", None),
            Role::Reporting => {
                batch.put(&Key {
                    id: seed.id(Thing::Key, 0, KEY),
                    token_hash,
                    company_id: company.id,
                    name: "Benchmark".into(),
                    created_by: company.staff_id(seed, OWNER),
                    permissions: key_permissions(),
                    all_projects: true,
                    created_at: moment(MADE_ON),
                    expires_at: moment(ENDS_ON),
                    revoked_at: None,
                });
                continue;
            }
        };
        batch.put(&Session {
            id: seed.id(Thing::Token, 0, *role as u32),
            token_hash,
            identity_id,
            actor,
            staff_membership_id,
            company_id: None,
            device: None,
            created_at: moment(MADE_ON),
            last_seen_at: moment(MADE_ON),
            expires_at: moment(ENDS_ON),
            revoked_at: None,
        });
    }
}

fn agent_id(seed: &Seed) -> Uuid {
    seed.id(Thing::SupportIdentity, 0, 0)
}

/// The platform's one agent of support, who is there whether or not they have a token.
pub(super) fn put_agent(seed: &Seed, batch: &mut Batch) {
    let email = "support@portico.example";
    batch.put(&Identity {
        id: agent_id(seed),
        email: email.into(),
        email_canonical: email.into(),
        name: AGENT.into(),
        phone: None,
        locale: "en",
        time_zone: "UTC",
        claimed_at: Some(moment(MADE_ON)),
        disabled_at: None,
        created_at: moment(MADE_ON),
    });
    let (since, ended_at) = (moment(MADE_ON), None);
    batch.put(&SupportAgent { identity_id: agent_id(seed), host: "support.portico.example", since, ended_at });
}
