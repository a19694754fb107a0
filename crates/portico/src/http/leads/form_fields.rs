//! The fields of the lead form, each defined once: for readers of bodies, the page, and the submission.

use portico_actions::leads::Inquiry;

/// A field of the lead form that people fill in.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// The type of an `input`; `lines` for several lines.
    pub(super) kind: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) is_required: bool,
    /// Maximum length on the page, in characters. The action has its own checks.
    pub(super) max: u16,
    /// The member of the action's request.
    pub(super) member: fn(&mut Inquiry) -> &mut Option<String>,
}

/// A field that is invisible to people and filled in by bots.
pub(super) const HONEYPOT: &str = "website";

/// All fields, in the order of the page.
pub(super) const FIELDS: &[Field] = &[
    Field {
        name: "name",
        label: "Your name",
        kind: "text",
        autocomplete: "name",
        is_required: true,
        max: 200,
        member: |inquiry| &mut inquiry.name,
    },
    Field {
        name: "email",
        label: "Your email address",
        kind: "email",
        autocomplete: "email",
        is_required: true,
        max: 254,
        member: |inquiry| &mut inquiry.email,
    },
    Field {
        name: "phone",
        label: "Your telephone number",
        kind: "tel",
        autocomplete: "tel",
        is_required: false,
        max: 40,
        member: |inquiry| &mut inquiry.phone,
    },
    Field {
        name: "interest",
        label: "The product or service that interests you",
        kind: "text",
        autocomplete: "on",
        is_required: false,
        max: 200,
        member: |inquiry| &mut inquiry.interest,
    },
    Field {
        name: "message",
        label: "What you would like to know",
        kind: "lines",
        autocomplete: "on",
        is_required: false,
        max: 4_000,
        member: |inquiry| &mut inquiry.message,
    },
];
