//! What staff write of a selection for trade partners.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId, SelectionId};

use crate::StoreError;
use crate::schema::base::{selection_trade_infos, selection_trades};

/// Trade partners who see a selection.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn trades_of_selection(
    connection: &mut AsyncPgConnection,
    id: SelectionId,
) -> Result<Vec<ProjectMembershipId>, StoreError> {
    let partners = selection_trades::table
        .filter(selection_trades::selection_id.eq(id))
        .select(selection_trades::project_membership_id);
    Ok(partners.load(connection).await?)
}

/// Shows a selection to further trade partners, and no longer to others.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn show_to_trades(
    connection: &mut AsyncPgConnection,
    (company, project, id): (CompanyId, ProjectId, SelectionId),
    added: &[ProjectMembershipId],
    removed: &[ProjectMembershipId],
) -> Result<(), StoreError> {
    let row = |partner: &ProjectMembershipId| {
        (
            selection_trades::selection_id.eq(id),
            selection_trades::project_membership_id.eq(*partner),
            selection_trades::company_id.eq(company),
            selection_trades::project_id.eq(project),
        )
    };
    let rows: Vec<_> = added.iter().map(row).collect();
    diesel::insert_into(selection_trades::table).values(rows).execute(connection).await?;
    let gone = selection_trades::table
        .filter(selection_trades::selection_id.eq(id))
        .filter(selection_trades::project_membership_id.eq_any(removed));
    diesel::delete(gone).execute(connection).await?;
    Ok(())
}

/// Sets or clears the information for trade partners. Returns whether that changed anything.
///
/// # Errors
///
/// [`StoreError`] if a statement fails.
pub async fn set_trade_info(
    connection: &mut AsyncPgConnection,
    (company, project, id): (CompanyId, ProjectId, SelectionId),
    info: Option<&str>,
) -> Result<bool, StoreError> {
    use selection_trade_infos as infos;
    let old: Option<String> = infos::table.find(id).select(infos::trade_info).first(connection).await.optional()?;
    if old.as_deref() == info {
        return Ok(false);
    }
    match info {
        None => diesel::delete(infos::table.find(id)).execute(connection).await?,
        Some(info) => {
            let row = (
                infos::selection_id.eq(id),
                infos::company_id.eq(company),
                infos::project_id.eq(project),
                infos::trade_info.eq(info),
            );
            let write = diesel::insert_into(infos::table).values(row).on_conflict(infos::selection_id);
            write.do_update().set(infos::trade_info.eq(info)).execute(connection).await?
        }
    };
    Ok(true)
}
