//! Two planned windows of a technician never overlap. Windows are half-open: touching ones are fine.

use crate::script::{Case, check, render, verdict};
use crate::support::db::{Engine, TestDb, on_both_engines, on_postgres};
use crate::world::{self, insert};

/// A window on the day on which technician 11 has 01:00-02:00 and 04:00-05:00.
fn window(starts: &str, ends: &str) -> String {
    let (starts, ends) = (format!("'2026-11-24T{starts}+00:00'"), format!("'2026-11-24T{ends}+00:00'"));
    insert("planned_window", &[("starts_at", &starts), ("ends_at", &ends)])
}

on_both_engines! {
    async fn overlapping_windows(db: TestDb) {
        let touching = window("02:00:00", "04:00:00");
        let cases = [
            ("02:00:00", "04:00:00.000001"),  // into the next
            ("01:59:59.999999", "04:00:00"),  // out of the one before
            ("01:59:59.999", "04:00:00"),     // milliseconds are written shorter, and still sort
            ("01:00:00", "02:00:00"),         // the same
            ("01:15:00", "01:30:00"),         // inside
            ("00:30:00", "02:30:00"),         // around
            ("00:00:00", "23:00:00"),         // around both
        ]
        .map(|(starts, ends)| Case::new(&touching, &window(starts, ends), "planned_window_no_overlap"));
        check(&db, &cases).await;
    }

    async fn windows_of_others_and_released_ones_do_not_count(db: TestDb) {
        let inside = window("01:15:00", "01:30:00");
        let others = inside.replace("#212, #11", "#212, #12");
        assert_ne!(inside, others);
        check(&db, &[
            Case::new(&others, &inside, "planned_window_no_overlap"),
            Case::new(&inside.replace("'planned'", "'released'"), &inside, "planned_window_no_overlap"),
        ])
        .await;
    }

    async fn windows_moved_onto_others(db: TestDb) {
        let change = |set: &str| format!("UPDATE planned_window SET {set} WHERE id = #212");
        let overlaps = |legal: &str, illegal: &str| {
            Case::new(&change(legal), &change(illegal), "planned_window_no_overlap")
        };
        check(&db, &[
            overlaps("ends_at = '2026-11-24T03:00:00+00:00'", "ends_at = '2026-11-24T04:30:00+00:00'")
                .given(&window("02:00:00", "04:00:00")),
            overlaps("starts_at = '2026-11-24T03:00:00+00:00'", "starts_at = '2026-11-24T01:30:00+00:00'")
                .given(&window("02:00:00", "04:00:00")),
            overlaps("state = 'released'", "state = 'planned'")
                .given(&window("01:15:00", "01:30:00").replace("'planned'", "'released'")),
            overlaps("technician_id = #13", "technician_id = #11")
                .given(&window("01:15:00", "01:30:00").replace("#212, #11", "#212, #12")),
        ])
        .await;
    }

    async fn windows_pushed_out(db: TestDb) {
        let free = window("02:00:00", "04:00:00");
        if db.engine() == Engine::Postgres {
            let upsert = |id: &str, ends: &str| {
                format!(
                    "{} ON CONFLICT (id) DO UPDATE SET ends_at = '2026-11-24T{ends}+00:00'",
                    free.replace("#212", id),
                )
            };
            let case = Case::new(
                &upsert("#86", "02:30:00"), &upsert("#86", "04:30:00"), "planned_window_no_overlap",
            );
            check(&db, &[case]).await;
            return;
        }
        let replacing = |insert: &str| insert.replacen("INSERT", "INSERT OR REPLACE", 1);
        let update = |set: &str| format!("UPDATE OR REPLACE planned_window SET {set} WHERE id = #86");
        check(&db, &[
            Case::new(&replacing(&free), &replacing(&free.replace("#212", "#86")), "planned_window_pkey"),
            Case::new(&replacing(&free), &replacing(&window("01:15:00", "01:30:00")), "planned_window_no_overlap"),
            Case::new(&update("id = #299"), &update("id = #87"), "planned_window_pkey"),
            Case::new(
                &update("ends_at = '2026-11-24T03:00:00+00:00'"),
                &update("ends_at = '2026-11-24T04:30:00+00:00'"),
                "planned_window_no_overlap",
            ),
        ])
        .await;
    }

    async fn windows_end_after_they_start(db: TestDb) {
        let legal = window("02:00:00", "02:00:00.000001");
        check(&db, &[
            Case::new(&legal, &window("02:00:00", "02:00:00"), "check"),
            // PostgreSQL builds no range that ends before it starts, whichever check comes first.
            Case::new(&legal, &window("03:00:00", "02:30:00"), "check"),
        ])
        .await;
    }

    async fn windows_are_swapped_in_one_transaction(db: TestDb) {
        let engine = db.engine();
        let mut raw = world::build(&db).await;
        let (defer, release, replan) = match engine {
            Engine::Postgres => ("SET CONSTRAINTS planned_window_no_overlap DEFERRED;", "", ""),
            // No trigger can be put off, so one of the two steps aside.
            Engine::Sqlite => (
                "",
                "UPDATE planned_window SET state = 'released' WHERE id = #87;",
                "UPDATE planned_window SET state = 'planned' WHERE id = #87;",
            ),
        };
        let swap = format!(
            "BEGIN; {defer} {release}
             UPDATE planned_window SET starts_at = '2026-11-24T04:00:00+00:00', ends_at = '2026-11-24T05:00:00+00:00'
             WHERE id = #86;
             UPDATE planned_window SET starts_at = '2026-11-24T01:00:00+00:00', ends_at = '2026-11-24T02:00:00+00:00'
             WHERE id = #87; {replan} COMMIT"
        );
        raw.execute(&render(engine, &swap)).await.unwrap();
        let swapped = "SELECT count(*) FROM planned_window
                       WHERE state = 'planned' AND (id = #86 AND starts_at = '2026-11-24T04:00:00+00:00'
                                                    OR id = #87 AND starts_at = '2026-11-24T01:00:00+00:00')";
        assert_eq!(raw.integer(&render(engine, swapped)).await, 2);
    }
}

#[tokio::test]
async fn deferring_puts_the_check_off_but_not_away() {
    on_postgres(|db| async move {
        let mut raw = world::build(&db).await;
        raw.execute("BEGIN; SET CONSTRAINTS planned_window_no_overlap DEFERRED").await.unwrap();
        raw.execute(&render(db.engine(), &window("01:15:00", "01:30:00"))).await.unwrap();
        assert_eq!(verdict(&raw.execute("COMMIT").await.unwrap_err()), "planned_window_no_overlap");
        assert_eq!(raw.integer("SELECT count(*) FROM planned_window").await, 2);
    })
    .await;
}
