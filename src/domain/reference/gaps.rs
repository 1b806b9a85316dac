//! What the reference data leave open. The service runs all the same; whoever sets it up is told (I-05, T-02).

use chrono::{Days, NaiveDate};

use super::Reference;
use crate::domain::calendar::{Certainty, Hours};

/// How long before the last year with holidays ends it is told.
const TOLD_BEFORE: Days = Days::new(366);

/// What is not known on a day, in words.
#[must_use]
pub fn gaps(reference: &Reference, today: NaiveDate) -> Vec<String> {
    let mut gaps = Vec::new();
    let languages = reference.languages().foreign().iter();
    let open = languages.filter(|language| language.hours == Hours::Unspecified);
    let open: Vec<_> = open.map(|language| format!("{} ({})", language.en, language.tag)).collect();
    if !open.is_empty() {
        let open = open.join(", ");
        gaps.push(format!("languages: hours are not configured: {open}; the line is tried each time (I-05)"));
    }
    let desks = reference.desks().all().iter().filter(|desk| desk.hours == Hours::Unspecified);
    let desks: Vec<_> = desks.map(|desk| desk.id.as_str()).collect();
    if !desks.is_empty() {
        gaps.push(format!("desks: hours are not configured: {}", desks.join(", ")));
    }
    let soon = today.checked_add_days(TOLD_BEFORE).unwrap_or(today);
    if reference.holidays().certainty(soon) == Certainty::Unknown {
        let last = reference.holidays().iter().last().map(|holiday| holiday.date.to_string());
        let last = last.unwrap_or_default();
        gaps.push(format!(
            "holidays: none on file after {last}; later ones are read as ordinary days (T-02)"
        ));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(today: &str) -> String {
        gaps(&Reference::embedded().unwrap(), today.parse().unwrap()).join("\n")
    }

    #[test]
    fn the_languages_and_the_chat_without_hours_are_named() {
        let told = told("2026-11-22");
        for name in ["Tagalog", "Thai", "Nepali", "Hindi", "Indonesian", "Burmese", "Ukrainian"] {
            assert!(told.contains(name), "I-05, {name}: {told}");
        }
        assert!(!told.contains("Vietnamese") && !told.contains("English"), "{told}");
        assert!(told.contains("000.jbr.chat"), "H-01: {told}");
    }

    #[test]
    fn the_end_of_the_holidays_is_told_a_year_before() {
        assert!(!told("2026-11-22").contains("holidays"));
        assert!(!told("2027-12-30").contains("holidays"));
        for day in ["2028-01-01", "2028-12-31", "2029-01-08"] {
            assert!(told(day).contains("holidays: none on file after 2028-"), "T-02, {day}");
        }
    }
}
