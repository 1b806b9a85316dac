//! A job that waits for somebody always has an instant at which it is looked at again.

use crate::{
    script::{Case, check},
    support::db::{TestDb, on_both_engines},
    world::insert,
};

on_both_engines! {
    async fn no_job_waits_in_silence(db: TestDb) {
        let row = |state: &str, wake: &str, hold: &str| {
            insert("job", &[("state", state), ("wake_at", wake), ("hold_reason", hold)])
        };
        let at = "'2026-11-23T10:05:00+00:00'";
        check(&db, &[
            Case::new(&row("'unassigned'", at, "NULL"), &row("'unassigned'", "NULL", "NULL"), "check"),
            Case::new(&row("'offered'", at, "NULL"), &row("'offered'", "NULL", "NULL"), "check"),
            Case::new(&row("'unassigned'", "NULL", "'gas'"), &row("'unassigned'", "NULL", "NULL"), "check"),
            Case::new(&row("'assigned'", "NULL", "NULL"), &row("'offered'", "NULL", "NULL"), "check"),
        ])
        .await;
    }
}
