//! The demo: the night comes out as its script expects, and is played on a database of its own only.

use std::process::{Command, Output};

use crate::support::db::{TestDb, on_both_engines};

const KAKETSUKE: &str = env!("CARGO_BIN_EXE_kaketsuke");

/// Changes the night acknowledges at least: registering everybody takes the first 370.
pub(crate) const ACKNOWLEDGED_MIN: usize = 900;

/// The demo on a database, every acknowledged change written out.
pub(crate) fn command(db: &TestDb) -> Command {
    let mut command = Command::new(KAKETSUKE);
    command
        .args(["demo", "--once", "--trace", "--speed", "max", "--listen", "127.0.0.1:0"])
        .args(["--database-url", db.url()]);
    command
}

pub(crate) fn played(db: &TestDb) -> Output {
    command(db).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The demo has compared every call with its script, and the table ends with the sum of what the script expects.
pub(crate) fn assert_as_expected(output: &Output) {
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains("48 calls, 94160 yen to collect, 40030 of them paid"), "{said}");
}

on_both_engines! {
    async fn the_night_comes_out_as_expected(db: TestDb) {
        let output = played(&db);
        assert_as_expected(&output);
        let said = text(&output.stdout);
        let acknowledged = said.lines().filter(|line| line.starts_with("ack ")).count();
        assert!(acknowledged >= ACKNOWLEDGED_MIN, "{acknowledged} acknowledged");
        let again = played(&db);
        assert_eq!(again.status.code(), Some(1), "a demo that has ended is not played again");
        assert!(text(&again.stderr).contains("holds data"), "{}", text(&again.stderr));
    }

    async fn a_database_with_something_else_in_it_is_refused(db: TestDb) {
        let issued = Command::new(KAKETSUKE)
            .args(["token", "issue", "--role", "dispatcher", "--name", "夜勤", "--database-url", db.url()])
            .output()
            .unwrap();
        assert!(issued.status.success(), "{}", text(&issued.stderr));
        let refused = played(&db);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("holds data"), "{}", text(&refused.stderr));
    }
}
