//! What newer reference data owe to what is in force: no year of holidays goes missing, a text that was issued stays, and
//! what they name exists.

use std::ops::RangeInclusive;

use super::{
    ConsentTexts, Documents, Reference, document,
    document::Findings,
    embedded::Dataset,
    error::{ReferenceError, ReferenceErrors},
};
use crate::domain::place::JisCode;

/// What newer reference data are held against.
pub struct Predecessor<'a> {
    /// The years whose holidays are in force (T-02); nothing, where what is in force cannot be read any more.
    pub holiday_years: Option<RangeInclusive<i32>>,
    /// The texts that were issued here; nothing, where none was yet.
    pub consent_texts: Option<&'a ConsentTexts>,
    /// Whether the gazetteer has a municipality.
    pub is_known: &'a dyn Fn(&JisCode) -> bool,
}

impl Reference {
    /// Refuses data that take away what is in force, or name a municipality that there is not.
    pub fn succeed(
        &self,
        documents: &Documents<'_>,
        predecessor: &Predecessor<'_>,
    ) -> Result<(), ReferenceErrors> {
        let holidays =
            within(documents, Dataset::Holidays, |findings| self.keep_years(findings, predecessor));
        let dispatch =
            within(documents, Dataset::Dispatch, |findings| self.know_places(findings, predecessor));
        let texts =
            within(documents, Dataset::ConsentTexts, |findings| self.keep_texts(findings, predecessor));
        let errors: Vec<_> = holidays.into_iter().chain(dispatch).chain(texts).collect();
        if errors.is_empty() { Ok(()) } else { Err(ReferenceErrors::first_of(errors)) }
    }

    fn keep_years(&self, findings: &mut Findings<'_>, predecessor: &Predecessor<'_>) {
        let kept = self.holidays.years();
        let missing: Vec<_> = predecessor
            .holiday_years
            .clone()
            .into_iter()
            .flatten()
            .filter(|year| !kept.contains(year))
            .collect();
        if let (Some(first), Some(last)) = (missing.first(), missing.last()) {
            let message = format!(
                "the holidays from {first} to {last} are in force and missing here; expected them too"
            );
            findings.refuse("day", message);
        }
    }

    /// Reports name the text that was read out: a version that was issued stays, word by word (G-05).
    fn keep_texts(&self, findings: &mut Findings<'_>, predecessor: &Predecessor<'_>) {
        let lost = predecessor.consent_texts.map(|before| before.lost_in(&self.consent_texts));
        if let Some(lost) = lost.filter(|lost| !lost.is_empty()) {
            let lost = lost.join(", ");
            findings.refuse("text", format!("{lost} was issued and stays as it is; make a new version"));
        }
    }

    fn know_places(&self, findings: &mut Findings<'_>, predecessor: &Predecessor<'_>) {
        for (at, code) in self.dispatch.roster.lint_municipalities.iter().enumerate() {
            if !(predecessor.is_known)(code) {
                let message = format!("there is no municipality '{code}'; expected a code of the gazetteer");
                findings.refuse(format!("roster.lint_municipalities[{at}]"), message);
            }
        }
    }
}

fn within(
    documents: &Documents<'_>,
    dataset: Dataset,
    check: impl FnOnce(&mut Findings<'_>),
) -> Vec<ReferenceError> {
    match document(documents, dataset) {
        Ok(document) => {
            let mut findings = Findings::new(document);
            check(&mut findings);
            findings.finish()
        }
        Err(error) => vec![error],
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::domain::reference::embedded_documents;

    fn refused(dataset: Dataset, text: &str) -> Option<String> {
        let mut documents = embedded_documents();
        documents.insert(dataset, Cow::Owned(text.as_bytes().to_vec()));
        let reference = Reference::from_documents(&documents).unwrap();
        let is_known = |code: &JisCode| code.as_str() == "23106";
        let predecessor =
            Predecessor { holiday_years: Some(2024..=2028), consent_texts: None, is_known: &is_known };
        reference.succeed(&documents, &predecessor).err().map(|errors| errors.to_string())
    }

    #[test]
    fn no_year_of_holidays_goes_missing() {
        let text = include_str!("../../../seeds/reference/holidays.toml");
        assert_eq!(refused(Dataset::Holidays, text), None);
        let cut = text.split_once("[[day]]\ndate = 2027-").unwrap().0;
        let told = refused(Dataset::Holidays, cut).unwrap();
        assert!(
            told.starts_with("holidays line ") && told.contains("day: the holidays from 2027 to 2028"),
            "{told}"
        );
    }

    #[test]
    fn a_municipality_that_there_is_not_is_refused() {
        let text = include_str!("../../../seeds/reference/dispatch.toml");
        let with = |code: &str| {
            text.replace("lint_municipalities = []", &format!("lint_municipalities = [\"{code}\"]"))
        };
        assert_eq!(refused(Dataset::Dispatch, &with("23106")), None);
        let told = refused(Dataset::Dispatch, &with("99999")).unwrap();
        let line = 1 + text.lines().position(|line| line.starts_with("lint_municipalities")).unwrap();
        assert!(told.starts_with(&format!("dispatch line {line} roster.lint_municipalities[0]: ")), "{told}");
    }
}
