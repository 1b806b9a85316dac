//! When it was agreed on the telephone (G-01): the desk says so, and from then on reports count by themselves; nobody can have agreed
//! before the job was made, while somebody else had it, or later than now.

use serde_json::{Value, json};

use super::guarding::{codes, give, kind, take_back};
use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer},
    site::{Device, clock, outcomes},
    world,
};

/// What a door answers to an agreement of a time.
async fn refused(client: &Client, path: &str, body: &Value, time: &str) {
    let mut body = body.clone();
    body["agreed_at"] = json!(clock(time));
    let answer = client.post(path, body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.refused_field()),
        (422, "agreed_at".to_owned()),
        "{path} {time}"
    );
}

on_both_engines! {
    async fn reports_count_from_the_agreement_the_desk_has_recorded(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let second = world::crew(&server, "別会社", 35.17, 136.91).await;
        let job = world::job(&server).await;
        let dispatcher = server.dispatcher();
        let (override_, helpers) = (format!("/v1/jobs/{job}/override"), format!("/v1/jobs/{job}/helpers"));
        server.pass(30).await;
        let given = json!({ "technician_id": first.technician, "reason": "volunteered" });
        for time in ["21:31", "20:59"] {
            refused(&dispatcher, &override_, &given, time).await;
        }
        let mut given = given;
        given["agreed_at"] = json!(clock("21:10"));
        let assignment = dispatcher.post(&override_, given).await.expect(201);
        assert_eq!((&assignment["counts_from"], &assignment["assigned_at"]), (&json!("2026-11-22T12:10:00Z"), &json!(server.ctx.now())));
        let help = json!({ "technician_id": second.technician });
        for time in ["21:31", "20:59"] {
            refused(&dispatcher, &helpers, &help, time).await;
        }
        let mut help = help;
        help["agreed_at"] = json!(clock("21:20"));
        let helper = dispatcher.post(&helpers, help).await.expect(201);
        assert_eq!(helper["counts_from"], "2026-11-22T12:20:00Z");
        // What both tell of the time before they had agreed is doubtful; what comes after it counts without a person.
        for (crew, early, honest) in [(&first, "21:06", "21:12"), (&second, "21:16", "21:22")] {
            let mut phone = Device::new(&job, &format!("phone-{honest}"));
            let told = [phone.fact(early, kind("arrival"))];
            assert_eq!(codes(&phone.send(&server, &crew.phone, &told).await.expect(200)), ["before_assignment"], "{early}");
            let told = [phone.fact(honest, kind("arrival"))];
            let receipt = phone.send(&server, &crew.phone, &told).await.expect(200);
            assert_eq!((outcomes(&receipt), &receipt["job_state"]), (vec!["recorded"], &json!("on_site")), "{honest}");
        }
        server.stop().await;
    }

    async fn nobody_agrees_while_somebody_else_has_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let second = world::crew(&server, "別会社", 35.17, 136.91).await;
        let job = world::job(&server).await;
        give(&server, &job, &first).await;
        server.pass(5).await;
        take_back(&server, &job, "not_reachable").await;
        server.pass(10).await;
        let path = format!("/v1/jobs/{job}/override");
        let given = json!({ "technician_id": second.technician, "reason": "nobody_else" });
        refused(&server.dispatcher(), &path, &given, "21:04").await;
        let mut given = given;
        given["agreed_at"] = json!(clock("21:06"));
        let assignment = server.dispatcher().post(&path, given).await.expect(201);
        assert_eq!(assignment["counts_from"], "2026-11-22T12:06:00Z");
        let mut phone = Device::new(&job, "phone-2");
        let told = [phone.fact("21:07", kind("departure")), phone.fact("21:14", kind("arrival"))];
        let receipt = phone.send(&server, &second.phone, &told).await.expect(200);
        assert_eq!((&receipt["flags"], &receipt["job_state"]), (&json!([]), &json!("on_site")));
        server.stop().await;
    }

    async fn only_the_desk_says_when_an_offer_was_accepted(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let path = format!("/v1/offers/{offer}/acceptance");
        server.pass(1).await;
        for (client, time) in [(&crew.phone, "21:00"), (&crew.office, "21:00"), (&server.dispatcher(), "21:02"), (&server.dispatcher(), "20:59")] {
            refused(client, &path, &json!({}), time).await;
        }
        let accepted = server.dispatcher().post(&path, json!({ "agreed_at": clock("21:00") })).await.expect(201);
        assert_eq!(accepted["assignment"]["counts_from"], "2026-11-22T12:00:00Z");
        assert_eq!((&accepted["offer"]["agreed_at"], &accepted["offer"]["answered_via"]), (&json!("2026-11-22T12:00:00Z"), &json!("phone")));
        let shown = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["offers"][0]["agreed_at"], "2026-11-22T12:00:00Z");
        server.stop().await;
    }
}
