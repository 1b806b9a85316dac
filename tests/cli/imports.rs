//! `import` and `roster lint`, as an operator uses them.

use std::{path::PathBuf, process::Output};

use tempfile::TempDir;

use super::commands::{run, text};
use crate::support::db::{TestDb, on_both_engines};

const FIRMS: &str = "\u{feff}key,name,phone,areas,tier,licences\r\n\
    sumida,墨田設備,+81355550130,13107;13106,2,designated_water|東京都水道局|第9号|2027-03-31|13107\r\n\
    sakae,\"栄水道, 本店\",+81525550100,23100,,\r\n";
const TECHNICIANS: &str = "key,firm_key,name,phone,lat,lon,trades,languages,tools,opening_tools\n\
    suzuki,sumida,鈴木,+819055500131,35.71,139.805,water;lock,ja;en,opening_tools,authorised\n\
    sato,sakae,佐藤,+819055500111,35.1655,136.91,water,ja,,\n";
const SHIFTS: &str = "technician_key,day,from,to,holidays\n\
    suzuki,sun,06:00,24:00,\n\
    suzuki,sat,20:00,02:00+1,works\n\
    sato,mon,09:00,18:00,off\n";

struct Files(TempDir);

impl Files {
    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn import(&self, db: &TestDb, what: &str, content: &str) -> Output {
        let path = self.write(&format!("{what}.csv"), content.as_bytes());
        run(db, &["import", what, path.to_str().unwrap()])
    }

    fn import_dry(&self, db: &TestDb, what: &str, content: &str) -> Output {
        let path = self.write(&format!("{what}.csv"), content.as_bytes());
        run(db, &["import", what, path.to_str().unwrap(), "--dry-run"])
    }
}

fn out(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).trim().to_owned()
}

fn refused(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    text(&output.stderr).lines().map(str::to_owned).collect()
}

async fn counts(db: &TestDb) -> (i64, i64) {
    let mut raw = db.raw().await;
    let firms = raw.integer("SELECT CAST(COUNT(*) AS BIGINT) FROM firm").await;
    (firms, raw.integer("SELECT CAST(COUNT(*) AS BIGINT) FROM technician").await)
}

