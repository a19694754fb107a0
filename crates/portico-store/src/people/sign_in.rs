//! Sign-in: who a bearer token belongs to, in one statement.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId};
use portico_core::people::{
    Membership, Permission, PermissionSet, Person, Place, ProjectScope, Role, TokenHash, Viewer,
};
use uuid::Uuid;

use crate::schema::auth::bearers;
use crate::{Store, StoreError};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = bearers, check_for_backend(diesel::pg::Pg))]
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
}

impl Store {
    /// Who a token belongs to; none if it is unknown, expired or revoked, or its owner has no place left.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    pub async fn sign_in(&self, token: &TokenHash) -> Result<Option<Viewer>, StoreError> {
        let mut connection = self.auth().get().await?;
        connection.is_busy = true;
        let row = bearers::table
            .filter(bearers::token_hash.eq(token.as_str()))
            .filter(bearers::expires_at.gt(diesel::dsl::now))
            .select(BearerRow::as_select())
            .first(&mut connection.connection)
            .await
            .optional();
        connection.is_busy = false;
        Ok(row?.map(|row| row.into_viewer(token.clone())))
    }

    /// Whether the database answers, for `/health/ready`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.sign_in(&TokenHash::of("")).await.map(drop)
    }
}

impl BearerRow {
    fn into_viewer(self, token: TokenHash) -> Viewer {
        let permissions = match self.role {
            Role::Owner => PermissionSet::all(),
            // Names that this version does not know open nothing in it.
            _ => self.permissions.iter().filter_map(|name| name.parse::<Permission>().ok()).collect(),
        };
        let place = match self.company_id {
            Some(company) => {
                let scope = self.listed_projects.map_or(ProjectScope::All, ProjectScope::Only);
                Place::Company { company, scope }
            }
            None => {
                let memberships = self.membership_ids.into_iter().zip(self.project_ids);
                Place::Projects(memberships.map(|(id, project)| Membership { id, project }).collect())
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
        Viewer { role: Some(self.role), person: Some(person), session: Some(token), permissions, place }
    }
}
