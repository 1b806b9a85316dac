//! Who is asked, and who is not: the hard rules, from the description of firms and technicians to the offer.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    site::{self, Device},
    world::{self, Crew},
};

/// Near the site and far from it; both could be sent for anything.
async fn two(server: &TestServer) -> (Crew, Crew) {
    let near = world::crew(server, "栄水道", 35.165, 136.91).await;
    (near, world::crew(server, "遠方設備", 35.10, 136.80).await)
}

async fn describe_firm(server: &TestServer, crew: &Crew, field: &str, value: Value) {
    let administrator = server.administrator();
    let path = format!("/v1/firms/{}", crew.firm);
    let version = administrator.get(&path).await.expect(200)["version"].as_i64().unwrap();
    let mut body = world::firm("改");
    body[field] = value;
    administrator.put(&path, version, body).await.expect(200);
}

async fn describe_technician(server: &TestServer, crew: &Crew, field: &str, value: Value) {
    let administrator = server.administrator();
    let path = format!("/v1/technicians/{}", crew.technician);
    let seen = administrator.get(&path).await.expect(200);
    let mut body = world::technician("改", &["water", "lock"], seen["base"].clone());
    body[field] = value;
    administrator.put(&path, seen["version"].as_i64().unwrap(), body).await.expect(200);
}

/// Makes a job of this code in a case about both trades.
async fn job(server: &TestServer, code: &str) -> String {
    job_of(server, json!({ "job_code": code })).await
}

