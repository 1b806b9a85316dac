//! From acceptance to settlement: what is reported from the site, and what the job then costs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visits::{self as site, Device, Site, at},
};

/// Long enough for every story of these tests to be over.
const MINUTES: i64 = 120;

on_both_engines! {
    async fn each_report_moves_the_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        let dispatcher = server.dispatcher();
        let path = format!("/v1/jobs/{}", site.job);
        let nothing = site.statement(&dispatcher).await;
        assert_eq!((&nothing["settled_at"], &nothing["worked_seconds"]), (&Value::Null, &json!(0)));
        for (minutes, what, state) in [
            (5, json!({ "kind": "departure" }), "en_route"),
            (5, json!({ "kind": "arrival" }), "on_site"),
            (5, site::work_start(), "working"),
            (25, site::pause(), "paused"),
            (10, json!({ "kind": "resume" }), "working"),
            (10, site::yes(at("22:00:00"), 2, 0), "working"),
            (10, json!({ "kind": "work_end" }), "on_site"),
            (2, json!({ "kind": "completion", "signature": "SIG-1" }), "completed"),
        ] {
            assert_eq!(site.statement(&dispatcher).await["settled_at"], Value::Null, "before {what}");
            server.pass(minutes).await;
            let fact = device.tell(server.ctx.clock().now(), &what);
            let receipt = site.report(&server, &device, &[fact]).await;
            assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!(state), &json!([])), "{what}");
            assert_eq!(dispatcher.get(&path).await.expect(200)["state"], state, "{what}");
            assert_eq!(site.crew.phone.get(&path).await.expect(200)["state"], state, "{what}");
        }
        // 21:15 to 21:40 and 21:50 to 22:10: the pause does not count (C-11), and 45 minutes are free (C-01).
        let statement = site.statement(&dispatcher).await;
        assert_eq!((&statement["worked_seconds"], &statement["total_yen"]), (&json!(45 * 60), &json!(0)));
        assert_eq!((&statement["lines"], &statement["units"]), (&json!([]), &json!(0)));
        assert_eq!(instant(&statement["settled_at"]), at("22:12:00"));
        assert_eq!(instant(&statement["arrived_at"]), at("21:10:00"));
        assert_eq!(statement["pauses"][0]["reason"], "parts_fetch");
        let done = dispatcher.get(&path).await.expect(200);
        assert_eq!(instant(&done["closed_at"]), at("22:12:00"));
        assert_eq!(done["assignments"][0]["slot"], "released");
        world::job(&server).await;
        assert!(world::open_offer(&site.crew.phone).await.is_some(), "free for the next job");
        server.stop().await;
    }

    async fn c_02_72_minutes_with_consent_cost_2200_yen_and_say_why(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        server.pass(MINUTES).await;
        let facts = device.plain(72 * 60, Some(2));
        let receipt = site.report(&server, &device, &facts).await;
        assert_eq!(receipt["settlement"]["number"], 1);
        let statement = site.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (72 * 60, 2, 2, 0, 2_200));
        let total = json!({ "payer": "worker", "amount_yen": 2_200, "collected_yen": 0, "due_yen": 2_200 });
        assert_eq!(statement["totals"], json!([total]));
        assert_eq!(site::brief(&statement["lines"]), [("overtime", "2", 2_200, "worker")]);
        let line = &statement["lines"][0];
        assert_eq!((&line["unit_price_yen"], &line["tax_included_yen"]), (&json!(1_100), &json!(200)));
        let consent = facts.iter().find(|fact| fact["kind"] == "consent").unwrap();
        assert_eq!(line["consent_fact_id"], consent["id"]);
        assert_eq!(line["proof"]["consents"], json!([consent["id"]]));
        assert_eq!(line["firm_id"], site.crew.firm.as_str());
        // Every number the amount depends on can be read from the sentence: a reader can redo the sum.
        for (text, parts) in [
            ("text_ja", ["72分00秒", "21:15〜22:27", "60分", "12分00秒", "10分", "2回 × 1,100円 = 2,200円", "22:05:00"]),
            ("text_en", ["72 min 00 s", "21:15–22:27", "60 min", "12 min 00 s", "10 min", "2 units × 1,100 yen = 2,200 yen", "22:05:00"]),
        ] {
            let sentence = line[text].as_str().unwrap();
            for part in parts {
                assert!(sentence.contains(part), "{part} is not in: {sentence}");
            }
        }
        for contractor in [&site.crew.phone, &site.crew.office] {
            assert_eq!(site.statement(contractor).await, statement);
        }
        let listed = site.crew.phone.get(&site.facts_path()).await.expect(200);
        assert_eq!(ids(listed["items"].as_array().unwrap()), ids(&facts));
        server.stop().await;
    }

    async fn c_20_units_without_consent_are_written_off(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (capped, unasked) = (Site::open(&server, "栄水道").await, Site::open(&server, "錦水道").await);
        server.pass(MINUTES).await;
        for (site, minutes, units) in [(&capped, 92, Some(2)), (&unasked, 65, None)] {
            let mut device = Device::new("phone");
            let facts = device.plain(minutes * 60, units);
            site.report(&server, &device, &facts).await;
        }
        let statement = capped.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (92 * 60, 4, 2, 2, 2_200));
        assert_eq!(
            site::brief(&statement["lines"]),
            [("overtime", "2", 2_200, "worker"), ("write_off", "2", 0, "programme")]
        );
        assert_eq!(statement["lines"][1]["rule"], "C-20");
        let statement = unasked.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (65 * 60, 1, 0, 1, 0));
        assert_eq!(site::brief(&statement["lines"]), [("write_off", "1", 0, "programme")]);
        assert_eq!(statement["lines"][0]["consent_fact_id"], Value::Null);
        server.stop().await;
    }

    async fn c_07_exactly_an_hour_is_free_and_a_second_more_is_a_unit(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (hour, more) = (Site::open(&server, "栄水道").await, Site::open(&server, "錦水道").await);
        server.pass(MINUTES).await;
        for (site, seconds) in [(&hour, 3_600), (&more, 3_601)] {
            let mut device = Device::new("phone");
            let facts = device.plain(seconds, Some(1));
            assert_eq!(site.report(&server, &device, &facts).await["settlement"]["number"], 1);
        }
        let statement = hour.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (3_600, 0, 0, 0, 0));
        assert_eq!(statement["lines"], json!([]));
        let statement = more.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (3_601, 1, 1, 0, 1_100));
        assert_eq!(site::brief(&statement["lines"]), [("overtime", "1", 1_100, "worker")]);
        server.stop().await;
    }

    async fn c_18_a_unit_that_began_before_the_answer_is_not_billed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        server.pass(MINUTES).await;
        // The free hour is over at 22:15; the answer comes five minutes into the first unit.
        let facts = device.plain(72 * 60, None);
        let mut tablet = Device::new("tablet");
        let yes = tablet.tell(at("22:20:00"), &site::yes(at("22:20:00"), 2, 0));
        site.report(&server, &tablet, &[yes]).await;
        site.report(&server, &device, &facts).await;
        let statement = site.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (72 * 60, 2, 1, 1, 1_100));
        server.stop().await;
    }

    async fn the_same_batch_again_changes_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        server.pass(MINUTES).await;
        let facts = device.plain(92 * 60, Some(2));
        let body = device.batch(&server, &facts);
        let first = site.crew.phone.post(&site.facts_path(), body.clone()).await.expect(200);
        assert_eq!(site::outcomes(&first), vec!["recorded"; facts.len()]);
        let statement = site.statement(&server.dispatcher()).await;
        assert_eq!(counts(&statement), (92 * 60, 4, 2, 2, 2_200));
        // Sent once more as it was, and once more later, as a device does that never saw the receipt.
        let again = site.crew.phone.post(&site.facts_path(), body).await.expect(200);
        server.pass(1).await;
        let later = site.report(&server, &device, &facts).await;
        for receipt in [again, later] {
            assert_eq!(site::outcomes(&receipt), vec!["duplicate"; facts.len()]);
            assert_eq!(receipt["settlement"], Value::Null);
            assert_eq!(receipt["job_state"], "completed");
        }
        assert_eq!(site.statement(&server.dispatcher()).await, statement);
        server.stop().await;
    }

    async fn what_comes_late_is_corrected_as_if_it_had_come_in_time(db: TestDb) {
        let server = TestServer::start(&db).await;
        let late = Site::open(&server, "栄水道").await;
        let in_time = Site::open(&server, "錦水道").await;
        server.pass(MINUTES).await;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        let (mut phone_too, mut tablet_too) = (Device::new("phone"), Device::new("tablet"));
        let (story, story_too) = (phone.plain(72 * 60, None), phone_too.plain(72 * 60, None));
        // The payer's answer is on another device.
        let answer = site::yes(at("22:05:00"), 2, 0);
        let (consent, consent_too) =
            (tablet.tell(at("22:05:00"), &answer), tablet_too.tell(at("22:05:00"), &answer));
        // Five minutes nobody worked: 67 minutes remain, one unit.
        let break_of = |device: &mut Device| {
            [device.tell(at("21:30:00"), &site::pause()), device.simply(at("21:35:00"), "resume")]
        };
        let (paused, paused_too) = (break_of(&mut phone), break_of(&mut phone_too));
        let dispatcher = server.dispatcher();
        late.report(&server, &phone, &story).await;
        assert_eq!(counts(&late.statement(&dispatcher).await), (72 * 60, 2, 0, 2, 0));
        let receipt = late.report(&server, &tablet, std::slice::from_ref(&consent)).await;
        assert_eq!(receipt["settlement"]["number"], 2);
        assert_eq!(counts(&late.statement(&dispatcher).await), (72 * 60, 2, 2, 0, 2_200));
        let receipt = late.report(&server, &phone, &paused).await;
        assert_eq!(receipt["settlement"]["number"], 3);
        let corrected = late.statement(&dispatcher).await;
        assert_eq!(counts(&corrected), (67 * 60, 1, 1, 0, 1_100));
        assert_eq!(
            site::brief(&corrected["lines"]),
            [
                ("write_off", "2", 0, "programme"),
                ("reversal", "-2", 0, "programme"),
                ("overtime", "2", 2_200, "worker"),
                ("reversal", "-2", -2_200, "worker"),
                ("overtime", "1", 1_100, "worker"),
            ]
        );
        let lines = &corrected["lines"];
        assert_eq!((&lines[1]["reverses"], &lines[3]["reverses"]), (&lines[0]["id"], &lines[2]["id"]));
        // The other one: everything was there before completion.
        in_time.report(&server, &tablet_too, std::slice::from_ref(&consent_too)).await;
        in_time.report(&server, &phone_too, &[&story_too[..], &paused_too[..]].concat()).await;
        let straight = in_time.statement(&dispatcher).await;
        assert_eq!(straight["settlements"].as_array().unwrap().len(), 1);
        let facts = [&story[..], &[consent], &paused].concat();
        let facts_too = [&story_too[..], &[consent_too], &paused_too].concat();
        let net = anonymous(&late, &facts, net(&corrected));
        assert_eq!(net, anonymous(&in_time, &facts_too, straight["lines"].clone()));
        assert_eq!(corrected["total_yen"], straight["total_yen"]);
        server.stop().await;
    }

    async fn a_hole_in_the_devices_numbers_holds_the_settlement(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        server.pass(MINUTES).await;
        let mut facts = device.plain(72 * 60, Some(2));
        let consent = facts.remove(3);
        let receipt = site.report(&server, &device, &facts).await;
        assert_eq!(receipt["job_state"], "completed");
        assert_eq!(receipt["settlement"], Value::Null);
        let flag = json!({
            "code": "sequence_hole", "technician_id": site.crew.technician,
            "missing": { "device": "phone", "from": 4, "to": 4 },
        });
        assert_eq!(receipt["flags"], json!([flag]));
        let held = site.statement(&server.dispatcher()).await;
        assert_eq!((&held["settled_at"], &held["lines"]), (&Value::Null, &json!([])));
        assert_eq!((&held["total_yen"], &held["flags"]), (&json!(0), &json!([flag])));
        let receipt = site.report(&server, &device, &[consent]).await;
        assert_eq!((&receipt["flags"], &receipt["settlement"]["number"]), (&json!([]), &json!(1)));
        let settled = site.statement(&server.dispatcher()).await;
        assert_eq!(site::brief(&settled["lines"]), [("overtime", "2", 2_200, "worker")]);
        server.stop().await;
    }

    async fn an_id_used_for_something_else_is_refused_alone(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        let other = Site::open(&server, "錦水道").await;
        server.pass(MINUTES).await;
        let facts = device.plain(72 * 60, Some(2));
        site.report(&server, &device, &facts[..2]).await;
        // The arrival's id stands for the arrival at 21:10, and for nothing else.
        let mut earlier = facts[1].clone();
        earlier["device_time"] = json!(at("21:06:00"));
        let mut end = facts[2].clone();
        end["kind"] = json!("work_end");
        end.as_object_mut().unwrap().remove("work");
        let receipt = site.report(&server, &device, &[earlier, facts[2].clone(), end, facts[3].clone()]).await;
        assert_eq!(site::outcomes(&receipt), ["refused", "recorded", "refused", "recorded"]);
        assert_eq!(receipt["facts"][0]["code"], "id_reused");
        assert_eq!(receipt["facts"][2]["code"], "id_reused");
        let mut elsewhere = Device::new("phone");
        let own = elsewhere.simply(at("21:05:00"), "departure");
        let mut foreign = facts[0].clone();
        foreign["device_seq"] = json!(2);
        let receipt = other.report(&server, &elsewhere, &[foreign, own.clone()]).await;
        assert_eq!(site::outcomes(&receipt), ["refused", "recorded"]);
        assert_eq!(receipt["facts"][0]["code"], "foreign_job");
        site.report(&server, &device, &facts[4..]).await;
        let dispatcher = server.dispatcher();
        assert_eq!(counts(&site.statement(&dispatcher).await), (72 * 60, 2, 2, 0, 2_200));
        for (site, facts) in [(&site, &facts[..]), (&other, &[own][..])] {
            let listed = dispatcher.get(&site.facts_path()).await.expect(200);
            assert_eq!(ids(listed["items"].as_array().unwrap()), ids(facts));
        }
        server.stop().await;
    }

    async fn who_is_not_on_the_job_reports_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        let stranger = world::crew(&server, "錦水道", 35.165, 136.91).await;
        server.pass(MINUTES).await;
        let facts = device.plain(72 * 60, Some(2));
        let body = device.batch(&server, &facts);
        for client in [&stranger.phone, &stranger.office] {
            let refused = client.post(&site.facts_path(), body.clone()).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (404, "not-found"));
        }
        let mut for_another = body.clone();
        for_another["technician_id"] = json!(stranger.technician);
        let dispatcher = server.dispatcher();
        for client in [&dispatcher, &site.crew.office, &site.crew.phone] {
            let refused = client.post(&site.facts_path(), for_another.clone()).await;
            assert_eq!((refused.status.as_u16(), refused.refused_field()), (422, "technician_id".to_owned()));
        }
        assert_eq!(dispatcher.post(&site.facts_path(), body.clone()).await.refused_field(), "technician_id");
        let nowhere = format!("/v1/jobs/{}/facts", site::PART);
        assert_eq!(site.crew.phone.post(&nowhere, body.clone()).await.problem(), "not-found");
        let job = dispatcher.get(&format!("/v1/jobs/{}", site.job)).await.expect(200);
        assert_eq!(job["state"], "offered", "nobody has heard of him: somebody else is asked");
        assert_eq!(dispatcher.get(&site.facts_path()).await.expect(200)["items"], json!([]));
        assert_eq!(db.raw().await.integer("SELECT COUNT(*) FROM fact").await, 0);
        // The desk and the firm's office may report on the technician's behalf.
        let mut on_behalf = body;
        on_behalf["technician_id"] = json!(site.crew.technician);
        let receipt = dispatcher.post(&site.facts_path(), on_behalf.clone()).await.expect(200);
        assert_eq!(site::outcomes(&receipt), vec!["recorded"; facts.len()]);
        let receipt = site.crew.office.post(&site.facts_path(), on_behalf).await.expect(200);
        assert_eq!(site::outcomes(&receipt), vec!["duplicate"; facts.len()]);
        server.stop().await;
    }

    async fn the_order_of_arrival_does_not_matter(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut sites = Vec::new();
        for name in ["栄水道", "錦水道", "丸の内水道", "大須水道", "金山水道"] {
            sites.push(Site::open(&server, name).await);
        }
        server.pass(MINUTES).await;
        let mut statements = Vec::new();
        for (number, site) in sites.iter().enumerate() {
            let mut device = Device::new("phone");
            let facts = whole_story(&mut device);
            for batch in batches(number, &facts) {
                let receipt = site.report(&server, &device, &batch).await;
                assert_eq!(site::outcomes(&receipt), vec!["recorded"; batch.len()]);
            }
            let statement = site.statement(&server.dispatcher()).await;
            // 21:15 to 21:35 and 21:45 to 22:57 are 92 minutes: 4 units, 2 of them agreed to, and the packing.
            assert_eq!(counts(&statement), (92 * 60, 4, 2, 2, 2_680), "{number}");
            assert_eq!(statement["flags"], json!([]));
            statements.push(anonymous(site, &facts, statement));
        }
        for statement in &statements[1..] {
            assert_eq!(statement, &statements[0]);
        }
        server.stop().await;
    }
}

