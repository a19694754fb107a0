//! API keys, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::id::{ApiKeyId, CompanyId, ProjectId, StaffMembershipId};
use portico_core::sessions::TokenHash;

use crate::StoreError;
use crate::schema::base::{api_key_projects, api_keys, companies, identities, projects, staff_memberships};

/// A member of staff who may create API keys.
#[derive(Debug, Clone)]
pub struct Creator {
    /// The staff membership.
    pub membership_id: StaffMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// Owner or staff.
    pub role: Role,
    /// Granted permissions; owners have all.
    pub permissions: PermissionSet,
}

/// An API key to insert.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// The hash of its token.
    pub token_hash: TokenHash,
    /// The company.
    pub company_id: CompanyId,
    /// The name.
    pub name: String,
    /// The creator.
    pub created_by: StaffMembershipId,
    /// The permissions.
    pub permissions: PermissionSet,
    /// Projects it may read; none for all of the company's.
    pub projects: Option<Vec<ProjectId>>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
}

/// The current staff member of a company with this canonical address.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_creator(
    connection: &mut AsyncPgConnection,
    company: &str,
    email: &str,
) -> Result<Option<Creator>, StoreError> {
    let row = staff_memberships::table
        .inner_join(companies::table)
        .inner_join(identities::table)
        .filter(companies::slug.eq(company))
        .filter(identities::email_canonical.eq(email))
        .filter(staff_memberships::removed_at.is_null())
        .select((
            staff_memberships::id,
            staff_memberships::company_id,
            staff_memberships::role,
            staff_memberships::permissions,
        ))
        .first::<(StaffMembershipId, CompanyId, Role, Vec<String>)>(connection)
        .await
        .optional()?;
    Ok(row.map(|(membership_id, company_id, role, names)| Creator {
        membership_id,
        company_id,
        role,
        permissions: names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect(),
    }))
}

/// A company's projects with one of these numbers.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_projects(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    numbers: &[String],
) -> Result<Vec<(ProjectId, String)>, StoreError> {
    Ok(projects::table
        .filter(projects::company_id.eq(company))
        .filter(projects::number.eq_any(numbers.to_vec()))
        .select((projects::id, projects::number))
        .load(connection)
        .await?)
}

/// The given projects that belong to a company.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_projects(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    ids: &[ProjectId],
) -> Result<Vec<ProjectId>, StoreError> {
    Ok(projects::table
        .filter(projects::company_id.eq(company))
        .filter(projects::id.eq_any(ids.to_vec()))
        .select(projects::id)
        .load(connection)
        .await?)
}

/// Counts a company's API keys in force. The caller has locked the company.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn keys_in_force(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let in_force = api_keys::table
        .filter(api_keys::company_id.eq(company))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now));
    Ok(in_force.count().get_result(connection).await?)
}

/// A company's API key, locked: its creator, and whether it has been revoked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_key(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    key: ApiKeyId,
) -> Result<Option<(StaffMembershipId, bool)>, StoreError> {
    Ok(api_keys::table
        .find(key)
        .filter(api_keys::company_id.eq(company))
        .select((api_keys::created_by, api_keys::revoked_at.is_not_null()))
        .for_update()
        .first(connection)
        .await
        .optional()?)
}

/// Revokes an API key from the next request on.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn revoke_key(
    connection: &mut AsyncPgConnection,
    key: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find(key)).set(api_keys::revoked_at.eq(now)).execute(connection).await?;
    Ok(())
}

/// Inserts a key and its list of projects in one transaction.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_api_key(connection: &mut AsyncPgConnection, key: &NewApiKey) -> Result<(), StoreError> {
    let permissions: Vec<_> = key.permissions.iter().map(|permission| permission.as_str().to_owned()).collect();
    let listed: Vec<_> = key
        .projects
        .iter()
        .flatten()
        .map(|project| {
            (
                api_key_projects::key_id.eq(key.id),
                api_key_projects::company_id.eq(key.company_id),
                api_key_projects::project_id.eq(*project),
            )
        })
        .collect();
    let row = (
        api_keys::id.eq(key.id),
        api_keys::token_hash.eq(key.token_hash.as_str().to_owned()),
        api_keys::company_id.eq(key.company_id),
        api_keys::name.eq(key.name.clone()),
        api_keys::created_by.eq(key.created_by),
        api_keys::permissions.eq(permissions),
        api_keys::all_projects.eq(key.projects.is_none()),
        api_keys::expires_at.eq(key.expires_at),
    );
    connection
        .transaction::<_, diesel::result::Error, _>(async |connection| {
            diesel::insert_into(api_keys::table).values(row).execute(connection).await?;
            diesel::insert_into(api_key_projects::table).values(listed).execute(connection).await
        })
        .await?;
    Ok(())
}
