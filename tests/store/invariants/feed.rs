//! The feed has no gap and no fork, and no event is lost on the way into it.

use crate::script::{Case, check, render, run, verdict};
use crate::support::db::{Engine, TestDb, on_both_engines, on_postgres};
use crate::world::{self, insert};

/// The row that follows the world's feed, with some columns replaced.
fn next(replaced: &[(&str, &str)]) -> String {
    insert("feed", replaced)
}

on_both_engines! {
    async fn gaps(db: TestDb) {
        let gap = |pos| Case::new(&next(&[]), &next(&[("pos", pos)]), "feed_gap");
        check(&db, &[gap("4"), gap("2"), gap("1"), gap("0"), gap("-1"), gap("NULL")]).await;
    }

    async fn forks(db: TestDb) {
        let fork = |hash| Case::new(&next(&[]), &next(&[("prev_hash", hash)]), "feed_fork");
        check(&db, &[fork("@1"), fork("@0"), fork("@2x31"), fork("NULL")]).await;
    }

    async fn the_first_position_follows_zeros(db: TestDb) {
        let engine = db.engine();
        let mut raw = db.raw().await;
        run(&mut raw, engine, &insert("event", &[])).await;
        let ord = raw.integer("SELECT ord FROM event").await.to_string();
        let first = |pos, prev_hash| next(&[("pos", pos), ("ord", &ord), ("prev_hash", prev_hash)]);
        let refusals = [
            (first("0", "@0"), "feed_gap"),
            (first("2", "@0"), "feed_gap"),
            (first("1", "@2"), "feed_fork"),
        ];
        for (illegal, refused) in refusals {
            assert_eq!(verdict(&raw.execute(&render(engine, &illegal)).await.unwrap_err()), refused);
        }
        run(&mut raw, engine, &first("1", "@0")).await;
    }

    async fn several_positions_in_one_statement(db: TestDb) {
        let rows = |pos, prev_hash| {
            format!("INSERT INTO feed (pos, ord, prev_hash, hash) VALUES (3, 3, @2, @3), ({pos}, 4, {prev_hash}, @4)")
        };
        check(&db, &[
            Case::new(&rows("4", "@3"), &rows("5", "@3"), "feed_gap"),
            Case::new(&rows("4", "@3"), &rows("4", "@2"), "feed_fork"),
        ])
        .await;
    }

    async fn an_event_is_fed_once_and_exists(db: TestDb) {
        check(&db, &[
            Case::new(&next(&[]), &next(&[("ord", "2")]), "feed_ord_key"),
            Case::new(&next(&[]), &next(&[("ord", "999")]), "foreign_key"),
        ])
        .await;
    }

    async fn every_event_is_queued(db: TestDb) {
        let mut raw = world::build(&db).await;
        let queued = "SELECT count(*) FROM feed_queue q JOIN event e ON e.ord = q.ord";
        // Of four events two have a position.
        assert_eq!(raw.integer(queued).await, 2);
        run(&mut raw, db.engine(), &insert("event", &[])).await;
        assert_eq!(raw.integer(queued).await, 3);
        if db.engine() == Engine::Sqlite {
            for (id, how) in [("#220", "INSERT OR REPLACE"), ("#221", "INSERT OR IGNORE")] {
                run(&mut raw, db.engine(), &insert("event", &[("id", id)]).replacen("INSERT", how, 1)).await;
            }
            assert_eq!(raw.integer(queued).await, 5);
        }
    }

    async fn what_has_a_position_waits_no_more(db: TestDb) {
        let mut raw = world::build(&db).await;
        run(&mut raw, db.engine(), &next(&[])).await;
        assert_eq!(raw.integer("SELECT count(*) FROM feed_queue").await, 1);
        assert_eq!(raw.integer("SELECT ord FROM feed_queue").await, 4);
    }

    async fn queued_events_are_not_lost(db: TestDb) {
        let lost = |legal: &str, illegal: &str| Case::new(legal, illegal, "feed_queue_lost");
        let mut cases = vec![
            // 1 and 2 are in the feed, 3 and 4 wait.
            lost("DELETE FROM feed_queue WHERE ord = 2", "DELETE FROM feed_queue WHERE ord = 3"),
            lost("DELETE FROM feed_queue WHERE ord <= 2", "DELETE FROM feed_queue"),
            lost("UPDATE feed_queue SET ord = ord WHERE ord = 9", "UPDATE feed_queue SET ord = ord WHERE ord = 3"),
            lost("DELETE FROM feed_queue WHERE ord = 3", "DELETE FROM feed_queue WHERE ord = 4")
                .given(&next(&[])),
        ];
        match db.engine() {
            Engine::Sqlite => cases.push(lost(
                "UPDATE OR REPLACE feed_queue SET ord = 3 WHERE ord = 9",
                "UPDATE OR REPLACE feed_queue SET ord = 3 WHERE ord = 4",
            )),
            Engine::Postgres => cases.push(lost("TRUNCATE call_person", "TRUNCATE feed_queue")),
        }
        check(&db, &cases).await;
    }
}

#[tokio::test]
async fn of_two_sequencers_one_writes_a_position() {
    on_postgres(|db| async move {
        let mut first = world::build(&db).await;
        let mut second = db.raw().await;
        let mut watcher = db.raw().await;
        let row = render(db.engine(), &next(&[]));
        let pid = second.integer("SELECT CAST(pg_backend_pid() AS bigint)").await;
        let waiting = format!("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = {pid}");
        first.execute("BEGIN").await.unwrap();
        first.execute(&row).await.unwrap();
        let (outcome, ()) = tokio::join!(second.execute(&row), async {
            // Until the second has passed the trigger and waits for the primary key.
            let mut polls = 0;
            while watcher.integer(&waiting).await == 0 {
                polls += 1;
                assert!(polls < 100_000, "the second sequencer never waited");
            }
            first.execute("COMMIT").await.unwrap();
        });
        assert_eq!(verdict(&outcome.unwrap_err()), "feed_pkey");
        assert_eq!(watcher.integer("SELECT count(*) FROM feed").await, 3);
    })
    .await;
}
