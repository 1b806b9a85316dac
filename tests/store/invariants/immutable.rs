//! What is written once is never changed, deleted, replaced or truncated.

use super::columns;
use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

/// A table, what picks a row of the world in it, and its unique keys.
struct Immutable {
    table: &'static str,
    row: &'static str,
    keys: &'static [Key],
}

/// Name of a unique key, its columns, and what makes the sample row collide with a row of the world.
type Key = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip] // a table is read as a table
const IMMUTABLE: &[Immutable] = &[
    Immutable { table: "event", row: "id = #121", keys: &[("event_id_key", "id", &[("id", "#121")])] },
    Immutable { table: "feed", row: "pos = 1", keys: &[
        ("feed_gap", "pos", &[("pos", "2"), ("prev_hash", "@1")]),
        ("feed_ord_key", "ord", &[("ord", "2")]),
    ] },
    Immutable { table: "decision", row: "id = #41", keys: &[("decision_pkey", "id", &[("id", "#41")])] },
    Immutable { table: "fact", row: "id = #91", keys: &[("fact_pkey", "id", &[("id", "#91")])] },
    Immutable { table: "hazard_answer", row: "number = 1", keys: &[
        ("hazard_answer_pkey", "call_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "hazard_instruction", row: "number = 1", keys: &[
        ("hazard_instruction_pkey", "call_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "identity_plan", row: "number = 1", keys: &[
        ("identity_plan_pkey", "job_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "warrant", row: "number = 1", keys: &[
        ("warrant_pkey", "case_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "signature_absence", row: "job_id = #31", keys: &[
        ("signature_absence_pkey", "job_id", &[("job_id", "#31")]),
    ] },
    Immutable { table: "read_log", row: "id = #167", keys: &[("read_log_pkey", "id", &[("id", "#167")])] },
    Immutable { table: "case_erasure", row: "case_id = #21", keys: &[
        ("case_erasure_pkey", "case_id", &[("case_id", "#21")]),
    ] },
    Immutable { table: "settlement", row: "id = #101", keys: &[
        ("settlement_pkey", "id", &[("id", "#101")]),
        ("settlement_job_id_number_key", "job_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "ledger_line", row: "id = #111", keys: &[
        ("ledger_line_pkey", "id", &[("id", "#111")]),
        ("ledger_line_settlement_id_line_key", "settlement_id, line", &[("line", "1")]),
        ("ledger_line_reverses_key", "reverses", &[("kind", "'reversal'"), ("reverses", "#111"), ("amount_yen", "0")]),
    ] },
    Immutable { table: "dispute", row: "id = #171", keys: &[
        ("dispute_pkey", "id", &[("id", "#171")]),
        ("dispute_job_id_number_key", "job_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "review_decision", row: "id = #181", keys: &[
        ("review_decision_pkey", "id", &[("id", "#181")]),
        ("review_decision_job_id_number_key", "job_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "dispute_resolution", row: "dispute_id = #171", keys: &[
        ("dispute_resolution_pkey", "dispute_id", &[("dispute_id", "#171")]),
    ] },
    Immutable { table: "payment", row: "id = #191", keys: &[
        ("payment_pkey", "id", &[("id", "#191")]),
        ("payment_fact_id_key", "fact_id", &[("fact_id", "#91")]),
    ] },
    Immutable { table: "statutory_receipt", row: "id = #195", keys: &[
        ("statutory_receipt_pkey", "id", &[("id", "#195")]),
        ("statutory_receipt_job_id_number_key", "job_id, number", &[("number", "1")]),
    ] },
    Immutable { table: "payer_authority", row: "id = #196", keys: &[
        ("payer_authority_pkey", "id", &[("id", "#196")]),
    ] },
    Immutable { table: "order_note", row: "number = 'O-1'", keys: &[
        ("order_note_pkey", "assignment_id", &[("assignment_id", "#81")]),
        ("order_note_number_key", "number", &[("number", "'O-1'")]),
    ] },
    Immutable { table: "reference_dataset", row: "version = 1", keys: &[
        ("reference_dataset_pkey", "name, version", &[("version", "1")]),
    ] },
];

on_both_engines! {
    async fn no_column_is_updated(db: TestDb) {
        let mut cases = Vec::new();
        for Immutable { table, row, .. } in IMMUTABLE {
            for column in columns::of(&db, table).await {
                // PostgreSQL refuses to update an identity at all, before any trigger.
                if db.engine() == Engine::Postgres && (*table, column.as_str()) == ("event", "ord") {
                    continue;
                }
                let mut verbs = vec!["UPDATE"];
                if db.engine() == Engine::Sqlite {
                    verbs.extend(["UPDATE OR REPLACE", "UPDATE OR IGNORE"]);
                }
                for verb in verbs {
                    let update = format!("{verb} {table} SET {column} = {column} WHERE {row}");
                    cases.push(refused(table, &update));
                }
            }
        }
        check(&db, &cases).await;
    }

    async fn no_row_is_deleted(db: TestDb) {
        let cases: Vec<_> = IMMUTABLE
            .iter()
            .map(|Immutable { table, row, .. }| refused(table, &format!("DELETE FROM {table} WHERE {row}")))
            .collect();
        check(&db, &cases).await;
    }

    async fn no_row_is_inserted_over(db: TestDb) {
        let mut cases = Vec::new();
        for Immutable { table, keys, .. } in IMMUTABLE {
            for (name, columns, taken) in *keys {
                let (fresh, over) = (insert(table, &[]), insert(table, taken));
                cases.push(Case::new(&fresh, &over, name));
                let set = columns.split(", ").next().unwrap();
                let upsert = |insert: &str| {
                    format!("{insert} ON CONFLICT ({columns}) DO UPDATE SET {set} = excluded.{set}")
                };
                match db.engine() {
                    Engine::Sqlite => {
                        for verb in ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"] {
                            let with = |insert: &str| insert.replacen("INSERT", verb, 1);
                            cases.push(Case::new(&with(&fresh), &with(&over), name));
                        }
                        cases.push(Case::new(&upsert(&fresh), &upsert(&over), name));
                    }
                    // The feed's own order of positions is asked before any key.
                    Engine::Postgres if *name == "feed_gap" => {}
                    Engine::Postgres => {
                        cases.push(Case::new(&upsert(&fresh), &upsert(&over), &format!("{table}_immutable")));
                    }
                }
            }
        }
        check(&db, &cases).await;
    }
}

/// The legal neighbour is the same statement when it meets no row.
fn refused(table: &str, statement: &str) -> Case {
    let idle = statement.replace("WHERE", "WHERE 1 = 0 AND");
    Case::new(&idle, statement, &format!("{table}_immutable"))
}

mod engines {
    use super::*;
    use crate::script::{render, run, verdict};
    use crate::support::db::{on_postgres, on_sqlite};
    use crate::world;

    #[tokio::test]
    async fn no_table_is_truncated() {
        on_postgres(|db| async move {
            let mut cases = Vec::new();
            for Immutable { table, .. } in IMMUTABLE {
                for cascade in ["", "CASCADE"] {
                    // Without CASCADE a foreign key refuses some of them by itself, before any trigger.
                    let referenced = !matches!(
                        *table,
                        "ledger_line" | "reference_dataset" | "dispute_resolution" | "statutory_receipt"
                    );
                    let refused = match (cascade, referenced) {
                        ("", true) => continue,
                        _ => format!("{table}_immutable"),
                    };
                    let truncate = |table: &str| format!("TRUNCATE {table} {cascade}");
                    cases.push(Case::new(&truncate("call_person"), &truncate(table), &refused));
                }
            }
            check(&db, &cases).await;
        })
        .await;
    }

    #[tokio::test]
    async fn truncating_a_parent_stops_at_what_is_protected() {
        on_postgres(|db| async move {
            let mut raw = world::build(&db).await;
            let rows = "SELECT (SELECT count(*) FROM decision) + (SELECT count(*) FROM fact)
                             + (SELECT count(*) FROM ledger_line) + (SELECT count(*) FROM offer)";
            let before = raw.integer(rows).await;
            // What no protected table hangs on can be emptied.
            raw.execute("TRUNCATE municipality CASCADE").await.unwrap();
            for parent in ["firm", "technician", "case_file", "job"] {
                let refused = verdict(&raw.execute(&format!("TRUNCATE {parent} CASCADE")).await.unwrap_err());
                assert!(
                    refused.ends_with("_immutable") || refused.ends_with("_never_deleted"),
                    "{parent}: {refused}",
                );
            }
            assert_eq!(raw.integer(rows).await, before);
        })
        .await;
    }

    #[tokio::test]
    async fn an_event_number_is_not_inserted_over() {
        on_sqlite(|db| async move {
            let numbered = |verb: &str, ord: &str| {
                insert("event", &[])
                    .replacen("INSERT INTO event (", &format!("{verb} INTO event (ord, "), 1)
                    .replacen("VALUES (", &format!("VALUES ({ord}, "), 1)
            };
            let mut cases = Vec::new();
            for verb in ["INSERT", "INSERT OR REPLACE"] {
                for taken in ["1", "'1'", "1.0"] {
                    cases.push(Case::new(&numbered(verb, "9"), &numbered(verb, taken), "event_pkey"));
                }
                cases.push(Case::new(&numbered(verb, "9"), &numbered(verb, "0"), "check"));
            }
            check(&db, &cases).await;
        })
        .await;
    }

    /// A rowid would be one more key for REPLACE to displace a row by.
    #[tokio::test]
    async fn protected_tables_have_no_hidden_key() {
        on_sqlite(|db| async move {
            let mut raw = world::build(&db).await;
            let tables = ["decision", "fact", "settlement", "ledger_line", "reference_dataset"];
            for table in
                tables.into_iter().chain(["offer", "assignment", "planned_window", "consumer", "token"])
            {
                run(&mut raw, db.engine(), &format!("SELECT count(*) FROM {table}")).await;
                let error = raw
                    .execute(&render(db.engine(), &format!("SELECT rowid FROM {table}")))
                    .await
                    .unwrap_err();
                assert!(error.to_string().contains("no such column: rowid"), "{table}: {error}");
            }
        })
        .await;
    }
}
