//! Enabled sections of a portal.

use portico_core::portal::{DASHBOARD_REQUIRED, Feature};
use portico_core::refusal::RefusalCode;

use crate::Refusal;

/// Each section once, in menu order. The dashboard must be among them (PRT-1, PRT-2).
pub(super) fn features(member: &str, features: &[Feature]) -> Result<Vec<String>, Refusal> {
    if !features.contains(&Feature::Dashboard) {
        return Err(Refusal::of(RefusalCode::Invalid, member, DASHBOARD_REQUIRED));
    }
    let is_on = |feature: &&Feature| features.contains(*feature);
    Ok(Feature::ALL.iter().filter(is_on).map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_unique_and_keep_dashboard() {
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