/// Two stretches of work with a pause between them, a consent to overtime and to the part that is used.
fn whole_story(device: &mut Device) -> Vec<Value> {
    vec![
        device.simply(at("21:05:00"), "departure"),
        device.simply(at("21:10:00"), "arrival"),
        device.tell(at("21:15:00"), &site::work_start()),
        device.tell(at("21:35:00"), &site::pause()),
        device.simply(at("21:45:00"), "resume"),
        device.tell(at("22:10:00"), &site::yes(at("22:10:00"), 2, 480)),
        device.tell(at("22:20:00"), &site::part()),
        device.simply(at("22:57:00"), "work_end"),
        device.simply(at("22:57:00"), "completion"),
    ]
}

/// One way of several to send the same reports.
fn batches(way: usize, facts: &[Value]) -> Vec<Vec<Value>> {
    let reversed: Vec<Value> = facts.iter().rev().cloned().collect();
    let every_other = |skipped| facts.iter().skip(skipped).step_by(2).cloned().collect();
    match way {
        0 => vec![facts.to_vec()],
        1 => vec![reversed],
        2 => reversed.chunks(1).map(<[Value]>::to_vec).collect(),
        3 => vec![every_other(1), every_other(0)],
        _ => facts.chunks(4).rev().map(<[Value]>::to_vec).collect(),
    }
}

