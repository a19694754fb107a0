//! Authentication: reads the viewer of a bearer token in one statement.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use portico_core::access::{
    Membership, Permission, PermissionSet, Person, ProjectScope, Role, ViewedBy, Viewer, ViewerScope,
};
use portico_core::generations::{Generation, Generations, Owner};
use portico_core::id::{CompanyId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::sessions::TokenHash;
use uuid::Uuid;

use crate::pool::LoginPool;
use crate::read_session::run_to_end;
use crate::schema::auth::{bearers, outsiders};
use crate::{Store, StoreError, Writer};

/// Records the use of a token once an hour, so that most requests write nothing (SES-3).
///
/// The view `auth.bearers` shows which are due; the statement checks again because of concurrent requests. A use never
/// shortens a lifetime, and does not extend support sessions.
const NOTE_USE_OF_SESSION: &str = "update sessions set last_seen_at = now(),
    expires_at = case actor when 'SUPPORT' then expires_at else greatest(expires_at, now() + interval '30 days') end
    where token_hash = $1 and revoked_at is null and last_seen_at < now() - interval '1 hour'";
const NOTE_USE_OF_KEY: &str = "insert into api_key_uses (key_id, company_id, last_used_at)
    select id, company_id, now() from api_keys where token_hash = $1 and revoked_at is null
    on conflict (key_id) do update set last_used_at = now()
        where api_key_uses.last_used_at < now() - interval '1 hour'";

#[derive(Debug, Queryable)]
struct BearerRow {
    role: Role,
    subject_id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: String,
    time_zone: String,
    company_id: Option<CompanyId>,
    permissions: Vec<String>,
    listed_projects: Option<Vec<ProjectId>>,
    membership_ids: Vec<ProjectMembershipId>,
    project_ids: Vec<ProjectId>,
    company_ids: Vec<CompanyId>,
    can_see_status: Vec<bool>,
    can_pay: Vec<bool>,
    can_approve: Vec<bool>,
    is_primary: Vec<bool>,
    invited_projects: Vec<ProjectId>,
    project_generations: Vec<Uuid>,
    company_generations: Vec<Uuid>,
    staff_generation: Option<Uuid>,
    epoch: Option<Uuid>,
    is_long_ago: bool,
    viewed_by: Option<IdentityId>,
    viewed_by_role: Option<Role>,
}

/// The row of a valid token, in views with the same columns.
macro_rules! find_in {
    ($view:ident, $token:expr, $connection:expr) => {
        $view::table
            .filter($view::token_hash.eq($token.as_str()))
            .filter($view::expires_at.gt(diesel::dsl::now))
            .select((
                $view::role,
                $view::subject_id,
                $view::name,
                $view::email,
                $view::phone,
                $view::locale,
                $view::time_zone,
                $view::company_id,
                $view::permissions,
                $view::listed_projects,
                $view::membership_ids,
                $view::project_ids,
                $view::company_ids,
                $view::can_see_status,
                $view::can_pay,
                $view::can_approve,
                $view::is_primary,
                $view::invited_projects,
                $view::project_generations,
                $view::company_generations,
                $view::staff_generation,
                $view::epoch,
                $view::is_long_ago,
                $view::viewed_by,
                $view::viewed_by_role,
            ))
            .first::<BearerRow>($connection)
            .await
            .optional()
    };
}

impl Store {
    /// The viewer of a token; none if it is unknown, expired or revoked, or its owner has no membership left.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the query fails.
    pub async fn sign_in(&self, token: &TokenHash) -> Result<Option<Viewer>, StoreError> {
        // A token never changes its audience.
        let is_outsider = self.outsiders().get(token).is_some();
        let row = if self.auth().keeps_statements() {
            let mut connection = self.auth().get().await?;
            connection.is_busy = true;
            let row = find(&mut connection.connection, token, is_outsider).await;
            connection.is_busy = false;
            row?
        } else {
            run_to_end(find_in_transaction(self.auth().clone(), token.clone(), is_outsider)).await?
        };
        let Some(row) = row else { return Ok(None) };
        if row.is_long_ago {
            self.note_use(token.clone(), row.role);
        }
        // Views of portals are among the bearers only.
        if matches!(row.role, Role::Client | Role::Trade) && row.viewed_by.is_none() {
            self.outsiders().insert(token.clone(), ());
        }
        Ok(Some(row.into_viewer(token.clone())))
    }

    /// Records the use of a token, at most once an hour, in the background, and extends the session (SES-3).
    fn note_use(&self, token: TokenHash, role: Role) {
        let writer = self.accounts();
        tokio::spawn(async move {
            if let Err(error) = note_use(&writer, &token, role).await {
                tracing::warn!(%error, "the use of a token could not be recorded");
            }
        });
    }

    /// Checks that the database answers, for `/health/ready`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.sign_in(&TokenHash::of("")).await.map(drop)
    }
}

