//! People: accounts, sign-in, sessions, API keys, contacts and project members.

mod account_fields;
pub(crate) mod attempts;
mod client_create;
mod client_request_contact_review;
mod client_update;
pub(crate) mod contacts;
mod failed_attempt;
mod invitation_accept;
mod invitations;
pub(crate) mod invite;
mod key_create;
mod key_write;
mod keys;
mod link_consume;
mod link_inspect;
mod link_request;
pub(crate) mod notice;
mod notifications_update;
mod password;
mod password_change;
mod project_clients;
mod project_trades;
mod reauthenticate;
mod resolve_person;
mod session;
mod session_end;
mod sign_in;
mod viewer_update;

pub use account_fields::AccountFields;
pub use client_create::ClientCreate;
pub use client_request_contact_review::ClientRequestContactReview;
pub use client_update::ClientUpdate;
pub use invitation_accept::InvitationAccept;
pub use invitations::{InvitationRemove, InvitationResend, InvitationSend};
pub use key_create::{KeyCreate, KeyCreateError, KeyCreated};
pub use key_write::KeyError;
pub use keys::{ApiKeyCreate, ApiKeyRevoke, CreatedApiKey};
pub(crate) use link_consume::former_address;
pub use link_consume::{EmailConfirm, LinkConsume};
pub use link_inspect::{LinkInspect, LinkRenew, LinkState, PasswordOffer};
pub use link_request::LinkRequest;
pub use notifications_update::NotificationsUpdate;
pub use password_change::PasswordChange;
pub use portico_store::people::{MembershipChange, SettingsChange, SignInOption};
pub use project_clients::{
    ContactDetails, ProjectClientAdd, ProjectClientMakePrimary, ProjectClientRemove, ProjectClientReplace,
    ProjectClientUpdate,
};
pub use project_trades::{ProjectTradeAdd, ProjectTradeRemove, ProjectTradeUpdate};
pub use resolve_person::KNOWN_ADDRESSES_PER_HOUR;
pub(crate) use resolve_person::{ResolvedPerson, resolve_person};
pub use session::{OpenSession, SignedIn};
pub use session_end::{SessionRevoke, SignOut};
pub use sign_in::SignIn;
pub use viewer_update::ViewerUpdate;

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use portico_core::id::ApiKeyId;
    use portico_core::people::Role;
    use secrecy::SecretString;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn actions_print_no_secrets() {
        let secret = || SecretString::from("hunter2");
        let expires_at = DateTime::UNIX_EPOCH;
        for printed in [
            format!("{:?}", SignIn { email: String::new(), password: secret(), choice: None }),
            format!("{:?}", LinkConsume { token: secret(), choice: None, password: Some(secret()) }),
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
