//! Seals: what a row was when the service wrote it, as a hash in the event of the same transaction (G-12). So the chain of
//! the feed covers every row that must never change, and the head of the chain is the proof of all of them.
//!
//! Nobody seals a row by hand: each statement of the store that writes to a table named in [`FACETS`] is sealed by its own
//! text and binds ([`Sealing`]), and the event that is appended last bears what came of it. A row that anybody else has
//! written has no seal; one that somebody has changed has another one.
//!
//! A row is hashed in one form on both engines: its columns that are not null, in the order of their names, each as SQLite
//! keeps it (a whole number, a text, bytes; an instant is a text, an id is bytes), names and values preceded by their
//! length.

mod facets;

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use sha2::{Digest as _, Sha256};
use sqlx::{Encode, Postgres, Type, TypeInfo as _, encode::IsNull, postgres::PgArgumentBuffer};
use uuid::Uuid;

pub use facets::FACETS;

use crate::domain::span::Instant;

/// The columns of a row that are not null, by name.
pub type Cells = BTreeMap<String, Vec<u8>>;

/// What an event bears whose transaction has sealed nothing.
pub(super) const NONE: &str = "[]";

/// What of a table is sealed together.
#[derive(Debug)]
pub struct Facet {
    /// Its name: that of the table, or of what of it.
    pub name: &'static str,
    /// The table.
    pub table: &'static str,
    /// The columns that name a row.
    pub key: &'static [&'static str],
    columns: Columns,
    /// The rows in which this column is null are not sealed yet.
    from: Option<&'static str>,
    /// How a row may leave.
    pub leaves: Leaves,
    /// How often it may be sealed.
    pub goes: Goes,
}

/// The hash of a row that has left by an act of somebody.
pub const GONE: [u8; 32] = [0; 32];

impl Facet {
    fn is_written_once(&self) -> bool {
        self.goes == Goes::Nowhere
    }
}

/// Which columns are sealed.
#[derive(Debug)]
enum Columns {
    /// What an insertion says, but for these columns and what other facets of the table cover.
    AllBut(&'static [&'static str]),
    /// What changes later: always written together.
    Only(&'static [&'static str]),
}

/// How often what is sealed together may be another. An event that somebody has added by hand may bear any seal; what nobody
/// can do by the service is found out all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// As it was written.
    Nowhere,
    /// To its end, once.
    Once,
    /// On, and never back to what it was.
    On,
    /// To and fro.
    Freely,
}

/// How a sealed row may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    /// Never.
    Never,
    /// By an act: an event says that it is gone ([`GONE`]), and another row may come in its place.
    Told,
    /// When retention has promised so: a run that names a later instant than the row's, its key. Such a row is found by its
    /// hash, and that stays behind: the random bits of its id, which leave with it, keep anybody from guessing what it was.
    WithReadLog,
}

impl Facet {
    /// Whether it covers a column.
    fn covers(&self, column: &str) -> bool {
        let is_key = self.key.contains(&column);
        match self.columns {
            // The version of a dataset is one of its names; elsewhere it counts changes.
            Columns::AllBut(loose) => {
                is_key || column != "version" && !loose.contains(&column) && !self.changes_elsewhere(column)
            }
            Columns::Only(columns) => is_key || columns.contains(&column),
        }
    }

    /// Whether another facet of the table covers a column.
    fn changes_elsewhere(&self, column: &str) -> bool {
        let others = FACETS.iter().filter(|facet| facet.table == self.table);
        others
            .into_iter()
            .any(|facet| matches!(facet.columns, Columns::Only(columns) if columns.contains(&column)))
    }

    /// The seal of a row, given its columns that are not null.
    #[must_use]
    pub fn seal(&'static self, row: &Cells) -> Option<Seal> {
        if self.from.is_some_and(|column| !row.contains_key(column)) {
            return None;
        }
        let mut hasher = Sha256::new();
        let mut add = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        };
        add(self.name.as_bytes());
        for (column, value) in row.iter().filter(|(column, _)| self.covers(column)) {
            add(column.as_bytes());
            add(value);
        }
        Some(Seal { facet: self.name, key: self.named(row), hash: hasher.finalize().into() })
    }

    /// What says that a row is gone.
    fn gone(&self, row: &Cells) -> Seal {
        Seal { facet: self.name, key: self.named(row), hash: GONE }
    }

    /// What names a row.
    fn named(&self, row: &Cells) -> String {
        let key: Vec<_> =
            self.key.iter().filter_map(|column| row.get(*column)).map(|value| shown(value)).collect();
        key.join("/")
    }
}

