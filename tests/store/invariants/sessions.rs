//! What is over stays over: sessions, links, people who were disabled.

use super::access::not_inserted_over;
use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

on_both_engines! {
    async fn an_ended_session_does_not_come_back(db: TestDb) {
        let change = |set: &str, id: &str| format!("UPDATE session SET {set} WHERE id = {id}");
        let live = |set: &str| change(set, "#163");
        let cases = ["ended_at = NULL", "seen_at = '2026-11-23T10:00:00+00:00'", "ended_at = '2026-11-24T01:00:00+00:00'"];
        let mut cases: Vec<_> = cases
            .map(|set| Case::new(&live(set), &change(set, "#164"), "session_ended_for_good"))
            .into();
        for set in ["user_id = #162", "secret_sha256 = @99", "created_at = '2026-11-23T08:00:00+00:00'"] {
            cases.push(Case::new(&live("seen_at = '2026-11-23T10:00:00+00:00'"), &live(set), "session_fixed"));
        }
        cases.push(Case::new(
            &live("seen_at = '2026-11-23T09:00:00+00:00'"),
            &live("seen_at = '2026-11-23T08:59:59+00:00'"),
            "check",
        ));
        check(&db, &cases).await;
    }

    async fn a_link_is_used_once(db: TestDb) {
        let used = |at: &str, row: &str| format!("UPDATE sign_in_link SET used_at = {at} WHERE secret_sha256 = {row}");
        let now = "'2026-11-23T09:10:00+00:00'";
        check(&db, &[
            Case::new(&used(now, "@165"), &used(now, "@166"), "sign_in_link_used_once"),
            Case::new(&used("NULL", "@165"), &used("NULL", "@166"), "sign_in_link_used_once"),
        ])
        .await;
    }

    async fn a_disabled_person_stays_so_and_nobody_takes_over_a_token(db: TestDb) {
        let change = |set: &str, id: &str| format!("UPDATE user_account SET {set} WHERE id = {id}");
        check(&db, &[
            Case::new(&change("disabled_at = NULL", "#161"), &change("disabled_at = NULL", "#162"), "user_account_disabled_for_good"),
            Case::new(&change("token_id = #63", "#161"), &change("token_id = #64", "#161"), "user_account_token_id_fixed"),
        ])
        .await;
    }

    async fn rows_that_sign_in_are_not_inserted_over(db: TestDb) {
        let over = |table: &str, column: &str, taken: &str| insert(table, &[(column, taken)]);
        let mut cases = not_inserted_over(&db, &insert("session", &[]), [
            (over("session", "id", "#163"), "session_pkey"),
            (over("session", "secret_sha256", "@163"), "session_secret_sha256_key"),
        ]);
        cases.extend(not_inserted_over(&db, &insert("user_account", &[]), [
            (over("user_account", "id", "#161"), "user_account_pkey"),
            (over("user_account", "login", "'sato'"), "user_account_login_key"),
            (over("user_account", "token_id", "#63"), "user_account_token_id_key"),
        ]));
        cases.extend(not_inserted_over(&db, &insert("sign_in_link", &[]), [
            (over("sign_in_link", "secret_sha256", "@165"), "sign_in_link_pkey"),
        ]));
        check(&db, &cases).await;
    }

    async fn keys_are_not_taken_over_by_update(db: TestDb) {
        let verb = if db.engine() == Engine::Sqlite { "UPDATE OR REPLACE" } else { "UPDATE" };
        let change = |table: &str, set: &str, row: &str| format!("{verb} {table} SET {set} WHERE id = {row}");
        check(&db, &[
            Case::new(&change("user_account", "id = #299", "#253"), &change("user_account", "id = #162", "#253"), "user_account_pkey")
                .given(&insert("user_account", &[])),
            Case::new(&change("user_account", "login = 'b'", "#162"), &change("user_account", "login = 'sato'", "#162"), "user_account_login_key"),
            Case::new(&change("session", "id = #299", "#163"), &change("session", "id = #164", "#163"), "session_pkey"),
        ])
        .await;
    }
}
