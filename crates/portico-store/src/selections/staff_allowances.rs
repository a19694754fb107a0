//! What staff write of allowances.

use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{AllowanceId, CompanyId, ProjectId};
use portico_core::selections::{AllowanceCovers, SelectionStatus, UnusedAllowancePolicy};
use portico_store_macros::row_change;
use rust_decimal::Decimal;

use crate::StoreError;
use crate::schema::base::{allowance_costs, allowances, selections};

/// Changes of an allowance; none keeps the current value, `Some(None)` clears it.
#[row_change(allowances, AllowanceId)]
pub struct AllowanceChange {
    /// The name.
    pub name: Option<String>,
    /// The granted amount in minor units.
    #[name = "granted"]
    pub granted_minor: Option<i64>,
    /// What it pays for.
    pub covers: Option<AllowanceCovers>,
    /// The terms in words.
    pub terms: Option<Option<String>>,
    /// What happens with an unused amount.
    pub unused_policy: Option<UnusedAllowancePolicy>,
    /// The fee on an overage, as a share.
    pub fee_percent: Option<Decimal>,
    /// The tax on an overage, as a share.
    pub tax_percent: Option<Decimal>,
    /// The sort order.
    pub sort: Option<i32>,
}

/// Changes of an allowance's costs.
#[row_change(allowance_costs, AllowanceId)]
pub struct AllowanceCostChange {
    /// The cost basis in minor units.
    #[name = "costBasis"]
    pub cost_basis_minor: Option<Option<i64>>,
    /// The buffer, as a share.
    pub buffer_percent: Option<Option<Decimal>>,
}

/// The terms of an allowance, locked, with its version and what is used of it.
#[derive(Debug, Clone)]
pub struct LockedAllowance {
    /// The version.
    pub version: i32,
    /// The terms that decide about amounts.
    pub terms: portico_core::selections::AllowanceTerms,
    /// What is approved against it.
    pub used_minor: i64,
}

/// An allowance, locked; none if it is gone.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn lock_allowance(
    connection: &mut AsyncPgConnection,
    id: AllowanceId,
) -> Result<Option<LockedAllowance>, StoreError> {
    use crate::schema::base::allowance_entries as entries;
    type Row = (i32, i64, Decimal, Decimal, UnusedAllowancePolicy);
    let columns = (
        allowances::version,
        allowances::granted_minor,
        allowances::fee_percent,
        allowances::tax_percent,
        allowances::unused_policy,
    );
    let row: Option<Row> =
        allowances::table.find(id).select(columns).for_update().first(connection).await.optional()?;
    let Some((version, granted_minor, fee, tax, unused)) = row else { return Ok(None) };
    let of_use = entries::table.filter(entries::allowance_id.eq(id)).filter(entries::selection_id.is_not_null());
    let amounts: Vec<i64> = of_use.select(entries::amount_minor).load(connection).await?;
    let terms = portico_core::selections::AllowanceTerms { granted_minor, fee, tax, unused };
    Ok(Some(LockedAllowance { version, terms, used_minor: amounts.iter().sum() }))
}

/// Adds an allowance to a project, last.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_allowance(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    name: &str,
    granted_minor: i64,
) -> Result<AllowanceId, StoreError> {
    let own = allowances::table.filter(allowances::project_id.eq(project));
    let last: Option<i32> = own.select(max(allowances::sort)).first(connection).await?;
    let id = AllowanceId::generate();
    let row = (
        allowances::id.eq(id),
        allowances::company_id.eq(company),
        allowances::project_id.eq(project),
        allowances::name.eq(name),
        allowances::granted_minor.eq(granted_minor),
        allowances::sort.eq(last.unwrap_or_default().saturating_add(1)),
    );
    diesel::insert_into(allowances::table).values(row).execute(connection).await?;
    Ok(id)
}

/// The number of a project's allowances.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_allowances(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    Ok(allowances::table.filter(allowances::project_id.eq(project)).count().get_result(connection).await?)
}

/// Changes an allowance. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_allowance(
    connection: &mut AsyncPgConnection,
    id: AllowanceId,
    change: AllowanceChange,
) -> Result<Vec<&'static str>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let set = (&differences.change, allowances::version.eq(allowances::version + 1));
        diesel::update(allowances::table.find(id)).set(set).execute(connection).await?;
    }
    Ok(differences.names)
}

/// Changes the costs of an allowance. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn change_allowance_cost(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    id: AllowanceId,
    change: AllowanceCostChange,
) -> Result<Vec<&'static str>, StoreError> {
    use allowance_costs as costs;
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        let row = (costs::allowance_id.eq(id), costs::company_id.eq(company), costs::project_id.eq(project));
        diesel::insert_into(costs::table).values(row).on_conflict_do_nothing().execute(connection).await?;
        diesel::update(costs::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences.names)
}

/// The number of selections that an allowance pays for.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_selections_of_allowance(
    connection: &mut AsyncPgConnection,
    id: AllowanceId,
) -> Result<i64, StoreError> {
    let own = selections::table.filter(selections::allowance_id.eq(id));
    let paid = own.filter(selections::status.ne(SelectionStatus::Declined));
    Ok(paid.count().get_result(connection).await?)
}

/// Deletes an allowance that pays for no selection that is not declined, with its entries.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_allowance(connection: &mut AsyncPgConnection, id: AllowanceId) -> Result<(), StoreError> {
    let declined = selections::table.filter(selections::allowance_id.eq(id));
    let none = (selections::allowance_id.eq(None::<AllowanceId>), selections::version.eq(selections::version + 1));
    diesel::update(declined).set(none).execute(connection).await?;
    diesel::delete(allowances::table.find(id)).execute(connection).await?;
    Ok(())
}
