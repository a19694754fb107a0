//! Mails, and what a company says in them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object};
use portico_core::mail::{MailTemplate, PLACEHOLDERS};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::mail::{EmailTemplateRow, TemplatesOfCompany};

use crate::error::ApiError;
use crate::load::load;
use crate::scalars::DateTime;

/// A mail that Portico sends in a company's name. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "MailTemplate")]
pub(crate) enum EmailTemplateKey {
    /// Somebody wants to sign in.
    #[shared(STAFF)]
    SignInLink,
    /// A client's first mail, with the link to create a password.
    #[shared(STAFF)]
    CustomerInvitation,
    /// The welcome of a client who has an account already, since another company invited them before.
    #[shared(STAFF)]
    CustomerInvitationFromAnotherOffice,
    /// A client whom the company knows already gets another project.
    #[shared(STAFF)]
    ProjectSharedAgain,
    /// A trade partner's first invitation into a project, with a link that signs them in.
    #[shared(STAFF)]
    TradeInvitation,
    /// A member of staff is invited who has no account yet: the mail holds a link.
    #[shared(STAFF)]
    StaffInvitation,
    /// A member of staff is invited who has an account already.
    #[shared(STAFF)]
    StaffInvitationWithAccount,
    /// Somebody changes the address of their own account.
    #[shared(STAFF)]
    EmailConfirmation,
    /// Somebody has changed the password of their own account.
    #[shared(STAFF)]
    PasswordChanged,
    /// Somebody has given their own account another address.
    #[shared(STAFF)]
    EmailChanged,
    /// The platform's support has corrected somebody's account.
    #[shared(STAFF)]
    AccountCorrected,
    /// The company asks a client to look whether it knows them rightly.
    #[shared(STAFF)]
    ContactReview,
}

/// A mail that Portico sends, and what it says for the company.
pub(crate) struct EmailTemplate {
    template: MailTemplate,
    /// What the company has written, now or once.
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

/// All mails, as they are for the viewer's company.
pub(crate) async fn own_templates(ctx: &Context<'_>) -> Result<Vec<EmailTemplate>, ApiError> {
    let Some(company) = ctx.data_unchecked::<Loader>().viewer().company() else { return Ok(Vec::new()) };
    let rows = load(ctx, TemplatesOfCompany(company)).await?;
    let of = |template: &MailTemplate| rows.iter().find(|row| row.key == *template).cloned();
    Ok(MailTemplate::ALL.iter().map(|template| EmailTemplate { template: *template, own: of(template) }).collect())
}

/// A mail that Portico sends, and what it says for the company.
#[gated]
#[Object]
impl EmailTemplate {
    /// Which mail.
    #[shared(STAFF)]
    async fn key(&self) -> EmailTemplateKey {
        self.template.into()
    }

    /// Its title, in which `{{company}}` stands for the company's name. It is the same for everybody.
    #[shared(STAFF)]
    async fn title(&self) -> &str {
        self.template.title()
    }

    /// What it says, with placeholders: the company's own text or, without one, the standard one. Null where the text cannot
    /// be customised.
    #[shared(STAFF)]
    async fn body(&self) -> Option<&str> {
        self.own_body().or(self.template.standard_body())
    }

    /// Whether it says what the company has written, and not the standard text.
    #[shared(STAFF)]
    async fn is_customised(&self) -> bool {
        self.own_body().is_some()
    }

    /// Whether the company may write the text in its own words.
    #[shared(STAFF)]
    async fn is_customisable(&self) -> bool {
        self.template.is_customisable()
    }

    /// What may stand in the text between `{{` and `}}`. None where it cannot be customised.
    #[shared(STAFF)]
    async fn placeholders(&self) -> Vec<&str> {
        if self.template.is_customisable() { PLACEHOLDERS.to_vec() } else { Vec::new() }
    }

    /// Counts the changes of the text; 0 if it never had any.
    #[shared(STAFF)]
    async fn version(&self) -> i32 {
        self.own.as_ref().map_or(0, |own| own.version)
    }

    /// When the text was changed last. Null if it never was.
    #[shared(STAFF)]
    async fn updated_at(&self) -> Option<DateTime> {
        self.own.as_ref().map(|own| DateTime(own.updated_at))
    }
}
