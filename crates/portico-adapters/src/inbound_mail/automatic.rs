//! Mails that programs send.

use super::mime::{Headers, Parameters};

/// Headers that only programs set, whatever their value.
const MARKS: [&str; 8] = [
    "List-Id",
    "List-Unsubscribe",
    "X-Auto-Response-Suppress",
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Failed-Recipients",
];

/// Whether a program sent the mail: an answer could start a loop, and its attachments are not meant as files.
///
/// Mails of Portico have `Auto-Submitted: auto-generated`.
pub(super) fn is_automatic(headers: &Headers<'_>) -> bool {
    let values = |name| headers.named(name).map(|header| Parameters::read(&header.text()).value);
    let is_submitted = ["Auto-Submitted", "Autosubmitted"].iter().any(|name| values(name).any(|value| value != "no"));
    let is_bulk = values("Precedence").any(|value| matches!(value.as_str(), "bulk" | "junk" | "list" | "auto_reply"));
    let is_without_return = headers.named("Return-Path").any(|header| header.text().replace(' ', "") == "<>");
    let is_report = values("Content-Type").any(|value| value == "multipart/report");
    is_submitted || is_bulk || is_without_return || is_report || MARKS.iter().any(|name| headers.has(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_of_programs_are_recognized() {
        let is_automatic = |header: &str| {
            let mail = format!("From: ana@mail.example\r\n{header}\r\n\r\n");
            super::is_automatic(&Headers::split(mail.as_bytes()).expect("few headers"))
        };
        for header in [
            "Auto-Submitted: auto-generated",
            "auto-submitted: Auto-Replied (vacation)",
            "Autosubmitted: auto-replied",
            "Precedence: BULK",
            "Precedence: auto_reply",
            "X-Auto-Response-Suppress: OOF",
            "List-Id: <builders.lists.example>",
            "List-Unsubscribe: <https://lists.example/u>",
            "Return-Path: <>",
            "Return-path: < >",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=a",
            "X-Autoreply: yes",
        ] {
            assert!(is_automatic(header), "{header}");
        }
        for header in [
            "Auto-Submitted: no",
            "Auto-Submitted: No; comment=x",
            "Precedence: first-class",
            "Return-Path: <ana@mail.example>",
            "Content-Type: multipart/mixed; boundary=report",
            "X-Mailer: List-Id",
        ] {
            assert!(!is_automatic(header), "{header}");
        }
    }
}
