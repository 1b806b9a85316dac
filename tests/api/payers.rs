//! Who pays, other than the resident: what somebody else is to pay is held until they have agreed themselves (G-06, C-23).

use kaketsuke::{app::settlement, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    referrals,
    reviews::{decide, decision},
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visits::{self as site, Device, Site, at},
};

/// What somebody else is to pay, of each kind.
fn sold(payer: &str) -> Vec<(&str, &str, i64, &str)> {
    vec![("overtime", "1", 1_100, payer), ("part", "1", 480, payer), ("special_work", "1", 3_000, payer)]
}

/// What is billed once that counts.
fn all(payer: &str) -> Vec<(&str, &str, i64, &str)> {
    [OWN].into_iter().chain(sold(payer)).collect()
}

/// A job of 72 minutes; the worker agrees to the first unit, and somebody else to the second one, a part and special work, as a
/// technician says.
async fn shared(server: &TestServer, payer: &str) -> Site {
    let site = Site::open(server, "栄水道").await;
    server.pass(120).await;
    let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
    let mut yes = site::yes(at("22:20:00"), 2, 480);
    yes["payer"] = json!(payer);
    yes["covers"].as_array_mut().unwrap().push(json!({ "kind": "item", "item": SPECIAL, "max_yen": 3_000 }));
    yes["cap_yen"] = json!(2_200 + 480 + 3_000);
    let special =
        json!({ "kind": "special_work", "item": SPECIAL, "code": "toilet_removal", "price_yen": 3_000 });
    let facts = [
        tablet.tell(at("22:20:00"), &yes),
        tablet.tell(at("22:21:00"), &site::part()),
        tablet.tell(at("22:22:00"), &special),
    ];
    site.report(server, &tablet, &facts).await;
    let facts = phone.plain(72 * 60, Some(1));
    site.report(server, &phone, &facts).await;
    server.settle().await;
    site
}

async fn bill(server: &TestServer, site: &Site) -> Value {
    site.statement(&server.dispatcher()).await
}

async fn open_reviews(server: &TestServer) -> Vec<Value> {
    let shown = server.client(Role::Supervisor).get("/v1/reviews?state=open").await.expect(200);
    shown["items"].as_array().unwrap().clone()
}

/// The key under which a consent names the special work of these tests.
const SPECIAL: &str = "00000000-0000-4000-8000-000000003000";

const OWN: (&str, &str, i64, &str) = ("overtime", "1", 1_100, "worker");

/// What somebody else is to pay has no line before they have agreed, and has one at once then.
async fn is_held_until_agreed(db: &TestDb, payer: &str) {
    let server = TestServer::start(db).await;
    let dispatcher = server.dispatcher();
    let site = shared(&server, payer).await;
    let held = bill(&server, &site).await;
    assert_eq!((site::brief(&held["lines"]), site::brief(&held["held"])), (vec![OWN], sold(payer)));
    assert_eq!((&held["flags"], &held["total_yen"]), (&json!([]), &json!(1_100)));
    let page = dispatcher.get(&format!("/v1/jobs/{}/statement?format=html", site.job)).await.expect(200);
    assert!(page.as_str().unwrap().contains("支払者の回答待ち"), "{payer}");
    let path = format!("/v1/jobs/{}/payer-authorities", site.job);
    let mut authority = json!({ "payer": payer, "person": "架空 花子" });
    // Neither the resident nor the programme agrees so, and a technician records nothing of the kind.
    for wrong in ["worker", "programme"] {
        let body = json!({ "payer": wrong, "person": "架空 花子" });
        assert_eq!(dispatcher.post(&path, body).await.refused_field(), "payer");
    }
    assert_eq!(site.crew.phone.post(&path, authority.clone()).await.problem(), "forbidden");
    if payer == "landlord" {
        // In writing or on record, and on the referral.
        assert_eq!(dispatcher.post(&path, authority.clone()).await.refused_field(), "evidence");
        authority["evidence"] = json!("rec-2233");
        assert_eq!(dispatcher.post(&path, authority.clone()).await.problem(), "no-referral");
        let job = dispatcher.get(&format!("/v1/jobs/{}", site.job)).await.expect(200);
        let path = format!("/v1/cases/{}/referrals", job["case_id"].as_str().unwrap());
        dispatcher.post(&path, referrals::referral()).await.expect(201);
    }
    let recorded = dispatcher.post(&path, authority.clone()).await.expect(201);
    assert_eq!(recorded["referral_id"].is_string(), payer == "landlord");
    assert_eq!(dispatcher.post(&path, authority).await.problem(), "payer-authorised");
    let billed = bill(&server, &site).await;
    assert_eq!(site::brief(&billed["lines"]), all(payer));
    assert_eq!((&billed["held"], &billed["total_yen"]), (&json!([]), &json!(5_680)));
    let listed = dispatcher.get(&path).await.expect(200);
    assert_eq!(
        (&listed["items"][0]["payer"], &listed["items"][0]["person"]),
        (&json!(payer), &json!("架空 花子"))
    );
    assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
    server.stop().await;
}

