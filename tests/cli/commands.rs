//! The commands one by one.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Output, Stdio},
};

use crate::support::db::{TestDb, on_both_engines};

const KAKETSUKE: &str = env!("CARGO_BIN_EXE_kaketsuke");

fn run(db: &TestDb, args: &[&str]) -> Output {
    Command::new(KAKETSUKE).args(args).args(["--database-url", db.url()]).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A running service and where it listens.
fn serve(db: &TestDb) -> (Child, String) {
    let mut child = Command::new(KAKETSUKE)
        .args(["serve", "--listen", "127.0.0.1:0", "--database-url", db.url()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base = line.trim().strip_prefix("kaketsuke listens on ").unwrap().to_owned();
    (child, base)
}

on_both_engines! {
    async fn a_token_is_printed_once_and_counts_until_it_is_revoked(db: TestDb) {
        let issued = run(&db, &["token", "issue", "--role", "dispatcher", "--name", "夜勤"]);
        assert!(issued.status.success(), "{}", text(&issued.stderr));
        let secret = text(&issued.stdout);
        assert_eq!(secret.lines().count(), 1, "the secret stands alone");
        let secret = secret.trim();
        assert!(!text(&issued.stderr).contains(secret));
        let (mut child, base) = serve(&db);
        let client = reqwest::Client::new();
        let me = client.get(format!("{base}/v1/me")).bearer_auth(secret);
        let answer = me.try_clone().unwrap().send().await.unwrap();
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["role"], "dispatcher");
        let listed = run(&db, &["token", "list"]);
        let listed = text(&listed.stdout);
        assert!(listed.contains("夜勤") && !listed.contains(secret), "{listed}");
        let id = listed.lines().find(|line| line.contains("夜勤")).unwrap();
        let id = id.split_whitespace().find(|word| word.parse::<uuid::Uuid>().is_ok()).unwrap().to_owned();
        assert!(run(&db, &["token", "revoke", &id]).status.success());
        assert_eq!(me.send().await.unwrap().status().as_u16(), 401);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    async fn verify_finds_a_changed_log(db: TestDb) {
        assert!(run(&db, &["token", "issue", "--role", "supervisor", "--name", "朝"]).status.success());
        let sound = run(&db, &["verify"]);
        assert!(sound.status.success(), "{}", text(&sound.stderr));
        let mut raw = db.raw().await;
        // Whoever may change the schema can take the guard away; the chain still tells.
        let unguard = match db.engine() {
            crate::support::db::Engine::Sqlite => {
                let triggers = raw
                    .texts("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'")
                    .await;
                triggers.iter().map(|name| format!("DROP TRIGGER {name};")).collect::<String>()
            }
            crate::support::db::Engine::Postgres => "ALTER TABLE event DISABLE TRIGGER ALL".to_owned(),
        };
        raw.execute(&unguard).await.unwrap();
        let forged = "UPDATE event SET actor = 'nobody' WHERE ord = (SELECT MIN(ord) FROM event)";
        assert_eq!(raw.execute(forged).await.unwrap(), 1);
        let forged = run(&db, &["verify"]);
        assert_eq!(forged.status.code(), Some(1));
        assert!(text(&forged.stderr).contains("position 1"), "{}", text(&forged.stderr));
    }

    async fn a_bad_file_changes_nothing_and_says_where(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desks.toml");
        let shipped = std::fs::read_to_string("seeds/reference/desks.toml").unwrap();
        std::fs::write(&path, shipped.replace("to = \"17:30\"", "to = \"25:30\"")).unwrap();
        let mut raw = db.raw().await;
        let versions = "SELECT CAST(COUNT(*) AS BIGINT) FROM reference_dataset";
        let before = raw.integer(versions).await;
        let refused = run(&db, &["seed", "--dataset", "desks", "--file", path.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1));
        let said = text(&refused.stderr);
        assert!(said.contains("desk[2].hours") && said.contains("25:30"), "{said}");
        assert_eq!(raw.integer(versions).await, before);
        std::fs::write(&path, shipped.replace("to = \"17:30\"", "to = \"18:30\"")).unwrap();
        let loaded = run(&db, &["seed", "--dataset", "desks", "--file", path.to_str().unwrap()]);
        assert!(loaded.status.success(), "{}", text(&loaded.stderr));
        assert_eq!(raw.integer(versions).await, before + 1);
    }
}

#[test]
fn unknown_settings_are_errors_that_name_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kaketsuke.toml");
    std::fs::write(&path, "listenn = \"127.0.0.1:1\"\n").unwrap();
    let check = Command::new(KAKETSUKE).args(["check-config", "--config"]).arg(&path).output().unwrap();
    assert_eq!(check.status.code(), Some(1));
    assert!(text(&check.stderr).contains("listenn"), "{}", text(&check.stderr));
    let check = Command::new(KAKETSUKE)
        .arg("check-config")
        .current_dir(folder.path().parent().unwrap())
        .env("KAKETSUKE_DATABASE_URL", "postgres://night:s3cret-word@db.example/kaketsuke")
        .output()
        .unwrap();
    let shown = format!("{}{}", text(&check.stdout), text(&check.stderr));
    assert!(shown.contains("db.example") && !shown.contains("s3cret-word"), "{shown}");
}
