//! Rows as they stand in the database, in the one form.

use futures_util::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, Column as _, Decode, Row as _, Sqlite, TypeInfo as _, ValueRef as _, postgres::PgRow,
    sqlite::SqliteRow,
};

use super::{
    Error, Tx,
    seals::{BYTES, Cells, Facet, TEXT, canonical, cell, shown, whole_number},
    statement::{Arm, Purpose},
};
use crate::domain::events::Event;

/// Reads every row of a sealed table, one after the other.
pub async fn rows(tx: &mut Tx, facet: &Facet, take: impl FnMut(Cells)) -> Result<(), Error> {
    each(tx, format!("SELECT * FROM {}", facet.table), take).await
}

/// Reads the seals that events bear, in the order of the log: the number of the event, its kind, and its seals as they stand.
pub async fn borne(tx: &mut Tx, mut take: impl FnMut(String, String, String)) -> Result<(), Error> {
    let text = "SELECT ord, kind, seals FROM event WHERE seals <> '[]' ORDER BY ord".to_owned();
    each(tx, text, |row| {
        let column = |name| named(&row, name).unwrap_or_default();
        take(column("ord"), column("kind"), column("seals"));
    })
    .await
}

/// Reads what the events tell, in the order of the log, each with its number. Those that cannot be read break the feed.
pub async fn events(tx: &mut Tx, mut take: impl FnMut(String, Event)) -> Result<(), Error> {
    let text = "SELECT ord, kind, subject, subject_id, data FROM event ORDER BY ord".to_owned();
    each(tx, text, |row| {
        let column = |name| named(&row, name).unwrap_or_default();
        if let Ok(kind) = column("kind").parse()
            && let Ok(subject) = column("subject").parse()
            && let Ok(id) = column("subject_id").parse()
            && let Ok(event) = Event::read(kind, subject, id, &column("data"))
        {
            take(column("ord"), event);
        }
    })
    .await
}

/// Reads of which job each fact is.
pub async fn jobs_of_facts(tx: &mut Tx, mut take: impl FnMut(String)) -> Result<(), Error> {
    each(tx, "SELECT job_id FROM fact".to_owned(), |row| take(named(&row, "job_id").unwrap_or_default()))
        .await
}

/// The last instant before which a run of retention takes rows of the read log away, as keys have it.
pub async fn promised(tx: &mut Tx) -> Result<Option<String>, Error> {
    let mut last = None;
    // Instants in UTC are in the order of their texts; one that somebody has spoilt is read as well.
    each(tx, "SELECT read_log_before FROM retention_run".to_owned(), |row| {
        last = last.take().max(named(&row, "read_log_before"));
    })
    .await?;
    Ok(last)
}

async fn each(tx: &mut Tx, text: String, mut take: impl FnMut(Cells)) -> Result<(), Error> {
    match tx.arm(Purpose::Look).await? {
        Arm::Sqlite(connection) => {
            let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(connection);
            while let Some(row) = rows.try_next().await? {
                take(of_sqlite(&row)?);
            }
        }
        Arm::Postgres(line) => {
            line.each(text, |row| {
                take(of_postgres(&row)?);
                Ok(())
            })
            .await?;
        }
        Arm::Ended => return Err(Error::Unavailable),
    }
    Ok(())
}

/// A column of a row as a person reads it.
#[must_use]
pub fn named(cells: &Cells, column: &str) -> Option<String> {
    cells.get(column).map(|value| shown(value))
}

fn of_sqlite(row: &SqliteRow) -> Result<Cells, sqlx::Error> {
    let mut cells = Cells::new();
    for column in row.columns() {
        let value = row.try_get_raw(column.ordinal())?;
        if value.is_null() {
            continue;
        }
        let kind = value.type_info().name().to_owned();
        let decoded = match kind.as_str() {
            "INTEGER" => <i64 as Decode<Sqlite>>::decode(value).map(whole_number),
            "BLOB" => <&[u8] as Decode<Sqlite>>::decode(value).map(|bytes| cell(BYTES, bytes)),
            _ => <&str as Decode<Sqlite>>::decode(value).map(|text| cell(TEXT, text.as_bytes())),
        };
        cells.insert(column.name().to_owned(), decoded.map_err(sqlx::Error::Decode)?);
    }
    Ok(cells)
}

fn of_postgres(row: &PgRow) -> Result<Cells, sqlx::Error> {
    let mut cells = Cells::new();
    for column in row.columns() {
        let value = row.try_get_raw(column.ordinal())?;
        if value.is_null() {
            continue;
        }
        let bytes = value.as_bytes().map_err(sqlx::Error::Decode)?;
        cells.insert(column.name().to_owned(), canonical(value.type_info().name(), bytes));
    }
    Ok(cells)
}
