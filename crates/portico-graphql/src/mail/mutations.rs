//! How a company changes what it says in its mails.

use async_graphql::{Context, InputObject, Object};
use portico_actions::portal::EmailTemplateUpdate;
use portico_core::mail::MailTemplate;
use portico_graphql_macros::gated;

use super::template::{EmailTemplate, EmailTemplateKey, own_templates};
use crate::act::{act, payload};
use crate::error::ApiError;

/// Another text for a mail.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct EmailTemplateUpdateInput {
    /// Which mail.
    key: EmailTemplateKey,
    /// Leave it out: titles are the same for everybody, and whoever sends one is refused.
    title: Option<String>,
    /// What the mail is to say, as plain text with placeholders. Leave it blank to go back to the standard text.
    body: String,
    /// The version of the text that you have read.
    expected_version: i32,
}

payload! {
    /// What came of changing a mail's text.
    EmailTemplateUpdatePayload for (STAFF) {
        /// The mail, as it is now.
        email_template: EmailTemplate,
    }
}

/// How a company changes what it says in its mails.
#[derive(Default)]
pub(crate) struct TemplateMutations;

/// How a company changes what it says in its mails.
#[gated]
#[Object]
impl TemplateMutations {
    /// Changes what a mail says, from the next one on.
    #[requires(EMAIL_TEMPLATES_MANAGE)]
    async fn email_template_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which mail, and what it is to say.")] input: EmailTemplateUpdateInput,
    ) -> Result<EmailTemplateUpdatePayload, ApiError> {
        let EmailTemplateUpdateInput { key, title, body, expected_version } = input;
        let template: MailTemplate = key.into();
        Ok(match act(ctx, EmailTemplateUpdate { template, title, body, expected_version }).await? {
            Ok(_) => {
                let all = own_templates(ctx).await?;
                EmailTemplateUpdatePayload::done(all.into_iter().find(|mail| mail.is(template)))
            }
            Err(refused) => EmailTemplateUpdatePayload::refused(refused),
        })
    }
}