/// The same, described as here.
async fn job_of(server: &TestServer, body: Value) -> String {
    let dispatcher = server.dispatcher();
    let mut case = world::case(&world::safe_call(server).await);
    case["categories"] = json!(["water", "lock"]);
    let case = id(&dispatcher.post("/v1/cases", case).await.expect(201));
    let job = id(&dispatcher.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
    server.settle().await;
    job
}

/// Reasons by technician, of the first decision.
async fn refused(server: &TestServer, job: &str) -> Vec<(String, String)> {
    let decisions = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
    let rejections = decisions[0]["document"]["rejections"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let named =
        rejections.iter().map(|one| (text(&one["facts"]["technician"]), text(&one["rejection"]["reason"])));
    named.collect()
}

fn because(crew: &Crew, reason: &str) -> Vec<(String, String)> {
    vec![(crew.technician.clone(), reason.to_owned())]
}

on_both_engines! {
    async fn a_firm_of_a_later_tier_is_asked_on_a_later_rung(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (near, far) = two(&server).await;
        describe_firm(&server, &near, "tier", json!(2)).await;
        let job = job(&server, "W-TOILET-CLOG").await;
        let offer = world::open_offer(&far.phone).await.expect("tier 1 first, however far");
        assert_eq!(world::open_offer(&near.phone).await, None);
        assert_eq!(refused(&server, &job).await, because(&near, "tier"));
        far.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "busy" })).await.expect(200);
        server.settle().await;
        assert!(world::open_offer(&near.phone).await.is_some(), "then everybody");
        server.stop().await;
    }

    async fn who_names_kinds_of_trouble_is_sent_for_those_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (near, far) = two(&server).await;
        describe_technician(&server, &near, "job_codes", json!(["W-FAUCET-DRIP", "L-KEY-LOST"])).await;
        let clog = job(&server, "W-TOILET-CLOG").await;
        assert!(world::open_offer(&far.phone).await.is_some());
        assert_eq!(refused(&server, &clog).await, because(&near, "job_code"));
        job(&server, "L-KEY-LOST").await;
        assert!(world::open_offer(&near.phone).await.is_some());
        server.stop().await;
    }

    /// S-08: by municipality or its parent city, to the end of the last day in Tokyo.
    async fn designated_work_goes_to_who_is_designated_there_today(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (near, far) = two(&server).await;
        let licence = |area: &str, valid_to: &str| json!([{
            "kind": "designated_water", "utility": "名古屋市上下水道局", "number": "1", "areas": [area], "valid_to": valid_to,
        }]);
        describe_firm(&server, &near, "licences", licence("27100", "2027-03-31")).await;
        describe_firm(&server, &far, "licences", licence("23100", "2026-11-22")).await;
        let pipe = job_of(&server, json!({ "job_code": "W-PIPE-EXPOSED", "priority": "P2" })).await;
        let offer = world::open_offer(&far.phone).await.expect("valid until midnight");
        assert_eq!(refused(&server, &pipe).await, because(&near, "licence"));
        far.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "busy" })).await.expect(200);
        server.dispatcher().post(&format!("/v1/jobs/{pipe}/cancellation"), json!({ "reason": "solved_by_itself" })).await.expect(200);
        // 21:00 is now; three hours later it is another day.
        server.pass(180).await;
        let pipe = job_of(&server, json!({ "job_code": "W-PIPE-EXPOSED", "priority": "P2" })).await;
        assert_eq!((world::open_offer(&near.phone).await, world::open_offer(&far.phone).await), (None, None));
        let both = [because(&near, "licence"), because(&far, "licence")].concat();
        assert_eq!(refused(&server, &pipe).await, both);
        // What needs no licence goes to either.
        job(&server, "W-TOILET-CLOG").await;
        assert!(world::open_offer(&near.phone).await.is_some());
        server.stop().await;
    }

    /// S-08: closing a valve is no work on the supply system. Of every code that asks for the designation: what cannot wait is
    /// made safe by whoever is there, lasting work is not theirs.
    async fn what_cannot_wait_is_made_safe_by_whoever_is_there(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (near, _) = two(&server).await;
        let codes = server.dispatcher().get("/v1/job-codes").await.expect(200);
        let of_pipes = ["W-FAUCET-BURST", "W-PIPE-EXPOSED", "W-PIPE-HIDDEN"];
        let mut asked = Vec::new();
        for kind in server.ctx.reference().job_codes().all().iter().filter(|kind| kind.licence.is_some()) {
            for (priority, is_asked) in [("P0", true), ("P1", true), ("P2", false), ("P3", false)] {
                let job = job_of(&server, json!({ "job_code": kind.code, "priority": priority })).await;
                assert_eq!(world::open_offer(&near.phone).await.is_some(), is_asked, "{} {priority}", kind.code);
                let path = format!("/v1/jobs/{job}/cancellation");
                server.dispatcher().post(&path, json!({ "reason": "duplicate" })).await.expect(200);
            }
            asked.push(kind.code.to_string());
        }
        assert_eq!(asked, of_pipes, "{codes}");
        server.stop().await;
    }

    /// S-08: whoever was sent to make safe does no lasting work, or a person looks; the desk is asked back.
    async fn whoever_makes_safe_does_no_lasting_work(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (near, far) = two(&server).await;
        let licence = json!([{
            "kind": "designated_water", "utility": "名古屋市上下水道局", "number": "1", "areas": ["23100"], "valid_to": "2027-03-31",
        }]);
        describe_firm(&server, &far, "licences", licence).await;
        for (crew, priority, is_doubtful) in [(&near, "P1", true), (&far, "P2", false)] {
            let job = job_of(&server, json!({ "job_code": "W-PIPE-EXPOSED", "priority": priority })).await;
            let offer = world::open_offer(&crew.phone).await.expect(priority);
            crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
            server.pass(2).await;
            let work = json!({
                "kind": "special_work", "item": "00000000-0000-4000-8000-000000000480", "code": "pipe_repair", "price_yen": 16_500,
            });
            let mut phone = Device::new(&job, "phone");
            let told = [json!({ "kind": "arrival" }), json!({ "kind": "work_start", "work": "make_safe" }), work];
            let told = told.into_iter().chain([json!({ "kind": "work_end" }), json!({ "kind": "completion" })]);
            let mut facts: Vec<_> = told.map(|kind| phone.fact("21:00", kind)).collect();
            site::dated(&mut facts, server.ctx.now(), &[-1, -1, 0, 0, 0]);
            let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            let flags = receipt["flags"].as_array().unwrap().iter().filter(|flag| flag["code"] == "unlicensed");
            let about: Vec<_> = flags.map(|flag| flag["fact_id"].clone()).collect();
            let doubtful = [facts[2]["id"].clone(), facts[4]["id"].clone()];
            let expected: &[Value] = if is_doubtful { &doubtful } else { &[] };
            assert_eq!(about.len(), expected.len(), "{priority}: {receipt}");
            assert!(expected.iter().all(|fact| about.contains(fact)), "{priority}: {receipt}");
            let body = json!({
                "technician_id": crew.technician, "device": "desk", "sent_at": server.ctx.now(),
                "facts": [{ "id": "00000000-0000-4000-8000-0000000000d1", "device_seq": 1, "device_time": server.ctx.now(),
                            "kind": "special_work", "item": "00000000-0000-4000-8000-000000000481", "code": "pipe_repair", "price_yen": 1 }],
            });
            if is_doubtful {
                let asked_back = server.dispatcher().post(&format!("/v1/jobs/{job}/facts"), body).await;
                assert_eq!(asked_back.refused_field(), "facts[0].code");
            }
        }
        server.stop().await;
    }

    /// S-07: the tools, and the authority to carry them.
    async fn a_lock_is_opened_by_who_may_carry_the_tools(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (near, far) = two(&server).await;
        let third = world::crew(&server, "間の鍵店", 35.14, 136.87).await;
        describe_technician(&server, &near, "tools", json!([])).await;
        describe_technician(&server, &third, "opening_tools", json!("not_authorised")).await;
        let lost = job(&server, "L-KEY-LOST").await;
        assert!(world::open_offer(&far.phone).await.is_some());
        let both = [because(&near, "tool"), because(&third, "authority")].concat();
        assert_eq!(refused(&server, &lost).await, both);
        // Whoever replaces a cylinder is let in.
        let body = json!({ "job_code": "L-CYL-REPLACE", "priority": "P2" });
        let mut case = world::case(&world::safe_call(&server).await);
        case["categories"] = json!(["lock"]);
        let case = id(&server.dispatcher().post("/v1/cases", case).await.expect(201));
        server.dispatcher().post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201);
        server.settle().await;
        assert!(world::open_offer(&near.phone).await.is_some());
        server.stop().await;
    }

    async fn a_planned_visit_is_not_missed_for_another_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        // In Hamamatsu, some two hours from the site.
        let crew = world::crew(&server, "浜松設備", 34.71, 137.73).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let drip = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P3" });
        let drip = id(&dispatcher.post(&format!("/v1/cases/{case}/jobs"), drip).await.expect(201));
        let visit = json!({
            "technician_id": crew.technician,
            "starts_at": "2026-11-22T22:45:00+09:00",
            "ends_at": "2026-11-22T23:45:00+09:00",
        });
        dispatcher.post(&format!("/v1/jobs/{drip}/appointment"), visit).await.expect(201);
        let clog = job(&server, "W-TOILET-CLOG").await;
        assert_eq!(world::open_offer(&crew.phone).await, None);
        assert_eq!(refused(&server, &clog).await, because(&crew, "booked"));
        let decisions = dispatcher.get(&format!("/v1/jobs/{clog}/decisions")).await.expect(200);
        let rejected = &decisions[0]["document"]["rejections"][0];
        // 23:45 in Tokyo.
        assert_eq!(rejected["rejection"]["until_us"], 1_795_358_700_000_000_i64);
        assert_eq!(rejected["facts"]["planned"]["job"], drip.as_str());
        dispatcher.post(&format!("/v1/jobs/{clog}/cancellation"), json!({ "reason": "solved_by_itself" })).await.expect(200);
        // 90 minutes before, he is asked for the visit itself, which is not in its own way.
        server.pass(16).await;
        let decisions = dispatcher.get(&format!("/v1/jobs/{drip}/decisions")).await.expect(200);
        assert_eq!(decisions[0]["technicians"][0]["standing"], "candidate");
        assert!(world::open_offer(&crew.phone).await.is_some());
        server.stop().await;
    }
}
