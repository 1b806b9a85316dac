//! Every SQL text of the store is prepared on both engines, so that one that only one of them knows is found here.

use std::{collections::BTreeMap, path::Path, sync::OnceLock};

use kaketsuke::store::seals::{may_change, unsealed};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use crate::support::db::{Engine, Raw, TestDb, on_both_engines};

/// The SQL texts of one `query!`, by engine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) sqlite: String,
    postgres: String,
}

impl Texts {
    /// One text for both.
    fn same(text: String) -> Self {
        Self { sqlite: text.clone(), postgres: text }
    }
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

/// The same of macros that other files of the store use as well.
fn shared() -> &'static BTreeMap<String, String> {
    static SHARED: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    SHARED.get_or_init(|| {
        let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")).unwrap();
        let paths = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
        let of_file = |path| {
            let source = std::fs::read_to_string(path).unwrap();
            let is_shared = |name: &str| source.contains(&format!("pub(super) use {name};"));
            parts(&source).into_iter().filter(|(name, _)| is_shared(name)).collect::<Vec<_>>()
        };
        paths.flat_map(of_file).collect()
    })
}

/// The text at the start of `source` and what follows it: a literal, or a `concat!(` of literals and of macros that stand for
/// one.
fn text<'s>(source: &'s str, parts: &BTreeMap<String, String>) -> Option<(String, &'s str)> {
    let Some(joined) = source.trim_start().strip_prefix("concat!(") else { return literal(source) };
    let mut rest = joined.trim_start();
    let mut text = String::new();
    while !rest.starts_with(')') {
        let (part, behind) = literal(rest).unwrap_or_else(|| {
            let (name, behind) = rest.split_once("!()").unwrap();
            (parts.get(name).or_else(|| shared().get(name)).unwrap().clone(), behind)
        });
        text.push_str(&part);
        rest = behind.trim_start().trim_start_matches(',').trim_start();
    }
    Some((text, &rest[1..]))
}

/// The texts of every `query!` and `later!` in a source file, and all that every search in it can become.
fn texts(source: &str) -> Vec<Texts> {
    let parts = parts(source);
    let mut found = Vec::new();
    for call in source.split("query!(").skip(1) {
        let at = |mark| call.find(mark).unwrap_or(usize::MAX);
        let start = at("\"").min(at("concat!("));
        let texts = if at("sqlite:") < start {
            let (sqlite, rest) = text(&call[at("sqlite:") + "sqlite:".len()..], &parts).unwrap();
            let at = rest.find("postgres:").unwrap();
            let (postgres, _) = text(&rest[at + "postgres:".len()..], &parts).unwrap();
            Texts { sqlite, postgres }
        } else {
            Texts::same(text(&call[start..], &parts).unwrap().0)
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
        found.push(Texts::same(text));
    }
    found.extend(searches(source));
    found
}

/// Every text that the searches of a source file can become: with each of their conditions or without it.
fn searches(source: &str) -> Vec<Texts> {
    let parts = parts(source);
    let mut found = Vec::new();
    let mut before = "";
    for search in source.split("Search::of(tx, ") {
        let head = match search.strip_prefix("head)") {
            Some(_) => text(before.rsplit_once("let head =").unwrap().1, &parts),
            None => text(search, &parts),
        };
        let first = before.is_empty();
        before = search;
        let Some((head, _)) = head.filter(|_| !first) else { continue };
        let conditions: Vec<_> =
            search.split(".and(").skip(1).filter_map(literal).map(|(text, _)| text).collect();
        let orders = search.split(".all(tx,").skip(1).filter_map(literal).map(|(text, _)| format!(" {text}"));
        let none = search.contains(".optional(tx)").then(String::new);
        for order in orders.chain(none) {
            for chosen in 0..1_usize << conditions.len() {
                let mut text = head.clone();
                let mut number = (1..).take_while(|number| head.contains(&format!("${number}"))).count();
                let mut add = |text: &mut String, part: &str| {
                    number += 1;
                    text.push_str(&part.replace('$', &format!("${number}")));
                };
                for (at, condition) in conditions.iter().enumerate() {
                    if chosen >> at & 1 == 1 {
                        add(&mut text, &format!(" AND {condition}"));
                    }
                }
                add(&mut text, &order);
                found.push(Texts::same(text));
            }
        }
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
    all(texts)
}

/// Every text of a list with filters, with the file it stands in.
pub(crate) fn all_searches() -> Vec<(String, Texts)> {
    all(searches)
}

fn all(read: fn(&str) -> Vec<Texts>) -> Vec<(String, Texts)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")];
    let mut all = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name == "db.rs" || name == "batch.rs" {
                // The macros themselves, and how they are used, in words.
                continue;
            }
            let texts = read(&std::fs::read_to_string(&path).unwrap());
            all.extend(texts.into_iter().map(|texts| (name.clone(), texts)));
        }
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

/// What begins as a look is made outside of a transaction until something is changed. It may pass by what others hold: what
/// it locks to find that out is free again when it ends.
#[test]
fn what_begins_as_a_look_changes_and_locks_nothing() {
    for (file, Texts { sqlite, postgres }) in all_texts() {
        let is_look = |text: &str| ["SELECT", "WITH"].iter().any(|word| text.trim_start().starts_with(word));
        assert_eq!(is_look(&sqlite), is_look(&postgres), "{file}: {sqlite}");
        for text in [sqlite, postgres].iter().filter(|text| is_look(text)) {
            let text = text.replace("FOR NO KEY UPDATE SKIP LOCKED", "");
            let words = ["INSERT", "UPDATE", "DELETE", "SHARE"];
            let changes = words
                .iter()
                .any(|word| text.split(|char: char| !char.is_alphanumeric()).any(|one| one == *word));
            assert!(!changes, "{file}: {text}");
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
    let source = r#"let head = concat!("SELECT a FROM b ", "WHERE c > $1");
        Search::of(tx, head).bind(x).and("(d = $ OR e = $)", d).and("f = $", f)
            .all(tx, "LIMIT $", 9); Search::of(tx, "G").optional(tx)"#;
    let start = "SELECT a FROM b WHERE c > $1";
    let expected = [
        format!("{start} LIMIT $2"),
        format!("{start} AND (d = $2 OR e = $2) LIMIT $3"),
        format!("{start} AND f = $2 LIMIT $3"),
        format!("{start} AND (d = $2 OR e = $2) AND f = $3 LIMIT $4"),
        "G".to_owned(),
    ];
    assert_eq!(texts(source), expected.map(Texts::same));
}

/// A row that is sealed as it was written would be found changed for ever (G-12).
#[test]
fn what_is_changed_of_a_row_is_not_sealed_for_good() {
    let mut changed = 0;
    for (file, Texts { sqlite, .. }) in all_texts() {
        let Some((table, rest)) =
            sqlite.trim_start().strip_prefix("UPDATE ").and_then(|it| it.split_once(" SET "))
        else {
            continue;
        };
        assert_eq!(unsealed(&sqlite), [""; 0], "{file}: changed and not sealed anew\n{sqlite}");
        let set = rest.split(" WHERE ").next().unwrap();
        let columns = set.split(',').filter_map(|part| part.split_once('=')).map(|(column, _)| column.trim());
        for column in
            columns.filter(|column| column.chars().all(|char| char.is_ascii_lowercase() || char == '_'))
        {
            changed += 1;
            assert!(may_change(table.trim(), column), "{file}: {column} of {table}\n{sqlite}");
        }
    }
    assert!(changed > 100, "only {changed} columns are changed");
}
