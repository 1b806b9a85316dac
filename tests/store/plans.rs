//! How SQLite finds the rows of the lists that everybody asks for: never by reading a whole table that grows.

use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    support::db::{Raw, TestDb},
    texts::{all_searches, all_texts},
};

/// The files whose lists are asked for all day, while their tables grow.
const FILES: &[&str] = &["offer_lists.rs", "job_lists.rs", "job_file.rs", "disputes.rs"];

/// What may be read from one end to the other all the same, and why that stays short.
const SHORT: &[&str] = &[
    // The ids that were asked for.
    "json_each",
    "SCAN wanted",
    "CONSTANT ROW",
    // What another part of the statement has found.
    "SCAN mine",
    "SCAN (subquery",
    // The unfinished jobs alone.
    "USING INDEX job_unfinished",
    "USING COVERING INDEX job_unfinished",
];

/// The same by the whole line: the alias of what is not over of one case.
const FOUND: &[&str] = &["SCAN n"];

#[tokio::test]
async fn no_list_reads_a_table_that_grows() {
    let db = TestDb::sqlite().await;
    let Raw::Sqlite(mut raw) = db.raw().await else { unreachable!("a connection of the other engine") };
    let all = all_texts();
    let searches = all_searches();
    assert!(searches.len() > 100, "only {} texts of searches found", searches.len());
    let listed: Vec<_> =
        all.iter().filter(|(file, _)| FILES.contains(&file.as_str())).chain(&searches).collect();
    assert!(FILES.iter().all(|file| listed.iter().any(|(name, _)| name == file)), "a file is not there");
    let mut complaints = Vec::new();
    let is_list =
        |text: &str| text.trim_start().starts_with("SELECT") || text.trim_start().starts_with("WITH");
    for (file, texts) in listed.into_iter().filter(|(_, texts)| is_list(&texts.sqlite)) {
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", texts.sqlite)));
        for row in plan.fetch_all(&mut raw).await.unwrap() {
            let detail: String = row.get("detail");
            let is_short =
                SHORT.iter().any(|short| detail.contains(short)) || FOUND.contains(&detail.as_str());
            if detail.starts_with("SCAN") && !is_short {
                complaints.push(format!("{file}: {detail}\n{}", texts.sqlite));
            }
            // Sorting reads all there is before the first row comes: only where that is little.
            let is_little = [
                "wake_at IS NOT NULL",
                "json_each",
                "UNION ALL",
                "WHERE subject_id",
                "WHERE j.case_id",
                // Of one job, of one firm.
                "WHERE e.subject_id IN",
                "m.receiver IN",
            ];
            // The few values of one row.
            let is_of_a_row = detail.contains("FOR string_agg");
            if detail.contains("TEMP B-TREE")
                && !is_of_a_row
                && !is_little.iter().any(|few| texts.sqlite.contains(few))
            {
                complaints.push(format!("{file}: {detail}\n{}", texts.sqlite));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test]
async fn a_sentinel_would_be_seen() {
    let db = TestDb::sqlite().await;
    let Raw::Sqlite(mut raw) = db.raw().await else { unreachable!("a connection of the other engine") };
    let plan =
        sqlx::query("EXPLAIN QUERY PLAN SELECT id FROM offer WHERE ($1 = 1 OR firm_id = $2) ORDER BY id");
    let rows = plan.fetch_all(&mut raw).await.unwrap();
    assert!(rows.iter().any(|row| row.get::<String, _>("detail").starts_with("SCAN")));
}
