//! Composes mails. Link tokens and codes are created here only.

use portico_adapters::mail::{Company, MailAddress, MailContent, Message, MessageError, RenderError, Sender, render};
use portico_core::links::{LinkKey, LinkSite, SignInCode};
use portico_core::mail::MailJob;
use portico_store::mail::MailCompany;

use super::Attempt;

/// The page of the gateway that mails a sign-in link.
const SIGN_IN_PAGE: &str = "/auth/sign-in";

/// Composes mails.
#[derive(Debug, Clone)]
pub struct MailComposer {
    /// Creates link tokens.
    pub links: LinkKey,
    /// Base URLs of links.
    pub site: LinkSite,
    /// Sender address of mails.
    pub sender: Sender,
}

/// A composed mail.
#[derive(Clone)]
pub struct ComposedMail {
    /// The mail.
    pub message: Message,
    /// The token of its link, a credential.
    pub token: Option<String>,
}

/// Omits the token.
impl std::fmt::Debug for ComposedMail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ComposedMail").field("message", &self.message).finish_non_exhaustive()
    }
}

/// Reasons why a mail cannot be composed. A retry does not help.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The texts cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The message is not valid.
    #[error(transparent)]
    Message(#[from] MessageError),
}

impl MailComposer {
    /// Composes a mail on behalf of this company.
    ///
    /// # Errors
    ///
    /// [`ComposeError`] has the reason.
    pub fn compose(
        &self,
        mail: &MailJob,
        company: Option<&MailCompany>,
        attempt: &Attempt,
    ) -> Result<ComposedMail, ComposeError> {
        let host = mail.portal_host.as_deref();
        let token = mail.link.map(|link| self.links.token(link.id, link.nonce));
        let code = mail.link.filter(|_| mail.template.has_code()).map(|link| self.links.code(link.id, link.nonce));
        let link = token.as_ref().zip(host).map(|(token, host)| self.site.address(host, &LinkKey::path(token)));
        // Mails without a link of their own go to people who have to sign in.
        let portal = host.map(|host| self.site.address(host, SIGN_IN_PAGE));
        let content = render(&MailContent {
            template: mail.template,
            values: &mail.values,
            to_address: &mail.to_address,
            to_name: mail.to_name.as_deref(),
            company: company.map(|company| Company { name: &company.name, color: company.color.as_deref() }),
            body: company.and_then(|company| company.body.as_deref()),
            link: link.as_deref(),
            code: code.as_ref().map(SignInCode::as_str),
            portal: portal.as_deref(),
            at: attempt.created_at,
        })?;
        let message = Message {
            id: attempt.id,
            key: mail.key.clone(),
            at: attempt.created_at,
            from: self.sender.named(company.map(|company| company.name.as_str())),
            to: MailAddress { address: mail.to_address.clone(), name: mail.to_name.clone() },
            content,
            link,
        };
        message.check()?;
        Ok(ComposedMail { message, token })
    }
}
