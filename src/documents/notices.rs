//! The notice to landlord or management company, and the note to the resident (section 3). Least data (Y-03): address,
//! room, symptom, photos, and who writes; nothing about eligibility, nationality or insurance.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use crate::domain::{
    referrals::{Component, Language, LesseeKind, Part, Recipient, RecipientKind, ReferralReason},
    span::Instant,
    text_enum::text_enum,
};

text_enum! {
    /// Who reads a notice.
    pub enum To("reader of a notice") {
        /// Landlord, management company, or the host company as either.
        Landlord = "landlord",
        /// The resident.
        Resident = "resident",
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Notice {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Version of its template, to be named when it is sent.
    pub template_version: String,
}

/// What a notice may say. What is not known is left out and said to be unknown.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// Number of the case.
    pub case_no: &'a str,
    /// Whether the centre writes, with consent, or the resident himself.
    pub by_centre: bool,
    /// The resident.
    pub resident: Option<&'a str>,
    /// His telephone, for what he writes himself.
    pub resident_phone: Option<&'a str>,
    /// In which language he can be spoken to.
    pub language: &'a str,
    /// Building.
    pub property: Option<&'a str>,
    /// Room.
    pub room: Option<&'a str>,
    /// Address up to the block.
    pub address: Option<&'a str>,
    /// When it was reported.
    pub noticed_at: Instant,
    /// When the notice is written.
    pub written_at: Instant,
    /// What is broken.
    pub component: Component,
    /// Whose part it seems to be.
    pub part: Part,
    /// Why it is told.
    pub reason: ReferralReason,
    /// What happens.
    pub symptom: Option<&'a str>,
    /// What was done meanwhile, when, by whom.
    pub stop_gap: Option<(&'a str, Option<Instant>, Option<&'a str>)>,
    /// Who rents.
    pub lessee_kind: LesseeKind,
    /// Who is told.
    pub recipients: &'a [Recipient],
    /// Photos.
    pub photos: usize,
    /// The service: name and telephone.
    pub centre: (&'a str, &'a str),
    /// What was charged so far, in yen.
    pub charges_yen: i64,
}

/// The templates, by reader and language.
const TEMPLATES: &[(To, Language, &str)] = &[
    (To::Landlord, Language::Ja, include_str!("templates/landlord.ja.txt")),
    (To::Landlord, Language::En, include_str!("templates/landlord.en.txt")),
    (To::Landlord, Language::Easy, include_str!("templates/landlord.ja-x-easy.txt")),
    (To::Resident, Language::Ja, include_str!("templates/resident.ja.txt")),
    (To::Resident, Language::En, include_str!("templates/resident.en.txt")),
    (To::Resident, Language::Easy, include_str!("templates/resident.ja-x-easy.txt")),
];
/// Raised with every change of a template.
const VERSION: u32 = 1;

/// A template that asks for something there is not: a defect of the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a notice's template is wrong at '{0}'")]
pub struct BadTemplate(String);

/// The notice for a reader, in a language.
pub fn notice(to: To, language: Language, facts: &Facts<'_>) -> Result<Notice, BadTemplate> {
    let (.., template) = TEMPLATES
        .iter()
        .find(|(reader, tongue, _)| (*reader, *tongue) == (to, language))
        .ok_or_else(|| BadTemplate(format!("{to} {language}")))?;
    let values = values(language, facts);
    let mut text = String::new();
    for line in template.lines() {
        if let Some(line) = chosen(line, facts) {
            writeln!(text, "{}", filled(line, &values)?).map_err(|_| BadTemplate(line.to_owned()))?;
        }
    }
    let (head, body) = text.split_once('\n').ok_or_else(|| BadTemplate(text.clone()))?;
    let (_, subject) = head.split_once(": ").ok_or_else(|| BadTemplate(head.to_owned()))?;
    Ok(Notice {
        subject: subject.to_owned(),
        text: body.trim_start_matches('\n').to_owned(),
        template_version: format!("referral-{to}-{language}/{VERSION}"),
    })
}

/// The line without its mark, when it is for this notice.
fn chosen<'t>(line: &'t str, facts: &Facts<'_>) -> Option<&'t str> {
    let host = facts.lessee_kind == LesseeKind::HostCompany;
    for (mark, wanted) in [("[centre]", facts.by_centre), ("[resident]", !facts.by_centre), ("[host]", host)]
    {
        if let Some(line) = line.strip_prefix(mark) {
            return wanted.then_some(line);
        }
    }
    Some(line)
}

/// The line with its values, in one pass: what a value says is never filled again.
fn filled(line: &str, values: &BTreeMap<&str, String>) -> Result<String, BadTemplate> {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or_else(|| BadTemplate(line.to_owned()))?;
        out.push_str(before);
        out.push_str(values.get(name).ok_or_else(|| BadTemplate(name.to_owned()))?);
        rest = after;
    }
    Ok(out + rest)
}

