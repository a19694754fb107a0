//! Keeps what a reader is told.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::changes::told;
use uuid::Uuid;

use super::ProjectSync;
use crate::StoreError;

/// A new state, unless the reader has one.
const CREATE: &str = "insert into sync_states (id, company_id, project_id, reader_id, position, changed_at) \
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing";

/// A state moves on only from the position with which the differences were found.
const MOVE_ON: &str = "update sync_states set position = $5, changed_at = $6 \
    where id = $1 and company_id = $2 and project_id = $3 and reader_id = $4 and position = $7";

const TELL: &str = "insert into synced_records (state_id, kind, record_id, digest, created_position, position) \
    select $1, told.* from unnest($2, $3, $4, $5, $6) as told (kind, record_id, digest, created_position, position) \
    on conflict (state_id, kind, record_id) do update set \
        digest = excluded.digest, created_position = excluded.created_position, position = excluded.position";

/// Saves that the reader is told of all differences, in the state with this id: a new id if the reader has none yet. False if
/// another request of the same reader has told something meanwhile; then nothing is saved.
///
/// # Errors
///
/// [`StoreError`] if a write fails.
pub async fn save_sync(
    connection: &mut AsyncPgConnection,
    state_id: Uuid,
    sync: &ProjectSync,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let ProjectSync { state, differences, .. } = sync;
    let last = state.position.unwrap_or_default();
    let told = told(last, differences);
    let Some(next) = told.last().map(|told| told.position) else { return Ok(true) };
    let statement = diesel::sql_query(if last == 0 { CREATE } else { MOVE_ON })
        .bind::<SqlUuid, _>(state_id)
        .bind::<SqlUuid, _>(state.company_id)
        .bind::<SqlUuid, _>(state.project_id)
        .bind::<SqlUuid, _>(state.reader_id)
        .bind::<BigInt, _>(next)
        .bind::<Timestamptz, _>(now);
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
    let created: Vec<i64> = told.iter().map(|told| told.created).collect();
    let positions: Vec<i64> = told.iter().map(|told| told.position).collect();
    diesel::sql_query(TELL)
        .bind::<SqlUuid, _>(state_id)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Nullable<SqlUuid>>, _>(digests)
        .bind::<Array<BigInt>, _>(created)
        .bind::<Array<BigInt>, _>(positions)
        .execute(connection)
        .await?;
    Ok(true)
}
