//! Proof covers everything (G-12): whoever changes, adds or takes away a row that must stay as it is, with all rights and no
//! guard in the way, is found out; and nothing that is allowed is taken for that.

mod night;
mod replayed;

use std::collections::BTreeSet;

use kaketsuke::{
    app::{self, Ctx, clock::Clock, loaded::Loaded, verify::Verdict},
    store::{Db, feed, files::Files, seals::FACETS},
};
use rand::{SeedableRng as _, rngs::StdRng};
use serde_json::json;

use crate::{
    erasing::verify,
    support::{
        db::{Engine, Raw, TestDb, on_both_engines},
        server::{TestServer, evening},
        site::{acknowledge, consumer},
        world,
    },
};

/// What the architecture says is not sealed, and why: `table` or `table.column`.
fn not_sealed() -> BTreeSet<&'static str> {
    let (_, list) = include_str!("../../ARCHITECTURE.md").split_once("| not sealed | why |").unwrap();
    let rows = list.lines().skip(2).take_while(|line| line.starts_with('|'));
    let named = rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(cells.len() == 2 && cells[1].len() > 10, "{row}");
        cells[0].split(", ").map(|name| name.trim_matches('`'))
    });
    named.flatten().collect()
}

/// The database without the service, to be looked at and tampered with.
struct Stored {
    ctx: Ctx,
    raw: Raw,
    engine: Engine,
}

/// The database at an address, without the service.
async fn opened(url: &str) -> Ctx {
    let store = Db::connect(&url.parse().unwrap(), 2).await.unwrap();
    Ctx::new(store, Clock::scenario(evening()), StdRng::seed_from_u64(1), Loaded::embedded().unwrap())
}

impl Stored {
    /// What a night of allowed acts has left.
    async fn after_a_night(db: &TestDb) -> Self {
        let server = TestServer::start(db).await;
        night::played(&server).await;
        let files = server.ctx.files().clone();
        server.stop().await;
        Self::of(db, files).await
    }

    async fn of(db: &TestDb, files: Files) -> Self {
        let ctx = opened(db.url()).await.with_files(files);
        app::reference::reload(&ctx).await.unwrap();
        Self { ctx, raw: db.raw().await, engine: db.engine() }
    }

    /// What a check has found.
    async fn found(&self, name: &str) -> Option<String> {
        let check = app::verify::CHECKS.iter().find(|check| check.name == name).unwrap();
        match check.run(&self.ctx).await.unwrap() {
            Verdict::Intact(_) => None,
            Verdict::Broken(what) => Some(what.join("\n")),
        }
    }

    /// What any check has found.
    async fn found_at_all(&self) -> Vec<String> {
        let mut all = Vec::new();
        for check in app::verify::CHECKS {
            all.extend(self.found(check.name).await);
        }
        all
    }

    async fn run(&mut self, sql: &str) {
        self.raw.execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Takes every guard out of the way.
    async fn unguard(&mut self) {
        match self.engine {
            Engine::Sqlite => {
                for trigger in self.triggers().await {
                    self.run(&format!("DROP TRIGGER {trigger}")).await;
                }
                let unique = "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE UNIQUE INDEX%'";
                for index in self.raw.texts(unique).await {
                    self.run(&format!("DROP INDEX {index}")).await;
                }
                self.run("PRAGMA foreign_keys = OFF").await;
                self.run("PRAGMA ignore_check_constraints = ON").await;
            }
            Engine::Postgres => self.run(UNGUARD).await,
        }
    }

    async fn triggers(&mut self) -> Vec<String> {
        self.raw
            .texts(match self.engine {
                Engine::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
                Engine::Postgres => {
                    "SELECT CAST(t.tgname || ' ON ' || c.relname AS text)
                     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
                }
            })
            .await
    }

    /// The columns of a table, each with another value than it has.
    async fn others(&mut self, table: &str) -> Vec<(String, String)> {
        let columns = self
            .raw
            .texts(&match self.engine {
                Engine::Sqlite => format!("SELECT name || ' ' || type FROM pragma_table_info('{table}')"),
                Engine::Postgres => format!(
                    "SELECT CAST(column_name || ' ' || data_type AS text) FROM information_schema.columns
                     WHERE table_schema = 'public' AND table_name = '{table}'"
                ),
            })
            .await;
        let other = |line: &String| {
            let (name, kind) = line.split_once(' ').unwrap();
            let value = match kind {
                "INTEGER" | "bigint" => format!("-COALESCE({name}, 0) - 1"),
                "TEXT" | "text" => format!("COALESCE({name}, '') || 'x'"),
                "BLOB" => format!("CAST(hex(COALESCE({name}, X'')) AS BLOB)"),
                "uuid" => format!("CAST(md5(COALESCE(CAST({name} AS text), '')) AS uuid)"),
                "bytea" => format!("COALESCE({name}, '\\x') || '\\x41'"),
                "timestamp with time zone" => format!("COALESCE({name}, 'epoch') + interval '1 second'"),
                other => panic!("{table}.{name} is a {other}"),
            };
            (name.to_owned(), value)
        };
        columns.iter().map(other).collect()
    }
}

/// Everything that PostgreSQL itself forbids.
const UNGUARD: &str = "DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
             WHERE contype IN ('c', 'f', 'x') AND connamespace = 'public'::regnamespace AND conrelid <> 0 LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname);
    END LOOP;
    FOR r IN SELECT indexrelid::regclass AS i FROM pg_index
             WHERE indisunique AND indrelid::regclass::text NOT LIKE 'pg_%' AND indrelid::regclass::text NOT LIKE '%pg_toast%'
               AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) LOOP
        EXECUTE format('DROP INDEX %s', r.i);
    END LOOP;
    FOR r IN SELECT tgrelid::regclass AS t, tgname FROM pg_trigger WHERE NOT tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', r.tgname, r.t);
    END LOOP;
