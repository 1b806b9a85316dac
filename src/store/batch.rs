//! Several writes in one call to the database: what a use-case has decided is saved at once.
//!
//! Each call costs a hand-over to SQLite's thread or a round trip to PostgreSQL, which is more than most statements
//! cost. On SQLite the statements run one after the other; on PostgreSQL they are the parts of one statement
//! (`WITH w1 AS (…), w2 AS (…) SELECT …`), which has two consequences:
//!
//! - they do not see each other's effects, and a row may be changed once in it. [`Batch::then`] begins the next call,
//!   for what has to come after. A debug build refuses the second change of a row that is found by its id.
//! - foreign keys and triggers that look after a change are checked when all of it is there; unique rows and triggers
//!   that look before, part by part.

use std::fmt::{Debug, Write as _};

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::{
    AssertSqlSafe, Either, Encode, Executor as _, Postgres, Sqlite, SqliteConnection, Type,
    postgres::PgArguments, sqlite::SqliteArguments,
};

use super::{
    Error, Soonest, Tx,
    line::Line,
    seals::{Seal, Sealing},
    statement::{Arguments, Arm, Binds, Purpose},
};

/// Rows in one statement at most: few texts, each prepared once. Numbers are made of powers of two.
const ROWS_MAX: usize = 32;

/// How many rows a write must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// However many.
    Any,
    /// So many; another number means that a concurrent use-case was there first.
    Exactly(u64),
}

/// Writes that are sent together. Made for a transaction of one engine, filled with `later!`, carried out by
/// [`Batch::run`]; nothing happens before.
pub struct Batch {
    engine: Kind,
    calls: Vec<Call>,
    soonest: Soonest,
    seals: Vec<Seal>,
    /// The present statement, where it writes what is sealed.
    sealing: Option<Sealing>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    fn of(tx: &Tx) -> Self {
        if tx.is_postgres() { Self::Postgres } else { Self::Sqlite }
    }
}

struct Call {
    text: String,
    binds: Binds,
    expected: Vec<Expected>,
    /// Binds before the present statement.
    before: usize,
    /// Which rows are changed by their ids, and the binds of the present statement, as text.
    #[cfg(debug_assertions)]
    rows: std::collections::BTreeSet<(String, String)>,
    #[cfg(debug_assertions)]
    present: (&'static str, Vec<String>),
}

impl Call {
    fn new(engine: Kind) -> Self {
        Self {
            text: String::new(),
            binds: match engine {
                Kind::Sqlite => Binds::of_sqlite(),
                Kind::Postgres => Binds::of_postgres(),
            },
            expected: Vec::new(),
            before: 0,
            #[cfg(debug_assertions)]
            rows: std::collections::BTreeSet::new(),
            #[cfg(debug_assertions)]
            present: ("", Vec::new()),
        }
    }

