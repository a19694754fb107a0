//! Keeps what a reader is sent.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::changes::sent;
use uuid::Uuid;

use super::ProjectSync;
use crate::StoreError;

/// A new state, unless the reader has one.
const CREATE: &str = "insert into sync_states (reader_id, project_id, position, changed_at, company_id) \
    values ($1, $2, $3, $4, $5) on conflict do nothing";

/// A state moves on only from the position with which the differences were found.
const MOVE_ON: &str = "update sync_states set position = $3, changed_at = $4 \
    where reader_id = $1 and project_id = $2 and company_id = $5 and position = $6";

const SEND: &str = "insert into synced_records (reader_id, project_id, kind, record_id, digest, created_position, position) \
    select $1, $2, sent.* from unnest($3, $4, $5, $6, $7) as sent (kind, record_id, digest, created_position, position) \
    on conflict (reader_id, project_id, kind, record_id) do update set \
        digest = excluded.digest, created_position = excluded.created_position, position = excluded.position";

/// Saves that the reader is sent all differences. False if another request of the same reader has sent something meanwhile; then
/// nothing is saved.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn save_sync(
    connection: &mut AsyncPgConnection,
    sync: &ProjectSync,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let ProjectSync { state, differences, .. } = sync;
    let last = state.position.unwrap_or_default();
    let sent = sent(last, differences);
    let Some(next) = sent.last().map(|sent| sent.position) else { return Ok(true) };
    let statement = diesel::sql_query(if last == 0 { CREATE } else { MOVE_ON })
        .bind::<SqlUuid, _>(state.reader_id)
        .bind::<SqlUuid, _>(state.project_id)
        .bind::<BigInt, _>(next)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(state.company_id);
    let moved = if last == 0 {
        statement.execute(connection).await?
    } else {
        statement.bind::<BigInt, _>(last).execute(connection).await?
    };
    if moved == 0 {
        return Ok(false);
    }
    let kinds: Vec<&str> = differences.iter().map(|difference| difference.kind.as_str()).collect();
    let ids: Vec<Uuid> = differences.iter().map(|difference| difference.id).collect();
    let digests: Vec<Option<Uuid>> = differences.iter().map(|difference| difference.digest).collect();
    let created: Vec<i64> = sent.iter().map(|sent| sent.created).collect();
    let positions: Vec<i64> = sent.iter().map(|sent| sent.position).collect();
    diesel::sql_query(SEND)
        .bind::<SqlUuid, _>(state.reader_id)
        .bind::<SqlUuid, _>(state.project_id)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Nullable<SqlUuid>>, _>(digests)
        .bind::<Array<BigInt>, _>(created)
        .bind::<Array<BigInt>, _>(positions)
        .execute(connection)
        .await?;
    Ok(true)
}
