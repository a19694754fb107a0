//! Explains why an outsider sees an object or not.
//!
//! The database evaluates the rules (`migrations/role_views/explain.sql`). This module has the texts: what a rule means, the
//! requirements behind it, and the change that would satisfy it.

mod exclusions;
mod kinds;
mod rules;

pub use exclusions::{Exclusion, exclusion_of};
pub use kinds::{KINDS, Kind, PARTS, PREVIEWED_PARTS, kind_of_tag, kind_of_view};
pub use rules::{RULES, RuleTexts, Stage, texts_of};

use crate::access::Audience;

/// The rule of the schema rather than of a view: whether an outsider's document has the coordinate.
pub const IN_DOCUMENT: &str = "is_in_document";

/// A rule, evaluated for one member and one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleState {
    /// Name of the rule.
    pub name: String,
    /// Whether it is satisfied.
    pub holds: bool,
}

/// A rule of a view without texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule `{view}.{rule}` has no texts: add them to `RULES`")]
pub struct UnexplainedRule {
    /// The view.
    pub view: String,
    /// The rule.
    pub rule: String,
}

/// The rule that decides, with its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The first of the failing rules, by stage.
    pub rule: String,
    /// What its failure means.
    pub explanation: String,
    /// The requirements behind it.
    pub requirements: &'static str,
    /// The change that would satisfy it, and the rules that would still fail.
    pub remedy: String,
    /// Whether any change can make the object visible.
    pub can_become_visible: bool,
}

/// The failing rule that hides an object of a view; none if all rules hold. The section is the view's section of the portal.
///
/// # Errors
///
/// [`UnexplainedRule`] for a rule that [`RULES`] does not have.
pub fn verdict(view: &str, section: Option<&str>, rules: &[RuleState]) -> Result<Option<Verdict>, UnexplainedRule> {
    let mut failing = Vec::new();
    for state in rules.iter().filter(|state| !state.holds) {
        let unexplained = || UnexplainedRule { view: view.to_owned(), rule: state.name.clone() };
        failing.push(texts_of(view, &state.name).ok_or_else(unexplained)?);
    }
    failing.sort_by_key(|texts| texts.stage);
    let Some((deciding, others)) = failing.split_first() else { return Ok(None) };
    let filled = |text: &str| text.replace("{section}", section.unwrap_or("it belongs to"));
    let (mut remedy, can_become_visible) = (filled(deciding.remedy), deciding.stage != Stage::Never);
    if can_become_visible && !others.is_empty() {
        let names: Vec<_> = others.iter().map(|texts| texts.rule).collect();
        remedy.push_str(&format!(" After that it is still hidden by {}.", names.join(", ")));
    }
    let (rule, explanation) = (deciding.rule.to_owned(), filled(deciding.explanation));
    Ok(Some(Verdict { rule, explanation, requirements: deciding.requirements, remedy, can_become_visible }))
}

/// The verdict for a coordinate, or a type, that an audience's document lacks. No change can make it visible.
pub fn verdict_of_document(audience: Audience, coordinate: &str, permissions: &[&str]) -> Verdict {
    let whose = if audience == Audience::Trade { "a trade partner" } else { "a client" };
    let Exclusion { what, requirements, .. } = exclusion_of(coordinate, permissions);
    Verdict {
        rule: IN_DOCUMENT.to_owned(),
        explanation: format!("The schema of {whose} has no `{coordinate}`."),
        requirements,
        remedy: format!("None: {whose} can never see {what}."),
        can_become_visible: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(rules: &[(&str, bool)]) -> Vec<RuleState> {
        rules.iter().map(|(name, holds)| RuleState { name: (*name).to_owned(), holds: *holds }).collect()
    }

    #[test]
    fn first_failing_stage_decides() {
        for (view, last) in [("tasks", "is_client_viewable"), ("schedule_versions", "is_published")] {
            let mut rules = states(&[
                (last, false),
                ("is_schedule_shared", false),
                ("is_feature_on", false),
                ("has_portal_access", false),
                ("is_member", false),
            ]);
            let mut decided = Vec::new();
            while let Some(verdict) = verdict(view, Some("SCHEDULE"), &rules).unwrap() {
                rules.iter_mut().find(|state| state.name == verdict.rule).unwrap().holds = true;
                decided.push(verdict.rule);
            }
            let order = ["is_member", "has_portal_access", "is_feature_on", "is_schedule_shared", last];
            assert_eq!(decided, order);
        }
    }

    #[test]
    fn remedy_names_section_and_remaining_rules() {
        let rules = states(&[("is_feature_on", false), ("is_schedule_shared", true), ("is_client_viewable", false)]);
        let found = verdict("tasks", Some("SCHEDULE"), &rules).unwrap().unwrap();
        assert_eq!(
            found.remedy,
            "Enable the portal section SCHEDULE for this project. After that it is still hidden by is_client_viewable."
        );
        assert_eq!(found.requirements, "PRT-1, PRT-7");
        assert_eq!(verdict("tasks", None, &states(&[("is_schedule_shared", true)])), Ok(None));
    }

    #[test]
    fn rule_without_remedy_decides_alone() {
        // SCH-6
        let rules = states(&[("is_not_on_task", false), ("is_shared", false), ("is_member", false)]);
        let found = verdict("file_attachments", None, &rules).unwrap().unwrap();
        assert_eq!((found.rule.as_str(), found.can_become_visible), ("is_not_on_task", false));
        assert_eq!(found.remedy, "None: clients never see the files of tasks.");
    }

    #[test]
    fn rule_without_texts_is_named() {
        let found = verdict("tasks", None, &states(&[("is_unheard_of", false)]));
        assert_eq!(found, Err(UnexplainedRule { view: "tasks".to_owned(), rule: "is_unheard_of".to_owned() }));
    }

    #[test]
    fn texts_of_rules_are_sentences() {
        for texts in RULES {
            for text in [texts.explanation, texts.remedy] {
                assert!(text.ends_with('.') && text.starts_with(|first: char| first.is_uppercase()), "{text}");
            }
            assert!(!texts.requirements.is_empty(), "{}", texts.rule);
        }
    }
}
