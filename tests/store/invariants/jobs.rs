//! A job that is not finished always has an instant at which it is looked at again; what is held says by what.

use crate::{
    script::{Case, check},
    support::db::{TestDb, on_both_engines},
    world::insert,
};

on_both_engines! {
    async fn no_job_waits_in_silence(db: TestDb) {
        let at = "'2026-11-23T10:05:00+00:00'";
        let row = |state: &str, wake: &str| insert("job", &[("state", state), ("wake_at", wake)]);
        let waiting = [
            "'unassigned'", "'booked'", "'offered'", "'accepted'", "'assigned'", "'en_route'", "'on_site'", "'working'",
            "'paused'", "'awaiting_return'", "'no_coverage'",
        ];
        let mut cases = Vec::new();
        for state in waiting {
            cases.push(Case::new(&row(state, at), &row(state, "NULL"), "check"));
        }
        for state in ["'completed'", "'cancelled'"] {
            cases.push(Case::new(&row(state, "NULL"), &row(state, at), "check"));
        }
        check(&db, &cases).await;
    }

    async fn what_is_held_says_by_what(db: TestDb) {
        let at = "'2026-11-23T10:05:00+00:00'";
        let row = |state: &str, hold: &str| insert("job", &[("state", state), ("hold", hold), ("wake_at", at)]);
        check(&db, &[
            Case::new(&row("'held'", "'H-GAS'"), &row("'held'", "NULL"), "check"),
            Case::new(&row("'unassigned'", "NULL"), &row("'unassigned'", "'H-GAS'"), "check"),
        ])
        .await;
    }
}