fn values(language: Language, facts: &Facts<'_>) -> BTreeMap<&'static str, String> {
    let known = |value: Option<&str>| value.unwrap_or(language.unknown()).to_owned();
    let of = |kinds: &[RecipientKind]| facts.recipients.iter().find(|known| kinds.contains(&known.kind));
    let host = of(&[RecipientKind::HostCompany]);
    let manager = of(&[RecipientKind::ManagementCompany]).or_else(|| of(&[RecipientKind::Landlord])).or(host);
    let name = |recipient: Option<&Recipient>| known(recipient.and_then(|known| known.name.as_deref()));
    let reach = |recipient: Option<&Recipient>| {
        let phone = recipient.and_then(|known| known.phone.as_deref());
        format!("{} {}", name(recipient), known(phone))
    };
    let callback = if facts.by_centre {
        format!("{} {}", facts.centre.0, facts.centre.1)
    } else {
        format!("{} {}", known(facts.resident), known(facts.resident_phone))
    };
    let lessee = match facts.lessee_kind {
        LesseeKind::Worker => known(facts.resident),
        LesseeKind::HostCompany | LesseeKind::HostOwned => name(host),
        LesseeKind::Unknown => language.unknown().to_owned(),
    };
    let stop_gap = facts.stop_gap.map(|(what, at, by)| {
        let at = at.map(|at| language.moment(at));
        let details: Vec<_> = at.iter().map(String::as_str).chain(by).collect();
        if details.is_empty() { what.to_owned() } else { format!("{what}({})", details.join(" ")) }
    });
    let emergency = manager.and_then(|known| known.emergency_phone.as_deref());
    BTreeMap::from([
        ("case_no", facts.case_no.to_owned()),
        ("property", known(facts.property)),
        ("room", facts.room.map_or_else(|| language.unknown().to_owned(), |room| language.room(room))),
        ("recipient", name(manager)),
        ("resident", known(facts.resident)),
        ("address", known(facts.address)),
        (
            "lessee",
            if facts.lessee_kind == LesseeKind::Unknown {
                lessee
            } else {
                format!("{lessee}({})", language.lessee(facts.lessee_kind))
            },
        ),
        ("noticed_at", language.moment(facts.noticed_at)),
        ("written_at", language.moment(facts.written_at)),
        ("component", language.component(facts.component).to_owned()),
        ("part", language.part(facts.part).to_owned()),
        ("symptom", known(facts.symptom)),
        ("stop_gap", stop_gap.unwrap_or_else(|| language.nothing_done().to_owned())),
        ("reason", language.reason(facts.reason).to_owned()),
        ("photos", facts.photos.to_string()),
        ("callback", callback),
        ("centre", format!("{} {}", facts.centre.0, facts.centre.1)),
        ("language", facts.language.to_owned()),
        ("manager", reach(manager)),
        (
            "manager_hours",
            manager.map_or_else(|| language.unknown().to_owned(), |known| language.hours(&known.hours)),
        ),
        ("manager_emergency", known(emergency)),
        ("host", reach(host)),
        ("charges", facts.charges_yen.to_string()),
    ])
}

#[cfg(test)]
mod tests;
