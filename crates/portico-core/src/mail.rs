//! Mail templates, and the values that each one needs.

mod body;
mod job;

pub use body::{BodyError, MAX_BODY, PLACEHOLDERS, check_body, fill};
pub use job::{MailJob, MailLink};

text_enum! {
    /// A template of a mail.
    pub enum MailTemplate {
        /// Sign-in: with a link (ACC-1).
        SignInLink = "SIGN_IN_LINK",
        /// First invitation of a client: with the link to create a password. Locked, so that no company can change its
        /// meaning (INV-12, INV-14).
        CustomerInvitation = "CUSTOMER_INVITATION",
        /// Invitation of a client who has an account already: says how to sign in, without a link to set a password
        /// (INV-15 to INV-17).
        CustomerInvitationFromAnotherOffice = "CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE",
        /// Another project of the company for a client who has access already.
        ProjectSharedAgain = "PROJECT_SHARED_AGAIN",
        /// First invitation of a trade partner to a project: with a sign-in link (ORG-3).
        TradeInvitation = "TRADE_INVITATION",
        /// Invitation of a member of staff without an account: with a link (ORG-2).
        StaffInvitation = "STAFF_INVITATION",
        /// Invitation of a member of staff with an account: says how to sign in, without a link (ORG-2).
        StaffInvitationWithAccount = "STAFF_INVITATION_WITH_ACCOUNT",
        /// Confirmation of an account's new email address: with a link.
        EmailConfirmation = "EMAIL_CONFIRMATION",
        /// Notice that the account's password was changed.
        PasswordChanged = "PASSWORD_CHANGED",
        /// Notice to the former email address of an account.
        EmailChanged = "EMAIL_CHANGED",
        /// Notice that a support agent corrected the account (ACC-13).
        AccountCorrected = "ACCOUNT_CORRECTED",
        /// Request to a client to review the contact's data (ACC-12).
        ContactReview = "CONTACT_REVIEW",
        /// Record of a decision, for the clients who may decide (SEL-2).
        DecisionRecorded = "DECISION_RECORDED",
        /// Attachments of a member's mail that did not become files (FIL-2).
        AttachmentsLeftOut = "ATTACHMENTS_LEFT_OUT",
        /// Reminder of selections that a client has to choose or approve (SEL-7).
        SelectionsDue = "SELECTIONS_DUE",
    }
}

impl MailTemplate {
    /// Whether a company may customize the body. Titles cannot be customized (INV-14, INV-16, INV-17).
    pub const fn is_customizable(self) -> bool {
        self.standard_body().is_some()
    }

    /// Whether it concerns an account alone: without a company it is sent in the platform's name.
    pub const fn is_of_account(self) -> bool {
        matches!(
            self,
            Self::SignInLink
                | Self::EmailConfirmation
                | Self::PasswordChanged
                | Self::EmailChanged
                | Self::AccountCorrected
        )
    }

    /// Whether the mail contains a link that signs in or confirms an address. Such a mail is not sent without one, and
    /// no other mail has one.
    pub const fn has_link(self) -> bool {
        matches!(
            self,
            Self::SignInLink
                | Self::CustomerInvitation
                | Self::TradeInvitation
                | Self::StaffInvitation
                | Self::EmailConfirmation
        )
    }

    /// Whether the mail has a six-digit code beside its link (SES-10). Invitations have none: no browser or app has
    /// requested them.
    pub const fn has_code(self) -> bool {
        matches!(self, Self::SignInLink)
    }

    /// Whether the mail leads to the company's portal, and so needs its host.
    pub const fn has_portal(self) -> bool {
        matches!(
            self,
            Self::CustomerInvitationFromAnotherOffice
                | Self::ProjectSharedAgain
                | Self::StaffInvitationWithAccount
                | Self::ContactReview
                | Self::SelectionsDue
        )
    }

