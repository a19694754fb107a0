//! Mails with files, and the addresses to which they are sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::files::{FileAuthorKind, FileState};
use portico_core::id::{ProjectId, new_uuid};

use crate::StoreError;
use crate::memberships::RecordPlace;
use crate::schema::base::{files, inbound_mails, project_portals};

/// The projects to whose addresses these keys belong, each with its key, in the order of their ids.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn places_of_mail_keys(
    connection: &mut AsyncPgConnection,
    keys: &[String],
) -> Result<Vec<(String, RecordPlace)>, StoreError> {
    let found = project_portals::table
        .filter(project_portals::mail_key.eq_any(keys))
        .order(project_portals::project_id)
        .select((project_portals::mail_key, (project_portals::company_id, project_portals::project_id)));
    Ok(found.load(connection).await?)
}

/// Replaces the key of a project's address.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn replace_mail_key(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    key: &str,
) -> Result<(), StoreError> {
    let portal = project_portals::table.find(project);
    diesel::update(portal).set(project_portals::mail_key.eq(key)).execute(connection).await?;
    Ok(())
}

/// Whether a project has received a mail with these bytes.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_mail_known(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    sha256: &str,
) -> Result<bool, StoreError> {
    let same =
        inbound_mails::table.filter(inbound_mails::project_id.eq(project)).filter(inbound_mails::sha256.eq(sha256));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(connection).await?)
}

/// Number of a project's files whose senders are unknown, and which staff have neither released nor deleted.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn unattributed_files(connection: &mut AsyncPgConnection, project: ProjectId) -> Result<i64, StoreError> {
    let waiting = files::table
        .filter(files::project_id.eq(project))
        .filter(files::author_kind.eq(FileAuthorKind::Sender))
        .filter(files::state.eq(FileState::Quarantined));
    Ok(waiting.count().get_result(connection).await?)
}

/// Records a mail of a project. Returns whether it is new; of two deliveries at once, the second waits for the first.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn record_mail(
    connection: &mut AsyncPgConnection,
    RecordPlace { company, project }: RecordPlace,
    sha256: &str,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = (
        inbound_mails::id.eq(new_uuid()),
        inbound_mails::company_id.eq(company),
        inbound_mails::project_id.eq(project),
        inbound_mails::sha256.eq(sha256),
        inbound_mails::received_at.eq(at),
    );
    let inserted = diesel::insert_into(inbound_mails::table).values(row).on_conflict_do_nothing();
    Ok(inserted.execute(connection).await? == 1)
}
