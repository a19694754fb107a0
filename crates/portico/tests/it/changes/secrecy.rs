//! Tests that changes name nothing that the reader may not see.

use std::collections::BTreeSet;

use portico_store::changes::{SOURCES, UNRELATED};
use portico_testkit::TestApp;

#[tokio::test]
async fn every_view_of_a_project_counts_or_is_excluded() {
    let app = TestApp::demo().await;
    let sql = "select c.table_schema || '.' || c.table_name as text from information_schema.columns c
        where c.table_schema in ('client', 'trade', 'staff')
            and (c.column_name = 'project_id' or (c.table_name = 'projects' and c.column_name = 'id'))";
    let views: BTreeSet<String> = app.database().db_texts(sql).await.into_iter().collect();
    let is_excluded = |view: &str| UNRELATED.iter().any(|(name, _)| view.ends_with(&format!(".{name}")));
    let in_database: BTreeSet<String> = views.iter().filter(|view| !is_excluded(view)).cloned().collect();
    let named: BTreeSet<String> = SOURCES
        .iter()
        .flat_map(|source| source.audiences.iter().map(|audience| (audience.as_str().to_lowercase(), source.view)))
        .map(|(audience, view)| format!("{audience}.{view}"))
        .collect();
    assert_eq!(named, in_database, "each view with a project is in SOURCES for its audiences, or in UNRELATED");
    for (name, _) in UNRELATED {
        assert!(views.iter().any(|view| view.ends_with(&format!(".{name}"))), "there is no view {name}");
    }
}

#[tokio::test]
async fn partly_counted_views_name_every_column() {
    // A column that is added to such a view counts for somebody.
    let app = TestApp::demo().await;
    for source in SOURCES.iter().filter(|source| !source.columns.is_empty()) {
        let sql = format!(
            "select column_name as text from information_schema.columns
                where table_schema = 'staff' and table_name = '{}' and column_name not in ('company_id', '{}', '{}')",
            source.view, source.key, source.project
        );
        let columns: BTreeSet<String> = app.database().db_texts(&sql).await.into_iter().collect();
        let same_view = SOURCES.iter().filter(|other| other.view == source.view);
        let counted: BTreeSet<String> = same_view
            .flat_map(|other| {
                if other.columns.is_empty() {
                    columns.iter().cloned().collect::<Vec<_>>()
                } else {
                    other.columns.iter().map(|column| (*column).to_owned()).collect()
                }
            })
            .collect();
        assert_eq!(counted, columns, "{}", source.view);
    }
}
