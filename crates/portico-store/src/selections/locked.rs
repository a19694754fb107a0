//! Selections, as actions read them under locks.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Nullable, Numeric, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{
    AllowanceId, CompanyId, IdentityId, LocationId, ProjectId, ProjectMembershipId, SelectionId, SelectionOptionId,
    TaskId,
};
use portico_core::money::Currency;
use portico_core::selections::{
    AllowanceCovers, AllowanceTerms, Basis, ChosenPrice, Offered, SelectionStatus, UnusedAllowancePolicy,
};
use rust_decimal::Decimal;

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

/// A selection with its options, locked.
#[derive(Debug, Clone)]
pub struct LockedSelection {
    /// The selection.
    pub row: StoredSelection,
    /// Its options, in their order.
    pub options: Vec<StoredOption>,
}

/// A selection, with what its clients see of it.
#[derive(Debug, Clone, QueryableByName)]
pub struct StoredSelection {
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
    /// Its category.
    #[diesel(sql_type = Nullable<Text>)]
    pub category: Option<String>,
    /// Its location.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub location_id: Option<LocationId>,
    /// Name of its location.
    #[diesel(sql_type = Nullable<Text>)]
    pub location: Option<String>,
    /// The project's currency.
    #[diesel(sql_type = Text)]
    pub currency: Currency,
    /// The project's time zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Minimum number of choices.
    #[diesel(sql_type = Integer)]
    pub min_choices: i32,
    /// Maximum number of choices.
    #[diesel(sql_type = Integer)]
    pub max_choices: i32,
    /// Whether clients may decline it.
    #[diesel(sql_type = Bool)]
    pub may_decline: bool,
    /// When it is due.
    #[diesel(sql_type = Nullable<Date>)]
    pub due_on: Option<NaiveDate>,
    /// The task on which the due date depends.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub due_task_id: Option<TaskId>,
    /// Days from the due date to the start of the task.
    #[diesel(sql_type = Nullable<Integer>)]
    pub due_days_before: Option<i32>,
    /// The allowance that pays for it.
    #[diesel(embed)]
    pub allowance: Option<StoredAllowance>,
}

/// The allowance of a selection.
#[derive(Debug, Clone, QueryableByName)]
pub struct StoredAllowance {
    /// The allowance.
    #[diesel(sql_type = SqlUuid)]
    pub allowance_id: AllowanceId,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub allowance_name: String,
    /// What it pays for.
    #[diesel(sql_type = Text)]
    pub covers: AllowanceCovers,
    /// Its terms in words.
    #[diesel(sql_type = Nullable<Text>)]
    pub terms: Option<String>,
    /// What happens with an unused amount.
    #[diesel(sql_type = Text)]
    pub unused_policy: UnusedAllowancePolicy,
    /// The fee on an overage, as a share.
    #[diesel(sql_type = Numeric)]
    pub fee_percent: Decimal,
    /// The tax on an overage, as a share.
    #[diesel(sql_type = Numeric)]
    pub tax_percent: Decimal,
    /// The granted amount in minor units.
    #[diesel(sql_type = BigInt)]
    pub granted_minor: i64,
    /// The sum of its entries of approvals.
    #[diesel(sql_type = BigInt)]
    pub used_minor: i64,
}

impl StoredAllowance {
    /// The terms that decide about amounts.
    pub const fn amounts(&self) -> AllowanceTerms {
        AllowanceTerms {
            granted_minor: self.granted_minor,
            fee: self.fee_percent,
            tax: self.tax_percent,
            unused: self.unused_policy,
        }
    }
}

/// An option of a selection.
#[derive(Debug, Clone, QueryableByName)]
pub struct StoredOption {
    /// The option.
    #[diesel(sql_type = SqlUuid)]
    pub id: SelectionOptionId,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
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
    /// The last day of the price.
    #[diesel(sql_type = Nullable<Date>)]
    pub price_expires_on: Option<NaiveDate>,
    /// The chosen quantity; none if it is not chosen.
    #[diesel(sql_type = Nullable<Integer>)]
    pub quantity: Option<i32>,
}

impl LockedSelection {
    /// The chosen options, with their prices.
    pub fn chosen(&self) -> Vec<(&StoredOption, ChosenPrice)> {
        let price = |option: &StoredOption| {
            option.quantity.map(|quantity| ChosenPrice { unit_minor: option.price_minor, quantity })
        };
        self.options.iter().filter_map(|option| Some((option, price(option)?))).collect()
    }

    /// What clients can choose, on a day.
    pub fn offered(&self, today: NaiveDate) -> Vec<Offered> {
        let offered = |option: &StoredOption| Offered {
            id: option.id,
            unit_minor: option.price_minor,
            is_expired: option.is_expired(today),
        };
        self.options.iter().map(offered).collect()
    }

    /// What a choice is compared with.
    pub fn basis(&self) -> Basis {
        match &self.row.allowance {
            Some(allowance) => Basis::Allowance(allowance.amounts(), allowance.used_minor),
            None => {
                let standard = self.options.iter().find(|option| option.is_standard);
                standard.map_or(Basis::Nothing, |standard| Basis::Standard(standard.price_minor))
            }
        }
    }
}

impl StoredOption {
    /// Whether its price has expired on a day.
    pub fn is_expired(&self, today: NaiveDate) -> bool {
        self.price_expires_on.is_some_and(|last| last < today)
    }
}

const SELECTION: &str = "
    select s.status, s.version, s.number, s.title, s.instructions, s.category, s.location_id, l.name as location, p.currency,
        p.time_zone, s.min_choices, s.max_choices, s.may_decline, s.due_on, s.due_task_id, s.due_days_before,
        w.id as allowance_id, w.name as allowance_name, w.covers, w.terms, w.unused_policy, w.fee_percent, w.tax_percent,
        w.granted_minor,
        case when w.id is not null then (
            select coalesce(sum(e.amount_minor), 0)::bigint
            from allowance_entries e
            where e.allowance_id = w.id and e.kind in ('APPROVED', 'REOPENED')) end as used_minor
    from selections s
    join projects p on p.id = s.project_id
    left join locations l on l.id = s.location_id
    left join allowances w on w.id = s.allowance_id
    where s.id = $1";

const OPTIONS: &str = "
    select o.id, o.title, o.description, o.is_standard, o.lead_time_days, o.price_minor, o.price_expires_on, c.quantity
    from selection_options o
    left join selection_choices c on c.selection_id = o.selection_id and c.option_id = o.id
    where o.selection_id = $1
    order by o.sort, o.id";

/// A selection of a company's project, locked, with its options.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn lock_selection(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    id: SelectionId,
) -> Result<Option<LockedSelection>, StoreError> {
    let locked: Option<SelectionId> = selections::table
        .filter(selections::id.eq(id))
        .filter(selections::project_id.eq(project))
        .filter(selections::company_id.eq(company))
        .select(selections::id)
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?;
    // Read after the lock, so that it is the state that the lock protects.
    let Some(id) = locked else { return Ok(None) };
    let row = diesel::sql_query(SELECTION).bind::<SqlUuid, _>(id).get_result(connection).await?;
    let options = diesel::sql_query(OPTIONS).bind::<SqlUuid, _>(id).load(connection).await?;
    Ok(Some(LockedSelection { row, options }))
}