/// Whether a column of a table may be written after the row was: it is not sealed, or sealed anew each time.
#[must_use]
pub fn may_change(table: &str, column: &str) -> bool {
    let mut facets = FACETS.iter().filter(|facet| facet.table == table);
    column == "version" || facets.all(|facet| !facet.is_written_once() || !facet.covers(column))
}

/// What of a sealed table an update changes without sealing it anew: a row of it would be found changed for ever. A row that is
/// written as it is, to lock it, does not change, and what is not sealed yet needs no other seal.
#[must_use]
pub fn unsealed(text: &str) -> Vec<&'static str> {
    let Some((table, set)) =
        text.trim_start().strip_prefix("UPDATE ").and_then(|rest| rest.split_once(" SET "))
    else {
        return Vec::new();
    };
    let set = set.split("WHERE").next().unwrap_or_default();
    let sealed = Sealing::of(text).map(|sealing| sealing.facets).unwrap_or_default();
    let changes = set.split(',').filter_map(|change| change.split_once('='));
    let changes = changes.map(|(column, value)| (column.trim(), value.trim()));
    let changed: Vec<_> =
        changes.filter(|(column, value)| column != value).map(|(column, _)| column).collect();
    let is_begun =
        |facet: &&Facet| facet.from.is_none_or(|column| !text.contains(&format!("{column} IS NULL")));
    FACETS
        .iter()
        .filter(|facet| facet.table == table.trim() && !facet.is_written_once())
        .filter(is_begun)
        .filter(|facet| changed.iter().any(|column| facet.covers(column) && !facet.key.contains(column)))
        .filter(|facet| sealed.iter().all(|one| one.name != facet.name))
        .map(|facet| facet.name)
        .collect()
}

/// What a row was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// What of which table.
    pub facet: &'static str,
    /// Which row.
    pub key: String,
    /// What it was.
    pub hash: [u8; 32],
}

/// Seals as an event bears them: `[facet, key, hash]` each.
pub(super) fn text(seals: &[Seal]) -> String {
    let parts: Vec<_> = seals.iter().map(|seal| (seal.facet, &seal.key, hex::encode(seal.hash))).collect();
    // A list of texts is always JSON.
    serde_json::to_string(&parts).unwrap_or_else(|_| NONE.to_owned())
}

/// Seals that one event bears, unless there are more for each: what a file brings in is much.
const SEALS_MAX: usize = 2_000;

/// What each of some events bears, as it is written: the last one all of it; of very many, the last ones.
pub(super) fn spread(seals: &[Seal], events: usize) -> Vec<String> {
    let borne = seals.chunks(SEALS_MAX.max(seals.len().div_ceil(events.max(1))));
    let none = std::iter::repeat_n(NONE.to_owned(), events.saturating_sub(borne.len()));
    none.chain(borne.map(text)).collect()
}

/// What is said of a row in the words of [`text`]; unread, because anybody may have written it.
pub type Borne = (String, String, String);

const NUMBER: u8 = b'i';
pub(super) const TEXT: u8 = b's';
pub(super) const BYTES: u8 = b'b';

pub(super) fn cell(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut cell = Vec::with_capacity(bytes.len() + 1);
    cell.push(kind);
    cell.extend_from_slice(bytes);
    cell
}

/// A value in PostgreSQL's binary form, in the one form.
pub(super) fn canonical(type_name: &str, bytes: &[u8]) -> Vec<u8> {
    match (type_name, bytes) {
        ("UUID" | "BYTEA", _) => cell(BYTES, bytes),
        ("INT8" | "TIMESTAMPTZ", [..]) if bytes.len() == 8 => {
            let number =
                bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).cast_signed();
            if type_name == "INT8" { whole_number(number) } else { instant(number) }
        }
        ("INT4", [..]) if bytes.len() == 4 => {
            let number =
                bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)).cast_signed();
            whole_number(number.into())
        }
        ("BOOL", [flag]) => whole_number((*flag).into()),
        _ => cell(TEXT, bytes),
    }
}

pub(super) fn whole_number(number: i64) -> Vec<u8> {
    cell(NUMBER, &number.to_be_bytes())
}

/// PostgreSQL counts microseconds from the year 2000.
fn instant(micros: i64) -> Vec<u8> {
    const Y2000_S: i64 = 946_684_800;
    let at = Instant::from_timestamp_micros(micros.saturating_add(Y2000_S * 1_000_000));
    cell(TEXT, at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, false)).unwrap_or_default().as_bytes())
}

