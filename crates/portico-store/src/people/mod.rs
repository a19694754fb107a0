//! People: sign-in, and the keys that actions make.

mod accounts;
mod acting;
mod invitations;
mod keys;
mod links;
mod rows;
mod sessions;
mod sign_in;

pub use accounts::{
    Account, AccountChange, NotificationChoice, account_by_email, account_by_id, change_account, claim_account,
    set_email, set_notifications, set_password,
};
pub use acting::{ActingPerson, ActingStaff, acting_person};
pub use invitations::{
    KeptInvitation, NewInvitation, end_invitation, expire_invitations, find_invitation, insert_invitation,
    lock_invitation_of, reopen_invitation, settle_invitations, slots_taken,
};
pub use keys::{Creator, NewApiKey, find_creator, find_projects, insert_api_key};
pub use links::{KeptLink, NewSignInLink, find_link, insert_link, use_link, void_links, void_links_of};
pub use rows::{NotificationSettingsRow, SessionRow, notification_settings_of_people, sessions_of_people};
pub use sessions::{
    NewSession, SignInPlace, company_at_host, end_other_sessions, end_session, home_company, insert_session, places_of,
};
