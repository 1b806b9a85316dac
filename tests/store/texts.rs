//! Every SQL text of the store is prepared on both engines, so that one that only one of them knows is found here.

use std::{collections::BTreeMap, path::Path};

use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use crate::support::db::{Engine, Raw, TestDb, on_both_engines};

/// The SQL texts of one `query!`, by engine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) sqlite: String,
    postgres: String,
}

/// Reads one string literal at the start of `source`; the literal and what follows it.
fn literal(source: &str) -> Option<(String, &str)> {
    let body = source.trim_start().strip_prefix('"')?;
    let end = body.find('"')?;
    assert!(!body[..end].contains('\\'), "an escape in SQL: {}", &body[..end]);
    Some((body[..end].to_owned(), &body[end + 1..]))
}

/// What the macros of a source file that stand for a part of a text stand for, by name.
fn parts(source: &str) -> BTreeMap<String, String> {
    let macros = source.split("macro_rules! ").skip(1).filter_map(|text| {
        let (name, rest) = text.split_once([' ', '{'])?;
        let body = rest.split_once("() => {")?.1;
        Some((name.to_owned(), literal(body)?.0))
    });
    macros.collect()
}

/// The text of a `concat!(` at the start of `source`: literals, and macros of the file that stand for one.
fn joined(source: &str, parts: &BTreeMap<String, String>) -> Option<String> {
    let mut rest = source.trim_start().strip_prefix("concat!(")?.trim_start();
    let mut text = String::new();
    while !rest.starts_with(')') {
        let (part, behind) = literal(rest).unwrap_or_else(|| {
            let (name, behind) = rest.split_once("!()").unwrap();
            (parts[name].clone(), behind)
        });
        text.push_str(&part);
        rest = behind.trim_start().trim_start_matches(',').trim_start();
    }
    Some(text)
}

/// The texts of every `query!` and `later!` in a source file.
fn texts(source: &str) -> Vec<Texts> {
    let parts = parts(source);
    let mut found = Vec::new();
    for call in source.split("query!(").skip(1) {
        let quote = call.find('"').unwrap();
        let of_parts = call.find("concat!(").filter(|at| *at < quote);
        let sqlite = call.find("sqlite:").filter(|at| *at < quote);
        let texts = if let Some(at) = of_parts {
            let text = joined(&call[at..], &parts).unwrap();
            Texts { sqlite: text.clone(), postgres: text }
        } else if let Some(at) = sqlite {
            let (sqlite, rest) = literal(&call[at + "sqlite:".len()..]).unwrap();
            let at = rest.find("postgres:").unwrap();
            let (postgres, _) = literal(&rest[at + "postgres:".len()..]).unwrap();
            Texts { sqlite, postgres }
        } else {
            let (text, _) = literal(&call[quote..]).unwrap();
            Texts { sqlite: text.clone(), postgres: text }
        };
        found.push(texts);
    }
    for call in source.split("later!(").skip(1) {
        // The batch, how many rows it changes, the text.
        let mode = call.split(',').nth(1).unwrap().trim();
        let quote = call.find('"').unwrap();
        let (text, rest) = literal(&call[quote..]).unwrap();
        let text = match mode {
            "rows" => one_row(&text),
            "rows_unless" => {
                let (tail, _) = literal(&rest[rest.find('"').unwrap()..]).unwrap();
                format!("{} {tail}", one_row(&text))
            }
            "one" | "any" => text,
            other => panic!("{other}: what is added to a batch?"),
        };
        found.push(Texts { sqlite: text.clone(), postgres: text });
    }
    found
}

/// `INSERT INTO t (a, b) VALUES` with a bind for each column.
fn one_row(head: &str) -> String {
    let columns = head.split(['(', ')']).nth(1).unwrap().split(',').count();
    let binds: Vec<_> = (1..=columns).map(|number| format!("${number}")).collect();
    format!("{head} ({})", binds.join(", "))
}

/// Every text of the store, with the file it stands in.
pub(crate) fn all_texts() -> Vec<(String, Texts)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "db.rs" || name == "batch.rs" {
            // The macros themselves, and how they are used, in words.
            continue;
        }
        all.extend(
            texts(&std::fs::read_to_string(&path).unwrap()).into_iter().map(|texts| (name.clone(), texts)),
        );
    }
    all
}

on_both_engines! {
    async fn every_text_is_understood(db: TestDb) {
        let all = all_texts();
        assert!(all.len() > 50, "only {} texts found", all.len());
        let mut raw = db.raw().await;
        for (file, texts) in all {
            let prepared = match (&mut raw, db.engine()) {
                (Raw::Sqlite(connection), Engine::Sqlite) => {
                    connection.prepare(AssertSqlSafe(texts.sqlite.clone()).into_sql_str()).await.map(|_| ())
                }
                (Raw::Postgres(connection), Engine::Postgres) => {
                    connection.prepare(AssertSqlSafe(texts.postgres.clone()).into_sql_str()).await.map(|_| ())
                }
                _ => unreachable!("a connection of the other engine"),
            };
            prepared.unwrap_or_else(|error| panic!("{file}: {error}\n{texts:?}"));
        }
    }
}

#[test]
fn the_reader_of_sources_finds_every_form() {
    let source = r#"macro_rules! columns {
            () => {
                "SELECT a "
            };
        }
        query!(tx, one One<i64>, "SELECT 1")?; query!(
        tx, execute, { sqlite: "A", postgres: "B" }, x); query!(tx, all Row, concat!(
            columns!(), "FROM b",
        ), "x")"#;
    let text =
        |sqlite: &str, postgres: &str| Texts { sqlite: sqlite.to_owned(), postgres: postgres.to_owned() };
    assert_eq!(
        texts(source),
        [text("SELECT 1", "SELECT 1"), text("A", "B"), text("SELECT a FROM b", "SELECT a FROM b")]
    );
    let source = r#"later!(&mut batch, one, "C", x); later!(batch, rows, "INSERT INTO t (a, b) VALUES", xs, |x| 1, 2);
        later!(batch, rows_unless, "INSERT INTO t (a) VALUES", "ON CONFLICT DO NOTHING", xs, |x| 1)"#;
    let (both, one) =
        ("INSERT INTO t (a, b) VALUES ($1, $2)", "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING");
    assert_eq!(texts(source), [text("C", "C"), text(both, both), text(one, one)]);
}
