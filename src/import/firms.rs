//! Firms: a row each, known by the office's key.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate};

use super::{
    Failure,
    sheet::{self, Columns, Problems, from_text, text},
};
use crate::{
    app::{
        firms::{AREAS_MAX, LICENCE_AREAS_MAX, LICENCES_MAX, Profile},
        imports::Row,
    },
    domain::{
        email::EmailAddress,
        firms::{FirmLicence, OfficeKey, Standing, Tier},
        offers::Addressee,
        phone::Phone,
        place::JisCode,
    },
};

const COLUMNS: Columns = Columns {
    required: &["key", "name", "phone", "areas"],
    optional: &["email", "state", "tier", "offers_to", "registration_number", "licences"],
};

pub(super) fn read(file: &[u8]) -> Result<Vec<Row<Profile>>, Failure> {
    let mut problems = Problems::default();
    let (mut rows, mut lines) = (Vec::new(), BTreeMap::new());
    for row in sheet::read(file, COLUMNS, &mut problems) {
        let profile = profile(&row, &mut problems);
        if let Some(key) = row.optional("key", &mut Problems::default(), from_text::<OfficeKey>)
            && let Some(before) = lines.insert(key, row.line)
        {
            problems.add(row.line, "key", format!("stands in line {before} already"));
        }
        rows.extend(profile.map(|value| Row { line: row.line, value }));
    }
    problems.finish(rows)
}

fn profile(row: &sheet::Row, problems: &mut Problems) -> Option<Profile> {
    let key: Option<OfficeKey> = row.required("key", problems, from_text);
    let name = row.required("name", problems, text(100));
    let phone: Option<Phone> = row.required("phone", problems, from_text);
    let email: Option<EmailAddress> = row.optional("email", problems, from_text);
    // That there is one at all is asked apart: a list says nothing when it is empty.
    row.required("areas", problems, |_| Ok::<_, String>(()));
    let areas: Vec<JisCode> = row.list("areas", problems, AREAS_MAX, str::parse);
    let state = row.optional("state", problems, str::parse).unwrap_or(Standing::Active);
    let tier = row.optional("tier", problems, tier).unwrap_or_default();
    let offers_to = row.optional("offers_to", problems, str::parse).unwrap_or(Addressee::Technician);
    let registration_number = row.optional("registration_number", problems, from_text);
    let licences = row.list("licences", problems, LICENCES_MAX, licence);
    Some(Profile {
        key: Some(key?),
        name: name?,
        phone: phone?,
        email,
        areas,
        state,
        tier,
        offers_to,
        licences,
        registration_number,
    })
}

fn tier(text: &str) -> Result<Tier, String> {
    let number: i64 = text.parse().map_err(|_| "must be a whole number from 1 to 9")?;
    Tier::try_from(number).map_err(|error| error.to_string())
}

/// `designated_water|名古屋市上下水道局|第1234号|2027-03-31|23100 23101`.
fn licence(cell: &str) -> Result<FirmLicence, String> {
    let parts: Vec<_> = cell.split('|').map(str::trim).collect();
    let [kind, utility, number, valid_to, areas] = parts[..] else {
        return Err("a licence is kind|utility|number|last day|municipalities, as in \
                    designated_water|名古屋市上下水道局|第1234号|2027-03-31|23100"
            .to_owned());
    };
    let areas: Vec<JisCode> = areas
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|error: crate::domain::place::BadDigits| error.to_string())?;
    if areas.is_empty() || areas.len() > LICENCE_AREAS_MAX {
        return Err(format!("a licence names from 1 to {LICENCE_AREAS_MAX} municipalities"));
    }
    if utility.is_empty() || number.is_empty() {
        return Err("a licence names its utility and its number".to_owned());
    }
    Ok(FirmLicence {
        kind: kind.parse().map_err(|error: crate::domain::text_enum::UnknownCode| error.to_string())?,
        utility: text(100)(utility)?,
        number: text(50)(number)?,
        areas,
        valid_to: date(valid_to)?,
    })
}

fn date(text: &str) -> Result<NaiveDate, String> {
    let date = text.parse::<NaiveDate>().ok().filter(|date| (2000..2100).contains(&date.year()));
    date.ok_or_else(|| format!("'{text}' is not a day; expected one as in 2027-03-31"))
}
