//! Mail templates.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use portico_core::mail::{MailTemplate, PLACEHOLDERS};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::mail::{EmailTemplateRow, TemplatesOfCompany};

use crate::error::ApiError;
use crate::load::load;
use crate::scalars::DateTime;

/// Email that is sent in a company's name. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "MailTemplate")]
pub(crate) enum EmailTemplateKey {
    /// Sign-in link.
    #[shared(STAFF)]
    SignInLink,
    /// First invitation of a client. Holds a link to create a password.
    #[shared(STAFF)]
    CustomerInvitation,
    /// Welcome of a client who already has an account. Holds no link.
    #[shared(STAFF)]
    #[graphql(name = "CUSTOMER_INVITATION_WITH_ACCOUNT")]
    CustomerInvitationFromAnotherOffice,
    /// Invitation of a known client to another project.
    #[shared(STAFF)]
    ProjectSharedAgain,
    /// First invitation of a trade partner, with a sign-in link.
    #[shared(STAFF)]
    TradeInvitation,
    /// Invitation of staff without an account. Holds a link.
    #[shared(STAFF)]
    StaffInvitation,
    /// Invitation of staff who already have an account.
    #[shared(STAFF)]
    StaffInvitationWithAccount,
    /// Confirmation of a new email address.
    #[shared(STAFF)]
    EmailConfirmation,
    /// Notice that the account's password was changed.
    #[shared(STAFF)]
    PasswordChanged,
    /// Notice that the account's email address was changed.
    #[shared(STAFF)]
    EmailChanged,
    /// Notice that the platform's support corrected the account.
    #[shared(STAFF)]
    AccountCorrected,
    /// Request to check the contact details.
    #[shared(STAFF)]
    ContactReview,
    /// Record of a client's decision.
    #[shared(STAFF)]
    DecisionRecorded,
    /// Notice to a member about attachments of a mail that did not become files.
    #[shared(STAFF)]
    AttachmentsLeftOut,
    /// Reminder to a client of selections that are due or overdue.
    #[shared(STAFF)]
    SelectionsDue,
}

pub(crate) struct EmailTemplate {
    template: MailTemplate,
    /// The company's text, current or past.
    own: Option<Arc<EmailTemplateRow>>,
}

impl EmailTemplate {
    pub(super) fn is(&self, template: MailTemplate) -> bool {
        self.template == template
    }

    fn own_body(&self) -> Option<&str> {
        self.own.as_ref()?.body.as_deref()
    }
}

/// All templates with the texts of the viewer's company.
pub(crate) async fn own_templates(ctx: &Context<'_>) -> Result<Vec<EmailTemplate>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(Vec::new()) };
    let rows = load(ctx, TemplatesOfCompany(company)).await?;
    let of = |template: &MailTemplate| rows.iter().find(|row| row.key == *template).cloned();
    Ok(MailTemplate::ALL.iter().map(|template| EmailTemplate { template: *template, own: of(template) }).collect())
}

/// Email template with the company's text.
#[gated]
#[Object]
impl EmailTemplate {
    /// Key of the template.
    #[shared(STAFF)]
    async fn key(&self) -> EmailTemplateKey {
        self.template.into()
    }

    /// Title, fixed; `{{company}}` stands for the company's name.
    #[shared(STAFF)]
    async fn title(&self) -> &str {
        self.template.title()
    }

    /// Text with placeholders: the company's, or else the standard text. Null if it cannot be customized.
    #[shared(STAFF)]
    async fn body(&self) -> Option<&str> {
        self.own_body().or(self.template.standard_body())
    }

    /// Whether the company has a text of its own.
    #[shared(STAFF)]
    async fn is_customized(&self) -> bool {
        self.own_body().is_some()
    }

    /// Whether the company can change the text.
    #[shared(STAFF)]
    async fn is_customizable(&self) -> bool {
        self.template.is_customizable()
    }

    /// Names that can stand between `{{` and `}}` in the text, in a fixed order. Empty if it cannot be customized.
    #[shared(STAFF)]
    #[list_size(NAMES)]
    async fn placeholders(&self) -> Vec<&str> {
        if self.template.is_customizable() { PLACEHOLDERS.to_vec() } else { Vec::new() }
    }

    /// Increases with every change; 0 before the first.
    #[shared(STAFF)]
    async fn version(&self) -> i32 {
        self.own.as_ref().map_or(0, |own| own.version)
    }

    /// Time of the last change. Null before the first.
    #[shared(STAFF)]
    async fn updated_at(&self) -> Option<DateTime> {
        self.own.as_ref().map(|own| DateTime(own.updated_at))
    }
}
