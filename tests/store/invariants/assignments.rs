//! A technician has at most one current and one queued assignment, and a job one of a technician; what is released
//! stays released.

use super::columns;
use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

const RELEASED: (&str, &str) = ("released_at", "'2026-11-23T11:01:00+00:00'");

/// A second assignment: of another technician by default; job 33 has no assignment yet.
fn second(technician: &str, slot: &str) -> String {
    let slot = format!("'{slot}'");
    insert("assignment", &[("job_id", "#33"), ("technician_id", technician), ("slot", &slot)])
}

/// A third assignment, queued; by the offer of [`other_offer`].
fn third(technician: &str) -> String {
    insert(
        "assignment",
        &[("id", "#221"), ("offer_id", "#220"), ("technician_id", technician), ("slot", "'queued'")],
    )
}

fn other_offer() -> String {
    insert("offer", &[("id", "#220"), ("technician_id", "#13")])
}

/// Technician 12 has a job already: what comes next is behind it.
fn busy() -> String {
    let offer = insert("offer", &[("id", "#240"), ("technician_id", "#12"), ("state", "'expired'")]);
    let current = insert(
        "assignment",
        &[
            ("id", "#241"),
            ("job_id", "#33"),
            ("offer_id", "#240"),
            ("technician_id", "#12"),
            ("slot", "'current'"),
        ],
    );
    format!("{offer}; {current}")
}

fn replacing(insert: &str) -> String {
    insert.replacen("INSERT", "INSERT OR REPLACE", 1)
}