on_both_engines! {
    async fn what_the_host_company_is_to_pay_is_held_until_it_has_agreed(db: TestDb) {
        is_held_until_agreed(&db, "host_company").await;
    }

    async fn what_the_landlord_is_to_pay_is_held_until_it_is_authorised_on_the_referral(db: TestDb) {
        is_held_until_agreed(&db, "landlord").await;
    }

    // G-06: what is held for somebody is theirs to pay; while their answer is awaited, nobody is forgotten.
    async fn what_is_held_is_paid_for_and_kept_like_what_is_billed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let site = shared(&server, "host_company").await;
        let path = format!("/v1/jobs/{}/payments", site.job);
        let paid = |payer: &str, minutes: i64, yen: i64| json!({
            "kind": "later", "method": "bank_transfer", "payer": payer, "amount_yen": yen,
            "received_at": server.ctx.now() - chrono::TimeDelta::minutes(minutes),
        });
        dispatcher.post(&path, paid("host_company", 0, 4_580)).await.expect(201);
        let bill = bill(&server, &site).await;
        let of_worker = bill["totals"].as_array().unwrap().iter().find(|one| one["payer"] == "worker").unwrap();
        assert_eq!((&bill["due_yen"], &of_worker["due_yen"]), (&json!(1_100), &json!(1_100)));
        let alarms = dispatcher.get("/v1/alarms").await.expect(200)["items"].clone();
        let is_it = |alarm: &Value| alarm["kind"] == "refund_due" && alarm["state"] != "resolved";
        assert!(!alarms.as_array().unwrap().iter().any(is_it), "{alarms}");
        dispatcher.post(&path, paid("worker", 15, 1_100)).await.expect(201);
        assert_eq!(dispatcher.post(&path, paid("worker", 30, 1)).await.problem(), "payment-overpaid");
        // Lines and payments would be even; the answer is awaited all the same.
        let case = dispatcher.get(&format!("/v1/jobs/{}", site.job)).await.expect(200)["case_id"].as_str().unwrap().to_owned();
        world::close(&server, &case, "no").await;
        let erased = format!("/v1/cases/{case}/erasure");
        let refused = server.client(Role::Supervisor).post(&erased, json!({ "reason": "person_asked" })).await;
        assert_eq!(refused.problem(), "case-still-needed");
        assert!(refused.body["detail"].as_str().unwrap().contains("the answer of a payer is awaited"), "{}", refused.body);
        server.stop().await;
    }

    // G-06: an authority binds to what had been heard of by then, not to whatever a technician says afterwards.
    async fn what_is_said_after_somebody_has_agreed_waits_for_another_yes(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        let mut yes = site::yes(at("22:20:00"), 2, 0);
        yes["payer"] = json!("host_company");
        let first = tablet.tell(at("22:20:00"), &yes);
        site.report(&server, &tablet, &[first]).await;
        let path = format!("/v1/jobs/{}/payer-authorities", site.job);
        let authority = json!({ "payer": "host_company", "person": "架空 花子" });
        server.dispatcher().post(&path, authority.clone()).await.expect(201);
        assert_eq!(server.dispatcher().post(&path, authority.clone()).await.problem(), "payer-authorised");
        server.pass(1).await;
        let mut more = site::yes(at("22:22:00"), 9, 0);
        more["payer"] = json!("host_company");
        let second = tablet.tell(at("22:22:00"), &more);
        site.report(&server, &tablet, &[second]).await;
        let facts = phone.plain(72 * 60, Some(1));
        site.report(&server, &phone, &facts).await;
        server.settle().await;
        let held = bill(&server, &site).await;
        assert_eq!((site::brief(&held["lines"]), &held["total_yen"]), (vec![OWN], &json!(1_100)), "{}", held["held"]);
        assert_eq!(site::brief(&held["held"]), [("overtime", "1", 1_100, "host_company")]);
        server.dispatcher().post(&path, authority).await.expect(201);
        assert_eq!(bill(&server, &site).await["total_yen"], 2_200);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn without_an_answer_a_supervisor_is_asked_after_fourteen_days(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = shared(&server, "host_company").await;
        world::wrap_up(&server, &site.job).await;
        server.pass(14 * 24 * 60 - 1).await;
        assert_eq!(open_reviews(&server).await, [] as [Value; 0]);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.pass(2).await;
        let reviews = open_reviews(&server).await;
        assert_eq!((reviews.len(), &reviews[0]["flags"][0]["code"]), (1, &json!("payer_unconfirmed")));
        // Until then the others' lines are billed and stay.
        assert_eq!(site::brief(&bill(&server, &site).await["lines"]), [OWN]);
        decide(&server.client(Role::Supervisor), &reviews[0], decision("accept", &[])).await.expect(200);
        assert_eq!(site::brief(&bill(&server, &site).await["lines"]), all("host_company"));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn the_programme_pays_by_a_supervisors_decision_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = shared(&server, "programme").await;
        let reviews = open_reviews(&server).await;
        assert_eq!((reviews.len(), &reviews[0]["flags"][0]["code"]), (1, &json!("payer_unconfirmed")));
        assert_eq!(bill(&server, &site).await["lines"], json!([]));
        decide(&server.client(Role::Supervisor), &reviews[0], decision("accept", &[])).await.expect(200);
        let lines = bill(&server, &site).await["lines"].clone();
        assert_eq!(site::brief(&lines), all("programme"));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }
}
