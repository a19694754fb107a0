//! From a delivery to a mail. Here, and nowhere else, tokens of links are made.

use portico_adapters::mail::{Company, Letter, Message, MessageError, Party, RenderError, Sender, render};
use portico_core::people::{LinkKey, LinkSite};
use portico_store::mail::DueDelivery;

/// What mails are written with.
#[derive(Debug, Clone)]
pub struct Office {
    /// Makes the tokens of links.
    pub links: LinkKey,
    /// Where links lead.
    pub site: LinkSite,
    /// The address that mails come from.
    pub sender: Sender,
}

/// A mail that has been written.
#[derive(Debug, Clone)]
pub struct Written {
    /// The mail.
    pub message: Message,
    /// The token of its link, which opens whatever the link opens.
    pub token: Option<String>,
}

/// Why a mail cannot be written. Trying again does not help.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Its texts cannot be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// It cannot go out as it is.
    #[error(transparent)]
    Message(#[from] MessageError),
}

impl Office {
    /// Writes a delivery's mail.
    ///
    /// # Errors
    ///
    /// [`OfficeError`] says what is wrong with the delivery, or with what the company has written.
    pub fn write(&self, delivery: &DueDelivery) -> Result<Written, OfficeError> {
        let company = delivery.company.as_ref();
        let host = delivery.portal_host.as_deref();
        let token = delivery.link.map(|link| self.links.token(link.id, link.nonce));
        let link = token.as_ref().zip(host).map(|(token, host)| self.site.address(host, &LinkKey::path(token)));
        let portal = host.map(|host| self.site.address(host, "/"));
        let content = render(&Letter {
            template: delivery.template,
            values: &delivery.values,
            to_address: &delivery.to_address,
            to_name: delivery.to_name.as_deref(),
            company: company.map(|company| Company { name: &company.name, color: company.color.as_deref() }),
            body: company.and_then(|company| company.body.as_deref()),
            link: link.as_deref(),
            portal: portal.as_deref(),
            at: delivery.created_at,
        })?;
        let message = Message {
            id: delivery.id,
            key: delivery.key.clone(),
            at: delivery.created_at,
            from: self.sender.named(company.map(|company| company.name.as_str())),
            to: Party { address: delivery.to_address.clone(), name: delivery.to_name.clone() },
            content,
            link,
        };
        message.check()?;
        Ok(Written { message, token })
    }
}
