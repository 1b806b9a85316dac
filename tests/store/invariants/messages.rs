//! One message for a receiver and position; what has arrived is never sent again; the reader never goes back.

use crate::{
    script::{Case, check},
    support::db::{Engine, TestDb, on_both_engines},
    world::insert,
};

/// `UPDATE message …` of the message of the world that has arrived, beside a pending one.
fn refused(set: &str) -> Case {
    let pending = insert("message", &[]);
    Case::new(
        &format!("UPDATE message SET {set} WHERE id = #162 AND 1 = 0"),
        &format!("UPDATE message SET {set} WHERE id = #162"),
        "message_settled",
    )
    .given(&pending)
}

on_both_engines! {
    async fn a_receiver_has_one_message_of_a_position(db: TestDb) {
        let again = insert("message", &[("pos", "1")]);
        let other = insert("message", &[("pos", "1"), ("channel", "'email'"), ("webhook_id", "NULL"), ("firm_id", "#1"),
                                        ("receiver", "#1")]);
        let mut cases = vec![
            Case::new(&other, &again, "message_receiver_pos_key"),
            Case::new(&insert("message", &[]), &insert("message", &[("id", "#162")]), "message_pkey"),
        ];
        if db.engine() == Engine::Sqlite {
            let replace = |sql: &str| sql.replacen("INSERT", "INSERT OR REPLACE", 1);
            cases.push(Case::new(&replace(&other), &replace(&again), "message_receiver_pos_key"));
        }
        check(&db, &cases).await;
    }

    async fn what_has_arrived_stays_so(db: TestDb) {
        let dead = insert("message", &[("state", "'dead'"), ("next_at", "NULL"),
                                       ("settled_at", "'2026-11-23T11:10:00+00:00'")]);
        let replay = "UPDATE message SET state = 'pending', next_at = '2026-11-23T12:00:00+00:00', settled_at = NULL";
        check(&db, &[
            refused("state = 'pending', next_at = '2026-11-23T12:00:00+00:00', settled_at = NULL"),
            refused("attempts = 2"),
            Case::new(&format!("{replay} WHERE id = #262"), &format!("{replay} WHERE id = #162"), "message_settled")
                .given(&dead),
            Case::new("UPDATE message SET attempts = 1 WHERE id = #262", "UPDATE message SET attempts = -1 WHERE id = #262",
                      "message_settled").given(&insert("message", &[])),
            Case::new("UPDATE message SET attempts = 1 WHERE id = #262", "UPDATE message SET pos = 1 WHERE id = #262",
                      "message_settled").given(&insert("message", &[])),
        ])
        .await;
    }

    async fn a_message_has_one_receiver_of_its_channel(db: TestDb) {
        let row = |columns: &[(&str, &str)]| insert("message", columns);
        check(&db, &[
            Case::new(&row(&[]), &row(&[("receiver", "#1")]), "check"),
            Case::new(&row(&[]), &row(&[("firm_id", "#1")]), "check"),
            Case::new(&row(&[]), &row(&[("channel", "'email'")]), "check"),
            // Whoever keeps the head of the log has no row, and one number.
            Case::new(
                &row(&[("channel", "'email'"), ("webhook_id", "NULL"), ("receiver", "#1")]),
                &row(&[("channel", "'email'"), ("webhook_id", "NULL")]),
                "check",
            ),
            Case::new(&row(&[]), &row(&[("next_at", "NULL")]), "check"),
            Case::new(&row(&[]), &row(&[("settled_at", "'2026-11-23T11:10:00+00:00'")]), "check"),
        ])
        .await;
    }

    async fn attempts_are_not_changed(db: TestDb) {
        check(&db, &[Case::new(
            &insert("message_attempt", &[]),
            "UPDATE message_attempt SET code = 'failed' WHERE message_id = #162",
            "message_attempt_immutable",
        )])
        .await;
    }

    async fn the_reader_of_the_feed_never_goes_back(db: TestDb) {
        let moved = "UPDATE message_cursor SET pos = 2 WHERE name = 'messages'";
        let to = |pos: &str| format!("UPDATE message_cursor SET pos = {pos} WHERE name = 'messages'");
        check(&db, &[
            Case::new(&to("2"), &to("1"), "message_cursor_back").given(moved),
            Case::new(&to("3"), "DELETE FROM message_cursor WHERE name = 'messages'", "message_cursor_back").given(moved),
        ])
        .await;
    }

    async fn a_webhook_has_one_current_secret(db: TestDb) {
        let refused = match db.engine() {
            Engine::Sqlite => "2067 UNIQUE constraint failed: webhook_secret.webhook_id",
            Engine::Postgres => "webhook_secret_one_current",
        };
        let (old, current) = (insert("webhook_secret", &[]), insert("webhook_secret", &[("expires_at", "NULL")]));
        check(&db, &[Case::new(&old, &current, refused)]).await;
    }
}
