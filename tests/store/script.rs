//! One SQL text for both engines, and cases of what is allowed beside what is refused.

use sqlx::error::ErrorKind;

use crate::support::db::{Engine, Raw, TestDb};
use crate::world;

/// Writes a text out for one engine: `#12` is the id 12, `@7` are 32 bytes of value 7, `@7x31` are 31 of them, and
/// `~500` is a text of 500 characters.
pub(crate) fn render(engine: Engine, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find(['#', '@', '~']) {
        out.push_str(&rest[..start]);
        let mark = rest.as_bytes()[start];
        let (number, after) = leading_number(&rest[start + 1..]);
        rest = after;
        match mark {
            b'#' => out.push_str(&id(engine, number)),
            b'~' => out.push_str(&letters(engine, number)),
            _ => {
                let mut length = 32;
                if let Some(after) = rest.strip_prefix('x') {
                    (length, rest) = leading_number(after);
                }
                out.push_str(&bytes(engine, number, length));
            }
        }
    }
    out + rest
}

fn leading_number(text: &str) -> (u128, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    (text[..end].parse().expect("a number follows #, @ and ~"), &text[end..])
}

fn id(engine: Engine, number: u128) -> String {
    match engine {
        Engine::Sqlite => format!("X'{number:032x}'"),
        Engine::Postgres => format!("'{number:032x}'::uuid"),
    }
}

fn letters(engine: Engine, count: u128) -> String {
    match engine {
        // printf takes 0 for 1.
        _ if count == 0 => "''".to_owned(),
        Engine::Sqlite => format!("printf('%.*c', {count}, 'x')"),
        Engine::Postgres => format!("repeat('x', {count})"),
    }
}

fn bytes(engine: Engine, value: u128, count: u128) -> String {
    match engine {
        Engine::Sqlite => format!("unhex(replace({}, 'x', '{value:02x}'))", letters(engine, count)),
        Engine::Postgres => format!("decode(repeat('{value:02x}', {count}), 'hex')"),
    }
}

/// Something refused, beside its nearest neighbour that is allowed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Case {
    /// What must already have happened.
    pub(crate) given: String,
    pub(crate) legal: String,
    pub(crate) illegal: String,
    /// What [`verdict`] says.
    pub(crate) refused: String,
}

impl Case {
    pub(crate) fn new(legal: &str, illegal: &str, refused: &str) -> Self {
        Self {
            given: String::new(),
            legal: legal.to_owned(),
            illegal: illegal.to_owned(),
            refused: refused.to_owned(),
        }
    }

    pub(crate) fn given(mut self, given: &str) -> Self {
        given.clone_into(&mut self.given);
        self
    }
}

/// Checks every case, each in a transaction of its own on the same world.
pub(crate) async fn check(db: &TestDb, cases: &[Case]) {
    let mut raw = world::build(db).await;
    for case in cases {
        let run = |text: &str| render(db.engine(), text);
        raw.execute("BEGIN").await.unwrap();
        if !case.given.is_empty() {
            expect_allowed(case, "given", raw.execute(&run(&case.given)).await);
        }
        raw.execute("SAVEPOINT neighbour").await.unwrap();
        expect_allowed(case, "legal", raw.execute(&run(&case.legal)).await);
        raw.execute("ROLLBACK TO SAVEPOINT neighbour").await.unwrap();
        expect_refused(case, raw.execute(&run(&case.illegal)).await);
        raw.execute("ROLLBACK").await.unwrap();
    }
    assert!(!cases.is_empty());
}

fn expect_allowed(case: &Case, part: &str, outcome: Result<u64, sqlx::Error>) {
    if let Err(error) = outcome {
        panic!("{part} part refused: {error}\n{case:#?}");
    }
}

fn expect_refused(case: &Case, outcome: Result<u64, sqlx::Error>) {
    match outcome {
        Ok(rows) => panic!("was carried out ({rows} rows)\n{case:#?}"),
        Err(error) => assert_eq!(verdict(&error), case.refused, "{error}\n{case:#?}"),
    }
}

/// The code after `kaketsuke: `, or the name of PostgreSQL's unique key or exclusion constraint (both engines agree
/// on these); else `check`, `foreign_key` or `not_null`; else code and message.
pub(crate) fn verdict(error: &sqlx::Error) -> String {
    let Some(error) = error.as_database_error() else { return error.to_string() };
    if let Some(code) = error.message().strip_prefix("kaketsuke: ") {
        return code.to_owned();
    }
    let code = error.code().unwrap_or_default();
    match (error.kind(), error.constraint()) {
        (ErrorKind::CheckViolation, _) => "check".to_owned(),
        (ErrorKind::ForeignKeyViolation, _) => "foreign_key".to_owned(),
        (ErrorKind::NotNullViolation, _) => "not_null".to_owned(),
        (_, Some(constraint)) => constraint.to_owned(),
        _ => format!("{code} {}", error.message()),
    }
}

/// Runs one statement that must succeed.
pub(crate) async fn run(raw: &mut Raw, engine: Engine, text: &str) -> u64 {
    raw.execute(&render(engine, text)).await.unwrap_or_else(|error| panic!("{error}\n{text}"))
}
