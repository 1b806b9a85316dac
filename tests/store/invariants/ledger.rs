//! Money: a line is reversed once, only reversals are negative, what is written off costs nothing.

use crate::script::{Case, check};
use crate::support::db::{TestDb, on_both_engines};
use crate::world::insert;

fn line(replaced: &[(&str, &str)]) -> String {
    insert("ledger_line", replaced)
}

/// Ledger line 113 has not been reversed, 111 has.
const REVERSAL: &[(&str, &str)] = &[("kind", "'reversal'"), ("amount_yen", "-150"), ("reverses", "#113")];
const WRITE_OFF: &[(&str, &str)] = &[("kind", "'write_off'"), ("amount_yen", "0"), ("tax_included_yen", "0")];

/// `row` with one more column replaced, in place of its own value where it has one.
fn with<'a>(row: &[(&'a str, &'a str)], column: &'a str, literal: &'a str) -> Vec<(&'a str, &'a str)> {
    row.iter().copied().filter(|(name, _)| *name != column).chain([(column, literal)]).collect()
}

on_both_engines! {
    async fn a_line_is_reversed_once(db: TestDb) {
        let again = line(&with(REVERSAL, "reverses", "#111"));
        let both = |second| {
            let other = line(&with(&with(REVERSAL, "id", "#220"), "line", "5"));
            format!("{}; {}", line(REVERSAL), other.replace("#113", second))
        };
        check(&db, &[
            Case::new(&line(REVERSAL), &again, "ledger_line_reverses_key"),
            Case::new(&both("#112"), &both("#113"), "ledger_line_reverses_key"),
        ])
        .await;
    }

    async fn only_a_reversal_reverses(db: TestDb) {
        let check_refuses = |illegal: String| Case::new(&line(REVERSAL), &illegal, "check");
        check(&db, &[
            check_refuses(line(&with(REVERSAL, "reverses", "NULL"))),
            check_refuses(line(&with(&with(REVERSAL, "kind", "'part'"), "amount_yen", "150"))),
            check_refuses(line(&with(REVERSAL, "amount_yen", "1"))),
            Case::new(&line(REVERSAL), &line(&with(REVERSAL, "reverses", "#299")), "foreign_key"),
        ])
        .await;
    }

    async fn only_a_reversal_is_negative(db: TestDb) {
        let cases = ["overtime", "part", "special_work"].map(|kind| {
            let kind = format!("'{kind}'");
            let of = |amount| line(&[("kind", &kind), ("amount_yen", amount)]);
            Case::new(&of("0"), &of("-1"), "check")
        });
        check(&db, &cases).await;
    }

    async fn a_write_off_costs_nothing(db: TestDb) {
        check(&db, &[
            Case::new(&line(WRITE_OFF), &line(&with(WRITE_OFF, "amount_yen", "1")), "check"),
            Case::new(&line(WRITE_OFF), &line(&with(WRITE_OFF, "tax_included_yen", "1")), "check"),
        ])
        .await;
    }

    async fn a_consent_is_a_fact(db: TestDb) {
        let consented = |fact| line(&[("consent_fact_id", fact)]);
        check(&db, &[Case::new(&consented("#91"), &consented("#299"), "foreign_key")]).await;
    }
}
