//! Compares the records that a viewer may see with those that the viewer was sent.

use std::collections::HashMap;
use std::fmt::Write as _;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use portico_core::access::Viewer;
use portico_core::changes::{Difference, Sent, Since};
use portico_core::id::ProjectId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rows::{SyncStateRow, SyncedRecordRow, sync_states, synced_records, tag_of};
use super::sources::{SOURCES, Source};
use crate::children::{ParentId, of_each};
use crate::role_view::STAFF;
use crate::{ReadSession, StoreError, Visible};

/// What the viewer was sent of a project, and what differs from it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectSync {
    /// The viewer's state.
    pub state: SyncStateRow,
    /// What the viewer was sent after a position, in order: all, or as many as were asked for.
    pub sent: Vec<Sent>,
    /// Records that differ from what the viewer was sent.
    pub differences: Vec<Difference>,
}

impl Visible for ProjectSync {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        self.state.visible_to(viewer)
    }
}

/// The state of each project for the viewer, up to `size` changes that the viewer was sent after a cursor, and all that differs
/// now. Three statements. A project that the viewer may not see is omitted.
///
/// # Errors
///
/// [`StoreError`] if a query fails.
pub async fn sync_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    since: Since,
    size: u32,
) -> Result<Vec<ProjectSync>, StoreError> {
    let mine = sync_states::table.filter(sync_states::project_id.eq_any(projects.clone()));
    let states: Vec<SyncStateRow> = session.load(mine.select(SyncStateRow::as_select())).await?;
    let Since { position, from, until } = since;
    // As `Sent::since`: a record that appeared and disappeared since is omitted.
    let of_first_page = synced_records::position.le(until).and(synced_records::created_position.le(from));
    let of_later = synced_records::position.gt(until).and(synced_records::created_position.le(until));
    let after = synced_records::table
        .filter(synced_records::project_id.eq(ParentId))
        .filter(synced_records::position.gt(position))
        .filter(synced_records::digest.is_not_null().or(of_first_page).or(of_later))
        .order(synced_records::position)
        .limit(size.into())
        .select(SyncedRecordRow::as_select());
    let mut sent: HashMap<ProjectId, Vec<Sent>> = HashMap::new();
    for row in session.load::<_, SyncedRecordRow>(of_each(projects.clone(), after)).await? {
        sent.entry(row.project_id).or_default().push(row.sent()?);
    }
    let projects = projects.into_iter().map(Uuid::from).collect();
    let differing = Differing { sql: differing(session.viewer()), projects };
    let mut differences: HashMap<ProjectId, Vec<Difference>> = HashMap::new();
    for (project, kind, id, digest, created) in session.load::<_, ReadDifference>(differing).await? {
        let kind = tag_of(&kind)?;
        differences.entry(project).or_default().push(Difference { kind, id, digest, created });
    }
    let sync = |state: SyncStateRow| ProjectSync {
        sent: sent.remove(&state.project_id).unwrap_or_default(),
        differences: differences.remove(&state.project_id).unwrap_or_default(),
        state,
    };
    Ok(states.into_iter().map(sync).collect())
}

/// The columns: project, kind, record, digest, and the position of a record that the viewer has.
type ReadDifference = (ProjectId, String, Uuid, Option<Uuid>, Option<i64>);

/// Records that differ from what the viewer was sent.
#[derive(Debug, Clone)]
struct Differing {
    sql: [String; 3],
    projects: Vec<Uuid>,
}

impl QueryId for Differing {
    // The text depends on the viewer's rights.
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Differing {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let [current, known, compared] = &self.sql;
        out.push_sql(current);
        out.push_bind_param::<Array<SqlUuid>, _>(&self.projects)?;
        out.push_sql(known);
        out.push_bind_param::<Array<SqlUuid>, _>(&self.projects)?;
        out.push_sql(compared);
        Ok(())
    }
}

impl Query for Differing {
    type SqlType = (SqlUuid, Text, SqlUuid, Nullable<SqlUuid>, Nullable<BigInt>);
}

/// Columns that are not compared: the order of lists, texts for searches, and values that no field shows. A record that is added
/// between two others changes the first, also if it is hidden.
const NOT_COMPARED: [&str; 6] =
    ["sort", "search_text", "selection_status", "message_audience", "file_state", "message_count"];

/// The parts of the statement around its two parameters, for a viewer's rights.
///
/// The digest is of the rows as texts, so of what the viewer's role view shows. Half of a SHA-256 is enough: an accidental
/// collision hides one change.
fn differing(viewer: &Viewer) -> [String; 3] {
    let mut rows = String::new();
    let counted = SOURCES.iter().enumerate().filter(|(_, source)| source.counts_for(viewer));
    for (place, source) in counted {
        let Source { view, kind, is_record, key, project, columns, .. } = source;
        let all = STAFF.iter().filter(|known| known.name == *view).flat_map(|known| known.columns);
        let counts = |column: &&str| !NOT_COMPARED.contains(column) && (columns.is_empty() || columns.contains(column));
        let counted = all.map(|(column, ..)| *column).filter(counts).map(|column| format!("x.{column}"));
        let content = counted.collect::<Vec<_>>().join(", ");
        let union = if rows.is_empty() { "" } else { " UNION ALL " };
        let _ = write!(
            rows,
            "{union}SELECT '{kind}'::text AS kind, x.{key} AS record_id, {is_record} AS is_record, {place} AS place, \
             '{view} ' || row({content})::text AS content FROM {view} x WHERE x.{project} = asked.project_id",
            kind = kind.as_str(),
        );
    }
    let current = "WITH current AS MATERIALIZED (\
            SELECT asked.project_id, s.kind, s.record_id, min(s.place) FILTER (WHERE s.is_record) AS place, \
                encode(substr(sha256(convert_to(\
                    string_agg(s.content, e'\\n' ORDER BY s.content COLLATE \"C\"), 'UTF8')), 1, 16), 'hex')::uuid AS digest \
            FROM unnest("
        .to_owned();
    let known = format!(
        ") AS asked (project_id) CROSS JOIN LATERAL ({rows} OFFSET 0) AS s \
            GROUP BY 1, 2, 3 HAVING bool_or(s.is_record)\
        ), known AS MATERIALIZED (\
            SELECT k.* FROM unnest("
    );
    let compared = ") AS asked (project_id) CROSS JOIN LATERAL (\
                SELECT r.project_id, r.kind, r.record_id, r.digest, r.created_position \
                FROM synced_records r WHERE r.project_id = asked.project_id OFFSET 0) AS k\
        ) \
        SELECT project_id, kind, record_id, c.digest, CASE WHEN k.digest IS NOT NULL THEN k.created_position END \
        FROM current c FULL JOIN known k USING (project_id, kind, record_id) \
        WHERE c.digest IS DISTINCT FROM k.digest \
        ORDER BY c.place, kind, record_id"
        .to_owned();
    [current, known, compared]
}
