//! Reference data: terms, desks, languages, holidays, job codes, hazards, places. Texts in, checked types out;
//! nothing here opens a file.

pub mod basis;
mod check;
pub mod codes;
pub mod common_area;
pub mod consent_texts;
pub mod desk;
pub mod dispatch;
mod document;
pub mod embedded;
pub mod errata;
pub mod error;
pub mod evidence;
pub mod gaps;
pub mod gazetteer;
pub mod hazards;
mod holidays;
pub mod job_codes;
pub mod languages;
pub mod liability_triage;
pub mod out_of_scope;
pub mod outlines;
pub mod programme;
mod retention;
mod succession;
pub mod zone;

#[cfg(test)]
mod corrupted;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use codes::{DeskId, HazardId, JobCode, LanguageTag, ProgrammeId, SpecialWorkCode};
pub use common_area::CommonArea;
pub use consent_texts::{ConsentText, ConsentTexts};
pub use desk::{Desk, Desks};
pub use dispatch::Dispatch;
pub use embedded::{DATASETS, Dataset, Form};
pub use errata::Erratum;
pub use error::{ReferenceError, ReferenceErrors};
pub use evidence::EvidenceNeeds;
pub use gazetteer::{Gazetteer, Municipality, Town};
pub use hazards::{Hazard, Hazards};
pub use job_codes::{Handling, JobCodes, JobKind, SpecialWork};
pub use languages::{Language, Languages};
pub use liability_triage::LiabilityTriage;
pub use out_of_scope::OutOfScope;
pub use outlines::{Outline, Outlines};
pub use programme::{CallOut, Cover};
pub use succession::Predecessor;

use crate::domain::{calendar::Holidays, retention::Retention};
use document::Document;

/// The TOML documents to read, by data set.
pub type Documents<'a> = BTreeMap<Dataset, Cow<'a, [u8]>>;

/// The documents that come with the program. Replace single ones with `insert`.
#[must_use]
pub fn embedded_documents() -> Documents<'static> {
    let toml = DATASETS.iter().filter(|dataset| dataset.form() == Form::Toml);
    toml.map(|dataset| (*dataset, Cow::Borrowed(dataset.embedded()))).collect()
}

/// All reference data but the places: read together, checked against each other, never changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    call_out: CallOut,
    covers: Vec<Cover>,
    desks: Desks,
    languages: Languages,
    holidays: Holidays,
    job_codes: JobCodes,
    out_of_scope: OutOfScope,
    common_area: CommonArea,
    hazards: Hazards,
    dispatch: Dispatch,
    evidence: EvidenceNeeds,
    consent_texts: ConsentTexts,
    retention: Retention,
    liability_triage: LiabilityTriage,
    errata: Vec<Erratum>,
}

impl Reference {
    /// Reads every document: all of them, or none and what is wrong.
    pub fn from_documents(documents: &Documents<'_>) -> Result<Self, ReferenceErrors> {
        let mut reading = Reading { documents, errors: Vec::new() };
        let call_out = reading.read(Dataset::Programme000, programme::call_out);
        let covers: Option<Vec<_>> =
            COVERS.map(|dataset| reading.read(dataset, programme::cover)).into_iter().collect();
        let desks = reading.read(Dataset::Desks, desk::parse);
        let languages = reading.read(Dataset::Languages, languages::parse);
        let holidays = reading.read(Dataset::Holidays, holidays::parse);
        let job_codes = reading.read(Dataset::JobCodes, job_codes::parse);
        let out_of_scope = reading.read(Dataset::OutOfScope, out_of_scope::parse);
        let common_area = reading.read(Dataset::CommonArea, common_area::parse);
        let hazards = reading.read(Dataset::Hazards, hazards::parse);
        let house_rules = reading.house_rules();
        let triage = reading.read(Dataset::LiabilityTriage, liability_triage::parse);
        let errata = reading.read(Dataset::Errata, errata::parse);
        let (
            Some(call_out),
            Some(covers),
            Some(desks),
            Some(languages),
            Some(holidays),
            Some(job_codes),
            Some(out_of_scope),
            Some(common_area),
            Some(hazards),
            Some((dispatch, evidence, consent_texts, retention)),
            Some(liability_triage),
            Some(errata),
        ) = (
            call_out,
            covers,
            desks,
            languages,
            holidays,
            job_codes,
            out_of_scope,
            common_area,
            hazards,
            house_rules,
            triage,
            errata,
        )
        else {
            return Err(ReferenceErrors::first_of(reading.errors));
        };
        let reference = Self {
            call_out,
            covers,
            desks,
            languages,
            holidays,
            job_codes,
            out_of_scope,
            common_area,
            hazards,
            dispatch,
            evidence,
            consent_texts,
            retention,
            liability_triage,
            errata,
        };
        let errors = check::across(&reference, documents);
        if errors.is_empty() { Ok(reference) } else { Err(ReferenceErrors::first_of(errors)) }
    }

