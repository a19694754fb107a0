//! Schedules into rows.

use chrono::{Datelike, Weekday};
use serde_json::json;
use uuid::Uuid;

use super::WorldError;
use super::project::Site;
use super::project_model::{Task, Version};
use super::values::{Day, Figure};

/// How a version is called in paths: `v2`, or `draft`.
pub(super) fn label(version: &Version) -> String {
    version.number.map_or_else(|| "draft".to_owned(), |number| format!("v{number}"))
}

pub(super) fn version(site: &mut Site<'_>, version: &Version) -> Result<(), WorldError> {
    let label = label(version);
    let version_id = site.name(&format!("schedule/{label}"))?;
    site.add(
        "schedule_versions",
        json!({
            "id": version_id,
            "state": version.state.text(),
            "number": version.number,
            "published_at": version.published_on.map(|day| day.instant()),
            "created_at": version.created_on.instant(),
        }),
    );
    site.add("schedule_version_internals", json!({ "version_id": version_id, "publish_notes": version.publish_notes }));

    let mut placed: Vec<(Option<Uuid>, &Task)> = Vec::new();
    for (sort, milestone) in version.milestones.iter().enumerate() {
        let id = site.name(&format!("milestone/{label}/{}", milestone.name))?;
        site.add("milestones", json!({ "id": id, "version_id": version_id, "name": milestone.name, "sort": sort + 1 }));
        let internal_target_on = milestone.internal_target_on.map(Day::date);
        site.add("milestone_internals", json!({ "milestone_id": id, "internal_target_on": internal_target_on }));
        placed.extend(milestone.tasks.iter().map(|task| (Some(id), task)));
    }
    placed.extend(version.tasks.iter().map(|task| (None, task)));

    for (sort, (milestone_id, task)) in placed.iter().enumerate() {
        let id = site.name(&task_path(&label, &task.name))?;
        site.add(
            "tasks",
            json!({
                "id": id,
                "version_id": version_id,
                "milestone_id": milestone_id,
                "name": task.name,
                "start_on": task.start.date(),
                "finish_on": task.finish.date(),
                "work_days": task.work_days.unwrap_or_else(|| weekdays(task.start, task.finish)),
                "percent_complete": task.percent,
                "client_viewable": task.client_viewable,
                "sort": sort + 1,
                "version": 1,
            }),
        );
        companions(site, &label, id, task)?;
    }
    // Once all tasks have their names: one may wait for another that stands below it.
    for (_, task) in &placed {
        dependencies(site, &label, task)?;
    }
    Ok(())
}

fn task_path(label: &str, name: &str) -> String {
    format!("task/{label}/{name}")
}

/// What stands beside a task in tables of its own.
fn companions(site: &mut Site<'_>, label: &str, task_id: Uuid, task: &Task) -> Result<(), WorldError> {
    site.add(
        "task_internals",
        json!({
            "task_id": task_id,
            "private_notes": task.private_notes,
            "cost_code": task.cost_code,
            "labor_hours": task.labor_hours.map(Figure::numeric),
            "internal_deadline_on": task.internal_deadline_on.map(Day::date),
            "buffer_days": task.buffer_days,
        }),
    );
    if let Some(brief) = &task.brief {
        site.add("task_briefs", json!({ "task_id": task_id, "public_notes": brief }));
    }
    for slug in &task.assigned {
        let id = site.name(&format!("assignee/{label}/{}/{slug}", task.name))?;
        let trade = site.find(&format!("trade/{slug}")).ok();
        let staff = if trade.is_none() { Some(site.find_in_company(&format!("staff/{slug}"))?) } else { None };
        site.add(
            "task_assignees",
            json!({
                "id": id,
                "task_id": task_id,
                "project_membership_id": trade,
                "staff_membership_id": staff,
            }),
        );
    }
    site.notes("TASK", &task_path(label, &task.name), task_id, &task.notes)
}

fn dependencies(site: &mut Site<'_>, label: &str, task: &Task) -> Result<(), WorldError> {
    let task_id = site.find(&task_path(label, &task.name))?;
    let plain = task.after.iter().map(|to| (to, json!("FINISH_TO_START"), 0));
    let linked = task.linked.iter().map(|link| (&link.to, link.kind.text(), link.lag_days));
    for (to, kind, lag_days) in plain.chain(linked) {
        let predecessor_id = site.find(&task_path(label, to))?;
        site.add(
            "task_dependencies",
            json!({
                "task_id": task_id,
                "predecessor_id": predecessor_id,
                "kind": kind,
                "lag_days": lag_days,
            }),
        );
    }
    Ok(())
}

/// The days from Monday to Friday, both ends included.
fn weekdays(start: Day, finish: Day) -> i32 {
    let days = start.0.iter_days().take_while(|day| *day <= finish.0);
    let working = days.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)).count();
    i32::try_from(working).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    #[test]
    fn weekends_are_no_work_days() {
        let friday = Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
        let later = |days| Day(friday.0 + Days::new(days));
        assert_eq!((weekdays(friday, friday), weekdays(friday, later(2)), weekdays(friday, later(3))), (1, 1, 2));
        assert_eq!(weekdays(later(3), friday), 0);
    }
}
