//! Contents of files that decisions refer to (docs/decisions/0044).

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, DecisionId, FileContentId, FileId, ProjectId, SelectionId, SelectionOptionId};

use crate::StoreError;
use crate::schema::base::{file_attachments, file_holds, files, selection_choices};

/// The current content of a file that clients see on a selection or a chosen option.
#[derive(Debug, Clone, QueryableByName)]
pub struct SeenContent {
    /// The file.
    #[diesel(sql_type = SqlUuid)]
    pub file: FileId,
    /// The content.
    #[diesel(sql_type = SqlUuid)]
    pub content: FileContentId,
    /// Name of the file.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The media type.
    #[diesel(sql_type = Text)]
    pub media_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    #[diesel(sql_type = Text)]
    pub sha256: String,
}

/// Locks all files attached to a selection and its chosen options, in the order of their ids, and returns them. Each change of what clients see of a file
/// locks it first, and so waits.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_files_of(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    selection: SelectionId,
) -> Result<Vec<FileId>, StoreError> {
    let chosen = selection_choices::table.filter(selection_choices::selection_id.eq(selection));
    let chosen: Vec<SelectionOptionId> = chosen.select(selection_choices::option_id).load(connection).await?;
    let records = chosen.into_iter().map(|option| option.0).chain([selection.0]);
    let attached = file_attachments::table
        .filter(file_attachments::project_id.eq(project))
        .filter(file_attachments::record_id.eq_any(records));
    let attached: Vec<FileId> = attached.select(file_attachments::file_id).load(connection).await?;
    let locked = files::table.filter(files::id.eq_any(attached)).order(files::id).select(files::id).for_no_key_update();
    Ok(locked.load(connection).await?)
}

const SEEN: &str = "
    with records as (
        select 'SELECTION' as kind, $2 as id, null::int as sort
        union all select 'SELECTION_OPTION', o.id, o.sort
        from selection_choices x join selection_options o on o.id = x.option_id
        where x.project_id = $1 and x.selection_id = $2)
    select f.id as file, c.id as content, f.name, c.media_type, c.size, c.sha256
    from records r
    join file_attachments a on a.project_id = $1 and a.record_kind = r.kind and a.record_id = r.id
    join files f on f.id = a.file_id
    join file_contents c on c.file_id = f.id and c.number = f.content_number
    where not a.hidden_from_clients and f.shared_with_clients and f.state = 'AVAILABLE' and f.purpose = 'PROJECT'
    order by r.sort nulls first, r.id, a.created_at, a.id";

/// The contents that all clients of a project see on a selection, then those on its chosen options: each once, in the order in which
/// the files were attached.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn contents_seen_on(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    selection: SelectionId,
) -> Result<Vec<SeenContent>, StoreError> {
    let seen = diesel::sql_query(SEEN).bind::<SqlUuid, _>(project).bind::<SqlUuid, _>(selection);
    let mut seen: Vec<SeenContent> = seen.load(connection).await?;
    let mut known = BTreeSet::new();
    seen.retain(|content| known.insert(content.file));
    Ok(seen)
}

/// Holds contents as evidence of a decision: from then on, nothing deletes them.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn hold_contents(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    decision: DecisionId,
    contents: &[FileContentId],
) -> Result<(), StoreError> {
    let row = |content: &FileContentId| {
        (
            file_holds::content_id.eq(*content),
            file_holds::decision_id.eq(decision),
            file_holds::company_id.eq(company),
            file_holds::project_id.eq(project),
        )
    };
    let rows: Vec<_> = contents.iter().map(row).collect();
    if !rows.is_empty() {
        diesel::insert_into(file_holds::table).values(rows).execute(connection).await?;
    }
    Ok(())
}

const HOLDING: &str = "
    select distinct d.position
    from file_contents c
    join file_holds h on h.content_id = c.id
    join decisions d on d.id = h.decision_id
    where c.file_id = $1
    order by d.position";

/// Positions of the decisions of which a locked file is evidence, in their order.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn decisions_holding(connection: &mut AsyncPgConnection, file: FileId) -> Result<Vec<i32>, StoreError> {
    #[derive(QueryableByName)]
    struct Holding {
        #[diesel(sql_type = Integer)]
        position: i32,
    }
    let holding: Vec<Holding> = diesel::sql_query(HOLDING).bind::<SqlUuid, _>(file).load(connection).await?;
    Ok(holding.into_iter().map(|decision| decision.position).collect())
}
