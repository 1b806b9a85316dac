//! A CSV file as rows of named cells. UTF-8, with or without byte order mark; lines may end in LF or CRLF.

use std::{collections::BTreeMap, fmt::Display};

use super::{BYTES_MAX, Failure, ROWS_MAX};
use crate::{
    app::imports::place,
    domain::{refusal::FieldError, typed},
};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Separates the parts of a cell that holds several.
const SEPARATOR: char = ';';
/// Parts of one cell at most.
const PARTS_MAX: usize = 2_000;

/// What is wrong with a file, so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<FieldError>);

impl Problems {
    pub(super) fn add(&mut self, line: u64, column: &str, message: impl Display) {
        self.0.push(FieldError { field: place(line, column), message: message.to_string() });
    }

    /// What was read, if nothing is wrong.
    pub(super) fn finish<T>(self, read: T) -> Result<T, Failure> {
        if self.0.is_empty() { Ok(read) } else { Err(Failure::Problems(self.0)) }
    }
}

/// The columns a file may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

/// One row: what its cells say, trimmed; an empty cell says nothing.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    cells: BTreeMap<&'static str, String>,
}

/// Reads the rows of a file; what cannot be read at all is a problem, and the rest is read on.
pub(super) fn read(file: &[u8], columns: Columns, problems: &mut Problems) -> Vec<Row> {
    if file.len() > BYTES_MAX {
        problems.add(1, "-", format!("the file is longer than {BYTES_MAX} bytes"));
        return Vec::new();
    }
    let file = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut records = reader.byte_records();
    let Some(Ok(header)) = records.next() else {
        problems.add(1, "-", "the file is empty; the first line names the columns");
        return Vec::new();
    };
    let Some(names) = header_of(&header, columns, problems) else { return Vec::new() };
    let mut rows = Vec::new();
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.add(line, "-", format!("cannot be read: {error}"));
                break;
            }
        };
        let line = record.position().map_or(0, |position| line_of(file, position));
        if rows.len() == ROWS_MAX {
            problems.add(line, "-", format!("the file has more than {ROWS_MAX} rows"));
            break;
        }
        if record.len() != names.len() {
            let message = format!("has {} cells; the first line names {}", record.len(), names.len());
            problems.add(line, "-", message);
            continue;
        }
        rows.extend(row_of(line, &record, &names, problems));
    }
    rows
}

/// The line a record begins in, as an editor counts: the reader counts from the empty lines before it.
fn line_of(file: &[u8], position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).ok().and_then(|start| file.get(start..)).unwrap_or_default();
    let empty = start.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + empty.map(|_| 1).sum::<u64>()
}

/// The columns in the order of the file.
fn header_of(
    header: &csv::ByteRecord,
    columns: Columns,
    problems: &mut Problems,
) -> Option<Vec<&'static str>> {
    let known = || columns.required.iter().chain(columns.optional).copied();
    let mut names = Vec::new();
    let mut sound = true;
    for cell in header {
        let given = String::from_utf8_lossy(cell).trim().to_owned();
        match known().find(|name| *name == given) {
            Some(name) if !names.contains(&name) => names.push(name),
            Some(name) => {
                problems.add(1, name, "is there twice");
                sound = false;
            }
            None => {
                let known = known().collect::<Vec<_>>().join(", ");
                problems.add(1, &printable(&given), format!("no such column; known: {known}"));
                sound = false;
            }
        }
    }
    for name in columns.required.iter().filter(|name| !names.contains(name)) {
        problems.add(1, name, "is missing");
        sound = false;
    }
    sound.then_some(names)
}

