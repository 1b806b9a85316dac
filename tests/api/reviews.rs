//! The review queue: nothing doubtful is billed before a supervisor has decided, with a reason.

use chrono::TimeDelta;
use kaketsuke::{app, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, Reply, TestServer, id},
    },
    visits::{self as site, Device, Site, at},
};

on_both_engines! {
    async fn a_doubtful_job_waits_for_a_decision_and_is_billed_by_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, review) = doubtful(&server).await;
        let supervisor = server.client(Role::Supervisor);
        assert_eq!(site.statement(&supervisor).await["lines"], json!([]));
        assert_eq!(review["state"], "open");
        assert_eq!(review["words"][0]["code"], "sequence_hole");
        assert_eq!(review["words"][0]["ja"], "端末からまだ届いていない報告があります");
        let figures = |key: &str| review[key].clone();
        assert_eq!(figures("billed_yen"), 0);
        assert_eq!(figures("accepted_yen"), 2_200);
        assert_eq!(figures("written_off_yen"), 0);
        let decided = decide(&supervisor, &review, decision("accept", &[])).await.expect(200);
        assert_eq!((&decided["settlement"]["number"], &decided["flags"]), (&json!(1), &json!([])));
        let statement = site.statement(&supervisor).await;
        assert_eq!(site::brief(&statement["lines"]), [("overtime", "2", 2_200, "worker")]);
        let line = &statement["lines"][0];
        let proof = &line["proof"]["decision"];
        assert_eq!(proof["id"], decided["decision"]["id"]);
        assert_eq!(proof["decided_by"], decided["decision"]["decided_by"]);
        assert!(line["text_ja"].as_str().unwrap().contains("監督者の判断第1号: 記録のとおり認める(理由: 電話で確認)"), "{line}");
        assert!(supervisor.get("/v1/reviews?state=open").await.expect(200)["items"].as_array().unwrap().is_empty());
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn what_somebody_says_who_disputes_reaches_whoever_decides(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let says = json!({ "reason": "not_agreed", "payer": "worker", "note": "同意していない。カード AB12345678CD" });
        let disputes = format!("/v1/jobs/{}/disputes", site.job);
        let opened = server.dispatcher().post(&disputes, says).await.expect(201);
        assert_eq!(opened.get("note"), None, "an answer that is kept for repetitions has nobody's words");
        let mut tablet = Device::new("tablet");
        let unpaid = json!({ "kind": "payment", "method": "none" });
        tablet.tell(at("22:27:00"), &unpaid);
        let second = tablet.tell(at("22:28:00"), &unpaid);
        site.report(&server, &tablet, &[second]).await;
        server.settle().await;
        let supervisor = server.client(Role::Supervisor);
        let path = format!("/v1/reviews/{}", id(&only(&supervisor, "open").await));
        let review = supervisor.get(&path).await.expect(200);
        let told = &review["disputes"][0];
        assert_eq!((&told["id"], &told["reason"], &told["state"]), (&opened["id"], &json!("not_agreed"), &json!("open")));
        assert_eq!(told["note"], "同意していない。カード ［削除済］", "Y-08");
        // Whoever has read it is known (Y-02).
        let log = supervisor.get("/v1/read-log?purpose=billing").await.expect(200);
        let read = &log["items"][0];
        assert_eq!(
            (&read["route"], &read["subject"], &read["subject_id"], &read["case_id"].is_string()),
            (&json!("GET /v1/reviews/{id}"), &json!("review"), &review["id"], &true)
        );
        server.stop().await;
    }

    async fn each_ruling_bills_what_its_preview_says(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, review) = doubtful(&server).await;
        let supervisor = server.client(Role::Supervisor);
        let stretches = json!([{ "from": at("21:15:00"), "to": at("22:20:00"), "work": "work" }]);
        let work = json!([{ "technician_id": site.crew.technician, "stretches": stretches }]);
        let mut corrected = decision("correct", &[]);
        corrected["work"] = work;
        for (wanted, ruling) in
            [(2_200, decision("accept", &[])), (1_100, corrected), (0, decision("write_off", &[]))]
        {
            let preview = supervisor.post(&format!("/v1/reviews/{}/preview", id(&review)), ruling.clone()).await;
            assert_eq!(preview.expect(200)["total_yen"], wanted, "{ruling}");
            // A decided review is decided again: the last decision counts.
            let review = supervisor.get(&format!("/v1/reviews/{}", id(&review))).await.expect(200);
            decide(&supervisor, &review, ruling).await.expect(200);
            assert_eq!(site.statement(&supervisor).await["total_yen"], wanted);
            // To accept leaves what is in force.
            let review = supervisor.get(&format!("/v1/reviews/{}", id(&review))).await.expect(200);
            assert_eq!(review["accepted_yen"], wanted);
            let accepted = supervisor.post(&format!("/v1/reviews/{}/preview", id(&review)), decision("accept", &[])).await;
            assert_eq!(accepted.expect(200)["total_yen"], wanted);
            assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        }
        let statement = site.statement(&supervisor).await;
        assert_eq!(statement["settlements"].as_array().unwrap().len(), 3);
        assert_eq!(statement["settlements"][2]["basis"], "written_off");
        let live = statement["lines"].as_array().unwrap().last().unwrap();
        assert_eq!((&live["kind"], &live["payer"]), (&json!("write_off"), &json!("programme")));
        server.stop().await;
    }

    // G-18: whatever is decided next starts from what is in force, and says line by line what it changes.
    async fn a_decision_starts_from_the_one_in_force_and_shows_what_it_changes(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        let sold = [tablet.tell(at("21:20:00"), &site::yes(at("21:20:00"), 2, 480)), tablet.tell(at("21:21:00"), &site::part())];
        site.report(&server, &tablet, &sold).await;
        let mut facts = phone.plain(72 * 60, None);
        facts.remove(0);
        site.report(&server, &phone, &facts).await;
        server.settle().await;
        let supervisor = server.client(Role::Supervisor);
        let review = only(&supervisor, "open").await;
        let path = format!("/v1/reviews/{}/preview", id(&review));
        let part = sold[1]["id"].as_str().unwrap().to_owned();
        let preview = supervisor.post(&path, decision("correct", &[&part])).await.expect(200);
        assert_eq!((&preview["total_yen"], &preview["billed_yen"], &preview["change_yen"]), (&json!(2_200), &json!(0), &json!(2_200)));
        decide(&supervisor, &review, decision("correct", &[&part])).await.expect(200);
        assert_eq!(site.statement(&supervisor).await["total_yen"], 2_200);
        // The next correction restates the work, and the part stays left out.
        let review = supervisor.get(&format!("/v1/reviews/{}", id(&review))).await.expect(200);
        let stretches = json!([{ "from": at("21:15:00"), "to": at("22:20:00"), "work": "work" }]);
        let mut restated = decision("correct", &[]);
        restated["work"] = json!([{ "technician_id": site.crew.technician, "stretches": stretches }]);
        let preview = supervisor.post(&path, restated.clone()).await.expect(200);
        assert_eq!(site::brief(&preview["difference"]), [("reversal", "-2", -2_200, "worker"), ("overtime", "1", 1_100, "worker")]);
        assert_eq!(preview["change_yen"], -1_100);
        decide(&supervisor, &review, restated.clone()).await.expect(200);
        let before = site.statement(&supervisor).await;
        assert_eq!(before["total_yen"], 1_100);
        // Accepting once more, and once more, writes no line.
        for _ in 0..2 {
            let preview = supervisor.post(&path, decision("accept", &[])).await.expect(200);
            assert_eq!((&preview["difference"], &preview["change_yen"]), (&json!([]), &json!(0)));
            let decided = decide(&supervisor, &review, decision("accept", &[])).await.expect(200);
            assert_eq!(decided["decision"]["ruling"], "correct", "what was corrected stays corrected");
            assert_eq!(site.statement(&supervisor).await["lines"], before["lines"]);
        }
        // An upheld dispute about something else raises nothing.
        let body = json!({ "reason": "not_agreed", "payer": "worker" });
        let dispute = server.dispatcher().post(&format!("/v1/jobs/{}/disputes", site.job), body).await.expect(201);
        let mut correction = decision("correct", &[&part]);
        let path = format!("/v1/disputes/{}", id(&dispute));
        let preview = supervisor.post(&format!("{path}/preview"), correction.clone()).await.expect(200);
        assert_eq!((&preview["difference"], &preview["total_yen"]), (&json!([]), &json!(1_100)));
        // From the record, said so, it is as if nothing had been decided.
        correction["starts_from"] = json!("record");
        let preview = supervisor.post(&format!("{path}/preview"), correction.clone()).await.expect(200);
        assert_eq!((&preview["total_yen"], &preview["change_yen"]), (&json!(2_200), &json!(1_100)));
        let upheld = json!({ "outcome": "upheld", "correction": correction });
        supervisor.post(&format!("{path}/resolution"), upheld).await.expect(200);
        assert_eq!(site.statement(&supervisor).await["total_yen"], 2_200);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // What was written off stays so when a trifle that comes up later is accepted.
    async fn accepting_a_later_doubt_bills_nothing_that_was_written_off(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, review) = doubtful(&server).await;
        let supervisor = server.client(Role::Supervisor);
        decide(&supervisor, &review, decision("write_off", &[])).await.expect(200);
        let mut tablet = Device::new("tablet");
        let crossing = tablet.tell(at("21:40:00"), &site::work_start());
        site.report(&server, &tablet, &[crossing]).await;
        let again = only(&supervisor, "open").await;
        let decided = decide(&supervisor, &again, decision("accept", &[])).await.expect(200);
        assert_eq!(decided["decision"]["ruling"], "write_off");
        assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn what_is_rescinded_by_a_review_stays_so(db: TestDb) {
        stays_rescinded(&db, "reviews").await;
    }

    async fn what_is_rescinded_by_a_dispute_stays_so(db: TestDb) {
        stays_rescinded(&db, "disputes").await;
    }

    async fn what_was_missing_comes_and_the_review_is_gone(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let mut facts = phone.plain(72 * 60, Some(2));
        let late = facts.remove(3);
        site.report(&server, &phone, &facts).await;
        let supervisor = server.client(Role::Supervisor);
        let review = only(&supervisor, "open").await;
        let receipt = site.report(&server, &phone, &[late]).await;
        assert_eq!((&receipt["settlement"]["number"], &receipt["flags"]), (&json!(1), &json!([])));
        let gone = only(&supervisor, "gone").await;
        assert_eq!(id(&gone), id(&review));
        let over = decide(&supervisor, &gone, decision("accept", &[])).await;
        assert_eq!((over.status.as_u16(), over.problem()), (409, "review-over"));
        server.stop().await;
    }

    async fn another_doubt_after_the_decision_is_another_review_and_the_bill_stays(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, review) = doubtful(&server).await;
        let supervisor = server.client(Role::Supervisor);
        decide(&supervisor, &review, decision("accept", &[])).await.expect(200);
        let mut tablet = Device::new("tablet");
        let crossing = tablet.tell(at("21:40:00"), &site::work_start());
        let receipt = site.report(&server, &tablet, &[crossing]).await;
        assert_eq!(receipt["settlement"], Value::Null);
        let again = only(&supervisor, "open").await;
        assert_ne!(id(&again), id(&review));
        assert_eq!((&again["number"], &again["billed_yen"]), (&json!(2), &json!(2_200)));
        let old = decide(&supervisor, &review, decision("accept", &[])).await;
        assert!(old.status.is_client_error(), "the earlier review is over");
        assert_eq!(site.statement(&supervisor).await["total_yen"], 2_200);
        decide(&supervisor, &again, decision("write_off", &[])).await.expect(200);
        assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn only_what_was_seen_is_decided_and_only_sensibly(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, review) = doubtful(&server).await;
        let supervisor = server.client(Role::Supervisor);
        let mut stale = review.clone();
        stale["version"] = json!(review["version"].as_i64().unwrap() + 1);
        assert_eq!(decide(&supervisor, &stale, decision("accept", &[])).await.problem(), "version-mismatch");
        let foreign = "00000000-0000-4000-8000-000000000001";
        let mut nobody = decision("correct", &[]);
        nobody["work"] = json!([{ "technician_id": foreign, "stretches": [] }]);
        let mut future = decision("correct", &[]);
        let to = at("22:00:00") + TimeDelta::days(2);
        let stretch = json!([{ "from": to - TimeDelta::minutes(5), "to": to, "work": "work" }]);
        future["work"] = json!([{ "technician_id": site.crew.technician, "stretches": stretch }]);
        let mut wordless = decision("accept", &[]);
        wordless["note"] = json!("");
        for (body, field) in [
            (decision("correct", &[]), "ruling"),
            (decision("accept", &[foreign]), "disregard[0]"),
            (nobody, "work[0].technician_id"),
            (future, "work[0].stretches[0]"),
            (wordless, "decision.note"),
        ] {
            assert_eq!(decide(&supervisor, &review, body.clone()).await.refused_field(), field, "{body}");
        }
        for role in [Role::Administrator, Role::Dispatcher] {
            assert_eq!(decide(&server.client(role), &review, decision("accept", &[])).await.problem(), "forbidden");
        }
        assert_eq!(decide(&site.crew.office, &review, decision("accept", &[])).await.problem(), "forbidden");
        assert_eq!(only(&supervisor, "open").await["version"], review["version"], "nothing was changed");
        server.stop().await;
    }

    async fn a_review_that_waits_for_long_raises_an_alarm(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (_site, review) = doubtful(&server).await;
        let supervisor = server.client(Role::Supervisor);
        let ringing = || async {
            let alarms = supervisor.get("/v1/alarms?state=ringing").await.expect(200);
            let alarms = alarms["items"].as_array().unwrap().clone();
            alarms.into_iter().filter(|alarm| alarm["kind"] == "review_waiting").count()
        };
        server.pass(239).await;
        assert_eq!(ringing().await, 0);
        server.pass(2).await;
        assert_eq!(ringing().await, 1);
        decide(&supervisor, &review, decision("accept", &[])).await.expect(200);
        assert_eq!(ringing().await, 0);
        server.stop().await;
    }
}

