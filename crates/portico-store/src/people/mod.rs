//! People: sign-in, accounts, contacts, memberships and invitations.

mod accounts;
mod acting;
mod client_memberships;
mod client_rows;
mod contact_list;
mod contact_writes;
mod contacts;
mod countries;
mod identities;
mod invitations;
mod key_rows;
mod keys;
mod link_hosts;
mod links;
mod lookups;
mod members;
mod offers;
mod rows;
mod sessions;
mod sign_in;
mod trade_rows;
mod trades;

pub use accounts::{
    Account, AccountChange, account_by_email, account_by_id, account_once_at, change_account, claim_account,
    delete_password, has_signed_in_from, set_email, set_notifications, set_password,
};
pub use acting::{ActingPerson, ActingStaff, acting_person};
pub use client_memberships::{
    ClientMembership, Invitee, LockedProject, MembershipChange, SettingsChange, change_membership, change_settings,
    client_membership, client_membership_of, client_memberships_of, invited_by, invitee, lock_project, make_primary,
    remove_membership,
};
pub use client_rows::{
    InvitationRow, ProjectClientInternalsRow, ProjectClientRow, client_internals_of_places, clients_by_id,
    clients_of_projects, invitations_of_projects,
};
pub use contact_list::{count_contacts, list_contacts};
pub use contact_writes::{
    ContactChange, NewContact, OwnContact, change_contact, contact_behind, insert_contact, link_contact_to,
    make_client, own_contact, own_contact_with,
};
pub(crate) use contacts::may_see_people;
pub use contacts::{ContactInternalsRow, ContactRow, contacts_by_id, internals_of_contacts};
pub use countries::{country_of_company, country_of_form, country_of_person};
pub use identities::{FoundIdentity, find_or_create_identity, lock_identity};
pub use invitations::{
    NewInvitation, StoredInvitation, end_invitation, expire_invitations, find_invitation, insert_invitation,
    kind_of_invitation, lock_invitation_of, reopen_invitation, set_access, settle_invitations, slots_taken,
};
pub use key_rows::{ApiKeyRow, keys_by_id, keys_of_companies};
pub use keys::{
    Creator, NewApiKey, find_creator, find_projects, insert_api_key, keys_in_force, lock_key, own_projects, revoke_key,
};
pub use link_hosts::{LinkHost, home_at, home_of};
pub use links::{NewSignInLink, StoredLink, find_link, insert_link, use_link, void_links, void_links_of};
pub use lookups::{first_lookup_since, lock_staff};
pub use members::{NewClientMembership, count_members, insert_client_membership};
pub use offers::sign_in_offers;
pub use rows::{NotificationSettingsRow, SessionRow, notification_settings_of_people, sessions_of_people};
pub use sessions::{
    NewSession, SignInOption, can_sign_in_as, end_other_sessions, end_session, insert_session, sign_in_options,
};
pub use trade_rows::{
    ContactMembershipRow, ProjectTradeRow, memberships_of_contacts, trades_by_id, trades_of_projects,
};
pub use trades::{TradeMembership, insert_trade_membership, trade_membership};
