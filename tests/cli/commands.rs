//! The commands one by one.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Output, Stdio},
};

use crate::support::{
    db::{Engine, TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

const KAKETSUKE: &str = env!("CARGO_BIN_EXE_kaketsuke");

pub(super) fn run(db: &TestDb, args: &[&str]) -> Output {
    Command::new(KAKETSUKE).args(args).args(["--database-url", db.url()]).output().unwrap()
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A running service and where it listens.
pub(super) fn serve(database_url: &str) -> (Child, String) {
    let mut child = Command::new(KAKETSUKE)
        .args(["serve", "--listen", "127.0.0.1:0", "--database-url", database_url, "--evidence-folder"])
        .arg(std::env::temp_dir().join("kaketsuke-test.evidence"))
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
        let (mut child, base) = serve(db.url());
        kaketsuke::server::provide_tls();
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

    async fn the_last_administrator_goes_only_when_that_is_said(db: TestDb) {
        assert!(run(&db, &["token", "issue", "--role", "administrator", "--name", "管理"]).status.success());
        let listed = || text(&run(&db, &["token", "list"]).stdout);
        let line = listed().lines().find(|line| line.contains("管理")).unwrap().to_owned();
        let id = line.split_whitespace().find(|word| word.parse::<uuid::Uuid>().is_ok()).unwrap();
        let refused = run(&db, &["token", "revoke", id]);
        assert!(!refused.status.success() && text(&refused.stderr).contains("--last-administrator"));
        assert!(listed().contains("live"), "nothing has changed");
        assert!(run(&db, &["token", "revoke", id, "--last-administrator"]).status.success());
        assert!(listed().contains("revoked"));
    }

    async fn verify_finds_a_changed_log(db: TestDb) {
        assert!(run(&db, &["token", "issue", "--role", "supervisor", "--name", "朝"]).status.success());
        let sound = run(&db, &["verify"]);
        assert!(sound.status.success(), "{}", text(&sound.stderr));
        let mut raw = db.raw().await;
        let hash = match db.engine() {
            Engine::Sqlite => "SELECT lower(hex(hash)) FROM feed WHERE pos = 1",
            Engine::Postgres => "SELECT encode(hash, 'hex') FROM feed WHERE pos = 1",
        };
        let kept = format!("1:{}", raw.texts(hash).await.remove(0));
        let held = run(&db, &["verify", "--expect", &kept]);
        assert!(held.status.success() && text(&held.stdout).contains("hash that was kept"), "{}", text(&held.stderr));
        // What was kept when nothing had happened yet.
        let nothing = format!("0:{}", "00".repeat(32));
        let held = run(&db, &["verify", "--expect", &nothing]);
        assert!(held.status.success() && text(&held.stdout).contains("position 0"), "{}", text(&held.stderr));
        for (other, why) in [(format!("0:{}", "0a".repeat(32)), "written anew"), (format!("1:{}", "0a".repeat(32)), "written anew"), (format!("9{kept}"), "no position 91")] {
            let refused = run(&db, &["verify", "--expect", &kept, "--expect", &other]);
            assert_eq!(refused.status.code(), Some(1), "{other}");
            assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
        }
        // Whoever may change the schema can take the guard away; the chain still tells.
        let unguard = match db.engine() {
            Engine::Sqlite => {
                let triggers = raw
                    .texts("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'")
                    .await;
                triggers.iter().map(|name| format!("DROP TRIGGER {name};")).collect::<String>()
            }
            Engine::Postgres => "ALTER TABLE event DISABLE TRIGGER ALL".to_owned(),
        };
        raw.execute(&unguard).await.unwrap();
        let forged = "UPDATE event SET actor = 'nobody' WHERE ord = (SELECT MIN(ord) FROM event)";
        assert_eq!(raw.execute(forged).await.unwrap(), 1);
        let forged = run(&db, &["verify"]);
        assert_eq!(forged.status.code(), Some(1));
        assert!(text(&forged.stderr).contains("position 1"), "{}", text(&forged.stderr));
    }

    async fn a_decision_is_judged_again_and_compared(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let job = world::job(&server).await;
        let made = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
        server.stop().await;
        let made = id(&made[0]);
        let mut raw = db.raw().await;
        let document = raw.texts("SELECT document FROM decision").await.remove(0);
        let literal = |id: &str| match db.engine() {
            Engine::Sqlite => format!("X'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        };
        // The record itself cannot be changed: forged ones are put beside it.
        let mut beside = async |number: u8, document: &str| {
            let id = format!("00000000-0000-7000-8000-0000000000{number:02}");
            let insert = format!(
                "INSERT INTO decision (id, job_id, decided_at, engine_version, document)
                 VALUES ({}, {}, '2026-11-22T12:00:00+00:00', '0', '{}')",
                literal(&id), literal(&job), document.replace('\'', "''"),
            );
            raw.execute(&insert).await.unwrap();
            id
        };
        let forged = document.replace("\"language\":\"interpreter\"", "\"language\":\"speaks\"");
        assert_ne!(forged, document);
        let forged = beside(1, &forged).await;
        let older = document.replacen("\"engine_version\":\"4\"", "\"engine_version\":\"1\"", 1);
        assert_ne!(older, document);
        let older = beside(2, &older).await;
        let none = beside(3, "{}").await;
        let unknown = "00000000-0000-7000-8000-000000000077".to_owned();
        for (id, code, said) in [
            (&made, 0, "identical"),
            (&older, 2, "other engine (1)"),
            (&forged, 1, "differs from byte"),
            (&none, 1, "differs"),
            (&unknown, 1, "no such decision"),
        ] {
            let replayed = run(&db, &["decision", "replay", id]);
            let shown = format!("{}{}", text(&replayed.stdout), text(&replayed.stderr));
            assert_eq!(replayed.status.code(), Some(code), "{shown}");
            assert!(shown.contains(said), "{shown}");
        }
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

on_both_engines! {
    /// One mistyped figure would take the records of years away in the next night.
    async fn a_shorter_retention_is_put_in_force_only_when_that_is_said(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("retention.toml");
        let shipped = std::fs::read_to_string("seeds/reference/retention.toml").unwrap();
        let mut raw = db.raw().await;
        let seed = |photo: i64, read_log: i64, more: &[&str]| {
            let text = shipped.replace("days = 180", &format!("days = {photo}"));
            std::fs::write(&path, text.replace("days = 1096", &format!("days = {read_log}"))).unwrap();
            let file = path.to_str().unwrap();
            run(&db, &[&["seed", "--dataset", "retention", "--file", file], more].concat())
        };
        let versions = "SELECT CAST(COUNT(*) AS BIGINT) FROM reference_dataset WHERE name = 'retention'";
        let refused = seed(90, 1_200, &[]);
        assert_eq!(refused.status.code(), Some(1));
        let said = text(&refused.stderr);
        assert!(said.contains("photo: 90 days instead of 180") && said.contains("--yes"), "{said}");
        assert!(!said.contains("read_log"), "{said}");
        assert_eq!(raw.integer(versions).await, 1);
        for (photo, read_log, more, version) in
            [(180, 1_200, &[][..], 2), (90, 1_200, &["--yes"], 3), (120, 1_200, &[], 4)]
        {
            let loaded = seed(photo, read_log, more);
            assert!(loaded.status.success(), "{}", text(&loaded.stderr));
            assert_eq!(raw.integer(versions).await, version);
        }
        // It is compared with what is in force now.
        let refused = seed(120, 1_096, &[]);
        assert!(text(&refused.stderr).contains("read_log: 1096 days instead of 1200"));
        assert_eq!(raw.integer(versions).await, 4);
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

#[test]
fn a_mistyped_path_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("mistyped.db").display());
    let id = "01980000-0000-7000-8000-000000000001";
    std::fs::write(folder.path().join("firms.csv"), "key,name,phone,areas\n").unwrap();
    let firms = folder.path().join("firms.csv").display().to_string();
    for args in [
        &["verify"][..],
        &["token", "list"],
        &["token", "issue", "--role", "supervisor", "--name", "朝"],
        &["token", "revoke", id],
        &["user", "list"],
        &["user", "disable", "--login", "sato"],
        &["roster", "lint"],
        &["decision", "replay", id],
        &["seed"],
        &["import", "firms", &firms],
    ] {
        let refused = Command::new(KAKETSUKE).args(args).args(["--database-url", &url]).output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{args:?}");
        let said = text(&refused.stderr);
        assert!(said.contains("there is no database") && said.contains("none was made"), "{args:?}: {said}");
        let there: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(there, ["firms.csv"], "{args:?}");
    }
}
