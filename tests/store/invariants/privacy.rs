//! Pictures, the read log and what is erased: changed in one direction only; and of every table it is said whether it
//! holds people.

use std::collections::BTreeSet;

use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

/// Tables that name, locate or quote people; erasure and retention empty them.
const PEOPLE: &[&str] = &[
    "blocked_pair_person",
    "call_draft",
    "call_person",
    "case_person",
    "case_place",
    "dispute_note",
    "hand_over_note",
    "payer_authority_person",
    "payment_reference",
    "referral_recipient",
    "referral_text",
    "review_note",
];

/// Tables that hold people for a day: answers to requests that may be repeated.
const FOR_A_DAY: &[&str] = &["idempotency"];

/// Contractors and those who hold a token: they have said it of themselves.
const STAFF: &[&str] = &[
    "firm",
    "position",
    "session",
    "sign_in_link",
    "technician",
    "technician_proposal",
    "token",
    "user_account",
    "webhook",
    "webhook_secret",
];

/// Tables of ids, codes, figures and places of work.
#[rustfmt::skip] // a list is read as a list
const RECORD: &[&str] = &[
    "alarm", "assignment", "blocked_pair", "call", "call_back", "case_category", "case_erasure", "case_file", "case_hazard", "case_hold",
    "consumer", "counter", "decision", "dispute", "dispute_resolution", "emergency_handover", "event", "evidence", "fact",
    "fact_rejection", "feed", "feed_head", "feed_queue", "firm_area", "hand_over", "hazard_answer", "hazard_instruction", "identity_plan",
    "interpretation", "job", "ledger_line", "loose_file", "message", "message_attempt", "message_cursor", "municipality",
    "offer", "order_note", "payer_authority", "payment", "planned_window", "read_log", "reference_dataset", "referral",
    "referral_acknowledgement", "referral_attempt", "retention_run", "review", "review_decision", "settlement",
    "shift_entry", "shift_swap", "signature_absence", "statutory_receipt", "town", "warrant",
];

on_both_engines! {
    /// A new table is put into one of the lists above; if it holds people, into `store::erasure` too.
    async fn of_every_table_it_is_said_whether_it_holds_people(db: TestDb) {
        let query = match db.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
                               AND name <> '_sqlx_migrations'",
            Engine::Postgres => "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'
                                 AND tablename <> '_sqlx_migrations'",
        };
        let tables: BTreeSet<_> = db.raw().await.texts(query).await.into_iter().collect();
        let lists = [PEOPLE, FOR_A_DAY, STAFF, RECORD].concat();
        let said: BTreeSet<_> = lists.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), lists.len(), "a table is in two lists");
        assert_eq!(tables, said);
    }

    async fn a_picture_is_erased_once_and_changes_in_no_other_way(db: TestDb) {
        let set = |id: &str, what: &str| format!("UPDATE evidence SET {what} WHERE id = {id}");
        let erased = "erased_at = '2026-11-23T11:00:00+00:00', erased_for = 'retention'";
        let legal = set("#161", erased);
        let mut cases = vec![
            Case::new(&legal, &set("#163", erased), "evidence_immutable"),
            Case::new(&legal, &set("#163", "erased_at = NULL, erased_for = NULL"), "evidence_immutable"),
            Case::new(&legal, &set("#161", "erased_for = 'retention'"), "check"),
            Case::new(&legal, "DELETE FROM evidence WHERE id = #161", "evidence_immutable"),
            Case::new(&legal, "DELETE FROM evidence WHERE id = #163", "evidence_immutable"),
        ];
        for change in [
            "id = #269", "job_id = #32", "firm_id = NULL, technician_id = NULL", "technician_id = #12", "kind = 'other'",
            "media_type = 'image/png'", "bytes = 4", "sha256 = @9", "file = #268", "device_time = '2026-11-23T11:00:00+00:00'",
            "received_at = '2026-11-23T11:00:00+00:00'", "uploaded_by = #61",
        ] {
            cases.push(Case::new(&legal, &set("#161", change), "evidence_immutable"));
            cases.push(Case::new(&legal, &set("#161", &format!("{change}, {erased}")), "evidence_immutable"));
        }
        let row = |replaced: &[(&str, &str)]| insert("evidence", replaced);
        cases.push(Case::new(&row(&[]), &row(&[("id", "#161")]), "evidence_pkey"));
        cases.push(Case::new(&row(&[]), &row(&[("file", "#162")]), "evidence_file_key"));
        cases.push(Case::new(&row(&[]), &row(&[("firm_id", "NULL")]), "check"));
        if db.engine() == Engine::Sqlite {
            let replace = |replaced: &[(&str, &str)]| row(replaced).replacen("INSERT", "INSERT OR REPLACE", 1);
            cases.push(Case::new(&replace(&[]), &replace(&[("id", "#161")]), "evidence_pkey"));
            cases.push(Case::new(&replace(&[]), &replace(&[("file", "#162")]), "evidence_file_key"));
        }
        check(&db, &cases).await;
    }

    async fn a_read_leaves_only_before_what_a_run_has_named(db: TestDb) {
        // 168 is older than the run of the day has named, 167 is not.
        let delete = |id: &str| format!("DELETE FROM read_log WHERE id = {id}");
        let run = |before: &str| insert("retention_run", &[("read_log_before", before)]);
        check(&db, &[
            Case::new(&delete("#168"), &delete("#167"), "read_log_immutable"),
            // No run may name an instant less than a year ago.
            Case::new(&run("'2025-11-23T11:00:00+00:00'"), &run("'2025-11-23T11:00:01+00:00'"), "check"),
        ]).await;
    }

    async fn a_run_of_retention_is_finished_once(db: TestDb) {
        let set = |id: &str, what: &str| format!("UPDATE retention_run SET {what} WHERE id = {id}");
        let legal = set("#166", "counts = '{\"photo\":1}', claimed_at = '2026-11-23T10:05:00+00:00', finished_at = '2026-11-23T10:05:00+00:00'");
        let mut cases = vec![
            Case::new(&legal, &set("#165", "counts = '{\"photo\":1}'"), "retention_run_immutable"),
            Case::new(&legal, &set("#165", "finished_at = NULL"), "retention_run_immutable"),
            Case::new(&legal, "DELETE FROM retention_run WHERE id = #165", "retention_run_immutable"),
            Case::new(&legal, "DELETE FROM retention_run WHERE id = #166", "retention_run_immutable"),
        ];
        for change in [
            "id = #269", "day = '2026-11-30'", "begun_at = '2026-11-23T11:00:00+00:00'",
            "read_log_before = '2024-11-23T10:00:00+00:00'",
        ] {
            cases.push(Case::new(&legal, &set("#166", change), "retention_run_immutable"));
        }
        let row = |replaced: &[(&str, &str)]| insert("retention_run", replaced);
        cases.push(Case::new(&row(&[]), &row(&[("id", "#165")]), "retention_run_pkey"));
        cases.push(Case::new(&row(&[]), &row(&[("day", "'2026-11-23'")]), "retention_run_day_key"));
        check(&db, &cases).await;
    }
}

/// On PostgreSQL a whole table could be emptied past the triggers of its rows.
#[tokio::test]
async fn none_is_truncated() {
    crate::support::db::on_postgres(|db| async move {
        let cases = ["evidence", "retention_run"].map(|table| {
            let refused = format!("{table}_immutable");
            Case::new("TRUNCATE loose_file", &format!("TRUNCATE {table}"), &refused)
        });
        check(&db, &cases).await;
    })
    .await;
}