    /// Names of the template's values, besides the recipient's name, the company, the link and the code.
    ///
    /// Each is required: a text, a number or null, or a list of texts ([`Self::has_list`]). `minutes`, `days` and `hours` are the lifetime of the link.
    pub const fn values(self) -> &'static [&'static str] {
        match self {
            Self::SignInLink => &["minutes"],
            Self::CustomerInvitation | Self::TradeInvitation => &["project", "days"],
            Self::CustomerInvitationFromAnotherOffice | Self::ProjectSharedAgain => &["project"],
            Self::StaffInvitation | Self::StaffInvitationWithAccount => &["days"],
            Self::EmailConfirmation => &["hours"],
            Self::PasswordChanged | Self::EmailChanged => &[],
            Self::AccountCorrected => &["changed"],
            Self::ContactReview => &["contact_name", "contact_email", "contact_phone"],
            Self::DecisionRecorded => &[
                "project",
                "subject",
                "agreed",
                "price",
                "decided_by",
                "decided_at",
                "project_id",
                "position",
                "hash",
                "key_id",
                "signature",
            ],
            Self::AttachmentsLeftOut => &["project", "attachments", "added"],
            Self::SelectionsDue => &["project", "overdue", "due"],
        }
    }

    /// Whether a value is a list of texts.
    pub fn has_list(self, name: &str) -> bool {
        self == Self::SelectionsDue && name != "project"
    }

    /// Whether the address may be unverified: then the mail carries no text chosen by its sender.
    pub const fn is_to_unverified(self) -> bool {
        matches!(self, Self::EmailConfirmation)
    }

    /// The title. `{{company}}` stands for the name of the company, or of the platform if there is none.
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignInLink => "Your sign-in link for {{company}}",
            Self::CustomerInvitation => "{{company}} invites you to your project's portal",
            Self::CustomerInvitationFromAnotherOffice => "Welcome to the portal of {{company}}",
            Self::ProjectSharedAgain => "{{company}} has shared another project with you",
            Self::TradeInvitation => "{{company}} invites you to work on a project",
            Self::StaffInvitation | Self::StaffInvitationWithAccount => "{{company}} invites you to join its staff",
            Self::EmailConfirmation => "Please confirm your new email address",
            Self::PasswordChanged => "Your password was changed",
            Self::EmailChanged => "Your account has another email address",
            Self::AccountCorrected => "Your account was corrected by support",
            Self::ContactReview => "{{company}} asks you to check your contact details",
            Self::DecisionRecorded => "{{company}}: record of an approval in your project",
            Self::AttachmentsLeftOut => "{{company}}: attachments of your mail could not be added",
            Self::SelectionsDue => "{{company}}: selections in your project wait for you",
        }
    }

    /// Default body of a customizable template: plain text with [`PLACEHOLDERS`]. None for the others.
    pub const fn standard_body(self) -> Option<&'static str> {
        match self {
            Self::CustomerInvitationFromAnotherOffice => Some(WELCOME),
            _ => None,
        }
    }
}

const WELCOME: &str = "Hello {{name}},

{{company}} has added you to the project \"{{project}}\".

You already have an account, so there is nothing to set up: sign in at {{portal}} with this email address. We will email you \
a sign-in link. If you have other roles, such as staff, choose the role of client to see \"{{project}}\".";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_invitation_is_locked_not_welcome() {
        // INV-14, INV-16
        let customizable: Vec<_> = MailTemplate::ALL.iter().filter(|template| template.is_customizable()).collect();
        assert_eq!(customizable, [&MailTemplate::CustomerInvitationFromAnotherOffice]);
    }

    #[test]
    fn welcome_has_no_password_link() {
        // INV-15
        assert!(MailTemplate::CustomerInvitation.has_link());
        assert!(!MailTemplate::CustomerInvitationFromAnotherOffice.has_link());
    }

    #[test]
    fn standard_texts_obey_custom_text_rules() {
        for template in MailTemplate::ALL {
            check_body(template.title()).unwrap();
            if let Some(body) = template.standard_body() {
                check_body(body).unwrap();
            }
        }
    }
}