/// A value as a person reads it in a key.
pub(super) fn shown(value: &[u8]) -> String {
    match value.split_first() {
        Some((&BYTES, bytes)) => {
            Uuid::from_slice(bytes).map_or_else(|_| hex::encode(bytes), |id| id.to_string())
        }
        Some((&NUMBER, bytes)) => {
            bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).cast_signed().to_string()
        }
        Some((_, text)) => String::from_utf8_lossy(text).into_owned(),
        None => String::new(),
    }
}

/// A statement that writes to a sealed table, taking in its binds.
pub(super) struct Sealing {
    facets: Vec<&'static Facet>,
    what: Statement,
    /// What each column is set to.
    columns: Vec<(String, Source)>,
    /// Binds of a row, where several may come; else all binds are of one.
    width: Option<usize>,
    values: Vec<Option<Vec<u8>>>,
}

/// What a statement does with rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statement {
    Inserts,
    Updates,
    Deletes,
}

impl Statement {
    /// What a text begins with, and the rest.
    fn of(text: &str) -> Option<(Self, &str)> {
        [("INSERT INTO ", Self::Inserts), ("UPDATE ", Self::Updates), ("DELETE FROM ", Self::Deletes)]
            .into_iter()
            .find_map(|(words, what)| Some((what, text.strip_prefix(words)?)))
    }
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// The bind of this number, from 0.
    Bind(usize),
    /// It stands in the text.
    Literal(String),
    /// Something else: the column cannot be sealed.
    Other,
}

impl Source {
    fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(number) = text.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok()) {
            return Self::Bind(number.saturating_sub(1));
        }
        match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            Some(literal) => Self::Literal(literal.to_owned()),
            None => Self::Other,
        }
    }
}

impl Sealing {
    /// Of a statement; none, where it writes to no sealed table.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (what, rest) = Statement::of(text.trim_start())?;
        let (table, rest) = rest.split_once(char::is_whitespace)?;
        let facets: Vec<_> = FACETS.iter().filter(|facet| facet.table == table).collect();
        let key = facets.first()?.key;
        let columns = match what {
            Statement::Inserts => inserted(rest)?,
            Statement::Updates => updated(rest, key)?,
            Statement::Deletes => named(rest.trim_start().strip_prefix("WHERE ")?, key),
        };
        let is_known =
            |column: &&str| columns.iter().any(|(name, source)| name == column && *source != Source::Other);
        let is_sealed = |facet: &&Facet| match (what, &facet.columns) {
            (Statement::Inserts, _) => true,
            (Statement::Updates, Columns::AllBut(_)) => false,
            (Statement::Updates, Columns::Only(changed)) => key.iter().chain(*changed).all(&is_known),
            (Statement::Deletes, _) => facet.leaves == Leaves::Told && key.iter().all(&is_known),
        };
        let facets: Vec<_> = facets.into_iter().filter(is_sealed).collect();
        if facets.is_empty() {
            return None;
        }
        let width =
            (what == Statement::Inserts && text.trim_end().ends_with("VALUES")).then_some(columns.len());
        Some(Self { facets, what, columns, width, values: Vec::new() })
    }

    /// Takes in the next bind.
    pub(super) fn bind<'t, T>(&mut self, value: &T)
    where
        T: Encode<'t, Postgres> + Type<Postgres>,
    {
        let mut buffer = PgArgumentBuffer::default();
        let kind = value.produces().unwrap_or_else(T::type_info);
        // What cannot be encoded fails the statement itself.
        let is_there = matches!(value.encode_by_ref(&mut buffer), Ok(IsNull::No));
        self.values.push(is_there.then(|| canonical(kind.name(), &buffer)));
    }

    /// The seals of the rows that were written.
    pub(super) fn seals(self) -> Vec<Seal> {
        let mut seals = Vec::new();
        let width = self.width.unwrap_or(self.values.len()).max(1);
        for values in self.values.chunks(width) {
            let row: Cells = self
                .columns
                .iter()
                .filter_map(|(column, source)| {
                    let value = match source {
                        Source::Bind(number) => values.get(*number)?.clone()?,
                        Source::Literal(text) => cell(TEXT, text.as_bytes()),
                        Source::Other => return None,
                    };
                    Some((column.clone(), value))
                })
                .collect();
            seals.extend(self.facets.iter().filter_map(|facet| match self.what {
                Statement::Deletes => Some(facet.gone(&row)),
                Statement::Inserts | Statement::Updates => facet.seal(&row),
            }));
        }
        seals
    }
}

