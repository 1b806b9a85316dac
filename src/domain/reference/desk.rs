//! Reads `desks.toml`: offices and their opening hours (section 6.2).

use serde::Deserialize;

use super::codes::{DeskId, LanguageTag, ProgrammeId};
use super::document::{Document, Findings};
use super::error::ReferenceError;
use super::zone::Zone;
use crate::domain::calendar::{Hours, Timetable};
use crate::domain::text_enum::text_enum;

/// An office people turn to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// Its id.
    pub id: DeskId,
    /// The programme it belongs to.
    pub programme: ProgrammeId,
    /// Who runs it.
    pub operator_ja: String,
    /// Whom it is for.
    #[serde(rename = "for")]
    pub audience: Audience,
    /// What it is for, as printed or as call categories.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Phone number as printed.
    pub phone: Option<String>,
    /// Second phone number as printed.
    pub phone_alt: Option<String>,
    /// Fax number as printed.
    pub fax: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Address of a chat; empty means that the desk is off (H-01).
    pub url: Option<String>,
    /// Whether the caller pays for the call.
    #[serde(default)]
    pub call_charge: bool,
    /// Languages printed for it.
    #[serde(default)]
    pub languages: Vec<LanguageTag>,
    /// Set where the hours depend on the language.
    pub language_windows: Option<LanguageWindows>,
    /// Closures announced elsewhere, in words.
    #[serde(default)]
    pub extra_closures: Vec<String>,
    /// The hours as printed.
    pub printed_ja: String,
    /// The hours.
    pub hours: Hours,
}

text_enum! {
    /// Whom a desk is for.
    pub enum Audience("audience of a desk") {
        /// The worker.
        Worker = "worker",
        /// The employer.
        HostCompany = "host_company",
        /// Those who deal with the insurer.
        InsurerContact = "insurer_contact",
        /// Anybody.
        Anyone = "anyone",
        /// The policyholder.
        Policyholder = "policyholder",
        /// Somebody with a complaint.
        Complaint = "complaint",
        /// A participant or the organisation that employs one.
        ParticipantOrContractingOrganisation = "participant_or_contracting_organisation",
        /// The organisation that employs a participant.
        ContractingOrganisation = "contracting_organisation",
    }
}

text_enum! {
    /// Where the hours by language stand.
    pub enum LanguageWindows("place of language hours") {
        /// In the language data set.
        Languages = "languages.toml",
    }
}

/// The desks, with their timetables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desks {
    desks: Vec<Desk>,
    timetables: Vec<Timetable>,
}

impl Desks {
    /// The desk of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Desk> {
        self.desks.iter().find(|desk| desk.id.as_str() == id)
    }

    /// When the desk of that id is open.
    #[must_use]
    pub fn timetable(&self, id: &str) -> Option<&Timetable> {
        let at = self.desks.iter().position(|desk| desk.id.as_str() == id)?;
        self.timetables.get(at)
    }

    /// Every desk, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Desk] {
        &self.desks
    }
}

pub(super) fn parse(document: Document<'_>) -> Result<Desks, Vec<ReferenceError>> {
    let file: DesksFile = document.parse().map_err(|error| vec![error])?;
    let Zone::Tokyo = file.timezone;
    let mut findings = Findings::new(document);
    let ids = file.desk.iter().enumerate().map(|(at, desk)| (format!("desk[{at}].id"), &desk.id));
    findings.refuse_repeats(ids);
    let mut timetables = Vec::with_capacity(file.desk.len());
    for (at, desk) in file.desk.iter().enumerate() {
        check_texts(at, desk, &mut findings);
        match resolve(&desk.id, &file.desk, &mut Vec::new()) {
            Ok(timetable) => timetables.push(timetable),
            Err(message) => findings.refuse(format!("desk[{at}].hours.of"), message),
        }
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(Desks { desks: file.desk, timetables }) } else { Err(errors) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesksFile {
    timezone: Zone,
    desk: Vec<Desk>,
}

fn check_texts(at: usize, desk: &Desk, findings: &mut Findings<'_>) {
    let Desk { id, programme, .. } = desk;
    if !id.as_str().starts_with(programme.as_str()) {
        findings.refuse(
            format!("desk[{at}].programme"),
            format!("is '{programme}', but the desk is '{id}'; expected the programme the id begins with"),
        );
    }
    findings.refuse_blank(format!("desk[{at}].operator_ja"), &desk.operator_ja);
    findings.refuse_blank(format!("desk[{at}].printed_ja"), &desk.printed_ja);
    for (key, number) in [("phone", &desk.phone), ("phone_alt", &desk.phone_alt), ("fax", &desk.fax)] {
        if number.as_deref().is_some_and(|number| !is_japanese_number(number)) {
            findings.refuse(format!("desk[{at}].{key}"), "expected a number as printed, as in 03-5550-0100");
        }
    }
    if desk.email.as_deref().is_some_and(|mail| mail.split('@').filter(|part| !part.is_empty()).count() != 2)
    {
        findings.refuse(format!("desk[{at}].email"), "expected a mail address, as in desk@example.jp");
    }
}

/// Ten or eleven digits beginning with 0, with hyphens.
fn is_japanese_number(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    number.starts_with('0')
        && (10..=11).contains(&digits)
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The timetable of `id`; `asked` holds the desks that led here, so that a circle is seen.
fn resolve<'a>(id: &'a DeskId, desks: &'a [Desk], asked: &mut Vec<&'a DeskId>) -> Result<Timetable, String> {
    if asked.contains(&id) {
        return Err(format!("'{id}' is open while it is closed itself; expected no circle of desks"));
    }
    let desk = desks.iter().find(|desk| desk.id == *id);
    let desk = desk.ok_or_else(|| format!("there is no desk '{id}'; expected the id of a desk"))?;
    match &desk.hours {
        Hours::Always => Ok(Timetable::Always),
        Hours::Unspecified => Ok(Timetable::Unspecified),
        Hours::Windows(windows) => Ok(Timetable::Windows(windows.clone())),
        Hours::ComplementOf { of, .. } => {
            asked.push(id);
            let others = of.iter().map(|other| resolve(other, desks, asked)).collect::<Result<_, _>>()?;
            asked.pop();
            Ok(Timetable::Outside(others))
        }
    }
}
