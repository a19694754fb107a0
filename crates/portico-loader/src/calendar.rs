//! Calendar feeds.

use portico_core::id::ProjectId;
pub use portico_store::calendar::CalendarFeedRow;
use portico_store::calendar::feeds_of_projects;

use crate::uncached::loads_uncached;

loads_uncached! {
    /// The viewer's own feed of a project. Other members' rows of the same project differ, so it is not cached under the project.
    CalendarFeedOfProject(ProjectId) => CalendarFeedRow, feeds_of_projects, by project_id
}