/// C2, G-18: a rescission is final by whichever door it came. A review that was open is gone; whatever is told later bills nothing
/// and asks nobody, and whatever is ruled later is refused.
async fn stays_rescinded(db: &TestDb, door: &str) {
    let server = TestServer::start(db).await;
    let (site, review) = doubtful(&server).await;
    let supervisor = server.client(Role::Supervisor);
    let path = format!("/v1/jobs/{}/disputes", site.job);
    let disputed = async |reason: &str| {
        let body = json!({ "reason": reason, "payer": "worker" });
        let dispute = server.dispatcher().post(&path, body).await.expect(201);
        format!("/v1/disputes/{}/resolution", id(&dispute))
    };
    let upheld = |correction: Value| json!({ "outcome": "upheld", "correction": correction });
    if door == "disputes" {
        // There is something to dispute, and another question is open when it is decided.
        decide(&supervisor, &review, decision("accept", &[])).await.expect(200);
        let mut tablet = Device::new("tablet");
        let crossing = tablet.tell(at("21:40:00"), &site::work_start());
        site.report(&server, &tablet, &[crossing]).await;
        only(&supervisor, "open").await;
        let resolution = disputed("cooling_off").await;
        supervisor.post(&resolution, upheld(decision("rescind", &[]))).await.expect(200);
        only(&supervisor, "gone").await;
    } else {
        decide(&supervisor, &review, decision("rescind", &[])).await.expect(200);
    }
    let mut later = Device::new("later");
    let cash = json!({ "kind": "payment", "method": "cash", "amount_yen": 480 });
    for what in [site::yes(at("21:20:00"), 9, 480), site::part(), cash, site::work_start(), site::pause()] {
        // Every other number is missing.
        later.tell(at("21:20:00"), &site::pause());
        let told = later.tell(at("21:21:00"), &what);
        site.report(&server, &later, &[told]).await;
        assert_eq!(site.statement(&supervisor).await["total_yen"], 0, "{what}");
        let open = supervisor.get("/v1/reviews?state=open").await.expect(200);
        assert_eq!(open["items"], json!([]), "{what}");
    }
    let stretches = json!([{ "from": at("21:15:00"), "to": at("22:20:00"), "work": "work" }]);
    let mut correct = decision("correct", &[]);
    correct["work"] = json!([{ "technician_id": site.crew.technician, "stretches": stretches }]);
    let last = if door == "reviews" { review } else { only(&supervisor, "gone").await };
    for ruling in [decision("accept", &[]), correct, decision("write_off", &[]), decision("rescind", &[])] {
        let resolution = disputed("poor_work").await;
        // What is upheld corrects something.
        if ruling["ruling"] != "accept" {
            let refused = supervisor.post(&resolution, upheld(ruling.clone())).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (409, "contract-rescinded"), "{ruling}");
        }
        supervisor.post(&resolution, json!({ "outcome": "rejected" })).await.expect(200);
        let seen = supervisor.get(&format!("/v1/reviews/{}", id(&last))).await.expect(200);
        let refused = decide(&supervisor, &seen, ruling.clone()).await;
        let problem = if door == "reviews" { "contract-rescinded" } else { "review-over" };
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, problem), "{ruling}");
    }
    assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
    assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
    server.stop().await;
}