END $$";

/// Another id, in SQL.
fn other_id(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "randomblob(16)",
        Engine::Postgres => "gen_random_uuid()",
    }
}

/// The tables that are sealed.
fn sealed() -> BTreeSet<&'static str> {
    FACETS.iter().map(|facet| facet.table).collect()
}

on_both_engines! {
    async fn every_change_of_a_row_that_must_stay_as_it_is_is_found_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        night::played(&server).await;
        verify(&server).await;
        let files = server.ctx.files().clone();
        server.stop().await;
        let mut stored = Stored::of(&db, files).await;
        assert_eq!(stored.found_at_all().await, [""; 0], "a night of allowed acts");
        let not_sealed = not_sealed();
        stored.unguard().await;
        let mut unseen = Vec::new();
        for table in sealed() {
            let rows = stored.raw.integer(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")).await;
            assert!(rows > 0, "the night has no {table}");
            stored.run(&format!("CREATE TABLE kept_rows AS SELECT * FROM {table}")).await;
            let mut changes: Vec<_> = stored
                .others(table)
                .await
                .into_iter()
                .filter(|(column, _)| column != "version" || table == "reference_dataset")
                .filter(|(column, _)| !not_sealed.contains(format!("{table}.{column}").as_str()))
                .map(|(column, value)| format!("UPDATE {table} SET {column} = {value}"))
                .collect();
            changes.push(format!("DELETE FROM {table}"));
            for change in changes {
                stored.run(&change).await;
                let found = stored.found("rows").await;
                if !found.as_ref().is_some_and(|found| found.contains(table)) {
                    unseen.push(format!("{change}: {found:?}"));
                }
                stored.run(&format!("DELETE FROM {table}")).await;
                stored.run(&format!("INSERT INTO {table} SELECT * FROM kept_rows")).await;
            }
            stored.run("DROP TABLE kept_rows").await;
        }
        assert_eq!(unseen, [""; 0], "not found out");
        assert_eq!(stored.found("rows").await, None, "all is as it was again");
    }

    /// A new table is sealed, or it is said in the architecture why not.
    async fn of_every_table_it_is_said_whether_it_is_sealed(db: TestDb) {
        let tables = db.raw().await.texts(match db.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Engine::Postgres => "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = 'public'",
        }).await;
        let tables: BTreeSet<_> = tables.iter().map(String::as_str).collect();
        let (columns, left_out): (BTreeSet<_>, BTreeSet<_>) = not_sealed().into_iter().partition(|name| name.contains('.'));
        let twice: Vec<_> = left_out.intersection(&sealed()).copied().collect();
        assert_eq!(twice, [""; 0], "sealed all the same");
        assert_eq!(left_out.union(&sealed()).copied().collect::<BTreeSet<_>>(), tables);
        for column in columns {
            let (table, _) = column.split_once('.').unwrap();
            assert!(sealed().contains(table), "{column}");
        }
    }

    /// Whoever gives themselves a role, a firm or another one's place is found out, whichever way they take.
    async fn a_role_that_nobody_was_given_is_found_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = world::crew(&server, "錦水道", 35.169, 136.91).await;
        for (login, role) in [("chief", "administrator"), ("tanaka", "dispatcher")] {
            let person = json!({ "login": login, "name": login, "role": role, "password": "correct horse battery" });
            server.administrator().post("/v1/users", person).await.expect(201);
        }
        let files = server.ctx.files().clone();
        server.stop().await;
        let mut stored = Stored::of(&db, files).await;
        let own = |id: &str| match stored.engine {
            Engine::Sqlite => format!("X'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        };
        let (firm, theirs, technician) = (own(&crew.firm), own(&other.firm), own(&other.technician));
        let tanaka = "SELECT token_id FROM user_account WHERE login = 'tanaka'";
        let forgeries = [
            "UPDATE token SET role = 'administrator' WHERE role = 'dispatcher'".to_owned(),
            format!("UPDATE token SET role = 'administrator' WHERE id = ({tanaka})"),
            format!("UPDATE token SET firm_id = {theirs} WHERE role = 'firm' AND firm_id = {firm}"),
            format!("UPDATE token SET firm_id = {theirs}, technician_id = {technician} WHERE role = 'technician' AND firm_id = {firm}"),
            format!("UPDATE token SET role = 'supervisor', firm_id = NULL WHERE role = 'firm' AND firm_id = {firm}"),
            "UPDATE user_account SET login = 'forger' WHERE login = 'chief'".to_owned(),
            format!("UPDATE user_account SET token_id = (SELECT id FROM token WHERE name = 'test administrator') WHERE token_id = ({tanaka})"),
            "UPDATE user_account SET password_hash = 'of the forger' WHERE login = 'chief'".to_owned(),
        ];
        assert_eq!(stored.found("rows").await, None);
        stored.unguard().await;
        for table in ["token", "user_account"] {
            stored.run(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for forgery in forgeries {
            stored.run(&forgery).await;
            let found = stored.found("rows").await;
            assert!(found.is_some_and(|found| found.contains("is not what event")), "{forgery}");
            for table in ["token", "user_account"] {
                stored.run(&format!("DELETE FROM {table}")).await;
                stored.run(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
        }
        assert_eq!(stored.found("rows").await, None);
    }

    async fn a_row_that_the_service_has_not_written_is_found_out(db: TestDb) {
        let mut stored = Stored::after_a_night(&db).await;
        let other = other_id(stored.engine);
        // No guard is in the way of a payment that nobody has made.
        stored
            .run(&format!(
                "INSERT INTO payment (id, job_id, kind, method, payer, amount_yen, received_at, settlement_id, recorded_at)
                 SELECT {other}, job_id, kind, method, payer, amount_yen, received_at, settlement_id, recorded_at FROM payment"
            ))
            .await;
        let found = stored.found("rows").await.unwrap();
        assert!(found.starts_with("payment ") && found.ends_with("no event bears this row's seal"), "{found}");
    }

    async fn a_row_that_is_sealed_anew_is_found_out(db: TestDb) {
        let mut stored = Stored::after_a_night(&db).await;
        stored.unguard().await;
        let borne = stored.raw.texts("SELECT seals FROM event WHERE seals LIKE '%\"payment\"%'").await;
        let borne: Vec<(String, String, String)> = serde_json::from_str(&borne[0]).unwrap();
        let (name, key, hash) = borne.into_iter().find(|(name, ..)| name == "payment").unwrap();
        // The forger's own seal, in an event that had none, whatever the chain says of it.
        let other = hash.chars().rev().collect::<String>();
        let forged = json!([[name, key, other]]);
        let event = "SELECT MIN(ord) FROM event WHERE seals = '[]' AND ord > (SELECT MAX(ord) FROM event WHERE seals LIKE '%\"payment\"%')";
        stored.run(&format!("UPDATE event SET seals = '{forged}' WHERE ord = ({event})")).await;
        let found = stored.found("rows").await.unwrap();
        assert!(found.starts_with("event ") && found.contains("seals a row of payment anew"), "{found}");
    }

    /// Whoever adds an event to the log needs no old hash and no chain: what nobody can do by the service is found out all the same.
    async fn what_an_added_event_takes_back_is_found_out(db: TestDb) {
        let mut stored = Stored::after_a_night(&db).await;
        stored.unguard().await;
        for facet in ["token revocation", "user_account end", "consumer position", "case_hazard clearance",
                      "hand_over acceptance", "technician_proposal verdict", "case_hold"] {
            let borne = stored.raw.texts(&format!("SELECT seals FROM event WHERE seals LIKE '%\"{facet}\"%' ORDER BY ord")).await;
            let mut seals: Vec<(String, String, String)> = Vec::new();
            for event in &borne {
                let all: Vec<(String, String, String)> = serde_json::from_str(event).unwrap();
                seals.extend(all.into_iter().filter(|(name, ..)| name == facet));
            }
            let was = |now: &(String, String, String)| {
                let of_same = |before: &&(String, String, String)| before.1 == now.1 && before.2 != now.2;
                seals.iter().find(of_same).map(|before| before.2.clone())
            };
            let (key, hash) = if facet == "case_hold" {
                (seals[0].1.clone(), "0".repeat(64))
            } else {
                seals.iter().rev().find_map(|now| Some((now.1.clone(), was(now)?))).expect(facet)
            };
            let (id, forged) = (other_id(stored.engine), json!([[facet, key, hash]]));
            stored
                .run(&format!(
                    "INSERT INTO event (id, at, actor, actor_id, subject, subject_id, kind, data, seals)
                     SELECT {id}, at, actor, actor_id, subject, subject_id, 'log.rows_sealed', '{{}}', '{forged}'
                     FROM event WHERE ord = (SELECT MAX(ord) FROM event)"
                ))
                .await;
            let found = stored.found("rows").await.unwrap_or_default();
            let says = if facet == "case_hold" { "is no such act" } else { "anew" };
            assert!(found.contains(facet) && found.contains(says), "{facet}: {found}");
            stored.run("DELETE FROM event WHERE ord = (SELECT MAX(ord) FROM event)").await;
        }
        assert_eq!(stored.found("rows").await, None, "all is as it was again");
    }

    async fn an_end_that_is_cut_off_and_a_chain_that_is_made_anew_are_found_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        night::played(&server).await;
        let (name, billing) = consumer(&server, "経理").await;
        server.settle().await;
        let acknowledged = acknowledge(&billing, &name, &json!(1)).await.expect(200);
        let (pos, hash) = (acknowledged["head_pos"].as_i64().unwrap(), acknowledged["head_hash"].as_str().unwrap());
        let again = acknowledge(&billing, &name, &json!(1)).await.expect(200);
        assert_eq!(again["id"], acknowledged["id"], "the same again changes nothing");
        let mut kept = [0; 32];
        hex::decode_to_slice(hash, &mut kept).unwrap();
        let files = server.ctx.files().clone();
        server.settle().await;
        server.stop().await;
        let mut stored = Stored::of(&db, files).await;
        let expected = async |stored: &Stored| app::verify::expected(&stored.ctx, pos, kept).await.unwrap();
        assert!(matches!(expected(&stored).await, Verdict::Intact(_)));
        stored.unguard().await;

        // An early event is another one, and every hash after it is made to fit.
        let mut tx = stored.ctx.db().read().await.unwrap();
        let mut chain = feed::chain(&mut tx, 0, 100_000).await.unwrap();
        drop(tx);
        chain[9].event.actor = "nobody".to_owned();
        stored.run(&format!("UPDATE event SET actor = 'nobody' WHERE ord = {}", chain[9].event.ord)).await;
        assert!(stored.found("feed").await.unwrap().contains("position 10"));
        let bytes = |hash: feed::Hash| match stored.engine {
            Engine::Sqlite => format!("X'{}'", hex::encode(hash)),
            Engine::Postgres => format!("'\\x{}'", hex::encode(hash)),
        };
        let (mut before, mut forged) = ([0; 32], Vec::new());
        for entry in &chain {
            let hash = feed::link(&before, entry.pos, &entry.event);
            forged.push(format!(
                "UPDATE feed SET prev_hash = {}, hash = {} WHERE pos = {}",
                bytes(before), bytes(hash), entry.pos
            ));
            before = hash;
        }
        forged.push(format!("UPDATE feed_head SET hash = {}", bytes(before)));
        stored.run(&forged.join(";")).await;
        assert_eq!(stored.found("feed").await, None, "the chain has no key: by itself it is sound");
        let Verdict::Broken(found) = expected(&stored).await else { panic!("not found out") };
        assert!(found[0].contains(&format!("position {pos} had the hash {hash}")), "{found:?}");

        // The last events, as if they had never been.
        let last = stored.raw.integer("SELECT MAX(pos) FROM feed").await;
        let ord = stored.raw.integer(&format!("SELECT ord FROM feed WHERE pos = {}", last - 4)).await;
        stored.run(&format!("DELETE FROM feed WHERE pos > {}", last - 5)).await;
        stored.run(&format!("DELETE FROM event WHERE ord >= {ord}")).await;
        assert!(stored.found("feed").await.unwrap().contains("cut off"));
        let head = last - 5;
        stored
            .run(&format!(
                "UPDATE feed_head SET pos = {head}, hash = (SELECT hash FROM feed WHERE pos = {head})"
            ))
            .await;
        if stored.engine == Engine::Sqlite {
            assert!(stored.found("feed").await.unwrap().contains("some were taken away"));
        }
        let Verdict::Broken(found) = expected(&stored).await else { panic!("not found out") };
        assert!(found[0].contains(&format!("no position {pos} any more")) || found[0].contains("written anew"), "{found:?}");
    }

    async fn every_guard_that_is_gone_is_missed(db: TestDb) {
        let server = TestServer::start(&db).await;
        server.stop().await;
        let mut stored = Stored::of(&db, Files::in_memory()).await;
        assert_eq!(stored.found("guards").await, None);
        let triggers = stored.triggers().await;
        assert!(triggers.len() > 50, "{triggers:?}");
        for (number, trigger) in triggers.iter().enumerate() {
            stored.run(&format!("DROP TRIGGER {trigger}")).await;
            // One look takes a while: at the first few, and at the end.
            if number < 3 || number + 1 == triggers.len() {
                let found = stored.found("guards").await.unwrap();
                // Each by its name, up to a hundred of them.
                let missed = found.lines().filter(|line| line.ends_with("is missing")).count();
                assert_eq!(missed, (number + 1).min(app::verify::FINDINGS_MAX), "{found}");
                let left = (number + 1).saturating_sub(app::verify::FINDINGS_MAX);
                assert!(left == 0 || found.ends_with(&format!("and {left} more")), "{found}");
            }
        }
    }

    async fn a_guard_that_looks_away_is_found_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        server.stop().await;
        let mut stored = Stored::of(&db, Files::in_memory()).await;
        match stored.engine {
            Engine::Sqlite => {
                stored.run("DROP TRIGGER fact_immutable").await;
                stored.run("CREATE TRIGGER fact_immutable BEFORE UPDATE ON fact BEGIN SELECT 1; END").await;
            }
            Engine::Postgres => stored.run("ALTER TABLE fact DISABLE TRIGGER fact_immutable").await,
        }
        let found = stored.found("guards").await.unwrap();
        assert!(found.contains("fact_immutable") && found.ends_with("is not that of this release"), "{found}");
    }

    async fn the_head_of_the_log_is_told_each_night(db: TestDb) {
        let server = TestServer::start(&db).await;
        server.pass(7 * 60).await;
        server.settle().await;
        let told = crate::privacy::events(&db, "log.anchored").await;
        assert_eq!(told.len(), 2, "at the start of the service, which is after three, and the night after");
        let (pos, hash) = (told[1]["pos"].as_i64().unwrap(), told[1]["hash"].as_str().unwrap());
        let mut kept = [0; 32];
        hex::decode_to_slice(hash, &mut kept).unwrap();
        assert!(matches!(app::verify::expected(&server.ctx, pos, kept).await.unwrap(), Verdict::Intact(_)));
        kept[0] ^= 1;
        assert!(matches!(app::verify::expected(&server.ctx, pos, kept).await.unwrap(), Verdict::Broken(_)));
        assert!(matches!(app::verify::expected(&server.ctx, 1_000_000, kept).await.unwrap(), Verdict::Broken(_)));
        assert!(told[0]["pos"].as_i64().unwrap() < pos);
        // The chain before its first entry.
        assert!(matches!(app::verify::expected(&server.ctx, 0, [0; 32]).await.unwrap(), Verdict::Intact(_)));
        assert!(matches!(app::verify::expected(&server.ctx, 0, kept).await.unwrap(), Verdict::Broken(_)));
        server.stop().await;
    }

    // The last checks of the feed: an event that nobody reads, and a bill that billing would not be told of.
    async fn an_event_that_no_reader_meets_is_found_out(db: TestDb) {
        let mut stored = Stored::after_a_night(&db).await;
        assert_eq!(stored.found("feed").await, None);
        stored.unguard().await;
        stored.run("CREATE TABLE kept AS SELECT pos, topic FROM feed").await;
        stored.run("UPDATE feed SET topic = NULL WHERE topic IS NOT NULL").await;
        let found = stored.found("feed").await.unwrap();
        assert!(found.contains("its topic is not that of its event"), "{found}");
        stored.run("UPDATE feed SET topic = (SELECT k.topic FROM kept k WHERE k.pos = feed.pos)").await;
        assert_eq!(stored.found("feed").await, None);
        let id = match stored.engine {
            Engine::Sqlite => "x'00000000000040008000000000000077'",
            Engine::Postgres => "'00000000-0000-4000-8000-000000000077'",
        };
        let columns = "at, actor, actor_id, subject, subject_id, kind, data";
        stored.run(&format!("INSERT INTO event (id, {columns}) SELECT {id}, {columns} FROM event ORDER BY ord DESC LIMIT 1")).await;
        let found = stored.found("feed").await.unwrap();
        assert!(found.contains("has no position and does not wait for one"), "{found}");
    }

    async fn a_trigger_that_is_not_ours_is_found_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        server.stop().await;
        let mut stored = Stored::of(&db, Files::in_memory()).await;
        assert_eq!(stored.found("guards").await, None);
        stored.run(match stored.engine {
            Engine::Sqlite => "CREATE TRIGGER helpful AFTER INSERT ON fact BEGIN SELECT 1; END",
            Engine::Postgres => "CREATE TRIGGER helpful BEFORE UPDATE ON fact FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        }).await;
        let found = stored.found("guards").await.unwrap();
        assert!(found.contains("helpful") && found.ends_with("is not of this release"), "{found}");
    }

    /// An index can refuse what is right, a view or a rule can stand in for a table.
    async fn what_is_in_the_schema_and_is_not_ours_is_found_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        server.stop().await;
        let mut stored = Stored::of(&db, Files::in_memory()).await;
        let mut strange = vec![
            ("CREATE UNIQUE INDEX once_a_channel ON call (channel, id)", "index once_a_channel is not of", "DROP INDEX once_a_channel"),
            ("CREATE TABLE aside (id BIGINT)", "table aside is not of", "DROP TABLE aside"),
            ("CREATE VIEW beside AS SELECT id FROM job", "view beside is not of", "DROP VIEW beside"),
        ];
        strange.extend_from_slice(match stored.engine {
            Engine::Sqlite => &[("PRAGMA user_version = 7", "pragma user_version is not that of", "PRAGMA user_version = 0")],
            Engine::Postgres => &[
                ("CREATE RULE unheard AS ON INSERT TO alarm DO INSTEAD NOTHING", "rule unheard of alarm is not of", "DROP RULE unheard ON alarm"),
                ("ALTER TABLE fact ALTER COLUMN data DROP NOT NULL", "table fact is not that of", "ALTER TABLE fact ALTER COLUMN data SET NOT NULL"),
                ("ALTER TABLE fact ADD COLUMN aside text", "table fact is not that of", "ALTER TABLE fact DROP COLUMN aside"),
            ],
        });
        for (made, said, undone) in strange {
            assert_eq!(stored.found("guards").await, None, "before {made}");
            stored.run(made).await;
            let found = stored.found("guards").await.unwrap_or_default();
            assert!(found.lines().any(|line| line.starts_with(said)), "{made}: {found}");
            stored.run(undone).await;
        }
        assert_eq!(stored.found("guards").await, None);
    }

    async fn the_head_of_the_log_is_written_to_a_file_each_night(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anchors");
        let server = TestServer::start(&db).await;
        let _ = server.ctx.clone().with_anchor_file(file.clone());
        server.pass(31 * 60).await;
        server.settle().await;
        let written = std::fs::read_to_string(&file).unwrap();
        let heads: Vec<_> = written.lines().map(|line| line.split_once(' ').unwrap()).collect();
        assert_eq!(heads.iter().map(|(at, _)| *at).collect::<Vec<_>>(), ["2026-11-22T18:00:00Z", "2026-11-23T18:00:00Z"]);
        for (_, head) in heads {
            let (pos, hash) = head.split_once(':').unwrap();
            let mut kept = [0; 32];
            hex::decode_to_slice(hash, &mut kept).unwrap();
            let verdict = app::verify::expected(&server.ctx, pos.parse().unwrap(), kept).await.unwrap();
            assert!(matches!(verdict, Verdict::Intact(_)), "{head}");
        }
        server.stop().await;
    }
}
