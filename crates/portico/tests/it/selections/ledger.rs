//! Tests of the ledger of allowances.

use portico_testkit::TestApp;

#[tokio::test]
async fn used_amounts_are_those_of_entries() {
    // MR-5: in the demo, granted amounts and what is approved add up, project by project.
    let app = TestApp::demo().await;
    let wrong = "select count(*) as count from allowances w where w.granted_minor <> (
            select sum(e.amount_minor) from allowance_entries e
            where e.allowance_id = w.id and e.kind in ('GRANTED', 'GRANT_CHANGED'))
        or coalesce((select sum(e.amount_minor) from allowance_entries e
            where e.allowance_id = w.id and e.kind in ('APPROVED', 'REOPENED')), 0)
            <> coalesce((select sum(o.price_minor * c.quantity) from selections s
                join selection_choices c on c.selection_id = s.id join selection_options o on o.id = c.option_id
                where s.allowance_id = w.id and s.status in ('APPROVED', 'LOCKED', 'ORDERED')), 0)";
    assert_eq!(app.database().db_count(wrong).await, 0);
    assert!(app.database().db_count("select count(*) as count from allowance_entries").await > 8);
}
