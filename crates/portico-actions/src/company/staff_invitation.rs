//! Invitation mail of a member of staff.

use chrono::{DateTime, Utc};
use portico_core::id::{CompanyId, IdentityId, InvitationId, new_uuid};
use portico_core::invitations::INVITATION_LIFE;
use portico_core::links::LinkPurpose;
use portico_core::mail::{MailJob, MailTemplate};
use portico_store::links::{NewSignInLink, insert_link};
use portico_store::{AsyncPgConnection, StoreError};
use serde_json::json;

/// Invitation to be mailed.
pub(super) struct StaffMail {
    pub(super) company: CompanyId,
    /// The installation's host for the company's region.
    pub(super) host: String,
    pub(super) identity: IdentityId,
    /// Whether the account is claimed. Then the mail holds no link, as with clients (INV-15): a person with an account can sign
    /// in, and the company does not learn which mail was sent.
    pub(super) is_claimed: bool,
    pub(super) invitation: InvitationId,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) at: DateTime<Utc>,
}

impl StaffMail {
    /// Writes the link, if the mail holds one. Returns the job that sends the mail.
    pub(super) async fn prepare(self, connection: &mut AsyncPgConnection) -> Result<MailJob, StoreError> {
        let link = if self.is_claimed {
            None
        } else {
            let new = NewSignInLink {
                identity: self.identity,
                purpose: LinkPurpose::StaffInvitation,
                invitation: Some(self.invitation),
                company: Some(self.company),
                email: None,
                at: self.at,
                expires_at: self.at + INVITATION_LIFE,
            };
            Some(insert_link(connection, new).await?)
        };
        let template =
            if link.is_some() { MailTemplate::StaffInvitation } else { MailTemplate::StaffInvitationWithAccount };
        Ok(MailJob {
            key: format!("staff-invitation:{}:{}", self.invitation.0, new_uuid()),
            company_id: Some(self.company),
            template,
            to_address: self.address,
            to_name: Some(self.name),
            values: json!({ "days": INVITATION_LIFE.num_days() }),
            link,
            portal_host: Some(self.host),
        })
    }
}
