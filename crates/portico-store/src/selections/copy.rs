//! Copies selections between projects of a company.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ProjectId};

use crate::StoreError;

// Ids of copies are derived from a salt of the statement, so that parts find their copies. An allowance of the same name is used as
// it is.
const COPY: &str = "
    with salt as (select gen_random_uuid()::text as salt),
    wanted as (
        select w.*, md5(w.id::text || x.salt)::uuid as copy_id,
            (select t.id from allowances t where t.project_id = $3 and t.name = w.name order by t.sort, t.id limit 1) as there
        from allowances w, salt x
        where w.company_id = $1 and w.project_id = $2
            and exists (select from selections s where s.allowance_id = w.id)),
    new_allowances as (
        insert into allowances (id, company_id, project_id, name, granted_minor, covers, terms, unused_policy, fee_percent,
            tax_percent, sort)
        select copy_id, company_id, $3, name, granted_minor, covers, terms, unused_policy, fee_percent, tax_percent,
            least(sort::bigint + coalesce((select max(t.sort) from allowances t where t.project_id = $3), 0), 2147483647)::int
        from wanted where there is null),
    new_costs as (
        insert into allowance_costs (allowance_id, company_id, project_id, cost_basis_minor, buffer_percent)
        select w.copy_id, w.company_id, $3, c.cost_basis_minor, c.buffer_percent
        from wanted w join allowance_costs c on c.allowance_id = w.id where w.there is null),
    new_entries as (
        insert into allowance_entries (id, company_id, project_id, allowance_id, kind, amount_minor, created_at)
        select md5('granted' || w.copy_id::text)::uuid, w.company_id, $3, w.copy_id, 'GRANTED', w.granted_minor, $4
        from wanted w where w.there is null),
    copied as (
        select s.*, md5(s.id::text || x.salt)::uuid as copy_id from selections s, salt x
        where s.company_id = $1 and s.project_id = $2),
    new_selections as (
        insert into selections (id, company_id, project_id, allowance_id, title, instructions, status, category, min_choices,
            max_choices, may_decline, created_at)
        select s.copy_id, s.company_id, $3, coalesce(w.there, w.copy_id), s.title, s.instructions, 'DRAFT', s.category,
            s.min_choices, s.max_choices, s.may_decline, $4
        from copied s left join wanted w on w.id = s.allowance_id),
    new_infos as (
        insert into selection_trade_infos (selection_id, company_id, project_id, trade_info)
        select s.copy_id, s.company_id, $3, i.trade_info from copied s join selection_trade_infos i on i.selection_id = s.id),
    options as (
        select o.*, s.copy_id as copy_of, md5(o.id::text || x.salt)::uuid as copy_id
        from copied s join selection_options o on o.selection_id = s.id, salt x),
    new_options as (
        insert into selection_options (id, company_id, project_id, selection_id, title, description, price_minor, price_expires_on,
            is_price_expired, is_standard, lead_time_days, sort)
        select copy_id, o.company_id, $3, copy_of, title, description, price_minor, price_expires_on,
            coalesce(price_expires_on < ($4 at time zone p.time_zone)::date, false), is_standard, lead_time_days, sort
        from options o join projects p on p.id = $3),
    new_option_costs as (
        insert into selection_option_costs (option_id, company_id, project_id, unit_cost_minor, vendor, vendor_sku)
        select o.copy_id, o.company_id, $3, c.unit_cost_minor, c.vendor, c.vendor_sku
        from options o join selection_option_costs c on c.option_id = o.id)
    select count(*) as count from copied";

const COPIED_ALLOWANCES: &str = "
    select count(*) as count from allowances w
    where w.company_id = $1 and w.project_id = $2
        and exists (select from selections s where s.allowance_id = w.id)
        and not exists (select from allowances t where t.project_id = $3 and t.name = w.name)";

/// The number of allowances that [`copy_selections`] would add.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_copied_allowances(
    connection: &mut AsyncPgConnection,
    (company, from, to): (CompanyId, ProjectId, ProjectId),
) -> Result<i64, StoreError> {
    let count = diesel::sql_query(COPIED_ALLOWANCES).bind::<SqlUuid, _>(company).bind::<SqlUuid, _>(from);
    Ok(count.bind::<SqlUuid, _>(to).get_result::<Count>(connection).await?.count)
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Copies the selections of a project to another one, as drafts. Returns their number.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn copy_selections(
    connection: &mut AsyncPgConnection,
    (company, from, to): (CompanyId, ProjectId, ProjectId),
    at: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let copy = diesel::sql_query(COPY).bind::<SqlUuid, _>(company).bind::<SqlUuid, _>(from).bind::<SqlUuid, _>(to);
    Ok(copy.bind::<Timestamptz, _>(at).get_result::<Count>(connection).await?.count)
}
