//! Which sections are switched on.

use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;

use crate::Refusal;

/// Each section once, in the order of the menu. The dashboard is always among them (PRT-1, PRT-2).
pub(super) fn features(member: &str, features: &[Feature]) -> Result<Vec<String>, Refusal> {
    if !features.contains(&Feature::Dashboard) {
        return Err(Refusal::of(RefusalCode::Invalid, member, "the dashboard cannot be switched off"));
    }
    let is_on = |feature: &&Feature| features.contains(*feature);
    Ok(Feature::ALL.iter().filter(is_on).map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_stands_once_and_the_dashboard_always() {
        let asked = [Feature::Help, Feature::Dashboard, Feature::Selections, Feature::Help];
        assert_eq!(
            features("features", &asked).ok(),
            Some(["DASHBOARD", "SELECTIONS", "HELP"].map(str::to_owned).to_vec())
        );
        for without in [&[][..], &[Feature::Help]] {
            let refused = features("features", without).expect_err("the dashboard is missing");
            assert_eq!(
                (refused.code, refused.field),
                (RefusalCode::Invalid, vec!["input".to_owned(), "features".to_owned()])
            );
        }
    }
}
