//! One unresolved alarm of a kind about a thing; what rings says when.

use kaketsuke::domain::silence::Scheduled;

use crate::{
    script::{Case, check},
    support::db::{Engine, TestDb, on_both_engines},
    world::insert,
};

on_both_engines! {
    async fn one_cause_raises_one_alarm(db: TestDb) {
        let again = |kind: &str| insert("alarm", &[("kind", kind)]);
        let refused = match db.engine() {
            Engine::Sqlite => "2067 UNIQUE constraint failed: alarm.subject_id, alarm.kind",
            Engine::Postgres => "alarm_one_unresolved",
        };
        check(&db, &[Case::new(&again("'ladder_ended'"), &again("'refusals'"), refused)]).await;
    }

    async fn an_alarm_rings_until_it_is_resolved(db: TestDb) {
        let row = |state: &str, rings: &str, resolved: &str| {
            let state = format!("'{state}'");
            insert("alarm", &[("state", &state), ("rings_at", rings), ("resolved_at", resolved)])
        };
        let at = "'2026-11-23T10:05:00+00:00'";
        check(&db, &[
            Case::new(&row("ringing", at, "NULL"), &row("ringing", "NULL", "NULL"), "check"),
            Case::new(&row("waiting", at, "NULL"), &row("waiting", "NULL", "NULL"), "check"),
            Case::new(&row("resolved", "NULL", at), &row("resolved", "NULL", "NULL"), "check"),
            Case::new(&row("resolved", "NULL", at), &row("resolved", at, at), "check"),
        ])
        .await;
    }

    /// What has its next instant in a column cannot be unfinished without it (G-09).
    async fn whatever_is_looked_at_by_an_instant_has_one(db: TestDb) {
        let mut raw = db.raw().await;
        for thing in Scheduled::ALL {
            let column = thing.column();
            let guards = match db.engine() {
                Engine::Sqlite => format!(
                    "SELECT COUNT(*) FROM sqlite_master WHERE name = '{thing}' AND sql LIKE '%CHECK (({column} IS N%= (state %'"
                ),
                Engine::Postgres => format!(
                    "SELECT COUNT(*) FROM pg_constraint WHERE conrelid = '{thing}'::regclass
                     AND pg_get_constraintdef(oid) LIKE '%({column} IS N%= %state %'"
                ),
            };
            assert_eq!(raw.integer(&guards).await, 1, "{thing}.{column}");
        }
    }
}
