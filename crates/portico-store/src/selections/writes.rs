//! Selections, as actions read and write them.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{
    AllowanceId, CompanyId, IdentityId, ProjectId, ProjectMembershipId, SelectionId, SelectionOptionId,
};
use portico_core::money::Currency;
use portico_core::selections::SelectionStatus;

use crate::StoreError;
use crate::schema::base::selections;

/// A client who acts on selections of a project.
#[derive(Debug, Clone, QueryableByName)]
pub struct SelectionClient {
    /// The membership.
    #[diesel(sql_type = SqlUuid)]
    pub membership: ProjectMembershipId,
    /// The client's name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Whether the client may approve.
    #[diesel(sql_type = Bool)]
    pub can_approve: bool,
}

const CLIENT: &str = "
    select m.id as membership, case when i.claimed_at is null then x.name else i.name end as name, m.can_approve
    from project_memberships m
    join identities i on i.id = m.identity_id
    join contacts x on x.id = m.contact_id
    join project_portals pp on pp.project_id = m.project_id
    where m.company_id = $1 and m.project_id = $2 and m.identity_id = $3 and m.kind = 'CLIENT'
        and m.removed_at is null and m.access_level = 'PORTAL' and 'SELECTIONS' = any (pp.features)";

/// The client's membership in a project whose portal shows selections to them.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn selection_client(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    identity: IdentityId,
) -> Result<Option<SelectionClient>, StoreError> {
    let client = diesel::sql_query(CLIENT);
    let client = client.bind::<SqlUuid, _>(company).bind::<SqlUuid, _>(project).bind::<SqlUuid, _>(identity);
    Ok(client.get_result(connection).await.optional()?)
}

/// A shared selection, with what its clients see of the choice.
#[derive(Debug, Clone, QueryableByName)]
pub struct SharedSelection {
    /// Its status.
    #[diesel(sql_type = Text)]
    pub status: SelectionStatus,
    /// Its version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Its number.
    #[diesel(sql_type = Nullable<Integer>)]
    pub number: Option<i32>,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Its instructions.
    #[diesel(sql_type = Nullable<Text>)]
    pub instructions: Option<String>,
    /// Name of its location.
    #[diesel(sql_type = Nullable<Text>)]
    pub location: Option<String>,
    /// The project's currency.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// The chosen option; none before the choice.
    #[diesel(embed)]
    pub chosen: Option<ChosenOption>,
    /// The allowance that pays for it.
    #[diesel(embed)]
    pub allowance: Option<SelectionAllowance>,
}

/// The chosen option of a selection.
#[derive(Debug, Clone, QueryableByName)]
pub struct ChosenOption {
    /// The option.
    #[diesel(sql_type = SqlUuid)]
    pub option_id: SelectionOptionId,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub option_title: String,
    /// Its description.
    #[diesel(sql_type = Nullable<Text>)]
    pub description: Option<String>,
    /// Whether it is the included standard.
    #[diesel(sql_type = Bool)]
    pub is_standard: bool,
    /// Days from order to delivery.
    #[diesel(sql_type = Nullable<Integer>)]
    pub lead_time_days: Option<i32>,
    /// The price in minor units; none while it is to be determined.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_minor: Option<i64>,
    /// The difference from the price of the standard; none with an allowance or without a standard.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub price_delta_minor: Option<i64>,
}

/// The allowance of a selection.
#[derive(Debug, Clone, QueryableByName)]
pub struct SelectionAllowance {
    /// The allowance.
    #[diesel(sql_type = SqlUuid)]
    pub allowance_id: AllowanceId,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub allowance_name: String,
    /// The granted amount in minor units.
    #[diesel(sql_type = BigInt)]
    pub granted_minor: i64,
    /// The sum of the prices of all options chosen against it.
    #[diesel(sql_type = BigInt)]
    pub used_minor: i64,
}

const SHARED: &str = "
    select s.status, s.version, s.number, s.title, s.instructions, l.name as location, p.currency,
        o.id as option_id, o.title as option_title, o.description, o.is_standard, o.lead_time_days, o.price_minor,
        case when s.allowance_id is null then o.price_minor - std.price_minor end as price_delta_minor,
        w.id as allowance_id, w.name as allowance_name, w.granted_minor,
        case when w.id is not null then (
            select coalesce(sum(x.price_minor), 0)::bigint
            from selections y join selection_options x on x.id = y.chosen_option_id
            where y.allowance_id = w.id) end as used_minor
    from selections s
    join projects p on p.id = s.project_id
    left join locations l on l.id = s.location_id
    left join selection_options o on o.selection_id = s.id and o.id = s.chosen_option_id
    left join selection_options std on std.selection_id = s.id and std.is_standard
    left join allowances w on w.id = s.allowance_id
    where s.id = $1";

/// A shared selection of a company's project, locked.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn lock_shared_selection(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    id: SelectionId,
) -> Result<Option<SharedSelection>, StoreError> {
    let locked: Option<SelectionId> = selections::table
        .filter(selections::id.eq(id))
        .filter(selections::project_id.eq(project))
        .filter(selections::company_id.eq(company))
        .filter(selections::status.ne(SelectionStatus::Draft))
        .select(selections::id)
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?;
    // Read after the lock, so that it is the state that the lock protects.
    match locked {
        Some(id) => Ok(Some(diesel::sql_query(SHARED).bind::<SqlUuid, _>(id).get_result(connection).await?)),
        None => Ok(None),
    }
}

/// Approves the choice of a selection.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn approve_selection(connection: &mut AsyncPgConnection, id: SelectionId) -> Result<(), StoreError> {
    let set = (selections::status.eq(SelectionStatus::Approved), selections::version.eq(selections::version + 1));
    diesel::update(selections::table.find(id)).set(set).execute(connection).await?;
    Ok(())
}