on_both_engines! {
    async fn two_current_assignments(db: TestDb) {
        let promote = |technician: &str| {
            format!("UPDATE assignment SET slot = 'current', technician_id = {technician} WHERE id = #211")
        };
        check(&db, &[
            Case::new(&second("#12", "current"), &second("#11", "current"), "assignment_one_current_per_technician"),
            Case::new(&promote("#12"), &promote("#11"), "assignment_one_current_per_technician")
                .given(&second("#11", "queued")),
        ])
        .await;
    }

    async fn two_queued_assignments(db: TestDb) {
        let given = format!("{}; {}; {}", second("#11", "queued"), other_offer(), busy());
        let queue = |technician: &str| {
            format!("UPDATE assignment SET slot = 'queued', technician_id = {technician} WHERE id = #221")
        };
        check(&db, &[
            Case::new(&third("#12"), &third("#11"), "assignment_one_queued_per_technician").given(&given),
            Case::new(&queue("#12"), &queue("#11"), "assignment_one_queued_per_technician")
                .given(&format!("{given}; {}", third("#13").replace("'queued'", "'current'"))),
        ])
        .await;
    }

    async fn one_assignment_of_a_technician_per_job(db: TestDb) {
        let again = |technician| {
            insert("assignment", &[("job_id", "#31"), ("technician_id", technician), ("slot", "'queued'")])
        };
        let case = Case::new(&again("#12"), &again("#11"), "assignment_one_per_job_and_technician");
        check(&db, &[case.given(&busy())]).await;
    }

    async fn what_waits_behind_nothing(db: TestDb) {
        // On PostgreSQL it is looked at when everything is there: at the end of the transaction, or when asked for.
        let seen = |insert: String| match db.engine() {
            Engine::Postgres => format!("{insert}; SET CONSTRAINTS ALL IMMEDIATE"),
            Engine::Sqlite => insert,
        };
        let behind = |technician: &str| seen(second(technician, "queued"));
        check(&db, &[Case::new(&behind("#11"), &behind("#12"), "assignment_queued_alone")]).await;
    }

    async fn one_assignment_per_offer(db: TestDb) {
        let by = |offer| insert("assignment", &[("offer_id", offer)]);
        check(&db, &[Case::new(&by("#72"), &by("#71"), "assignment_offer_id_key")]).await;
    }

    async fn assignments_pushed_out(db: TestDb) {
        let by = |id, offer| insert("assignment", &[("id", id), ("offer_id", offer)]);
        let upsert = |id| format!("{} ON CONFLICT (id) DO UPDATE SET slot = excluded.slot", by(id, "#72"));
        if db.engine() == Engine::Postgres {
            // The upsert becomes an update of a released assignment.
            check(&db, &[Case::new(&upsert("#230"), &upsert("#82"), "assignment_released")]).await;
            return;
        }
        let update = |set: &str| format!("UPDATE OR REPLACE assignment SET {set} WHERE id = #211");
        let queued = second("#11", "queued");
        check(&db, &[
            Case::new(&upsert("#230"), &upsert("#82"), "assignment_pkey"),
            Case::new(&replacing(&by("#230", "#72")), &replacing(&by("#82", "#72")), "assignment_pkey"),
            Case::new(&replacing(&by("#230", "#72")), &replacing(&by("#230", "#71")), "assignment_offer_id_key"),
            Case::new(
                &replacing(&second("#12", "current")),
                &replacing(&second("#11", "current")),
                "assignment_one_current_per_technician",
            ),
            Case::new(&replacing(&third("#12")), &replacing(&third("#11")), "assignment_one_queued_per_technician")
                .given(&format!("{queued}; {}; {}", other_offer(), busy())),
            Case::new(&update("job_id = #32"), &update("job_id = #31"), "assignment_one_per_job_and_technician")
                .given(&queued),
            Case::new(&update("slot = 'queued'"), &update("slot = 'current'"), "assignment_one_current_per_technician")
                .given(&queued),
            Case::new(&update("id = #232"), &update("id = #82"), "assignment_pkey").given(&queued),
            Case::new(&update("offer_id = #72"), &update("offer_id = #71"), "assignment_offer_id_key").given(&queued),
        ])
        .await;
    }

    async fn nothing_of_a_released_assignment_changes(db: TestDb) {
        let changes = [
            ("id", "#299"), ("job_id", "#33"), ("offer_id", "#72"), ("firm_id", "#1"), ("technician_id", "#12"),
            ("slot", "'current'"), ("assigned_at", "'2026-11-23T09:00:00+00:00'"),
            ("counts_from", "'2026-11-23T09:00:00+00:00'"),
            ("arrival_due_at", "'2026-11-23T23:00:00+00:00'"), ("released_at", "'2026-11-23T23:00:00+00:00'"),
            ("release_code", "'other'"), ("current_since", "'2026-11-23T23:00:00+00:00'"),
            ("progress_at", "'2026-11-23T23:00:00+00:00'"), ("progress_lat_e6", "1"), ("progress_lon_e6", "1"),
            ("heard_danger", "9"), ("heard_check", "9"),
        ];
        columns::assert_covers(&db, "assignment", changes.iter().map(|(column, _)| *column), &["version"]).await;
        let cases = changes.map(|(column, literal)| {
            Case::new(
                "UPDATE assignment SET version = version + 1 WHERE id = #82",
                &format!("UPDATE assignment SET {column} = {literal} WHERE id = #82"),
                "assignment_released",
            )
        });
        check(&db, &cases).await;
    }

    async fn assignments_are_never_deleted(db: TestDb) {
        let mut cases = vec![Case::new(
            "DELETE FROM assignment WHERE id = #299",
            "DELETE FROM assignment WHERE id = #82",
            "assignment_never_deleted",
        )];
        if db.engine() == Engine::Postgres {
            cases.push(Case::new("TRUNCATE call_person", "TRUNCATE assignment CASCADE", "assignment_never_deleted"));
        }
        check(&db, &cases).await;
    }

    async fn releases_agree_with_slots(db: TestDb) {
        let released = |more: &[(&'static str, &'static str)]| {
            insert("assignment", &[&[("slot", "'released'")], more].concat())
        };
        check(&db, &[
            Case::new(&released(&[RELEASED]), &released(&[]), "check"),
            Case::new(&insert("assignment", &[]), &insert("assignment", &[RELEASED]), "check"),
            Case::new(
                &released(&[RELEASED, ("release_code", "'breakdown'")]),
                &insert("assignment", &[("release_code", "'breakdown'")]),
                "check",
            ),
        ])
        .await;
    }
}