on_both_engines! {
    async fn files_are_taken_over_by_key_and_again_without_change(db: TestDb) {
        let files = Files(tempfile::tempdir().unwrap());
        assert!(run(&db, &["seed"]).status.success());
        let dry = files.import_dry(&db, "firms", FIRMS);
        assert_eq!(out(&dry), "dry run, nothing was written; firms: 2 new, 0 changed, 0 unchanged");
        assert_eq!(counts(&db).await, (0, 0));
        assert_eq!(out(&files.import(&db, "firms", FIRMS)), "firms: 2 new, 0 changed, 0 unchanged");
        assert_eq!(out(&files.import(&db, "technicians", TECHNICIANS)), "technicians: 2 new, 0 changed, 0 unchanged");
        let shifts = files.import(&db, "shifts", SHIFTS);
        assert_eq!(out(&shifts), "technicians' shifts: 0 new, 2 changed, 0 unchanged");
        assert_eq!(counts(&db).await, (2, 2));
        // The same again is nothing new, and leaves the weekly shifts alone.
        let changed = FIRMS.replace("栄水道, 本店", "栄水道");
        assert_eq!(out(&files.import(&db, "firms", &changed)), "firms: 0 new, 1 changed, 1 unchanged");
        assert_eq!(out(&files.import(&db, "technicians", TECHNICIANS)), "technicians: 0 new, 0 changed, 2 unchanged");
        assert_eq!(out(&files.import(&db, "shifts", SHIFTS)), "technicians' shifts: 0 new, 0 changed, 2 unchanged");
        let mut raw = db.raw().await;
        assert_eq!(raw.texts("SELECT name FROM firm WHERE key = 'sakae'").await, ["栄水道"]);
        assert_eq!(
            raw.texts("SELECT shifts FROM technician WHERE key = 'sato'").await,
            [r#"[{"day":"mon","from":"09:00","to":"18:00","holidays":"off"}]"#]
        );
        assert_eq!(raw.integer("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE actor = 'import'").await, 7);
    }

    async fn every_bad_row_is_named_and_nothing_is_taken(db: TestDb) {
        let files = Files(tempfile::tempdir().unwrap());
        assert!(run(&db, &["seed"]).status.success());
        let bad = "key,name,phone,areas,tier,licences\n\
            good,良い,+81355550130,13107,,\n\
            a b,悪い,0355550130,1310,10,gas|局|1|2027-02-30|\n\
            good,二度目,+81355550131,13107,,\n\
            ,,,,,\n\
            last,最後,+81355550132,13107\n";
        let said = refused(&files.import(&db, "firms", bad));
        let starts = |start: &str| said.iter().any(|line| line.starts_with(start));
        for start in [
            "line 3, column key: must be 1 to 64",
            "line 3, column phone: must be a telephone number",
            "line 3, column areas: '1310' is not",
            "line 3, column tier: a tier is a whole number from 1 to 9",
            "line 3, column licences: a licence names from 1",
            "line 4, column key: stands in line 2 already",
            "line 5, column key: is empty",
            "line 5, column name: is empty",
            "line 5, column phone: is empty",
            "line 5, column areas: is empty",
            "line 6, column -: has 4 cells; the first line names 6",
            "error: 11 problems; nothing was changed",
        ] {
            assert!(starts(start), "{start}\n{said:#?}");
        }
        // What only the gazetteer and the other rows can tell is told for every row too.
        let unknown = "key,name,phone,areas\n\
            one,甲,+81355550130,13107;99999\ntwo,乙,+81355550131,13107\nthree,丙,+81355550132,98765\n";
        let said = refused(&files.import_dry(&db, "firms", unknown));
        assert_eq!(said[..2], [
            "line 2, column areas: no such municipality in the gazetteer",
            "line 4, column areas: no such municipality in the gazetteer",
        ]);
        assert_eq!(counts(&db).await, (0, 0));

        assert!(files.import(&db, "firms", FIRMS).status.success());
        let bad = TECHNICIANS.replace("sakae,佐藤", "nobody,佐藤").replace("ja;en", "ja;xx")
            .replace("water;lock", "water;roof");
        let said = refused(&files.import(&db, "technicians", &bad));
        assert!(said[0].starts_with("line 2, column trades: 'roof' is not a known"), "{said:?}");
        let bad = bad.replace("water;roof", "water;lock");
        let said = refused(&files.import(&db, "technicians", &bad));
        assert!(said[0].starts_with("line 2, column languages:"), "{said:?}");
        assert_eq!(said[1], "line 3, column firm_key: no firm has this key");
        assert_eq!(counts(&db).await, (2, 0));

        assert!(files.import(&db, "technicians", TECHNICIANS).status.success());
        let bad = SHIFTS.replace("suzuki,sat,20:00,02:00+1", "suzuki,sat,20:00,02:00").replace("sato,mon", "nobody,mon")
            .replace("sun,06:00", "sun,6:00");
        let said = refused(&files.import(&db, "shifts", &bad));
        assert!(said[0].starts_with("line 2, column from: 'from' is '6:00'"), "{said:?}");
        assert!(said[1].starts_with("line 3, column to: '20:00' to '02:00'"), "{said:?}");
        let said = refused(&files.import(&db, "shifts", &SHIFTS.replace("sato,mon", "nobody,mon")));
        assert_eq!(said[0], "line 4, column technician_key: no technician has this key");
        let mut raw = db.raw().await;
        assert_eq!(raw.integer("SELECT CAST(COUNT(*) AS BIGINT) FROM technician WHERE shifts <> '[]'").await, 0);
    }

    async fn the_lint_says_when_nobody_could_be_sent(db: TestDb) {
        let files = Files(tempfile::tempdir().unwrap());
        assert!(run(&db, &["seed"]).status.success());
        let lint = ["roster", "lint", "--from", "2026-11-29", "--days", "1"];
        let nobody = run(&db, &lint);
        assert_eq!((out(&nobody).as_str(), text(&nobody.stderr).trim()), ("", "0 municipalities looked at"));
        let one = FIRMS.lines().take(2).collect::<Vec<_>>().join("\n").replace("13107;13106", "13107");
        assert!(files.import(&db, "firms", &one).status.success());
        let one = TECHNICIANS.lines().take(2).collect::<Vec<_>>().join("\n");
        assert!(files.import(&db, "technicians", &one).status.success());
        let one = SHIFTS.lines().take(3).collect::<Vec<_>>().join("\n");
        assert!(files.import(&db, "shifts", &one).status.success());
        let holes = run(&db, &lint);
        assert_eq!(holes.status.code(), Some(1));
        assert_eq!(text(&holes.stdout).lines().collect::<Vec<_>>(), [
            "東京都墨田区 water: Sun 11/29 02:00–06:00 nobody",
            "東京都墨田区 lock: Sun 11/29 02:00–06:00 nobody",
        ]);
        let too_many = run(&db, &["roster", "lint", "--days", "32"]);
        assert!(text(&too_many.stderr).contains("--days: must be from 1 to 31"));
    }
}