    /// The reference data that comes with the program.
    pub fn embedded() -> Result<Self, ReferenceErrors> {
        Self::from_documents(&embedded_documents())
    }

    /// The programme that sends people out.
    #[must_use]
    pub fn call_out(&self) -> &CallOut {
        &self.call_out
    }

    /// The programmes that pay for damage, by id.
    #[must_use]
    pub fn covers(&self) -> &[Cover] {
        &self.covers
    }

    /// The Japanese name of a programme of either kind.
    #[must_use]
    pub fn programme_name_ja(&self, id: &str) -> Option<&str> {
        let covers = self.covers.iter().map(|cover| (&cover.id, &cover.name_ja));
        let mut all = covers.chain([(&self.call_out.id, &self.call_out.name_ja)]);
        all.find(|(known, _)| known.as_str() == id).map(|(_, name)| name.as_str())
    }

    /// The desks.
    #[must_use]
    pub fn desks(&self) -> &Desks {
        &self.desks
    }

    /// The languages of the worker line.
    #[must_use]
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The holidays.
    #[must_use]
    pub fn holidays(&self) -> &Holidays {
        &self.holidays
    }

    /// The kinds of trouble and of special work.
    #[must_use]
    pub fn job_codes(&self) -> &JobCodes {
        &self.job_codes
    }

    /// What nobody is sent for, and whom to ask.
    #[must_use]
    pub fn out_of_scope(&self) -> &OutOfScope {
        &self.out_of_scope
    }

    /// Private or common: the decision aid.
    #[must_use]
    pub fn common_area(&self) -> &CommonArea {
        &self.common_area
    }

    /// The hazards.
    #[must_use]
    pub fn hazards(&self) -> &Hazards {
        &self.hazards
    }

    /// How jobs are offered, watched and planned.
    #[must_use]
    pub fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    /// Pictures that should be on file of a job.
    #[must_use]
    pub fn evidence(&self) -> &EvidenceNeeds {
        &self.evidence
    }

    /// What is read to somebody before they answer.
    #[must_use]
    pub fn consent_texts(&self) -> &ConsentTexts {
        &self.consent_texts
    }

    /// How long what is kept.
    #[must_use]
    pub fn retention(&self) -> &Retention {
        &self.retention
    }

    /// What to ask about a liability incident.
    #[must_use]
    pub fn liability_triage(&self) -> &LiabilityTriage {
        &self.liability_triage
    }

    /// Errors and gaps of the printed sources.
    #[must_use]
    pub fn errata(&self) -> &[Erratum] {
        &self.errata
    }
}

const COVERS: [Dataset; 4] =
    [Dataset::Programme001, Dataset::Programme002, Dataset::Programme003, Dataset::Programme004];

/// One reading of all documents, with everything found wrong so far.
struct Reading<'a> {
    documents: &'a Documents<'a>,
    errors: Vec<ReferenceError>,
}

impl<'a> Reading<'a> {
    /// What the office decides by itself: how jobs are offered, what is photographed and read out, how long what is kept.
    fn house_rules(&mut self) -> Option<(Dispatch, EvidenceNeeds, ConsentTexts, Retention)> {
        let dispatch = self.read(Dataset::Dispatch, dispatch::parse);
        let evidence = self.read(Dataset::Evidence, evidence::parse);
        let consent_texts = self.read(Dataset::ConsentTexts, consent_texts::parse);
        let retention = self.read(Dataset::Retention, retention::parse);
        Some((dispatch?, evidence?, consent_texts?, retention?))
    }

    fn read<T>(
        &mut self,
        dataset: Dataset,
        parse: impl FnOnce(Document<'a>) -> Result<T, Vec<ReferenceError>>,
    ) -> Option<T> {
        match document(self.documents, dataset).map_err(|error| vec![error]).and_then(parse) {
            Ok(value) => Some(value),
            Err(errors) => {
                self.errors.extend(errors);
                None
            }
        }
    }
}

fn document<'a>(documents: &'a Documents<'_>, dataset: Dataset) -> Result<Document<'a>, ReferenceError> {
    let bytes = documents.get(&dataset).ok_or_else(|| missing(dataset))?;
    Document::new(dataset, bytes)
}

fn missing(dataset: Dataset) -> ReferenceError {
    ReferenceError { dataset, line: None, path: None, message: "is missing; expected a document".to_owned() }
}
