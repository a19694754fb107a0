//! The list of a company's staff: by name, paged.

use diesel::pg::Pg;
use diesel::prelude::*;
use portico_core::access::Permission;
use portico_core::company::StaffList;
use portico_core::page::Slice;

use super::StaffMemberRow;
use crate::company::rows::staff_members;
use crate::page::SortBy;
use crate::{ReadSession, StoreError};

const BY_NAME: SortBy =
    SortBy { expression: "lower(staff_members.name)", folds_case: true, id: "staff_members.id", descending: false };

/// One slice of a company's staff, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails, or the list asks for what the viewer may not see.
pub async fn list_staff(
    session: &ReadSession,
    list: &StaffList,
    slice: &Slice,
) -> Result<Vec<StaffMemberRow>, StoreError> {
    refuse_hidden(session, list)?;
    let query = listed(list).filter(BY_NAME.within(slice)).order(BY_NAME.order(slice)).limit(slice.limit());
    session.load(query.select(StaffMemberRow::as_select())).await
}

/// The number of members in a list.
///
/// # Errors
///
/// As [`list_staff`].
pub async fn count_staff(session: &ReadSession, list: &StaffList) -> Result<i64, StoreError> {
    refuse_hidden(session, list)?;
    let counts = session.load::<_, i64>(listed(list).select(diesel::dsl::count_star())).await?;
    Ok(counts.first().copied().unwrap_or_default())
}

/// Removed members are visible to staff who manage staff.
fn refuse_hidden(session: &ReadSession, list: &StaffList) -> Result<(), StoreError> {
    let viewer = session.viewer();
    let may = viewer.company().is_some_and(|company| viewer.may_in(company, Permission::StaffManage));
    if list.is_removed && !may {
        return Err(StoreError::Hidden("filter.isRemoved"));
    }
    Ok(())
}

fn listed(list: &StaffList) -> staff_members::BoxedQuery<'static, Pg> {
    let mut query = staff_members::table.into_boxed();
    if let Some(roles) = &list.role_in {
        query = query.filter(staff_members::role.eq_any(roles.clone()));
    }
    if list.is_removed {
        query.filter(staff_members::removed_at.is_not_null())
    } else {
        query.filter(staff_members::removed_at.is_null())
    }
}