    /// Refuses the second change of a row in one call: PostgreSQL would leave one of them out.
    fn check(&mut self) {
        #[cfg(debug_assertions)]
        {
            let (text, binds) = std::mem::take(&mut self.present);
            if let Some(row) = row_changed(text, &binds) {
                assert!(!self.rows.contains(&row), "a row is changed twice in one call: {row:?}");
                self.rows.insert(row);
            }
        }
    }
}

/// The table and the id of the row that an `UPDATE table … WHERE id = $n` changes.
#[cfg(debug_assertions)]
fn row_changed(text: &str, binds: &[String]) -> Option<(String, String)> {
    let table = text.trim_start().strip_prefix("UPDATE ")?.split_whitespace().next()?;
    let (_, id) = text.split_once("WHERE id = $")?;
    let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
    let bind = binds.get(digits.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some((table.to_owned(), bind.clone()))
}

impl Batch {
    /// An empty batch for a transaction.
    #[must_use]
    pub fn of(tx: &Tx) -> Self {
        Self::on(Kind::of(tx))
    }

    fn on(engine: Kind) -> Self {
        Self {
            engine,
            calls: vec![Call::new(engine)],
            soonest: Soonest::default(),
            seals: Vec::new(),
            sealing: None,
        }
    }

    /// When the first is due of what is written here.
    pub(super) fn soonest_mut(&mut self) -> &mut Soonest {
        &mut self.soonest
    }

    /// Takes over what statements of the transaction have sealed.
    pub fn take_over(&mut self, tx: &mut Tx) {
        let later = std::mem::replace(&mut self.seals, std::mem::take(tx.seals_mut()));
        self.seals.extend(later);
    }

    /// Whether it writes rows whose seals no event bears yet.
    #[must_use]
    pub fn is_unsealed(&self) -> bool {
        self.sealing.is_some() || !self.seals.is_empty()
    }

    /// The seals of what was added.
    pub(super) fn take_seals(&mut self) -> Vec<Seal> {
        self.sealed();
        std::mem::take(&mut self.seals)
    }

    /// The present statement has all its binds.
    fn sealed(&mut self) {
        if let Some(sealing) = self.sealing.take() {
            self.seals.extend(sealing.seals());
        }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.iter().all(|call| call.expected.is_empty())
    }

    /// What is added from now on sees the effects of what was added before, and may change the same rows.
    pub fn then(&mut self) {
        let call = self.call();
        call.check();
        #[cfg(debug_assertions)]
        call.rows.clear();
        if self.engine == Kind::Postgres && !self.call().expected.is_empty() {
            self.calls.push(Call::new(Kind::Postgres));
        }
    }

    fn call(&mut self) -> &mut Call {
        if self.calls.is_empty() {
            self.calls.push(Call::new(self.engine));
        }
        let last = self.calls.len() - 1;
        &mut self.calls[last]
    }

    /// Begins a statement; its binds follow. Called by `later!`.
    pub(super) fn statement(&mut self, expected: Expected, sqlite: &'static str, postgres: &'static str) {
        let is_postgres = self.engine == Kind::Postgres;
        let text = if is_postgres { postgres } else { sqlite };
        self.open(expected);
        self.sealing = Sealing::of(text);
        let call = self.call();
        renumber(text, call.before, &mut call.text);
        if is_postgres {
            call.text.push_str(" RETURNING 1)");
        }
        #[cfg(debug_assertions)]
        {
            call.present.0 = text;
        }
    }

    /// Begins an insertion of `rows` rows of `columns` columns each; their binds follow. Called by `later!`.
    pub(super) fn insertion(&mut self, head: &str, tail: &str, rows: usize, columns: usize) {
        // What is said about rows that are there already may leave some as they are.
        self.open(if tail.is_empty() { Expected::Exactly(rows as u64) } else { Expected::Any });
        self.sealing = Sealing::of(head);
        let is_postgres = self.engine == Kind::Postgres;
        let call = self.call();
        call.text.push_str(head);
        let mut next = call.before;
        for row in 0..rows {
            call.text.push_str(if row == 0 { " (" } else { ", (" });
            for column in 0..columns {
                next += 1;
                let comma = if column == 0 { "" } else { ", " };
                // Writing to a string cannot fail.
                let _ = write!(call.text, "{comma}${next}");
            }
            call.text.push(')');
        }
        call.text.push(' ');
        call.text.push_str(tail);
        if is_postgres {
            call.text.push_str(" RETURNING 1)");
        }
    }

    fn open(&mut self, expected: Expected) {
        let is_postgres = self.engine == Kind::Postgres;
        self.sealed();
        let call = self.call();
        call.check();
        call.before = call.binds.len();
        let number = call.expected.len();
        if is_postgres {
            let _ = write!(call.text, "{} w{number} AS (", if number == 0 { "WITH" } else { "," });
        } else if number > 0 {
            call.text.push_str(";\n");
        }
        call.expected.push(expected);
    }

    /// The next bind of the present statement. Called by `later!`.
    pub(super) fn bind<'t, T>(&mut self, value: T)
    where
        T: Debug + Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>,
    {
        if let Some(sealing) = &mut self.sealing {
            sealing.bind(&value);
        }
        let call = self.call();
        #[cfg(debug_assertions)]
        call.present.1.push(format!("{value:?}"));
        call.binds.add(value);
    }

    /// Carries everything out; answers how many rows each statement has changed. The first that has not changed as many
    /// as it must ends it: [`Error::Stale`].
    pub async fn run(self, tx: &mut Tx) -> Result<Vec<u64>, Error> {
        let mut changed = Vec::new();
        for call in self.checked(tx) {
            changed.extend(call.run(tx).await?);
        }
        Ok(changed)
    }

    /// Carries everything out and commits it; answers when the first is due of what was written. One statement that is
    /// all there is needs no transaction.
    pub async fn commit(self, mut tx: Tx) -> Result<Soonest, Error> {
        let calls = self.checked(&mut tx);
        let soonest = tx.soonest();
        if calls.len() == 1
            && let Some(line) = tx.at_once()
        {
            for Call { text, binds, expected, .. } in calls {
                if let Arguments::Postgres(arguments) = binds.encoded()? {
                    as_one(line, text, arguments, &expected).await?;
                }
            }
            return Ok(soonest);
        }
        for call in calls {
            call.run(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(soonest)
    }

    /// The calls that do something.
    fn checked(mut self, tx: &mut Tx) -> Vec<Call> {
        self.call().check();
        let seals = self.take_seals();
        tx.seals_mut().extend(seals);
        tx.soonest_mut().add(self.soonest);
        self.calls.into_iter().filter(|call| !call.expected.is_empty()).collect()
    }
}

impl Call {
    async fn run(self, tx: &mut Tx) -> Result<Vec<u64>, Error> {
        let Self { text, binds, expected, .. } = self;
        let done = match (tx.arm(Purpose::Change).await?, binds.encoded()) {
            (Arm::Sqlite(connection), Ok(Arguments::Sqlite(arguments))) => {
                in_turn(connection, text, arguments, &expected).await
            }
            (Arm::Postgres(line), Ok(Arguments::Postgres(arguments))) => {
                as_one(line, text, arguments, &expected).await
            }
            (_, Err(error)) => Err(error),
            _ => Err(sqlx::Error::WorkerCrashed),
        };
        // It reads no values.
        let changed = tx.came(done)?;
        let as_expected = changed.len() == expected.len()
            && changed.iter().zip(&expected).all(|(changed, expected)| expected.meets(*changed));
        if as_expected { Ok(changed) } else { Err(Error::Stale) }
    }
}

/// The statements one after the other, up to the first that does not change what it must.
async fn in_turn(
    connection: &mut SqliteConnection,
    text: String,
    arguments: SqliteArguments,
    expected: &[Expected],
) -> Result<Vec<u64>, sqlx::Error> {
    let mut steps = connection.fetch_many(sqlx::query_with(AssertSqlSafe(text), arguments));
    let mut changed = Vec::with_capacity(expected.len());
    while let Some(step) = steps.try_next().await? {
        let Either::Left(step) = step else { continue };
        let meets = expected.get(changed.len()).is_some_and(|expected| expected.meets(step.rows_affected()));
        changed.push(step.rows_affected());
        if !meets {
            break;
        }
    }
    Ok(changed)
}

/// The statements as the parts of one, with what each has changed. One that has not changed what it must fails all of it.
async fn as_one(
    line: &mut Line,
    mut text: String,
    arguments: PgArguments,
    expected: &[Expected],
) -> Result<Vec<u64>, sqlx::Error> {
    for (number, expected) in expected.iter().enumerate() {
        let before = if number == 0 { "\nSELECT ARRAY[" } else { ", " };
        let _ = match expected {
            Expected::Any => write!(text, "{before}(SELECT count(*) FROM w{number})"),
            Expected::Exactly(wanted) => {
                write!(text, "{before}changed((SELECT count(*) FROM w{number}), {wanted})")
            }
        };
    }
    text.push(']');
    let query = sqlx::query_scalar_with::<_, Vec<i64>, _>(AssertSqlSafe(text), arguments);
    let counts = line.ask(|connection| query.fetch_one(connection).boxed()).await?;
    Ok(counts.into_iter().map(|count| u64::try_from(count).unwrap_or_default()).collect())
}

impl Expected {
    fn meets(self, changed: u64) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(number) => number == changed,
        }
    }
}

/// Copies a text, its binds counted from `before`. What stands in quotes is left alone.
fn renumber(text: &str, before: usize, into: &mut String) {
    if before == 0 {
        return into.push_str(text);
    }
    let mut is_quoted = false;
    let mut rest = text;
    while let Some(at) = rest.find(['$', '\'']) {
        into.push_str(&rest[..at]);
        let mark = &rest[at..=at];
        rest = &rest[at + 1..];
        into.push_str(mark);
        if mark == "'" {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            let digits = rest.len() - rest.trim_start_matches(|char: char| char.is_ascii_digit()).len();
            if let Ok(number) = rest[..digits].parse::<usize>() {
                let _ = write!(into, "{}", number + before);
                rest = &rest[digits..];
            }
        }
    }
    into.push_str(rest);
}

/// How many of `left` rows go into the next statement.
pub(super) fn chunk(left: usize) -> usize {
    if left >= ROWS_MAX { ROWS_MAX } else { (left + 1).next_power_of_two() / 2 }
}

/// Adds a write to a batch, for both engines like `query!`; it is carried out with the others.
///
/// `later!(batch, one, "UPDATE …", binds…)` must change exactly one row, else the batch fails as stale (somebody was there
/// first); `later!(batch, any, "…", binds…)` may change however many. Where the engines differ, two texts:
/// `{ sqlite: "…", postgres: "…" }`. No `RETURNING`: what a write must be told is read before it.
///
/// `later!(batch, rows, "INSERT INTO t (a, b) VALUES", items, |item| item.a, item.b)` inserts a row for each item, by few
/// statements; `later!(batch, rows_unless, "INSERT …", "ON CONFLICT …", …)` may leave some out.
macro_rules! later {
    ($batch:expr, rows, $head:literal, $items:expr, $($rest:tt)+) => {
        $crate::store::batch::later!(@rows $batch, $head, "", $items, $($rest)+)
    };
    ($batch:expr, rows_unless, $head:literal, $tail:literal, $items:expr, $($rest:tt)+) => {
        $crate::store::batch::later!(@rows $batch, $head, $tail, $items, $($rest)+)
    };
    (@rows $batch:expr, $head:literal, $tail:literal, $items:expr, |$item:pat_param| $($bind:expr),+ $(,)?) => {{
        let batch: &mut $crate::store::batch::Batch = $batch;
        let columns = [$(stringify!($bind)),+].len();
        let items = $items;
        let mut left: &[_] = &items[..];
        while !left.is_empty() {
            let (now, later) = left.split_at($crate::store::batch::chunk(left.len()));
            batch.insertion($head, $tail, now.len(), columns);
            for $item in now {
                $(batch.bind($bind);)+
            }
            left = later;
        }
    }};
    ($batch:expr, one, $($rest:tt)+) => {
        $crate::store::batch::later!(@ $batch, $crate::store::batch::Expected::Exactly(1), $($rest)+)
    };
    ($batch:expr, any, $($rest:tt)+) => {
        $crate::store::batch::later!(@ $batch, $crate::store::batch::Expected::Any, $($rest)+)
    };
    (@ $batch:expr, $expected:expr, { sqlite: $sqlite:literal, postgres: $postgres:literal } $(, $bind:expr)* $(,)?) => {{
        let batch: &mut $crate::store::batch::Batch = $batch;
        batch.statement($expected, $sqlite, $postgres);
        $(batch.bind($bind);)*
    }};
    (@ $batch:expr, $expected:expr, $sql:literal $(, $bind:expr)* $(,)?) => {
        $crate::store::batch::later!(@ $batch, $expected, { sqlite: $sql, postgres: $sql } $(, $bind)*)
    };
}
pub(super) use later;

#[cfg(test)]
mod tests {
    use super::*;

    fn renumbered(text: &str, before: usize) -> String {
        let mut into = String::new();
        renumber(text, before, &mut into);
        into
    }

    #[test]
    fn binds_are_counted_on_outside_of_quotes() {
        let text = "UPDATE t SET a = $1, b = '$2', c = $10 WHERE d = 'it''s $1' AND e = $2";
        assert_eq!(renumbered(text, 0), text);
        let later = "UPDATE t SET a = $4, b = '$2', c = $13 WHERE d = 'it''s $1' AND e = $5";
        assert_eq!(renumbered(text, 3), later);
    }

    #[test]
    fn rows_go_by_powers_of_two() {
        let mut left = 87;
        let mut chunks = Vec::new();
        while left > 0 {
            chunks.push(chunk(left));
            left -= chunk(left);
        }
        assert_eq!(chunks, [32, 32, 16, 4, 2, 1]);
    }

    #[test]
    fn the_parts_of_a_call_count_their_binds_on() {
        let insert = |batch: &mut Batch| {
            later!(batch, rows, "INSERT INTO t (a, b) VALUES", [(1_i64, "x"), (2, "y")], |(a, b)| *a, *b);
            later!(batch, one, "UPDATE t SET b = $2 WHERE id = $1", 1_i64, "z");
        };
        let mut sqlite = Batch::on(Kind::Sqlite);
        insert(&mut sqlite);
        assert_eq!(
            sqlite.calls[0].text,
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ;\nUPDATE t SET b = $6 WHERE id = $5"
        );
        let mut postgres = Batch::on(Kind::Postgres);
        insert(&mut postgres);
        assert_eq!(
            postgres.calls[0].text,
            "WITH w0 AS (INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)  RETURNING 1), \
             w1 AS (UPDATE t SET b = $6 WHERE id = $5 RETURNING 1)"
        );
        postgres.then();
        insert(&mut postgres);
        assert_eq!(postgres.calls.len(), 2);
        assert_eq!(postgres.calls[1].text, postgres.calls[0].text);
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "a row is changed twice in one call")]
    fn a_row_is_not_changed_twice_in_one_call() {
        let mut batch = Batch::on(Kind::Postgres);
        for state in ["open", "closed", "open"] {
            later!(&mut batch, one, "UPDATE t SET a = $1 WHERE id = $2", state, 7_i64);
        }
    }

    #[test]
    fn a_row_may_be_changed_again_in_the_next_call() {
        let mut batch = Batch::on(Kind::Sqlite);
        for state in ["open", "closed"] {
            later!(&mut batch, one, "UPDATE t SET a = $1 WHERE id = $2", state, 7_i64);
            batch.then();
        }
        assert_eq!(batch.calls.len(), 1, "one after the other, in one call");
    }

    #[cfg(debug_assertions)]
    #[test]
    fn the_row_of_an_update_is_known_by_its_id() {
        let binds = ["1".to_owned(), "2".to_owned()];
        let row = row_changed("UPDATE job SET a = $1 WHERE id = $2 AND version = 3", &binds);
        assert_eq!(row, Some(("job".to_owned(), "2".to_owned())));
        assert_eq!(row_changed("DELETE FROM job WHERE id = $2", &binds), None);
    }
}