async fn note_use(writer: &Writer, token: &TokenHash, role: Role) -> Result<(), StoreError> {
    let statement = if role == Role::Reporting { NOTE_USE_OF_KEY } else { NOTE_USE_OF_SESSION };
    let mut connection = writer.connection().await?;
    connection.begin().await?;
    let noted = diesel::sql_query(statement).bind::<Text, _>(token.as_str()).execute(connection.get()).await;
    match noted {
        Ok(_) => connection.commit().await,
        Err(error) => {
            connection.roll_back().await;
            Err(error.into())
        }
    }
}

async fn find(
    connection: &mut AsyncPgConnection,
    token: &TokenHash,
    is_outsider: bool,
) -> QueryResult<Option<BearerRow>> {
    if is_outsider { find_in!(outsiders, token, connection) } else { find_in!(bearers, token, connection) }
}

/// For transaction poolers, which may prepare and run a statement on different servers.
async fn find_in_transaction(
    pool: LoginPool,
    token: TokenHash,
    is_outsider: bool,
) -> Result<Option<BearerRow>, StoreError> {
    let mut connection = pool.get().await?;
    connection.is_busy = true;
    let row = connection.connection.transaction(async |connection| find(connection, &token, is_outsider).await).await?;
    connection.is_busy = false;
    Ok(row)
}

impl BearerRow {
    /// Outsiders' projects and companies; staff's company.
    fn generations(&self) -> Generations {
        let theirs = self.project_generations.iter().zip(&self.company_generations);
        let outside = self.project_ids.iter().zip(&self.company_ids).zip(theirs).flat_map(
            |((project, company), (of_project, of_company))| {
                [
                    (Owner::Project(*project), Generation::of_project(*of_project, *of_company)),
                    (Owner::Company(*company), Generation::of_company(*of_company)),
                ]
            },
        );
        let inside = self.company_id.zip(self.staff_generation);
        let inside = inside.map(|(company, generation)| (Owner::Company(company), Generation::of_company(generation)));
        Generations::new(self.epoch, outside.chain(inside))
    }

    fn into_viewer(self, token: TokenHash) -> Viewer {
        let permissions = match self.role {
            Role::Owner => PermissionSet::all(),
            // Permissions that this version does not know have no effect.
            _ => self.permissions.iter().filter_map(|name| name.parse::<Permission>().ok()).collect(),
        };
        let generations = self.generations();
        // Like `note_use`: support sessions are not extended, and API keys are not sessions.
        let is_renewed = self.is_long_ago && !matches!(self.role, Role::Support | Role::Reporting);
        let mut invited = self.invited_projects;
        invited.sort_unstable();
        let scope =
            match self.company_id {
                None if self.role == Role::Support => ViewerScope::Empty,
                Some(company) => {
                    let scope = self.listed_projects.map_or(ProjectScope::All, ProjectScope::Only);
                    ViewerScope::Company { company, scope }
                }
                None => {
                    let rights =
                        self.can_see_status.into_iter().zip(self.can_pay).zip(self.can_approve).zip(self.is_primary);
                    let memberships = self.membership_ids.into_iter().zip(self.project_ids).zip(rights);
                    let membership = |((id, project), (((can_see_status, can_pay), can_approve), is_primary))| {
                        Membership { id, project, can_see_status, can_pay, can_approve, is_primary }
                    };
                    let mut memberships: Vec<_> = memberships.map(membership).collect();
                    memberships.sort_unstable_by_key(|membership| membership.id);
                    ViewerScope::Projects(memberships)
                }
            };
        let person = Person {
            id: self.subject_id,
            name: self.name,
            email: self.email,
            phone: self.phone,
            locale: self.locale,
            time_zone: self.time_zone,
        };
        let viewed_by = self.viewed_by.zip(self.viewed_by_role).map(|(staff, role)| ViewedBy { staff, role });
        Viewer {
            role: Some(self.role),
            person: Some(person),
            session: Some(token),
            permissions,
            scope,
            generations,
            invited,
            is_renewed,
            viewed_by,
        }
    }
}
