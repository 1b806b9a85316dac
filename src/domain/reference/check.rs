//! Checks across data sets: whatever one names, another has.

use super::document::Findings;
use super::embedded::Dataset;
use super::error::ReferenceError;
use super::{Documents, Reference, document};

/// Everything that names something that is not there.
pub(super) fn across(reference: &Reference, documents: &Documents<'_>) -> Vec<ReferenceError> {
    type Check = fn(&Reference, &mut Findings<'_>);
    let checks: [(Dataset, Check); 6] = [
        (Dataset::Programme000, language_count),
        (Dataset::Desks, desks),
        (Dataset::JobCodes, job_hazards),
        (Dataset::ConsentTexts, wording_languages),
        (Dataset::LiabilityTriage, triage),
        (Dataset::Errata, errata),
    ];
    let mut errors = Vec::new();
    for (dataset, check) in checks {
        match document(documents, dataset) {
            Ok(document) => {
                let mut findings = Findings::new(document);
                check(reference, &mut findings);
                errors.extend(findings.finish());
            }
            Err(error) => errors.push(error),
        }
    }
    errors
}

/// I-01: the printed number of languages is the number on file.
fn language_count(reference: &Reference, findings: &mut Findings<'_>) {
    let printed = reference.call_out().interpretation.language_count;
    let on_file = reference.languages().foreign().len();
    if printed != on_file {
        let message = format!("is {printed}, but {on_file} languages are on file; expected as many");
        findings.refuse("interpretation.language_count", message);
    }
}

fn desks(reference: &Reference, findings: &mut Findings<'_>) {
    for (at, desk) in reference.desks().all().iter().enumerate() {
        refuse_unknown_programme(
            reference,
            findings,
            format!("desk[{at}].programme"),
            desk.programme.as_str(),
        );
        for (nth, tag) in desk.languages.iter().enumerate() {
            if let Err(error) = reference.languages().canonical(tag.as_str()) {
                findings.refuse(format!("desk[{at}].languages[{nth}]"), error.to_string());
            }
        }
    }
}

fn job_hazards(reference: &Reference, findings: &mut Findings<'_>) {
    for (at, job) in reference.job_codes().all().iter().enumerate() {
        for (nth, hazard) in job.hazards.iter().enumerate() {
            if reference.hazards().get(hazard.as_str()).is_none() {
                let message = format!("there is no hazard '{hazard}'; expected the id of one");
                findings.refuse(format!("job[{at}].hazards[{nth}]"), message);
            }
        }
    }
}

fn wording_languages(reference: &Reference, findings: &mut Findings<'_>) {
    for (at, text) in reference.consent_texts().all().iter().enumerate() {
        for tag in text.wording.keys() {
            if reference.languages().canonical(tag.as_str()) != Ok(tag) {
                let message = "is no tag that is stored; expected one of languages".to_owned();
                findings.refuse(format!("text[{at}].wording.{tag}"), message);
            }
        }
    }
}

fn triage(reference: &Reference, findings: &mut Findings<'_>) {
    for (at, cover) in reference.liability_triage().summaries.iter().enumerate() {
        let path = format!("programme_summary[{at}]");
        refuse_unknown_programme(reference, findings, format!("{path}.id"), cover.id.as_str());
        for (nth, desk) in cover.desk.iter().enumerate() {
            if reference.desks().get(desk.as_str()).is_none() {
                let message = format!("there is no desk '{desk}'; expected the id of one");
                findings.refuse(format!("{path}.desk[{nth}]"), message);
            }
        }
    }
}

fn errata(reference: &Reference, findings: &mut Findings<'_>) {
    for (at, item) in reference.errata().iter().enumerate() {
        refuse_unknown_programme(reference, findings, format!("item[{at}].id"), item.programme());
    }
}

fn refuse_unknown_programme(reference: &Reference, findings: &mut Findings<'_>, path: String, id: &str) {
    if reference.programme_name_ja(id).is_none() {
        findings.refuse(path, format!("there is no programme '{id}'; expected the id of one"));
    }
}
