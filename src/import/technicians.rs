//! Technicians: a row each, known by the office's key. Their weekly shifts are a file of their own.

use std::collections::BTreeMap;

use super::{
    Failure,
    sheet::{self, Columns, Problems, from_text, text},
};
use crate::{
    app::{
        imports::{Row, TechnicianRow},
        technicians::Profile,
    },
    domain::{
        firms::{OfficeKey, Standing},
        phone::Phone,
        place::Point,
        reference::JobCode,
        roster::Roster,
        tools::{OpeningAuthority, Tool},
        trade::Trade,
    },
};

const COLUMNS: Columns = Columns {
    required: &["key", "firm_key", "name", "phone", "lat", "lon", "trades"],
    optional: &["languages", "tools", "opening_tools", "job_codes", "badge_number", "state"],
};

pub(super) fn read(file: &[u8]) -> Result<Vec<Row<TechnicianRow>>, Failure> {
    let mut problems = Problems::default();
    let (mut rows, mut lines) = (Vec::new(), BTreeMap::new());
    for row in sheet::read(file, COLUMNS, &mut problems) {
        let technician = technician(&row, &mut problems);
        if let Some(key) = row.optional("key", &mut Problems::default(), from_text::<OfficeKey>)
            && let Some(before) = lines.insert(key, row.line)
        {
            problems.add(row.line, "key", format!("stands in line {before} already"));
        }
        rows.extend(technician.map(|value| Row { line: row.line, value }));
    }
    problems.finish(rows)
}

fn technician(row: &sheet::Row, problems: &mut Problems) -> Option<TechnicianRow> {
    let key: Option<OfficeKey> = row.required("key", problems, from_text);
    let firm_key: Option<OfficeKey> = row.required("firm_key", problems, from_text);
    let name = row.required("name", problems, text(100));
    let phone: Option<Phone> = row.required("phone", problems, from_text);
    let lat = row.required("lat", problems, degrees(20.0, 46.0));
    let lon = row.required("lon", problems, degrees(122.0, 154.0));
    row.required("trades", problems, |_| Ok::<_, String>(()));
    let trades: Vec<Trade> = row.list("trades", problems, 10, str::parse);
    let languages = row.list("languages", problems, 20, text(35));
    let tools: Vec<Tool> = row.list("tools", problems, 10, str::parse);
    let authority = row.optional("opening_tools", problems, str::parse);
    let job_codes: Vec<JobCode> = row.list("job_codes", problems, 50, str::parse);
    let badge_number = row.optional("badge_number", problems, text(40));
    let state = row.optional("state", problems, str::parse).unwrap_or(Standing::Active);
    let profile = Profile {
        key: Some(key?),
        name: name?,
        phone: phone?,
        base: Point::in_japan(lat?, lon?).ok()?,
        trades,
        job_codes,
        tools,
        opening_tools: authority.unwrap_or(OpeningAuthority::NotAuthorised),
        badge_number,
        languages,
        shifts: Roster::default(),
        state,
    };
    Some(TechnicianRow { firm_key: firm_key?, profile })
}

/// Degrees of a place in Japan (G-13).
fn degrees(least: f64, most: f64) -> impl Fn(&str) -> Result<f64, String> {
    move |text| {
        let number = text.parse::<f64>().ok().filter(|degrees| (least..=most).contains(degrees));
        number.ok_or_else(|| format!("'{text}' is not degrees within {least} and {most}, where Japan is"))
    }
}
