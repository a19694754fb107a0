//! Why an outsider sees something, or does not, in words.
//!
//! Which rules there are, and whether they hold, the database says (`migrations/windows/explain.sql`). Here is what each of
//! them means, where it comes from, and what would make it hold.

mod kept;
mod kinds;
mod rules;

pub use kept::{Kept, kept};
pub use kinds::{KINDS, Kind, PARTS, PREVIEWED_PARTS, kind_of_tag, kind_of_window};
pub use rules::{RULES, RuleWords, Stage, words_of};

use crate::people::Audience;

/// The rule that is not a window's but the schema's: whether an outsider's document has the coordinate at all.
pub const IN_DOCUMENT: &str = "is_in_document";

/// A rule, and whether it holds for one person and one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleState {
    /// Its name.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
}

/// A rule of a window for which there are no words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are no words for `{window}.{rule}`: add them to `RULES`")]
pub struct WordlessRule {
    /// The window.
    pub window: String,
    /// The rule.
    pub rule: String,
}

/// What decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that decides: the outermost of those that do not hold.
    pub rule: String,
    /// What it means that it does not hold.
    pub sentence: String,
    /// The requirements that it comes from.
    pub source: &'static str,
    /// What would make it hold, and what hides the thing after that.
    pub change: String,
}

/// What hides something of a window, where the window's rules stand so; none if nothing does. The section is the one of the
/// portal that the window belongs to.
///
/// # Errors
///
/// [`WordlessRule`] for a rule that [`RULES`] does not have.
pub fn verdict(window: &str, section: Option<&str>, rules: &[RuleState]) -> Result<Option<Verdict>, WordlessRule> {
    let mut failing = Vec::new();
    for state in rules.iter().filter(|state| !state.holds) {
        let wordless = || WordlessRule { window: window.to_owned(), rule: state.name.clone() };
        failing.push(words_of(window, &state.name).ok_or_else(wordless)?);
    }
    failing.sort_by_key(|words| words.stage);
    let Some((deciding, others)) = failing.split_first() else { return Ok(None) };
    let filled = |text: &str| text.replace("{section}", section.unwrap_or("it belongs to"));
    let mut change = filled(deciding.change);
    if !others.is_empty() {
        let names: Vec<_> = others.iter().map(|words| words.rule).collect();
        change.push_str(&format!(" After that it is still hidden by {}.", names.join(", ")));
    }
    let (rule, sentence) = (deciding.rule.to_owned(), filled(deciding.sentence));
    Ok(Some(Verdict { rule, sentence, source: deciding.source, change }))
}

/// What hides a coordinate, or all things of a type, that an audience's document lacks: nothing ever opens it.
pub fn verdict_of_document(audience: Audience, coordinate: &str, permissions: &[&str]) -> Verdict {
    let whose = if audience == Audience::Trade { "a trade partner" } else { "a client" };
    let Kept { what, source, .. } = kept(coordinate, permissions);
    Verdict {
        rule: IN_DOCUMENT.to_owned(),
        sentence: format!("The schema of {whose} has no `{coordinate}`."),
        source,
        change: format!("It never opens: {whose} can never see {what}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(rules: &[(&str, bool)]) -> Vec<RuleState> {
        rules.iter().map(|(name, holds)| RuleState { name: (*name).to_owned(), holds: *holds }).collect()
    }

    #[test]
    fn the_outermost_rule_decides_in_whatever_order_they_come() {
        let mut rules = states(&[
            ("is_client_viewable", false),
            ("is_published", false),
            ("is_schedule_shared", false),
            ("is_feature_on", false),
            ("has_portal_access", false),
            ("is_member", false),
        ]);
        let mut decided = Vec::new();
        while let Some(verdict) = verdict("tasks", Some("SCHEDULE"), &rules).unwrap() {
            rules.iter_mut().find(|state| state.name == verdict.rule).unwrap().holds = true;
            decided.push(verdict.rule);
        }
        let order = [
            "is_member",
            "has_portal_access",
            "is_feature_on",
            "is_schedule_shared",
            "is_published",
            "is_client_viewable",
        ];
        assert_eq!(decided, order);
    }

    #[test]
    fn a_change_names_the_section_and_what_is_left_after_it() {
        let rules = states(&[("is_feature_on", false), ("is_published", true), ("is_client_viewable", false)]);
        let told = verdict("tasks", Some("SCHEDULE"), &rules).unwrap().unwrap();
        assert_eq!(
            told.change,
            "Switch the section SCHEDULE on for this project. After that it is still hidden by is_client_viewable."
        );
        assert_eq!(told.source, "PRT-1, PRT-7");
        assert_eq!(verdict("tasks", None, &states(&[("is_published", true)])), Ok(None));
    }

    #[test]
    fn a_rule_without_words_is_named() {
        let told = verdict("tasks", None, &states(&[("is_unheard_of", false)]));
        assert_eq!(told, Err(WordlessRule { window: "tasks".to_owned(), rule: "is_unheard_of".to_owned() }));
    }

    #[test]
    fn the_words_of_a_rule_are_sentences() {
        for words in RULES {
            for text in [words.sentence, words.change] {
                assert!(text.ends_with('.') && text.starts_with(|first: char| first.is_uppercase()), "{text}");
            }
            assert!(!words.source.is_empty(), "{}", words.rule);
        }
    }
}
