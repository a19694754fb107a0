//! What staff say among themselves.

use super::calendar::moment;
use super::chance::Thing;
use super::project::Site;
use super::schedule::task_id;
use super::tables::Note;
use super::words::NOTES;

/// Notes on the project, its selections and, if a schedule is published, its tasks.
pub(super) fn put(site: &mut Site<'_>, published: Option<u32>) {
    let mut chance = site.chance(Thing::Note);
    let count = 1 + chance.below(2 + site.size.tasks / 6);
    for number in 0..count {
        let on_tasks = if published.is_some() { 45 } else { 0 };
        let (subject_kind, subject_id) = match chance.weighted(&[(30, 'p'), (25, 's'), (on_tasks, 't')]) {
            't' => ("TASK", task_id(site, published.unwrap_or_default(), chance.below(site.size.tasks))),
            's' => ("SELECTION", site.id(Thing::Selection, chance.below(site.size.selections))),
            _ => ("PROJECT", site.id),
        };
        let author_id = site.any_staff(&mut chance);
        site.batch.put(&Note {
            id: site.id(Thing::Note, number),
            company_id: site.company.id,
            project_id: site.id,
            subject_kind,
            subject_id,
            author_id,
            body: (*chance.pick(&NOTES)).into(),
            created_at: moment(chance.between(site.created, -1)),
        });
    }
}
