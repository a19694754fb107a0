//! Authentication of a feed: reads the member of a feed in one statement.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use portico_core::access::{Membership, PermissionSet, Person, Role, Viewer, ViewerScope};
use portico_core::generations::Generations;
use portico_core::id::{CalendarFeedId, CompanyId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::links::FeedNonce;

use crate::pool::LoginPool;
use crate::read_session::run_to_end;
use crate::schema::auth::calendar_feeds;
use crate::{Store, StoreError};

/// The member who reads by a feed.
#[derive(Debug)]
pub struct FeedReader {
    /// The nonce, with which an address has to agree before anything is read.
    pub nonce: FeedNonce,
    /// Company of the project.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The member, with this one membership.
    pub viewer: Viewer,
}

#[derive(Debug, Queryable)]
struct FeedRow {
    nonce: String,
    role: Role,
    identity_id: IdentityId,
    name: String,
    locale: String,
    time_zone: String,
    company_id: CompanyId,
    project_id: ProjectId,
    membership_id: ProjectMembershipId,
}

impl Store {
    /// The member of a feed; none if it is unknown or revoked, or its member has no access.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the query fails.
    pub async fn sign_in_feed(&self, feed: CalendarFeedId) -> Result<Option<FeedReader>, StoreError> {
        let row = if self.auth().keeps_statements() {
            let mut connection = self.auth().get().await?;
            connection.is_busy = true;
            let row = find(&mut connection.connection, feed).await;
            connection.is_busy = false;
            row?
        } else {
            run_to_end(find_in_transaction(self.auth().clone(), feed)).await?
        };
        Ok(row.and_then(FeedRow::into_reader))
    }
}

async fn find(connection: &mut AsyncPgConnection, feed: CalendarFeedId) -> QueryResult<Option<FeedRow>> {
    let found = calendar_feeds::table.filter(calendar_feeds::id.eq(feed)).select((
        calendar_feeds::nonce,
        calendar_feeds::role,
        calendar_feeds::identity_id,
        calendar_feeds::name,
        calendar_feeds::locale,
        calendar_feeds::time_zone,
        calendar_feeds::company_id,
        calendar_feeds::project_id,
        calendar_feeds::membership_id,
    ));
    found.first(connection).await.optional()
}

/// For transaction poolers, as for bearer tokens.
async fn find_in_transaction(pool: LoginPool, feed: CalendarFeedId) -> Result<Option<FeedRow>, StoreError> {
    let mut connection = pool.get().await?;
    connection.is_busy = true;
    let row = connection.connection.transaction(async |connection| find(connection, feed).await).await?;
    connection.is_busy = false;
    Ok(row)
}

impl FeedRow {
    fn into_reader(self) -> Option<FeedReader> {
        let nonce = FeedNonce::parse(&self.nonce)?;
        let person = Person {
            id: self.identity_id.0,
            name: self.name,
            email: None,
            phone: None,
            locale: self.locale,
            time_zone: self.time_zone,
        };
        // A feed shows neither status reports nor amounts.
        let membership = Membership {
            id: self.membership_id,
            project: self.project_id,
            can_see_status: false,
            can_pay: false,
            can_approve: false,
            is_primary: false,
        };
        let viewer = Viewer {
            role: Some(self.role),
            person: Some(person),
            session: Some(nonce.scope()),
            permissions: PermissionSet::NONE,
            scope: ViewerScope::Projects(vec![membership]),
            // Nothing that a feed reads is cached.
            generations: Generations::NONE,
            invited: Vec::new(),
            is_renewed: false,
            viewed_by: None,
        };
        Some(FeedReader { nonce, company: self.company_id, project: self.project_id, viewer })
    }
}
