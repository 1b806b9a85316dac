//! Weekly shifts: a row each. Whoever is named in the file has afterwards exactly the shifts that stand there.

use std::collections::BTreeMap;

use super::{
    Failure,
    sheet::{self, Columns, Problems, from_text, text},
};
use crate::{
    app::imports::{Row, ShiftsRow},
    domain::{
        firms::OfficeKey,
        roster::{HolidayRule, Roster, ShiftText, WeeklyShift},
    },
};

const COLUMNS: Columns =
    Columns { required: &["technician_key", "day", "from", "to"], optional: &["holidays"] };

pub(super) fn read(file: &[u8]) -> Result<Vec<Row<ShiftsRow>>, Failure> {
    let mut problems = Problems::default();
    // In the order of the file, with the line in which each is named first.
    let mut order: Vec<(u64, OfficeKey)> = Vec::new();
    let mut shifts: BTreeMap<OfficeKey, Vec<WeeklyShift>> = BTreeMap::new();
    for row in sheet::read(file, COLUMNS, &mut problems) {
        let Some((key, shift)) = shift(&row, &mut problems) else { continue };
        if !shifts.contains_key(&key) {
            order.push((row.line, key.clone()));
        }
        shifts.entry(key).or_default().push(shift);
    }
    let mut rows = Vec::with_capacity(order.len());
    for (line, technician_key) in order {
        match Roster::new(shifts.remove(&technician_key).unwrap_or_default()) {
            Ok(shifts) => rows.push(Row { line, value: ShiftsRow { technician_key, shifts } }),
            Err(error) => problems.add(line, "technician_key", error),
        }
    }
    problems.finish(rows)
}

fn shift(row: &sheet::Row, problems: &mut Problems) -> Option<(OfficeKey, WeeklyShift)> {
    let key: Option<OfficeKey> = row.required("technician_key", problems, from_text);
    let day = row.required("day", problems, str::parse);
    let from = row.required("from", problems, text(8));
    let to = row.required("to", problems, text(8));
    let holidays = row.optional("holidays", problems, str::parse).unwrap_or(HolidayRule::Works);
    let shift = ShiftText { day: day?, from: from?, to: to?, holidays };
    match WeeklyShift::try_from(shift) {
        Ok(shift) => Some((key?, shift)),
        Err(error) => {
            problems.add(row.line, error.column(), error);
            None
        }
    }
}