fn row_of(
    line: u64,
    record: &csv::ByteRecord,
    names: &[&'static str],
    problems: &mut Problems,
) -> Option<Row> {
    let mut cells = BTreeMap::new();
    let mut sound = true;
    for (name, cell) in names.iter().zip(record) {
        match std::str::from_utf8(cell).map(str::trim) {
            Ok("") => {}
            Ok(text) => _ = cells.insert(*name, text.to_owned()),
            Err(_) => {
                problems.add(line, name, "is not UTF-8; save the file as CSV in UTF-8");
                sound = false;
            }
        }
    }
    sound.then_some(Row { line, cells })
}

impl Row {
    /// What a cell says, read as `T`; nothing when it is empty, or wrong: then that is a problem.
    pub(super) fn optional<T, E: Display>(
        &self,
        column: &str,
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match read(self.cells.get(column)?) {
            Ok(value) => Some(value),
            Err(error) => {
                problems.add(self.line, column, error);
                None
            }
        }
    }

    /// What a cell says, read as `T`; nothing when it is wrong, or empty: either is a problem.
    pub(super) fn required<T, E: Display>(
        &self,
        column: &str,
        problems: &mut Problems,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !self.cells.contains_key(column) {
            problems.add(self.line, column, "is empty");
        }
        self.optional(column, problems, read)
    }

    /// The parts of a cell, each read as `T`; every wrong one is a problem.
    pub(super) fn list<T, E: Display>(
        &self,
        column: &str,
        problems: &mut Problems,
        most: usize,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let Some(cell) = self.cells.get(column) else { return Vec::new() };
        let parts: Vec<_> = cell.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty()).collect();
        let most = most.min(PARTS_MAX);
        if parts.len() > most {
            problems.add(self.line, column, format!("has {} parts; at most {most}", parts.len()));
            return Vec::new();
        }
        let mut read_ones = Vec::with_capacity(parts.len());
        for part in parts {
            match read(part) {
                Ok(value) => read_ones.push(value),
                Err(error) => problems.add(self.line, column, error),
            }
        }
        read_ones
    }
}

/// Text a person typed: 1 to `most` characters, nothing that steers a screen.
pub(super) fn text(most: usize) -> impl Fn(&str) -> Result<String, String> {
    move |text| {
        let text = typed::composed(text).unwrap_or_else(|| text.to_owned());
        if text.chars().any(typed::steers) || typed::is_blank(&text) {
            return Err("must not contain control characters, nor any that nobody sees".to_owned());
        }
        if text.chars().count() > most {
            return Err(format!("must be at most {most} characters"));
        }
        Ok(text)
    }
}

/// A value of the domain that is made of a text.
pub(super) fn from_text<T: TryFrom<String>>(text: &str) -> Result<T, T::Error> {
    T::try_from(text.to_owned())
}

fn printable(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { required: &["key", "name"], optional: &["areas"] };

    fn problems(file: &[u8]) -> Vec<String> {
        let mut problems = Problems::default();
        read(file, COLUMNS, &mut problems);
        problems.0.iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect()
    }

    #[test]
    fn a_byte_order_mark_and_either_end_of_line_are_taken() {
        for file in [
            "key,name\nk1,甲\n\nk2,\"乙\n丙\"\nk3,丁\n".as_bytes().to_vec(),
            "\u{feff}name,key\r\n甲,k1\r\n\r\n\"乙\r\n丙\",k2\r\n 丁 , k3\r\n".as_bytes().to_vec(),
        ] {
            let mut found = Problems::default();
            let rows = read(&file, COLUMNS, &mut found);
            let keys: Vec<_> = rows.iter().map(|row| (row.line, row.cells["key"].as_str())).collect();
            assert_eq!(keys, [(2, "k1"), (4, "k2"), (6, "k3")], "lines as an editor counts them");
            assert_eq!(rows[2].cells["name"], "丁");
            assert!(found.0.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        assert_eq!(problems(b""), ["line 1, column -: the file is empty; the first line names the columns"]);
        assert_eq!(
            problems(b"key,colour,key\n"),
            [
                "line 1, column colour: no such column; known: key, name, areas",
                "line 1, column key: is there twice",
                "line 1, column name: is missing",
            ]
        );
        assert_eq!(
            problems(b"key,name\na,b\nc\nd,\x93\xfa\ne,f,g\n"),
            [
                "line 3, column -: has 1 cells; the first line names 2",
                "line 4, column name: is not UTF-8; save the file as CSV in UTF-8",
                "line 5, column -: has 3 cells; the first line names 2",
            ]
        );
        let long = format!("key,name\n{}", "a,b\n".repeat(ROWS_MAX + 1));
        assert_eq!(problems(long.as_bytes()), ["line 20002, column -: the file has more than 20000 rows"]);
        assert_eq!(problems(&vec![b'a'; BYTES_MAX + 1]).len(), 1);
    }
}
