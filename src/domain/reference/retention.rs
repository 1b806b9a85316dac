//! Reads `retention.toml`: how long what is kept (7.2).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Deserialize;

use super::{
    document::{Document, Findings},
    error::ReferenceError,
};
use crate::domain::retention::{Kept, Retention};

/// A hundred years.
const DAYS_MAX: u32 = 36_525;

/// The shortest time of each kind of data, in days: what the law asks, what the database keeps whatever is configured (the
/// read log), and else what nobody means who has not mistyped a figure.
const fn days_min(kept: Kept) -> u32 {
    match kept {
        // Invoices and receipts: seven years (C-36).
        Kept::ChargedCase => 2_557,
        // Claims lapse after three years (Insurance Act 95).
        Kept::LiabilityCase => 1_096,
        Kept::ReadLog => 366,
        // Complaints, disputes and rescission come after the work.
        Kept::Case => 90,
        Kept::CallerWithoutCase | Kept::EndedBlock | Kept::HandOverNote | Kept::Photo => 30,
        Kept::Message => 7,
        Kept::CallDraft | Kept::Position => 1,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    kept: Kept,
    days: u32,
}

pub(super) fn parse(document: Document<'_>) -> Result<Retention, Vec<ReferenceError>> {
    let file: File = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    let rules = file.rule.iter().enumerate();
    findings.refuse_repeats(rules.map(|(at, rule)| (format!("rule[{at}].kept"), rule.kept)));
    for (at, rule) in file.rule.iter().enumerate() {
        let least = days_min(rule.kept);
        if !(least..=DAYS_MAX).contains(&rule.days) {
            findings.refuse(format!("rule[{at}].days"), format!("expected from {least} to {DAYS_MAX}"));
        }
    }
    let times: BTreeMap<_, _> =
        file.rule.iter().map(|rule| (rule.kept, TimeDelta::days(rule.days.into()))).collect();
    // What has a case of its own reason to stay does not go before a case that has none.
    let of_case = times.get(&Kept::Case);
    for (at, rule) in file.rule.iter().enumerate() {
        let stays = matches!(rule.kept, Kept::ChargedCase | Kept::LiabilityCase);
        if stays && of_case.is_some_and(|case| times.get(&rule.kept) < Some(case)) {
            findings.refuse(format!("rule[{at}].days"), "expected no less than those of case");
        }
    }
    for kept in Kept::ALL.iter().filter(|kept| !times.contains_key(kept)) {
        findings.refuse("rule", format!("{kept} has no rule; expected one for each kind of data"));
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(Retention(times)) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::{Dataset, Reference};

    #[test]
    fn the_table_is_the_one_of_the_rules() {
        let reference = Reference::embedded().unwrap();
        let days = |kept| reference.retention().0[&kept].num_days();
        assert_eq!((days(Kept::Photo), days(Kept::Position), days(Kept::Message)), (180, 30, 366));
        for (kept, years) in
            [(Kept::Case, 2), (Kept::ReadLog, 3), (Kept::LiabilityCase, 5), (Kept::ChargedCase, 7)]
        {
            let late: chrono::NaiveDate = format!("{}-12-31", 2026 + years).parse().unwrap();
            let early: chrono::NaiveDate = "2026-12-31".parse().unwrap();
            assert!((late - early).num_days() <= days(kept), "{kept} goes too early");
        }
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let text = include_str!("../../../seeds/reference/retention.toml");
        for (from, to, path) in [
            ("days = 180", "days = 0", "rule[6].days"),
            ("days = 366", "days = 29", "rule[0].days"),
            ("days = 30\n", "days = 0\n", "rule[1].days"),
            (
                "\"caller_without_case\"    # as a case\ndays = 731",
                "\"caller_without_case\"\ndays = 29",
                "rule[2].days",
            ),
            ("referral texts and photos\ndays = 731", "referral texts and photos\ndays = 1", "rule[3].days"),
            (
                "referral texts and photos\ndays = 731",
                "referral texts and photos\ndays = 1828",
                "rule[5].days",
            ),
            (
                "referral texts and photos\ndays = 731",
                "referral texts and photos\ndays = 2558",
                "rule[4].days",
            ),
            ("days = 2557", "days = 2556", "rule[4].days"),
            ("days = 1827", "days = 1095", "rule[5].days"),
            ("days = 366                      # the text", "days = 6 # the text", "rule[10].days"),
            ("days = 1096", "days = 365", "rule[9].days"),
            ("kept = \"position\" ", "kept = \"photo\" ", "rule[7].kept"),
            ("kept = \"position\" ", "kept = \"photo\" ", "rule"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let errors = parse(Document::new(Dataset::Retention, changed.as_bytes()).unwrap()).unwrap_err();
            assert!(errors.iter().any(|error| error.path.as_deref() == Some(path)), "{from}: {errors:?}");
        }
    }
}
