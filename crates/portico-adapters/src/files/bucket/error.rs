//! Errors of S3, in the words of an operator.

/// Maximum length of an error's text.
const LONGEST: usize = 300;

/// Codes that name a setting, with the remedy.
const REMEDIES: [(&str, &str); 6] = [
    ("NoSuchBucket", "create the bucket, or check --files-store, --files-s3-endpoint and --files-s3-region"),
    ("InvalidAccessKeyId", "check --files-s3-key-id"),
    ("SignatureDoesNotMatch", "check --files-s3-secret and --files-s3-region"),
    ("AuthorizationHeaderMalformed", "check --files-s3-region"),
    ("AccessDenied", "allow the access key to get, put and delete objects and to list the bucket"),
    ("RequestTimeTooSkewed", "set the clock of this machine"),
];

/// Codes of stores without space.
const FULL: [&str; 4] = ["507", "XMinioStorageFull", "QuotaExceeded", "InsufficientCapacity"];

/// What an error's text says of the answer of the server: its code and message, not its body, in which there may be what was signed.
pub(crate) fn describe(text: &str) -> String {
    let Some(code) = code_of(text) else {
        // Without the number of attempts.
        let reason = text.rsplit_once(" - ").map_or(text, |(_, reason)| reason);
        return shortened(reason.trim_start_matches("HTTP error: "));
    };
    let message = between(text, "<Message>", "</Message>").unwrap_or_default();
    let remedy = REMEDIES.iter().find(|(known, _)| *known == code).map(|(_, remedy)| format!("; {remedy}"));
    shortened(&format!("{code}: {message}{}", remedy.unwrap_or_default()))
}

/// Whether an error says that the bucket does not exist, rather than an object in it.
pub(crate) fn is_without_bucket(text: &str) -> bool {
    code_of(text) == Some("NoSuchBucket")
}

/// Whether an error says that the store has no space.
pub(crate) fn is_full(text: &str) -> bool {
    code_of(text).is_some_and(|code| FULL.contains(&code)) || text.contains("status code: 507")
}

fn code_of(text: &str) -> Option<&str> {
    between(text, "<Code>", "</Code>")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found.trim())
}

fn shortened(text: &str) -> String {
    let is_shown = |letter: char| if letter.is_control() { ' ' } else { letter };
    text.chars().take(LONGEST).map(is_shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: &str, rest: &str) -> String {
        format!(
            "Generic S3 error: Error performing PUT https://s3/b/o in 3ms - Server returned non-2xx status code: 403 Forbidden: \
             <?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>It is wrong.</Message>{rest}</Error>"
        )
    }

    #[test]
    fn errors_name_the_setting_and_no_key() {
        let signed =
            answer("SignatureDoesNotMatch", "<AWSAccessKeyId>AKIA1</AWSAccessKeyId><StringToSign>x</StringToSign>");
        assert_eq!(
            describe(&signed),
            "SignatureDoesNotMatch: It is wrong.; check --files-s3-secret and --files-s3-region"
        );
        assert_eq!(describe(&answer("SlowDown", "")), "SlowDown: It is wrong.");
        let gone = "Generic S3 error: Error performing GET https://s3/b/o in 3ms, after 2 retries - HTTP error: cannot connect to s3:443";
        assert_eq!(describe(gone), "cannot connect to s3:443");
        assert_eq!(describe(&"a\n".repeat(300)).len(), LONGEST);
    }

    #[test]
    fn full_and_absent_are_told_apart() {
        assert!(is_full(&answer("XMinioStorageFull", "")) && !is_full(&answer("SlowDown", "")));
        assert!(is_full("Server returned non-2xx status code: 507 Insufficient Storage"));
        assert!(is_without_bucket(&answer("NoSuchBucket", "")) && !is_without_bucket(&answer("NoSuchKey", "")));
    }
}
