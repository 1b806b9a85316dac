//! The database away, and its disk full: refused so that it can be sent again, and over when the outage is.

use kaketsuke::{
    app::disks::Disks,
    domain::{actor::Role, disks::Disk},
};

use crate::support::{
    db::{Engine, TestDb, on_both_engines},
    server::TestServer,
    world,
};

/// From now on the server says of each new call that its disk is full, as it does where that is so.
const FULL: &str = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON call FOR EACH ROW EXECUTE FUNCTION full_disk()";

on_both_engines! {
    async fn a_full_disk_is_told_and_over_when_there_is_room(db: TestDb) {
        // Of the other engine the same is shown where its connection can be told to be full: `store::db`.
        if db.engine() == Engine::Sqlite {
            return;
        }
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        db.raw().await.execute(FULL).await.unwrap();
        // More often than there are connections.
        for _ in 0..5 {
            let refused = desk.post_as("k", "/v1/calls", world::call()).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (503, "disk-full"));
            assert_eq!(refused.headers["retry-after"], "30");
        }
        db.raw().await.execute("DROP TRIGGER full_disk ON call").await.unwrap();
        desk.post_as("k", "/v1/calls", world::call()).await.expect(201);
        assert_eq!(db.raw().await.integer("SELECT COUNT(*) FROM call").await, 1);
        server.stop().await;
    }

    async fn a_disk_with_little_room_rings_until_there_is_more(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let server = TestServer::start(&db).await;
        let place = vec![(Disk::Evidence, folder.path().to_owned())];
        server.ctx.watch_disks(Disks::new(place.clone(), u64::MAX));
        server.pass(2).await;
        let low = async |server: &TestServer| {
            let alarms = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
            let ours = |alarm: &&serde_json::Value| alarm["kind"] == "disk_low" && alarm["state"] != "resolved";
            alarms["items"].as_array().unwrap().iter().filter(ours).count()
        };
        assert_eq!(low(&server).await, 1);
        let figures = server.with(None).get("/metrics").await.expect(200);
        let free = figures.as_str().unwrap().lines().find_map(|line| line.strip_prefix("kaketsuke_disk_free_bytes{disk=\"evidence\"} "));
        assert!(free.unwrap().parse::<u64>().unwrap() > 0, "{figures}");
        server.stop().await;
        let server = TestServer::start_again(&db).await;
        server.ctx.watch_disks(Disks::new(place, 1));
        server.pass(2).await;
        assert_eq!(low(&server).await, 0, "there is room");
        server.stop().await;
    }

    async fn a_database_that_was_away_is_told_as_such(db: TestDb) {
        if db.engine() == Engine::Sqlite {
            return;
        }
        let server = TestServer::start(&db).await;
        let supervisor = server.client(Role::Supervisor);
        supervisor.get("/v1/firms").await.expect(200);
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        db.raw().await.execute(cut).await.unwrap();
        let mut answers = Vec::new();
        for _ in 0..8 {
            let reply = supervisor.get("/v1/firms").await;
            if reply.status.as_u16() == 503 {
                assert_eq!(reply.problem(), "unavailable");
                assert!(reply.headers.contains_key("retry-after"));
            }
            answers.push(reply.status.as_u16());
        }
        assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
        assert_eq!(answers.last(), Some(&200), "{answers:?}");
        server.stop().await;
    }

    // A server that reads and takes no writes is not ready, however well it answers.
    async fn where_nothing_can_be_written_it_is_not_ready(db: TestDb) {
        // Of the other engine the same is shown where its connection can be told to be full: `store::db`.
        if db.engine() == Engine::Sqlite {
            return;
        }
        let server = TestServer::start(&db).await;
        let nobody = server.with(None);
        nobody.get("/readyz").await.expect(200);
        let mut raw = db.raw().await;
        let name = raw.texts("SELECT CAST(current_database() AS TEXT)").await.remove(0);
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        raw.execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await.unwrap();
        raw.execute(cut).await.unwrap();
        for _ in 0..12 {
            assert_eq!(nobody.get("/readyz").await.status.as_u16(), 503);
        }
        raw.execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await.unwrap();
        raw.execute(cut).await.unwrap();
        let mut answers = Vec::new();
        for _ in 0..12 {
            answers.push(nobody.get("/readyz").await.status.as_u16());
        }
        assert_eq!(answers.last(), Some(&200), "{answers:?}");
        server.stop().await;
    }
}
