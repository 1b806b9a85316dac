//! Reads `holidays.toml` (T-02, T-04).

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use toml::value::Datetime;

use super::document::{Document, Findings};
use super::error::ReferenceError;
use crate::domain::calendar::day_class::MonthDay;
use crate::domain::calendar::{Certainty, Holiday, HolidayKind, Holidays};

pub(super) fn parse(document: Document<'_>) -> Result<Holidays, Vec<ReferenceError>> {
    let file: HolidaysFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    file.rule.check(&mut findings);
    let mut days = Vec::with_capacity(file.day.len());
    for (index, row) in file.day.into_iter().enumerate() {
        findings.refuse_blank(format!("day[{index}].ja"), &row.ja);
        match row.read() {
            Ok(day) => days.push(day),
            Err(message) => findings.refuse(format!("day[{index}].date"), message),
        }
    }
    check_years(&mut findings, &days);
    let errors = findings.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    Holidays::new(days).map_err(|wrong| {
        wrong
            .into_iter()
            .map(|wrong| document.error(format!("day[{}].date", wrong.index), wrong.message))
            .collect()
    })
}

/// The law names so many holidays of every year; with fewer, a year was cut short.
const DAYS_PER_YEAR_MIN: usize = 15;

fn check_years(findings: &mut Findings<'_>, days: &[Holiday]) {
    let mut count: BTreeMap<i32, (usize, usize)> = BTreeMap::new();
    for (at, day) in days.iter().enumerate() {
        let (_, of_year) = count.entry(day.date.year()).or_insert((at, 0));
        *of_year += 1;
    }
    for (year, (first, of_year)) in count {
        if of_year < DAYS_PER_YEAR_MIN {
            let message = format!("{year} has {of_year} holidays; expected {DAYS_PER_YEAR_MIN} or more");
            findings.refuse(format!("day[{first}].date"), message);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidaysFile {
    rule: RuleText,
    day: Vec<DayRow>,
}

/// The law in words, for people; only the year-end question has a machine-readable answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    substitute: String,
    sandwiched: String,
    year_end_is_a_holiday: bool,
    year_end_administrative: SourcedRange,
    year_end_financial: SourcedRange,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcedRange {
    from: MonthDay,
    to: MonthDay,
    source: String,
}

impl RuleText {
    fn check(&self, findings: &mut Findings<'_>) {
        findings.refuse_blank("rule.substitute", &self.substitute);
        findings.refuse_blank("rule.sandwiched", &self.sandwiched);
        if self.year_end_is_a_holiday {
            findings.refuse("rule.year_end_is_a_holiday", "is true; year-end is set per desk (T-04)");
        }
        for (key, range) in [
            ("rule.year_end_administrative", &self.year_end_administrative),
            ("rule.year_end_financial", &self.year_end_financial),
        ] {
            findings.refuse_blank(format!("{key}.source"), &range.source);
            if range.from <= range.to {
                findings.refuse(format!("{key}.from"), "does not run over New Year; expected as in 12-29");
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayRow {
    date: Datetime,
    ja: String,
    kind: HolidayKind,
    #[serde(default)]
    provisional: bool,
}

impl DayRow {
    fn read(self) -> Result<Holiday, String> {
        let certainty = if self.provisional { Certainty::Provisional } else { Certainty::Gazetted };
        Ok(Holiday { date: local_date(&self.date)?, name_ja: self.ja, kind: self.kind, certainty })
    }
}

fn local_date(given: &Datetime) -> Result<NaiveDate, String> {
    let refuse = || format!("'{given}' is not a date; expected a date alone, as in 2026-01-01");
    match given {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or_else(refuse)
        }
        _ => Err(refuse()),
    }
}