/// A job of 72 minutes with consent to two units, of which one report never came; and its review.
pub(crate) async fn doubtful(server: &TestServer) -> (Site, Value) {
    let site = Site::open(server, "栄水道").await;
    server.pass(120).await;
    let mut phone = Device::new("phone");
    let mut facts = phone.plain(72 * 60, Some(2));
    facts.remove(0);
    let receipt = site.report(server, &phone, &facts).await;
    assert_eq!(
        (&receipt["flags"][0]["code"], &receipt["settlement"]),
        (&json!("sequence_hole"), &Value::Null)
    );
    server.settle().await;
    let review = only(&server.client(Role::Supervisor), "open").await;
    (site, review)
}

/// The only review in a state.
async fn only(supervisor: &Client, state: &str) -> Value {
    let list = supervisor.get(&format!("/v1/reviews?state={state}")).await.expect(200);
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{list}");
    items[0].clone()
}

pub(crate) fn decision(ruling: &str, disregard: &[&str]) -> Value {
    json!({ "ruling": ruling, "reason": "confirmed_by_phone", "note": "作業員に電話で確認", "disregard": disregard })
}

pub(crate) async fn decide(client: &Client, review: &Value, decision: Value) -> Reply {
    let body = json!({ "version": review["version"], "decision": decision });
    client.post(&format!("/v1/reviews/{}/decision", id(review)), body).await
}
