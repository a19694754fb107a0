//! Row visibility, as checked by the loader, independent of role views.

use portico_core::access::Viewer;

/// A row that can tell who may see it.
pub trait Visible {
    /// Whether this viewer may see the row: its project, and its state.
    fn visible_to(&self, viewer: &Viewer) -> bool;
}

/// Makes rows visible to everyone who may see their project.
macro_rules! visible_with_its_project {
    ($($row:ty),+ $(,)?) => {$(
        impl $crate::Visible for $row {
            fn visible_to(&self, viewer: &portico_core::access::Viewer) -> bool {
                viewer.may_see_project(self.company_id, self.project_id)
            }
        }
    )+};
}

/// Makes rows visible to the company's staff only.
macro_rules! visible_to_staff_alone {
    ($($row:ty),+ $(,)?) => {$(
        impl $crate::Visible for $row {
            fn visible_to(&self, viewer: &portico_core::access::Viewer) -> bool {
                viewer.is_staff() && viewer.may_see_project(self.company_id, self.project_id)
            }
        }
    )+};
}

/// Makes rows visible to the person they belong to only.
macro_rules! visible_to_oneself {
    ($($row:ty),+ $(,)?) => {$(
        impl $crate::Visible for $row {
            fn visible_to(&self, viewer: &portico_core::access::Viewer) -> bool {
                viewer.person.as_ref().is_some_and(|person| person.id == self.identity_id.0)
            }
        }
    )+};
}

pub(crate) use {visible_to_oneself, visible_to_staff_alone, visible_with_its_project};
