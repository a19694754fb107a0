//! Mails of a test's database, as a worker would send them.

use portico::jobs::{Attempt, ComposedMail, MailComposer};
use portico_adapters::mail::Sender;
use portico_core::id::JobId;
use portico_core::jobs::Job;
use portico_core::mail::{MailJob, MailTemplate};
use portico_store::StoreError;
use portico_store::jobs::{JobRow, jobs_of_kind};
use portico_store::mail::mail_company;

use crate::TestApp;

/// Mail that an action has queued, sent or not.
#[derive(Debug, Clone)]
pub struct TestMail {
    /// The job's id.
    pub id: JobId,
    /// The key of its job.
    pub key: String,
    /// The template.
    pub template: MailTemplate,
    /// The recipient's address.
    pub to_address: String,
    /// The recipient's name.
    pub to_name: Option<String>,
    /// The title.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The URL of its link. The plain text part holds it unchanged, the HTML part with escaped slashes.
    pub link: Option<String>,
    /// The token of its link.
    pub token: Option<String>,
}

impl TestApp {
    /// All mails of the test's database, oldest first. They stay in the queue.
    pub async fn db_mails(&self) -> Vec<TestMail> {
        let composer = self.composer();
        let connection = self.store().worker().connection().await.expect("the writer can connect");
        let read = connection.transaction::<_, StoreError>(async |tables| {
            let mut mails = Vec::new();
            for row in jobs_of_kind(tables, MailJob::NAME).await? {
                let mail: MailJob = serde_json::from_value(row.payload.clone()).expect("it is a mail");
                let company = match mail.company_id {
                    Some(id) => mail_company(tables, id, mail.template).await?,
                    None => None,
                };
                let composed = composer.compose(&mail, company.as_ref(), &Attempt::from(&row));
                mails.push(composed_mail(&row, mail, composed.expect("it can be composed")));
            }
            Ok(mails)
        });
        read.await.expect("mails can be read")
    }

    /// Returns the composer of this gateway's mails.
    pub fn composer(&self) -> MailComposer {
        let sender = Sender::parse("portal@portico.example").expect("it is an address");
        MailComposer { links: self.app.links.clone(), site: self.app.site.clone(), sender }
    }
}

fn composed_mail(row: &JobRow, mail: MailJob, composed: ComposedMail) -> TestMail {
    let ComposedMail { message, token } = composed;
    TestMail {
        id: row.id,
        key: mail.key,
        template: mail.template,
        to_address: message.to.address,
        to_name: message.to.name,
        subject: message.content.subject,
        text: message.content.text,
        html: message.content.html,
        link: message.link,
        token,
    }
}
