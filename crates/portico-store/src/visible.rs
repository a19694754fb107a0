//! The loader's own check of each row, which holds whatever role view the row came through.

use portico_core::access::Viewer;

/// A row that knows who may see it.
pub trait Visible {
    /// Whether this viewer may see the row: its project, and its state.
    fn visible_to(&self, viewer: &Viewer) -> bool;
}

/// Rows that anybody may see who may see their project.
macro_rules! visible_with_its_project {
    ($($row:ty),+ $(,)?) => {$(
        impl $crate::Visible for $row {
            fn visible_to(&self, viewer: &portico_core::access::Viewer) -> bool {
                viewer.may_see_project(self.company_id, self.project_id)
            }
        }
    )+};
}

/// Rows that nobody but a company's own side may see.
macro_rules! visible_to_staff_alone {
    ($($row:ty),+ $(,)?) => {$(
        impl $crate::Visible for $row {
            fn visible_to(&self, viewer: &portico_core::access::Viewer) -> bool {
                viewer.is_staff() && viewer.may_see_project(self.company_id, self.project_id)
            }
        }
    )+};
}

/// Rows that are one person's own.
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