/// `(a, b) VALUES ($1, $2)`, `(a, b) SELECT $1, $2 WHERE …`, or `(a, b) VALUES` with binds to come.
fn inserted(text: &str) -> Option<Vec<(String, Source)>> {
    let (columns, rest) = text.trim_start().strip_prefix('(')?.split_once(')')?;
    let columns = columns.split(',').map(|column| column.trim().to_owned());
    let rest = rest.trim();
    let sources = match rest.strip_prefix("SELECT ") {
        Some(rest) => rest.split("WHERE").next().unwrap_or_default(),
        None => rest.strip_prefix("VALUES")?.trim().trim_start_matches('(').trim_end_matches(')'),
    };
    if sources.is_empty() {
        return Some(columns.enumerate().map(|(number, column)| (column, Source::Bind(number))).collect());
    }
    Some(columns.zip(sources.split(',').map(Source::read)).collect())
}

/// `SET a = $2, b = $3 WHERE id = $1 …`, with the columns that name the row.
fn updated(text: &str, key: &[&str]) -> Option<Vec<(String, Source)>> {
    let (changed, rest) = text.trim_start().strip_prefix("SET ")?.split_once("WHERE ")?;
    let mut columns: Vec<_> = changed
        .split(',')
        .filter_map(|change| change.split_once('='))
        .map(|(column, value)| (column.trim().to_owned(), Source::read(value)))
        .collect();
    columns.extend(named(rest, key));
    Some(columns)
}

