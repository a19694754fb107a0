//! Mail: what is sent, and what may be said in it.

mod body;
mod job;

pub use body::{BodyError, MAX_BODY, PLACEHOLDERS, check_body, fill};
pub use job::{MailJob, MailLink};

text_enum! {
    /// A mail that Portico sends.
    pub enum MailTemplate {
        /// Somebody wants to sign in: holds a link (ACC-1).
        SignInLink = "SIGN_IN_LINK",
        /// A client's first mail: holds the link to create a password. Locked, so that no company can turn it into
        /// something else (INV-12, INV-14).
        CustomerInvitation = "CUSTOMER_INVITATION",
        /// The welcome of a client whom another company has invited before: says how to sign in, and holds no link to a
        /// password (INV-15 to INV-17).
        CustomerInvitationFromAnotherOffice = "CUSTOMER_INVITATION_FROM_ANOTHER_OFFICE",
        /// A client whom the company knows already gets another project.
        ProjectSharedAgain = "PROJECT_SHARED_AGAIN",
        /// A trade partner's first invitation into a project: holds a link that signs them in (ORG-3).
        TradeInvitation = "TRADE_INVITATION",
        /// A member of staff is invited who has no account yet: holds a link (ORG-2).
        StaffInvitation = "STAFF_INVITATION",
        /// A member of staff is invited who has an account already: says how to sign in, and holds no link (ORG-2).
        StaffInvitationWithAccount = "STAFF_INVITATION_WITH_ACCOUNT",
        /// Somebody changes the address of their own account: the link to the new address proves that it is theirs.
        EmailConfirmation = "EMAIL_CONFIRMATION",
        /// A notice to whom the account belongs, in case it was not they who did it.
        PasswordChanged = "PASSWORD_CHANGED",
        /// The address of an account was changed: a notice to the one that it had.
        EmailChanged = "EMAIL_CHANGED",
        /// Support has corrected an account: a notice to whom it belongs (ACC-13).
        AccountCorrected = "ACCOUNT_CORRECTED",
        /// The company asks a client to look whether it knows them rightly (ACC-12).
        ContactReview = "CONTACT_REVIEW",
    }
}

impl MailTemplate {
    /// Whether a company may write the body in its own words. The title is nobody's to change (INV-14, INV-16, INV-17).
    pub const fn is_customisable(self) -> bool {
        self.standard_body().is_some()
    }

    /// Whether it is about an account alone, so that the platform sends it where no company does.
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

    /// Whether it holds a link that signs somebody in or proves something. What has one cannot be sent without, and what has
    /// none cannot be given one.
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

    /// Whether it leads to the company's portal, and so needs to know its host.
    pub const fn has_portal(self) -> bool {
        matches!(
            self,
            Self::CustomerInvitationFromAnotherOffice
                | Self::ProjectSharedAgain
                | Self::StaffInvitationWithAccount
                | Self::ContactReview
        )
    }

    /// What a mail has to say besides the recipient's name, the company and the link: the names of its values, all of
    /// which are given, as a text, a number or null.
    ///
    /// `minutes`, `days` and `hours` say how long the link works.
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
        }
    }

    /// Whether it goes to an address that nobody has proved to be the account's: then it carries no text that its sender chose.
    pub const fn is_to_unproved(self) -> bool {
        matches!(self, Self::EmailConfirmation)
    }

    /// Its title, in which `{{company}}` stands for the company's name, or for the platform's where there is no company.
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
        }
    }

    /// What a customisable one says where the company has not written words of its own: plain text with the
    /// [`PLACEHOLDERS`]. None for those that are not customisable.
    pub const fn standard_body(self) -> Option<&'static str> {
        match self {
            Self::CustomerInvitationFromAnotherOffice => Some(WELCOME),
            _ => None,
        }
    }
}

const WELCOME: &str = "Hello {{name}},

{{company}} has added you to the project \"{{project}}\".

You already have an account, so there is nothing to set up: sign in at {{portal}} with the email address and password that you \
use for your other projects. If you do not remember the password, ask for a sign-in link there.

You will find \"{{project}}\" beside your other projects.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_invitation_is_locked_and_the_welcome_is_not() {
        // INV-14, INV-16
        let customisable: Vec<_> = MailTemplate::ALL.iter().filter(|template| template.is_customisable()).collect();
        assert_eq!(customisable, [&MailTemplate::CustomerInvitationFromAnotherOffice]);
    }

    #[test]
    fn the_welcome_holds_no_link_to_a_password() {
        // INV-15
        assert!(MailTemplate::CustomerInvitation.has_link());
        assert!(!MailTemplate::CustomerInvitationFromAnotherOffice.has_link());
    }

    #[test]
    fn standard_bodies_and_titles_keep_the_rules_of_custom_ones() {
        for template in MailTemplate::ALL {
            check_body(template.title()).unwrap();
            if let Some(body) = template.standard_body() {
                check_body(body).unwrap();
            }
        }
    }
}
