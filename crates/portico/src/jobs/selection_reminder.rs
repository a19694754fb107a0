//! Reminds a client of selections that wait for them.

use portico_core::company::Hosts;
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::selections::{DueSelection, SelectionReminderJob};
use portico_store::company::{CompanyAddress, address_of};
use portico_store::selections::{ReminderRecipient, reminder};
use portico_store::{AsyncPgConnection, StoreError};
use serde_json::json;

use super::{Attempt, JobContext, JobError, RunJob};

/// Maximum number of selections in a mail.
const MAX_NAMED: usize = 50;

impl RunJob for SelectionReminderJob {
    type Context = JobContext;

    async fn run(&self, context: &JobContext, attempt: &Attempt) -> Result<(), JobError> {
        // Read at the last moment: what was chosen, approved or hidden since the job was enqueued is not mailed.
        let read = async |tables: &mut AsyncPgConnection| {
            let Some((recipient, due)) = reminder(tables, self).await? else { return Ok(None) };
            let address = address_of(tables, recipient.company_id).await?;
            Ok::<_, StoreError>(Some((recipient, due, address)))
        };
        let connection = context.writer.connection().await?;
        let Some((recipient, due, address)) = connection.transaction(read).await? else { return Ok(()) };
        let host = context.hosts.as_deref().and_then(|hosts| portal_host(hosts, &address)).ok_or_else(|| {
            let region = address.region;
            JobError::Broken(format!("no host for the region {region}: add it to --config under [regions]"))
        })?;
        mail(self, recipient, &due, host).run(context, attempt).await
    }
}

/// The host of the company's portal: recipients have accepted its invitation.
fn portal_host(hosts: &Hosts, address: &CompanyAddress) -> Option<String> {
    address.portal(hosts).or_else(|| hosts.of_region(address.region)).map(str::to_owned)
}

fn mail(job: &SelectionReminderJob, to: ReminderRecipient, due: &[DueSelection], host: String) -> MailJob {
    let in_words = |is_overdue: bool| {
        let of_kind: Vec<_> =
            due.iter().filter(|due| due.is_overdue == is_overdue).map(DueSelection::in_words).collect();
        let more = of_kind.len().saturating_sub(MAX_NAMED);
        let rest = (more > 0).then(|| format!("and {more} more"));
        of_kind.into_iter().take(MAX_NAMED).chain(rest).collect::<Vec<_>>()
    };
    MailJob {
        key: format!("selection-reminder:{}:{}", job.membership_id.0, job.mailed_on),
        company_id: Some(to.company_id),
        template: MailTemplate::SelectionsDue,
        to_address: to.email,
        to_name: Some(to.name),
        values: json!({ "project": to.project_name, "overdue": in_words(true), "due": in_words(false) }),
        link: None,
        portal_host: Some(host),
    }
}
