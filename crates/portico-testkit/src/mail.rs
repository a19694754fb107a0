//! The mails of a test's database, as a worker would send them.

use portico::worker::{Office, Written};
use portico_adapters::mail::Sender;
use portico_core::id::DeliveryId;
use portico_core::mail::MailTemplate;
use portico_store::StoreError;
use portico_store::mail::{DueDelivery, deliveries_by_id};

use crate::TestApp;

/// A mail that an action has written, whether it has been sent or not.
#[derive(Debug, Clone)]
pub struct TestMail {
    /// The delivery's id.
    pub id: DeliveryId,
    /// What it is about.
    pub key: String,
    /// Which mail.
    pub template: MailTemplate,
    /// To which address.
    pub to_address: String,
    /// How the recipient is called.
    pub to_name: Option<String>,
    /// Its title.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The other one.
    pub html: String,
    /// The address of its link. The plain part holds it as it is, the other one with its slashes escaped.
    pub link: Option<String>,
    /// The token in it.
    pub token: Option<String>,
}

impl TestApp {
    /// All mails of the test's database, the oldest first. None of them is taken from the queue.
    pub async fn db_mails(&self) -> Vec<TestMail> {
        let ids = self.database().db_texts("select id::text as text from deliveries").await;
        let ids: Vec<_> = ids.iter().map(|id| DeliveryId(id.parse().expect("it is an id"))).collect();
        let connection = self.store().writer().connection().await.expect("the writer is let in");
        let read = connection.transaction::<_, StoreError>(async |queue| deliveries_by_id(queue, ids).await);
        let office = self.office();
        read.await.expect("deliveries can be read").iter().map(|delivery| written(&office, delivery)).collect()
    }

    /// How this gateway's mails are written.
    pub fn office(&self) -> Office {
        let sender = Sender::parse("portal@portico.example").expect("it is an address");
        Office { links: self.app.links.clone(), site: self.app.site.clone(), sender }
    }
}

fn written(office: &Office, delivery: &DueDelivery) -> TestMail {
    let Written { message, token } = office.write(delivery).expect("it can be written");
    TestMail {
        id: delivery.id,
        key: delivery.key.clone(),
        template: delivery.template,
        to_address: message.to.address,
        to_name: message.to.name,
        subject: message.content.subject,
        text: message.content.text,
        html: message.content.html,
        link: message.link,
        token,
    }
}
