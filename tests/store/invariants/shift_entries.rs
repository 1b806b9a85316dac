//! Two dated entries of one kind never overlap for a technician; both sides of a swap are of one firm.

use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

/// An entry of technician 12 on the day on which he has an extra shift 01:00-02:00.
fn entry(kind: &str, starts: &str, ends: &str) -> String {
    let (starts, ends) = (format!("'2026-12-01T{starts}+00:00'"), format!("'2026-12-01T{ends}+00:00'"));
    insert("shift_entry", &[("kind", &format!("'{kind}'")), ("starts_at", &starts), ("ends_at", &ends)])
}

on_both_engines! {
    async fn entries_of_one_kind_never_overlap(db: TestDb) {
        let touching = entry("extra_shift", "02:00:00", "04:00:00");
        let cases = [
            ("01:59:59.999999", "04:00:00"),
            ("01:59:59.999", "04:00:00"), // milliseconds are written shorter, and still sort
            ("01:00:00", "02:00:00"),
            ("01:15:00", "01:30:00"),
            ("00:30:00", "02:30:00"),
            ("00:00:00", "01:00:00.000001"),
        ]
        .map(|(starts, ends)| {
            Case::new(&touching, &entry("extra_shift", starts, ends), "shift_entry_no_overlap")
        });
        check(&db, &cases).await;
    }

    async fn entries_of_others_other_kinds_and_cancelled_ones_do_not_count(db: TestDb) {
        let inside = entry("extra_shift", "01:15:00", "01:30:00");
        let refused = |legal: &str| Case::new(legal, &inside, "shift_entry_no_overlap");
        check(&db, &[
            refused(&entry("on_call", "01:15:00", "01:30:00")),
            refused(&entry("day_off", "01:15:00", "01:30:00")),
            refused(&inside.replace("#282, #12", "#282, #13")),
            refused(&inside.replace("'planned'", "'cancelled'")),
        ])
        .await;
    }

    async fn entries_are_not_moved_onto_others(db: TestDb) {
        let change = |set: &str| format!("UPDATE shift_entry SET {set} WHERE id = #282");
        let overlaps = |legal: &str, illegal: &str| {
            Case::new(&change(legal), &change(illegal), "shift_entry_no_overlap")
        };
        check(&db, &[
            overlaps("starts_at = '2026-12-01T03:00:00+00:00'", "starts_at = '2026-12-01T01:30:00+00:00'")
                .given(&entry("extra_shift", "02:00:00", "04:00:00")),
            overlaps("state = 'cancelled'", "state = 'planned'")
                .given(&entry("extra_shift", "01:15:00", "01:30:00").replace("'planned'", "'cancelled'")),
            overlaps("kind = 'day_off'", "kind = 'extra_shift'").given(&entry("on_call", "01:15:00", "01:30:00")),
        ])
        .await;
    }

    async fn entries_are_not_pushed_out(db: TestDb) {
        if db.engine() == Engine::Postgres {
            return; // it has no OR REPLACE
        }
        let replacing = |insert: &str| insert.replacen("INSERT", "INSERT OR REPLACE", 1);
        let free = entry("extra_shift", "02:00:00", "04:00:00");
        let onto = entry("extra_shift", "01:15:00", "01:30:00");
        check(&db, &[
            Case::new(&replacing(&free), &replacing(&free.replace("#282", "#163")), "shift_entry_pkey"),
            Case::new(&replacing(&free), &replacing(&onto), "shift_entry_no_overlap"),
        ])
        .await;
    }

    async fn a_window_is_given_away_in_a_swap_and_nobody_gets_a_day_off_in_one(db: TestDb) {
        let of_swap = |kind: &str| {
            let kind = format!("'{kind}'");
            insert("shift_entry", &[("kind", &kind), ("swap_id", "#161")])
        };
        check(&db, &[
            Case::new(&of_swap("given_away"), &entry("given_away", "02:00:00", "04:00:00"), "check"),
            Case::new(&entry("day_off", "02:00:00", "04:00:00"), &of_swap("day_off"), "check"),
        ])
        .await;
    }

    async fn both_sides_of_a_swap_are_of_one_firm_and_two_people(db: TestDb) {
        let swap = |replaced: &[(&str, &str)]| insert("shift_swap", replaced);
        check(&db, &[
            Case::new(&swap(&[]), &swap(&[("taker_id", "#13")]), "foreign_key"),
            Case::new(&swap(&[]), &swap(&[("giver_id", "#13")]), "foreign_key"),
            Case::new(&swap(&[]), &swap(&[("firm_id", "#2")]), "foreign_key"),
            Case::new(&swap(&[]), &swap(&[("taker_id", "#11")]), "check"),
            Case::new(&swap(&[]), &swap(&[("undone_at", "'2026-11-23T11:00:00+00:00'")]), "check"),
            Case::new(&swap(&[]), &swap(&[("state", "'undone'")]), "check"),
        ])
        .await;
    }
}
