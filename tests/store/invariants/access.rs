//! What is acknowledged stays acknowledged, what is revoked stays revoked, and a token belongs to whom its role says.

use crate::script::{Case, check};
use crate::support::db::{Engine, TestDb, on_both_engines};
use crate::world::insert;

on_both_engines! {
    async fn acknowledged_positions_never_go_back(db: TestDb) {
        let acknowledge = |pos: &str| format!("UPDATE consumer SET acknowledged_pos = {pos} WHERE id = #51");
        let back = |legal: &str, illegal: &str| {
            Case::new(&acknowledge(legal), &acknowledge(illegal), "consumer_acknowledged_pos_back")
        };
        check(&db, &[back("5", "4"), back("6", "0"), back("1000", "-1")]).await;
    }

    async fn consumers_are_never_deleted(db: TestDb) {
        let deleted = |legal: &str, illegal: &str| Case::new(legal, illegal, "consumer_never_deleted");
        let mut cases = vec![deleted("DELETE FROM consumer WHERE id = #299", "DELETE FROM consumer WHERE id = #51")];
        if db.engine() == Engine::Postgres {
            cases.push(deleted("TRUNCATE call_person", "TRUNCATE consumer CASCADE"));
        }
        check(&db, &cases).await;
    }

    async fn consumers_are_not_inserted_over(db: TestDb) {
        let fresh = insert("consumer", &[]);
        let cases = [("id", "#51", "consumer_pkey"), ("name", "'billing'", "consumer_name_key")];
        check(&db, &not_inserted_over(&db, &fresh, cases.map(|(column, taken, key)| {
            (insert("consumer", &[(column, taken)]), key)
        })))
        .await;
    }

    async fn tokens_are_not_inserted_over(db: TestDb) {
        let fresh = insert("token", &[]);
        let cases = [("id", "#62", "token_pkey"), ("secret_sha256", "@62", "token_secret_sha256_key")];
        check(&db, &not_inserted_over(&db, &fresh, cases.map(|(column, taken, key)| {
            (insert("token", &[(column, taken)]), key)
        })))
        .await;
    }

    async fn keys_are_not_taken_over_by_update(db: TestDb) {
        let verb = if db.engine() == Engine::Sqlite { "UPDATE OR REPLACE" } else { "UPDATE" };
        let change = |table: &str, set: &str, row: &str| format!("{verb} {table} SET {set} WHERE id = {row}");
        let consumer = |set: &str| change("consumer", set, "#203");
        let token = |set: &str| change("token", set, "#61");
        check(&db, &[
            Case::new(&consumer("id = #299"), &consumer("id = #51"), "consumer_pkey").given(&insert("consumer", &[])),
            Case::new(&consumer("name = 'other'"), &consumer("name = 'billing'"), "consumer_name_key")
                .given(&insert("consumer", &[])),
            Case::new(&token("id = #299"), &token("id = #62"), "token_pkey"),
            Case::new(&token("secret_sha256 = @99"), &token("secret_sha256 = @62"), "token_secret_sha256_key"),
        ])
        .await;
    }

    async fn revocations_are_never_unset(db: TestDb) {
        let revoke = |at: &str| format!("UPDATE token SET revoked_at = {at} WHERE id = #62");
        let earlier = revoke("'2026-11-23T01:00:00+00:00'");
        check(&db, &[
            Case::new(&earlier, &revoke("NULL"), "token_revoked_for_good"),
            Case::new(&earlier, &revoke("'2026-11-23T02:00:00.000001+00:00'"), "token_revoked_for_good"),
        ])
        .await;
    }

    async fn nobody_is_in_service_whom_the_office_has_not_confirmed(db: TestDb) {
        let new = insert("technician", &[("state", "'suspended'"), ("confirmed_at", "NULL")]);
        let in_service = "UPDATE technician SET state = 'active', confirmed_at = NULL WHERE id = #11";
        let cases = [
            Case::new(&new, &insert("technician", &[("confirmed_at", "NULL")]), "check"),
            Case::new("UPDATE technician SET state = 'active' WHERE id = #11", in_service, "check"),
        ];
        check(&db, &cases).await;
    }

    async fn what_a_firm_has_said_stays_and_is_decided_once(db: TestDb) {
        let decide = |set: &str, id: &str| format!("UPDATE technician_proposal SET {set} WHERE id = {id}");
        let confirmed = "state = 'confirmed', decided_at = '2026-11-23T09:00:00+00:00'";
        let legal = decide(confirmed, "#291");
        let mut cases = vec![
            Case::new(&legal, &decide("state = 'waiting', reason = NULL, decided_at = NULL", "#292"), "technician_proposal_decided_once"),
            Case::new(&legal, &decide("reason = 'other'", "#292"), "technician_proposal_decided_once"),
            Case::new(&legal, &decide("state = 'confirmed'", "#291"), "check"),
            Case::new(&legal, &decide("state = 'refused', decided_at = '2026-11-23T09:00:00+00:00'", "#291"), "check"),
            Case::new(&insert("technician_proposal", &[]), &insert("technician_proposal", &[("technician_id", "#11")]),
                      "technician_proposal_one_waiting"),
        ];
        for set in ["proposed = '{}'", "technician_id = #12", "made_at = '2026-11-23T00:00:01+00:00'", "made_by = #61"] {
            cases.push(Case::new(&legal, &decide(set, "#291"), "technician_proposal_fixed"));
        }
        cases.push(Case::new(
            "DELETE FROM technician_proposal WHERE id = #299",
            "DELETE FROM technician_proposal WHERE id = #291",
            "technician_proposal_never_deleted",
        ));
        if db.engine() == Engine::Postgres {
            cases.push(Case::new(
                "TRUNCATE call_person", "TRUNCATE technician_proposal CASCADE", "technician_proposal_never_deleted",
            ));
        }
        cases.extend(not_inserted_over(&db, &insert("technician_proposal", &[]), [
            (insert("technician_proposal", &[("id", "#291")]), "technician_proposal_pkey"),
        ]));
        check(&db, &cases).await;
    }

    async fn tokens_belong_to_whom_their_role_says(db: TestDb) {
        let owners = ["firm_id", "technician_id", "consumer_id"];
        let token = |role: &str, owned: &[&str]| {
            let role = format!("'{role}'");
            let id = |column: &str| match column {
                "firm_id" => "#1",
                "technician_id" => "#11",
                _ => "#51",
            };
            let owners = owners.map(|column| (column, if owned.contains(&column) { id(column) } else { "NULL" }));
            insert("token", &[&[("role", role.as_str())], &owners[..]].concat())
        };
        let mut cases = Vec::new();
        let roles: [(&str, &[&str]); 7] = [
            ("administrator", &[]), ("supervisor", &[]), ("dispatcher", &[]), ("claims_support", &[]),
            ("firm", &["firm_id"]), ("technician", &["firm_id", "technician_id"]), ("billing", &["consumer_id"]),
        ];
        for (role, owned) in roles {
            // Every other combination of owners is refused.
            for mask in 0..8_usize {
                let other: Vec<_> = owners.into_iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1)
                    .map(|(_, column)| column).collect();
                if other != owned {
                    cases.push(Case::new(&token(role, owned), &token(role, &other), "check"));
                }
            }
        }
        assert_eq!(cases.len(), 7 * 7);
        check(&db, &cases).await;
    }
}

/// A plain insert is refused on both engines; the forms that would replace the row exist on SQLite only.
pub(super) fn not_inserted_over<const N: usize>(
    db: &TestDb,
    fresh: &str,
    over: [(String, &str); N],
) -> Vec<Case> {
    let verbs: &[&str] = match db.engine() {
        Engine::Sqlite => &["INSERT", "INSERT OR REPLACE", "REPLACE"],
        Engine::Postgres => &["INSERT"],
    };
    let mut cases = Vec::new();
    for (over, key) in &over {
        for verb in verbs {
            let with = |insert: &str| insert.replacen("INSERT", verb, 1);
            cases.push(Case::new(&with(fresh), &with(over), key));
        }
    }
    cases
}
