//! Changes the defaults of a company's portals.

use std::ops::RangeInclusive;

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::CompanyId;
use portico_core::portal::{Feature, ScheduleShare};
use portico_core::refusal::RefusalCode;
use portico_store::Differences;
use portico_store::portal::{CompanyPortalChange, change_company_portal, lock_sign_in_offer};
use serde_json::json;

use super::features::features;
use super::optional;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Days before the due date of a selection on which clients can be reminded.
const REMINDER_DAYS: RangeInclusive<i32> = 1..=30;

/// Changes the defaults of a company's portals. `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct CompanyPortalUpdate {
    /// The sections enabled in new projects.
    pub default_features: Option<Vec<Feature>>,
    /// How new projects share their schedule.
    pub default_schedule_share: Option<ScheduleShare>,
    /// Whether files that staff upload are shared with clients, unless they say otherwise (FIL-8).
    pub default_share_files: Option<bool>,
    /// Whether trade partners report the progress of tasks that are assigned to them (SCH-8).
    pub trades_report_progress: Option<bool>,
    /// Days before the due date of a selection on which clients are reminded; `Some(None)` turns reminders off (SEL-7).
    pub selection_reminder_days: Option<Option<i32>>,
    /// The URL of the guide for projects without their own; `Some(None)` clears it (INV-20).
    pub guide_url: Option<Option<String>>,
    /// The URL of the overview video; `Some(None)` clears it (PRT-15).
    pub onboarding_video_url: Option<Option<String>>,
    /// Whether people can sign in with a password (RULE-3).
    pub offers_password: Option<bool>,
    /// Whether people can sign in with a mailed link.
    pub offers_link: Option<bool>,
}

impl CompanyPortalUpdate {
    fn checked(&self) -> Result<CompanyPortalChange, ActionError> {
        let mut change = CompanyPortalChange {
            default_schedule_share: self.default_schedule_share,
            default_share_files: self.default_share_files,
            trades_report_progress: self.trades_report_progress,
            selection_reminder_days: self.selection_reminder_days,
            offers_password: self.offers_password,
            offers_link: self.offers_link,
            ..CompanyPortalChange::default()
        };
        let on = self.default_features.as_deref().map(|on| features("defaultFeatures", on)).transpose();
        let guide = optional(self.guide_url.as_ref(), |url| check::url("guideUrl", url));
        let video = optional(self.onboarding_video_url.as_ref(), |url| check::https_url("onboardingVideoUrl", url));
        let reminders = match self.selection_reminder_days.flatten() {
            Some(days) if !REMINDER_DAYS.contains(&days) => Err(Refusal::of(
                RefusalCode::Invalid,
                "selectionReminderDays",
                "must be from 1 to 30 days, or null to send no reminders",
            )),
            _ => Ok(()),
        };
        check::all([
            reminders,
            on.map(|on| change.default_features = on),
            guide.map(|url| change.guide_url = url),
            video.map(|url| change.onboarding_video_url = url),
        ])?;
        Ok(change)
    }
}

impl Action for CompanyPortalUpdate {
    type Done = CompanyId;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let staff = work.staff(Permission::SettingsManage).await?;
        let change = self.checked()?;
        let offer = lock_sign_in_offer(work.connection(), staff.company).await?;
        let (password, link) =
            (change.offers_password.unwrap_or(offer.password), change.offers_link.unwrap_or(offer.link));
        if !password && !link {
            let member = if change.offers_link == Some(false) { "offersLink" } else { "offersPassword" };
            let message = "cannot be turned off: offer passwords or links, so that people can sign in";
            return Err(Refusal::of(RefusalCode::Invalid, member, message).into());
        }
        let Differences { change, names } = change_company_portal(work.connection(), staff.company, change).await?;
        let details = json!({
            "defaultFeatures": change.default_features,
            "defaultScheduleShare": change.default_schedule_share,
            "defaultShareFiles": change.default_share_files,
            "tradesReportProgress": change.trades_report_progress,
            "selectionReminderDays": change.selection_reminder_days,
            "isGuideChanged": change.guide_url.is_some(),
            "isVideoChanged": change.onboarding_video_url.is_some(),
            "offersPassword": change.offers_password,
            "offersLink": change.offers_link,
        });
        let event = ActivityEvent::new(ActivityKind::PortalSettingsChanged).in_company(staff.company);
        work.record_changes(event.to(SubjectKind::Company, staff.company).with(details), &names).await?;
        Ok(staff.company)
    }
}
