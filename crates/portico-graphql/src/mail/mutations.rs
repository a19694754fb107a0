//! Write operations on email templates.

use async_graphql::{Context, InputObject, Object};
use portico_actions::portal::EmailTemplateUpdate;
use portico_core::mail::MailTemplate;
use portico_graphql_macros::gated;

use super::template::{EmailTemplate, EmailTemplateKey, own_templates};
use crate::act::{act, payload};
use crate::error::ApiError;

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct EmailTemplateUpdateInput {
    /// Key of the template.
    key: EmailTemplateKey,
    /// Text with placeholders, without formatting. Blank restores the standard text. The title is fixed.
    body: String,
    expected_version: i32,
}

payload! {
    EmailTemplateUpdatePayload for (STAFF) {
        /// The template.
        email_template: EmailTemplate,
    }
}

#[derive(Default)]
pub(crate) struct TemplateMutations;

/// Write operations on email templates.
#[gated]
#[Object]
impl TemplateMutations {
    /// Changes the company's text of an email. Does not affect emails already sent.
    #[requires(EMAIL_TEMPLATES_MANAGE)]
    async fn email_template_update(
        &self,
        ctx: &Context<'_>,
        input: EmailTemplateUpdateInput,
    ) -> Result<EmailTemplateUpdatePayload, ApiError> {
        let EmailTemplateUpdateInput { key, body, expected_version } = input;
        let template: MailTemplate = key.into();
        Ok(match act(ctx, EmailTemplateUpdate { template, body, expected_version }).await? {
            Ok(_) => {
                let all = own_templates(ctx).await?;
                EmailTemplateUpdatePayload::done(all.into_iter().find(|mail| mail.is(template)))
            }
            Err(refused) => EmailTemplateUpdatePayload::refused(refused),
        })
    }
}