/// Worked seconds, units, billable units, units written off, yen.
fn counts(statement: &Value) -> (i64, i64, i64, i64, i64) {
    let count = |key: &str| statement[key].as_i64().unwrap();
    (
        count("worked_seconds"),
        count("units"),
        count("billable_units"),
        count("written_off_units"),
        count("total_yen"),
    )
}

/// The lines that neither take back nor are taken back.
fn net(statement: &Value) -> Value {
    let lines = statement["lines"].as_array().unwrap();
    let reversed: Vec<_> =
        lines.iter().map(|line| &line["reverses"]).filter(|line| !line.is_null()).collect();
    lines
        .iter()
        .filter(|line| line["reverses"].is_null() && !reversed.contains(&&line["id"]))
        .cloned()
        .collect()
}

/// The same without what differs from one job to another: ids by the part they play, and settlements by nothing.
fn anonymous(site: &Site, facts: &[Value], mut value: Value) -> Value {
    forget(&mut value);
    let mut text = value.to_string();
    let people = [(&site.job, "job"), (&site.crew.firm, "firm"), (&site.crew.technician, "technician")];
    for (id, role) in people {
        text = text.replace(id.as_str(), role);
    }
    for fact in facts {
        text = text.replace(fact["id"].as_str().unwrap(), &fact["kind"].to_string().replace('"', ""));
    }
    serde_json::from_str(&text).unwrap()
}

/// Removes ids and times of settlement, at every depth.
fn forget(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for key in ["id", "settlement_id", "settled_at", "line"] {
                fields.remove(key);
            }
            fields.values_mut().for_each(forget);
        }
        Value::Array(values) => values.iter_mut().for_each(forget),
        _ => {}
    }
}

fn ids(facts: &[Value]) -> BTreeSet<&str> {
    facts.iter().map(|fact| fact["id"].as_str().unwrap()).collect()
}

fn instant(value: &Value) -> kaketsuke::domain::span::Instant {
    value.as_str().unwrap().parse().unwrap()
}
