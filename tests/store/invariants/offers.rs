//! At most one accepted offer of a job, at most one open offer to a technician; what is settled stays settled.

use super::columns;
use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

const STATES: [&str; 5] = ["open", "accepted", "declined", "expired", "withdrawn"];
const ANSWERED: (&str, &str) = ("answered_at", "'2026-11-23T11:01:00+00:00'");

on_both_engines! {
    async fn two_accepted_offers_of_a_job(db: TestDb) {
        let open = insert("offer", &[("job_id", "#31")]);
        let accept = "UPDATE offer SET state = 'accepted', answered_at = offered_at, job_id = ";
        check(&db, &[
            Case::new(&accepted("#33"), &accepted("#31"), "offer_one_accepted_per_job"),
            Case::new(
                &format!("{accept} #33 WHERE id = #210"),
                &format!("{accept} #31 WHERE id = #210"),
                "offer_one_accepted_per_job",
            )
            .given(&open),
        ])
        .await;
    }

    async fn one_has_the_job_and_others_help(db: TestDb) {
        let helps = insert("offer", &[("job_id", "#31"), ("role", "'helper'"), ("state", "'accepted'"), ANSWERED]);
        check(&db, &[
            Case::new(&helps, &accepted("#31"), "offer_one_accepted_per_job"),
            Case::new(
                "UPDATE offer SET role = 'helper' WHERE id = #210",
                "UPDATE offer SET role = 'lead' WHERE id = #210",
                "offer_one_accepted_per_job",
            )
            .given(&helps),
        ])
        .await;
    }

    async fn two_open_offers_to_a_technician(db: TestDb) {
        let first = insert("offer", &[]);
        let second = |technician| {
            insert("offer", &[("id", "#220"), ("job_id", "#32"), ("technician_id", technician)])
        };
        check(&db, &[
            Case::new(&second("#11"), &second("#12"), "offer_one_open_per_technician").given(&first),
            Case::new(
                "UPDATE offer SET technician_id = #13 WHERE id = #220",
                "UPDATE offer SET technician_id = #12 WHERE id = #220",
                "offer_one_open_per_technician",
            )
            .given(&format!("{first}; {}", second("#11"))),
        ])
        .await;
    }

    async fn offers_pushed_out(db: TestDb) {
        // On PostgreSQL the upsert becomes an update of a settled offer.
        let upsert = Case::new(
            &upserting(&open("#230", "#12")), &upserting(&open("#72", "#12")), "offer_settled",
        );
        match db.engine() {
            Engine::Sqlite => check(&db, &pushed_out_on_sqlite()).await,
            Engine::Postgres => check(&db, &[upsert]).await,
        }
    }

    async fn transitions(db: TestDb) {
        let mut cases = Vec::new();
        for from in STATES {
            for to in STATES {
                let allowed = from == "open" || from == to || (from, to) == ("accepted", "withdrawn");
                let refused = transition(to);
                // The nearest neighbour: the same change of an offer that was never answered.
                let neighbour = refused.replace("#240", "#241");
                let given = format!("{}; {}", offer_in("#240", from), offer_in("#241", "open"));
                cases.push(if allowed {
                    Case::new(&refused, "UPDATE offer SET state = 'x' WHERE id = #241", "check").given(&given)
                } else {
                    Case::new(&neighbour, &refused, "offer_settled").given(&given)
                });
            }
        }
        check(&db, &cases).await;
    }

    async fn nothing_of_a_settled_offer_changes(db: TestDb) {
        let changes = [
            ("id", "#299"), ("job_id", "#33"), ("decision_id", "#41"), ("firm_id", "#2"), ("technician_id", "#12"),
            ("rank", "7"), ("offered_at", "'2026-11-23T09:00:00+00:00'"), ("deadline", "'2026-11-23T23:00:00+00:00'"),
            ("answered_at", "'2026-11-23T23:00:00+00:00'"), ("decline_code", "'busy'"),
            ("arrival_promised_at", "'2026-11-23T23:00:00+00:00'"), ("state", "'expired'"),
            ("addressee", "'firm'"), ("role", "'helper'"), ("round", "2"), ("rung", "2"), ("answered_via", "'phone'"),
            ("withdraw_code", "'other'"), ("naming_due_at", "'2026-11-23T23:00:00+00:00'"),
            ("agreed_at", "'2026-11-23T09:00:00+00:00'"),
        ];
        columns::assert_covers(&db, "offer", changes.iter().map(|(column, _)| *column), &["version"]).await;
        let cases = changes.map(|(column, literal)| {
            Case::new(
                "UPDATE offer SET version = version + 1 WHERE id = #72",
                &format!("UPDATE offer SET {column} = {literal} WHERE id = #72"),
                "offer_settled",
            )
        });
        check(&db, &cases).await;
    }

    async fn offers_are_never_deleted(db: TestDb) {
        let mut cases = vec![
            Case::new("DELETE FROM offer WHERE id = #299", "DELETE FROM offer WHERE id = #72", "offer_never_deleted"),
            Case::new("DELETE FROM offer WHERE 1 = 0", "DELETE FROM offer", "offer_never_deleted"),
        ];
        if db.engine() == Engine::Postgres {
            cases.push(Case::new("TRUNCATE call_person", "TRUNCATE offer CASCADE", "offer_never_deleted"));
        }
        check(&db, &cases).await;
    }

    async fn answers_agree_with_states(db: TestDb) {
        check(&db, &[
            Case::new(&insert("offer", &[]), &insert("offer", &[ANSWERED]), "check"),
            Case::new(
                &insert("offer", &[("state", "'accepted'"), ANSWERED]),
                &insert("offer", &[("state", "'accepted'")]),
                "check",
            ),
            Case::new(
                &insert("offer", &[("state", "'declined'"), ("decline_code", "'busy'"), ANSWERED]),
                &insert("offer", &[("state", "'declined'"), ANSWERED]),
                "check",
            ),
        ])
        .await;
    }
}

