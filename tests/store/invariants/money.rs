//! Reviews, decisions, disputes and payments: one open question a job, nothing decided about nothing, cash is cash.

use crate::script::{Case, check};
use crate::support::db::{TestDb, on_both_engines};
use crate::world::insert;

/// Closing the review of the world.
const CLOSE: &str =
    "UPDATE review SET state = 'decided', closed_at = '2026-11-23T12:30:00+00:00' WHERE id = #161";

on_both_engines! {
    async fn a_job_has_one_open_review(db: TestDb) {
        let again = insert("review", &[("job_id", "#31"), ("number", "2")]);
        check(&db, &[Case::new(&insert("review", &[]), &again, "review_open")]).await;
    }

    async fn a_closed_review_is_not_opened_again(db: TestDb) {
        let reopen = "UPDATE review SET state = 'open', closed_at = NULL WHERE id = #161";
        check(&db, &[
            Case::new(CLOSE, &format!("{CLOSE}; {reopen}"), "review_closed"),
            Case::new("DELETE FROM review WHERE id = #299", "DELETE FROM review WHERE id = #161", "review_never_deleted"),
            Case::new(CLOSE, "UPDATE review SET state = 'decided' WHERE id = #161", "check"),
        ])
        .await;
    }

    async fn a_decision_is_about_a_review_or_a_dispute(db: TestDb) {
        let about = |review, dispute| insert("review_decision", &[("review_id", review), ("dispute_id", dispute)]);
        check(&db, &[
            Case::new(&about("NULL", "#171"), &about("NULL", "NULL"), "check"),
            Case::new(&about("#161", "NULL"), &about("#161", "#171"), "check"),
        ])
        .await;
    }

    async fn a_dispute_is_upheld_by_a_decision_only(db: TestDb) {
        let resolved =
            |outcome, decision| insert("dispute_resolution", &[("outcome", outcome), ("decision_id", decision)]);
        check(&db, &[
            Case::new(&resolved("'upheld'", "#181"), &resolved("'upheld'", "NULL"), "check"),
            Case::new(&resolved("'rejected'", "NULL"), &resolved("'rejected'", "#181"), "check"),
        ])
        .await;
    }

    async fn cash_on_site_is_cash(db: TestDb) {
        let paid = |kind, method| insert("payment", &[("kind", kind), ("method", method)]);
        check(&db, &[
            Case::new(&paid("'cash_on_site'", "'cash'"), &paid("'cash_on_site'", "'card'"), "check"),
            Case::new(&paid("'later'", "'card'"), &paid("'cash_on_site'", "'other'"), "check"),
        ])
        .await;
    }

    async fn no_more_of_a_line_is_collected_than_it_costs(db: TestDb) {
        let collected = |yen| insert("ledger_line", &[("collected_yen", yen)]);
        let reversal = |yen| {
            insert("ledger_line", &[
                ("kind", "'reversal'"), ("amount_yen", "-2200"), ("reverses", "#113"), ("collected_yen", yen),
            ])
        };
        check(&db, &[
            Case::new(&collected("150"), &collected("151"), "check"),
            Case::new(&collected("0"), &collected("-1"), "check"),
            Case::new(&reversal("-2200"), &reversal("-2201"), "check"),
            Case::new(&reversal("0"), &reversal("1"), "check"),
        ])
        .await;
    }
}
