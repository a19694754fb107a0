//! Sends a mail.

use portico_adapters::mail::{SendError, SendErrorKind};
use portico_core::mail::MailJob;
use portico_store::mail::{MailCompany, mail_company};
use portico_store::{AsyncPgConnection, StoreError, Writer};

use super::{Attempt, JobContext, JobError, RunJob};

impl RunJob for MailJob {
    type Context = JobContext;

    async fn run(&self, context: &JobContext, attempt: &Attempt) -> Result<(), JobError> {
        let company = company_of(&context.writer, self).await?;
        let composed = context.composer.compose(self, company.as_ref(), attempt);
        let message = composed.map_err(|error| JobError::Broken(error.to_string()))?.message;
        context.transport.send(&message).await.map_err(|SendError { kind, text, .. }| match kind {
            SendErrorKind::Refused => JobError::Refused(without_tokens(&text)),
            SendErrorKind::Later => JobError::Later(without_tokens(&text)),
        })
    }
}

/// The company of a mail, read when the mail is composed.
async fn company_of(writer: &Writer, mail: &MailJob) -> Result<Option<MailCompany>, StoreError> {
    let Some(company) = mail.company_id else { return Ok(None) };
    let template = mail.template;
    let read = async |tables: &mut AsyncPgConnection| mail_company(tables, company, template).await;
    writer.connection().await?.transaction(read).await
}

/// Removes possible link tokens and codes from a mail server's reply: servers may repeat the mail, and neither may get into the
/// database. So every long word and every number of six digits is omitted.
fn without_tokens(text: &str) -> String {
    const LONGEST: usize = 20;
    const CODE: usize = 6;
    let is_of_token = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|char| !is_of_token(char)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let is_code = word.len() == CODE && word.bytes().all(|byte| byte.is_ascii_digit());
        kept.push_str(if word.len() < LONGEST && !is_code { word } else { "..." });
        let end = after.find(is_of_token).unwrap_or(after.len());
        let (between, next) = after.split_at(end);
        kept.push_str(between);
        rest = next;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_tokens;

    #[test]
    fn errors_omit_possible_tokens() {
        let token = "AZ3-_q".repeat(11);
        let said = format!("permanent error (550): spam: https://x.example/auth/link/{token} listed");
        assert_eq!(without_tokens(&said), "permanent error (550): spam: https://x.example/auth/link/... listed");
        let (half, other) = token.split_at(40);
        assert_eq!(without_tokens(&format!("{half}=\r\n{other}")), "...=\r\n...");
        assert_eq!(without_tokens("5.1.1 <ana@client.example>: unknown ü"), "5.1.1 <ana@client.example>: unknown ü");
        assert_eq!(without_tokens("enter\r\n012345\r\n, id 1234567"), "enter\r\n...\r\n, id 1234567");
        assert_eq!(without_tokens(""), "");
    }
}