fn accepted(job: &str) -> String {
    insert("offer", &[("job_id", job), ("state", "'accepted'"), ANSWERED])
}

fn open(id: &str, technician: &str) -> String {
    insert("offer", &[("id", id), ("technician_id", technician)])
}

fn upserting(insert: &str) -> String {
    format!("{insert} ON CONFLICT (id) DO UPDATE SET state = excluded.state")
}

/// `REPLACE` deletes what is in its way without asking delete triggers.
fn pushed_out_on_sqlite() -> Vec<Case> {
    let replacing = |insert: String| insert.replacen("INSERT", "INSERT OR REPLACE", 1);
    let update = |set: &str| format!("UPDATE OR REPLACE offer SET {set} WHERE id = #220");
    let accept = |job: &str| update(&format!("state = 'accepted', answered_at = offered_at, job_id = {job}"));
    let two_open = format!("{}; {}", open("#210", "#12"), open("#220", "#11"));
    vec![
        Case::new(&replacing(accepted("#33")), &replacing(accepted("#31")), "offer_one_accepted_per_job"),
        Case::new(
            &replacing(open("#220", "#11")),
            &replacing(open("#220", "#12")),
            "offer_one_open_per_technician",
        )
        .given(&open("#210", "#12")),
        Case::new(&replacing(open("#230", "#12")), &replacing(open("#72", "#12")), "offer_pkey"),
        Case::new(&upserting(&open("#230", "#12")), &upserting(&open("#72", "#12")), "offer_pkey"),
        Case::new(&accept("#33"), &accept("#31"), "offer_one_accepted_per_job").given(&two_open),
        Case::new(
            &update("technician_id = #13"),
            &update("technician_id = #12"),
            "offer_one_open_per_technician",
        )
        .given(&two_open),
        Case::new(&update("id = #230"), &update("id = #72"), "offer_pkey").given(&two_open),
    ]
}

fn offer_in(id: &str, state: &str) -> String {
    let literal = format!("'{state}'");
    let answered = matches!(state, "accepted" | "declined");
    insert(
        "offer",
        &[
            ("id", id),
            ("technician_id", if id == "#240" { "#12" } else { "#13" }),
            ("state", &literal),
            ("answered_at", if answered { ANSWERED.1 } else { "NULL" }),
            ("decline_code", if state == "declined" { "'busy'" } else { "NULL" }),
        ],
    )
}

fn transition(to: &str) -> String {
    // Coming into a state brings its answer; staying in one changes nothing.
    format!(
        "UPDATE offer SET answered_at = CASE WHEN state = '{to}' THEN answered_at
                                             WHEN '{to}' = 'open' THEN NULL ELSE offered_at END,
                          decline_code = CASE WHEN state = '{to}' THEN decline_code
                                              WHEN '{to}' = 'declined' THEN 'busy' END,
                          state = '{to}'
         WHERE id = #240"
    )
}
