//! Changes of state: one file per action, which checks, writes and records the change in one transaction.
//!
//! [`Actor::perform`] runs an [`Action`]. Actions do not depend on GraphQL or HTTP: mutations, webhooks and commands
//! share them.

pub mod accounts;
mod actor;
pub mod calendar;
mod changes;
mod check;
pub mod company;
pub mod contacts;
pub mod files;
mod heavy;
mod installation;
pub mod invitations;
pub mod keys;
pub mod leads;
pub mod links;
mod member_action;
pub mod memberships;
pub mod messages;
mod password;
pub mod portal;
pub mod projects;
mod refusal;
pub mod schedule;
pub mod selections;
pub mod sessions;
pub mod support;
mod work;

pub use actor::{Action, Actor, CancelGuard, Origin, WriteScope};
pub use heavy::{HeavyError, HeavyLimits, HeavyPool};
pub use installation::{AttemptCounter, AttemptRate, Installation};
pub use refusal::{ActionError, Counted, Refusal};
pub use work::{ActivityEvent, Work};

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use portico_core::access::Role;
    use portico_core::id::ApiKeyId;
    use secrecy::SecretString;
    use uuid::Uuid;

    use crate::accounts::{PasswordChange, ViewerUpdate};
    use crate::keys::{CreatedApiKey, KeyCreated};
    use crate::links::{CodeConsume, CodeRequest, EmailConfirm, LinkConsume, LinkInspect, LinkRenew};
    use crate::sessions::{OpenSession, SignIn, SignedIn};

    #[test]
    fn actions_print_no_secrets() {
        let secret = || SecretString::from("hunter2");
        let expires_at = DateTime::UNIX_EPOCH;
        for printed in [
            format!("{:?}", SignIn { email: String::new(), password: secret(), choice: None }),
            format!("{:?}", LinkConsume { token: secret(), choice: None, password: Some(secret()) }),
            format!("{:?}", CodeConsume { request_id: secret(), code: secret(), choice: None }),
            format!("{:?}", CodeRequest { request_id: secret(), token: secret() }),
            format!("{:?}", EmailConfirm { token: secret() }),
            format!("{:?}", LinkInspect { token: secret() }),
            format!("{:?}", LinkRenew { token: secret() }),
            format!("{:?}", PasswordChange { current: Some(secret()), new: secret() }),
            format!("{:?}", ViewerUpdate { current_password: Some(secret()), ..ViewerUpdate::default() }),
            format!("{:?}", SignedIn::Open(OpenSession { token: secret(), role: Role::Client, expires_at })),
            format!("{:?}", KeyCreated { token: secret(), expires_at }),
            format!("{:?}", CreatedApiKey { id: ApiKeyId(Uuid::nil()), token: secret() }),
        ] {
            assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
        }
    }
}