/// `id = $1 AND …`: of the columns that name a row.
fn named(text: &str, key: &[&str]) -> Vec<(String, Source)> {
    let terms = text.split(" AND ").filter_map(|term| term.split_once('='));
    let terms = terms.map(|(column, value)| (column.trim(), value.trim()));
    terms
        .filter(|(column, _)| key.contains(column))
        .map(|(column, value)| (column.to_owned(), Source::read(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealing(text: &str, binds: &[i64]) -> Vec<Seal> {
        let mut sealing = Sealing::of(text).unwrap();
        for bind in binds {
            sealing.bind(bind);
        }
        sealing.seals()
    }

    fn names(seals: &[Seal]) -> Vec<(&str, &str)> {
        seals.iter().map(|seal| (seal.facet, seal.key.as_str())).collect()
    }

    #[test]
    fn only_what_is_written_to_a_sealed_table_is_sealed() {
        for text in [
            "INSERT INTO alarm (id) VALUES ($1)",
            "UPDATE alarm SET state = $2 WHERE id = $1",
            "UPDATE job SET version = version + 1 WHERE id = $1",
            "UPDATE job SET version = version + 1, wake_at = $2 WHERE id = $1",
            "SELECT id FROM fact",
            "DELETE FROM fact WHERE id = $1",
            "DELETE FROM case_hold WHERE placed_at = $1",
        ] {
            assert!(Sealing::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_three_ways_to_insert_a_row_give_one_seal() {
        let one = sealing("INSERT INTO payment (id, job_id) VALUES ($1, $2)", &[7, 8]);
        assert_eq!(names(&one), [("payment", "7")]);
        assert_eq!(sealing("INSERT INTO payment (id, job_id) VALUES", &[7, 8]), one);
        assert_eq!(
            sealing("INSERT INTO payment (job_id, id)\n SELECT $2, $1 WHERE NOT EXISTS (SELECT 1)", &[7, 8]),
            one
        );
        let two = sealing("INSERT INTO payment (id, job_id) VALUES", &[7, 8, 9, 8]);
        assert_eq!(names(&two), [("payment", "7"), ("payment", "9")]);
        assert_ne!(sealing("INSERT INTO payment (id, job_id) VALUES", &[7, 9]), one);
        assert_ne!(sealing("INSERT INTO payment (id, fact_id) VALUES", &[7, 8]), one);
    }

    #[test]
    fn what_changes_later_is_sealed_anew_when_it_is_written_as_a_whole() {
        let inserted = sealing("INSERT INTO evidence (id, bytes) VALUES ($1, $2)", &[7, 8]);
        assert_eq!(names(&inserted), [("evidence", "7"), ("evidence erasure", "7")]);
        let erased = sealing(
            "UPDATE evidence SET erased_at = $2, erased_for = $3 WHERE id = $1 AND erased_at IS NULL",
            &[7, 1, 2],
        );
        assert_eq!(names(&erased), [("evidence erasure", "7")]);
        assert_ne!(erased[0].hash, inserted[1].hash);
        assert!(Sealing::of("UPDATE evidence SET erased_at = $2 WHERE id = $1").is_none());
    }

    #[test]
    fn a_row_is_known_by_all_the_columns_that_name_it() {
        let cleared =
            "UPDATE case_hazard SET cleared_at = $3, cleared_by = $4, note_code = $5, recorded_by = $6
            WHERE case_id = $1 AND number = $2 AND cleared_at IS NULL";
        assert_eq!(names(&sealing(cleared, &[7, 8, 1, 2, 3, 4])), [("case_hazard clearance", "7/8")]);
        assert!(Sealing::of(&cleared.replace("AND number = $2", "")).is_none());
    }

    #[test]
    fn what_a_statement_asks_for_besides_is_no_other_row() {
        let ended = "UPDATE interpretation SET state = $2, settled_at = $3, left_at = $4 WHERE id = $1 AND state = $5";
        assert_eq!(names(&sealing(ended, &[7, 1, 2, 3, 4])), [("interpretation state", "7")]);
        let two = sealing("INSERT INTO payment (id, kind) VALUES", &[7, 1, 8, 1]);
        assert_eq!(names(&two), [("payment", "7"), ("payment", "8")]);
    }

    #[test]
    fn who_takes_a_row_away_says_so() {
        let placed = sealing("INSERT INTO case_hold (case_id, reason) VALUES ($1, $2)", &[7, 8]);
        let lifted = sealing("DELETE FROM case_hold WHERE case_id = $1", &[7]);
        assert_eq!((names(&placed), names(&lifted)), (vec![("case_hold", "7")], vec![("case_hold", "7")]));
        assert_ne!(placed[0].hash, GONE);
        assert_eq!(lifted[0].hash, GONE);
    }

    #[test]
    fn what_is_not_sealed_anew_is_named() {
        assert_eq!(unsealed("UPDATE job SET state = $2 WHERE id = $1"), ["job state"]);
        assert_eq!(
            unsealed("UPDATE consumer SET acknowledged_pos = $1 WHERE name = $2"),
            ["consumer position"]
        );
        assert!(unsealed("UPDATE consumer SET acknowledged_pos = $2 WHERE id = $1").is_empty());
        assert!(
            unsealed("UPDATE job SET version = version + 1, wake_at = $1 WHERE state = 'held'").is_empty()
        );
    }

    #[test]
    fn both_engines_have_one_form() {
        let at: Instant = "2026-11-22T12:00:00.25Z".parse().unwrap();
        let mut sealing =
            Sealing::of("INSERT INTO payment (id, received_at, kind, amount_yen, payer) VALUES").unwrap();
        sealing.bind(&Uuid::from_u128(7));
        sealing.bind(&at);
        sealing.bind(&"cash");
        sealing.bind(&-2_i64);
        sealing.bind(&None::<&str>);
        let as_sqlite_keeps_it = Cells::from([
            ("id".to_owned(), cell(BYTES, Uuid::from_u128(7).as_bytes())),
            ("received_at".to_owned(), cell(TEXT, b"2026-11-22T12:00:00.250+00:00")),
            ("kind".to_owned(), cell(TEXT, b"cash")),
            ("amount_yen".to_owned(), cell(NUMBER, &(-2_i64).to_be_bytes())),
        ]);
        let facet = FACETS.iter().find(|facet| facet.name == "payment").unwrap();
        assert_eq!(sealing.seals(), [facet.seal(&as_sqlite_keeps_it).unwrap()]);
    }

    #[test]
    fn very_many_seals_are_borne_by_several_events() {
        for (seals, events) in [(0, 1), (3, 2), (2_000, 3), (2_001, 3), (40_000, 20_000), (9_000, 3)] {
            let seal = |number: usize| Seal { facet: "fact", key: number.to_string(), hash: [1; 32] };
            let sealed: Vec<_> = (0..seals).map(seal).collect();
            let borne = spread(&sealed, events);
            assert_eq!(borne.len(), events);
            let read: Vec<Vec<Borne>> =
                borne.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
            let keys: Vec<_> = read.concat().into_iter().map(|(_, key, _)| key).collect();
            assert_eq!(
                keys,
                sealed.iter().map(|seal| seal.key.clone()).collect::<Vec<_>>(),
                "in their order"
            );
            let most = read.iter().map(Vec::len).max().unwrap();
            assert!(most <= SEALS_MAX.max(seals.div_ceil(events)), "{most}");
            assert_eq!(read[events - 1].is_empty(), seals == 0, "the last one bears some");
        }
    }

    #[test]
    fn an_event_bears_facet_key_and_hash() {
        let seals = [Seal { facet: "fact", key: "7".to_owned(), hash: [1; 32] }];
        assert_eq!(text(&seals), format!(r#"[["fact","7","{}"]]"#, "01".repeat(32)));
        assert_eq!(text(&[]), NONE);
    }
}
