//! Telephone numbers: one number has one spelling at every door, and some callers have none.

use kaketsuke::{
    app::imports::Mode,
    import::{self, Content},
};
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Reply, TestServer, id},
    site, world,
};

/// One number, and how people write it.
const NUMBER: &str = "+819055500177";
const SPELLINGS: &[&str] = &[
    "+819055500177",
    "+8109055500177",
    "+81 (0)90-5550-0177",
    "＋８１９０５５５００１７７",
    "+81ー90ー5550ー0177",
];
/// No number of anybody.
const BAD: &[&str] = &["", "+81905550017", "09055500177", "+81905550017x"];

/// What every door has in common: something that has a number, made with one.
struct Doors<'a> {
    server: &'a TestServer,
    firm: String,
    technician: String,
    case: String,
}

impl<'a> Doors<'a> {
    async fn of(server: &'a TestServer) -> Self {
        let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
        let case = world::opened_case(server).await;
        Self { server, firm: crew.firm, technician: crew.technician, case }
    }

    const NAMES: &'static [&'static str] = &[
        "call",
        "resident",
        "resident corrected",
        "block",
        "firm",
        "firm changed",
        "technician",
        "technician changed",
        "recipient",
        "recipient at night",
    ];

    async fn put(&self, path: &str, body: Value) -> Reply {
        let admin = self.server.administrator();
        let version = admin.get(path).await.expect(200)["version"].as_i64().unwrap();
        admin.put(path, version, body).await
    }

    async fn recipient(&self, field: &str, phone: Value) -> Reply {
        let mut recipient = json!({ "kind": "landlord", "name": "架空不動産" });
        recipient[field] = phone;
        let body = json!({
            "reason": "wear", "stage": "triage", "component": "tap", "symptom": "摩耗", "lessee_kind": "worker",
            "recipients": [recipient], "consent_to_contact": "yes",
        });
        let case = world::opened_case(self.server).await;
        self.server.dispatcher().post(&format!("/v1/cases/{case}/referrals"), body).await
    }

    /// Sends a number through a door: the answer, where the number is read again and under which name.
    async fn send(&self, door: &str, phone: Value) -> (Reply, Option<String>, &'static str) {
        let (desk, admin) = (self.server.dispatcher(), self.server.administrator());
        let with = |mut body: Value| {
            body["phone"] = phone.clone();
            body
        };
        let technician = || with(world::technician("架空 次郎", &["water"], world::point(35.17, 136.9)));
        let read = |reply: &Reply, path: &str| reply.body["id"].as_str().map(|id| format!("{path}/{id}"));
        match door {
            "call" => {
                let made = desk.post("/v1/calls", with(world::call())).await;
                let path = read(&made, "/v1/calls");
                (made, path, "/caller/phone")
            }
            "resident" => {
                let mut body = world::case(&world::safe_call(self.server).await);
                body["resident"] = with(body["resident"].clone());
                let made = desk.post("/v1/cases", body).await;
                let path = read(&made, "/v1/cases");
                (made, path, "/resident/phone")
            }
            "resident corrected" => {
                let path = format!("/v1/cases/{}", self.case);
                let version = desk.get(&path).await.expect(200)["version"].as_i64().unwrap();
                let made = desk.put(&format!("{path}/phone"), version, json!({ "phone": phone })).await;
                (made, Some(path), "/resident/phone")
            }
            "block" => {
                let body = with(json!({ "technician_id": self.technician, "reason": "dispute" }));
                (desk.post("/v1/blocks", body).await, None, "/phone")
            }
            "firm" => (admin.post("/v1/firms", with(world::firm("電話水道"))).await, None, "/phone"),
            "firm changed" => {
                let path = format!("/v1/firms/{}", self.firm);
                (self.put(&path, with(world::firm("栄水道"))).await, None, "/phone")
            }
            "technician" => {
                let path = format!("/v1/firms/{}/technicians", self.firm);
                (admin.post(&path, technician()).await, None, "/phone")
            }
            "technician changed" => {
                let path = format!("/v1/technicians/{}", self.technician);
                (self.put(&path, technician()).await, None, "/phone")
            }
            "recipient" => {
                let made = self.recipient("phone", phone).await;
                let path = read(&made, "/v1/referrals");
                (made, path, "/recipients/0/phone")
            }
            _ => {
                let made = self.recipient("emergency_phone", phone).await;
                let path = read(&made, "/v1/referrals");
                (made, path, "/recipients/0/emergency_phone")
            }
        }
    }
}

on_both_engines! {
    async fn one_number_has_one_spelling_at_every_door(db: TestDb) {
        let server = TestServer::start(&db).await;
        let doors = Doors::of(&server).await;
        for door in Doors::NAMES {
            for spelling in SPELLINGS {
                let (reply, path, at) = doors.send(door, json!(spelling)).await;
                assert!(reply.status.is_success(), "{door} {spelling}: {}", reply.body);
                let read = match path {
                    Some(path) => server.dispatcher().get(&path).await.expect(200),
                    None => reply.body,
                };
                assert_eq!(read.pointer(at), Some(&json!(NUMBER)), "{door} {spelling}: {read}");
            }
            for bad in BAD {
                let (reply, ..) = doors.send(door, json!(bad)).await;
                assert!(reply.refused_field().ends_with("phone"), "{door} {bad}");
            }
        }
        server.stop().await;
    }

    async fn a_file_has_the_same_numbers(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (count, spelling) in SPELLINGS.iter().enumerate() {
            let firms = format!("key,name,phone,areas\nF1,架空水道,{spelling},23100\n");
            import::run(&server.ctx, Content::Firms, firms.as_bytes(), Mode::Keep).await.unwrap();
            let technicians =
                format!("key,firm_key,name,phone,lat,lon,trades\nT1,F1,架空 太郎,{spelling},35.165,136.91,water\n");
            let taken = import::run(&server.ctx, Content::Technicians, technicians.as_bytes(), Mode::Keep).await.unwrap();
            // The same number again is no change.
            assert_eq!((taken.new, taken.unchanged), if count == 0 { (1, 0) } else { (0, 1) }, "{spelling}");
        }
        let phones = db.raw().await.texts("SELECT phone FROM firm UNION SELECT phone FROM technician").await;
        assert_eq!(phones, [NUMBER]);
        for bad in &BAD[1..] {
            let firms = format!("key,name,phone,areas\nF1,架空水道,{bad},23100\n");
            assert!(import::run(&server.ctx, Content::Firms, firms.as_bytes(), Mode::Keep).await.is_err(), "{bad}");
        }
        server.stop().await;
    }

    async fn who_is_kept_apart_or_calls_again_is_known_in_every_spelling(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, crew) = (server.dispatcher(), world::crew(&server, "栄水道", 35.165, 136.91).await);
        let block = json!({ "technician_id": crew.technician, "phone": NUMBER, "reason": "dispute" });
        desk.post("/v1/blocks", block).await.expect(201);
        for spelling in SPELLINGS {
            let mut call = world::call();
            (call["phone"], call["state"]) = (json!(spelling), json!("offered"));
            let missed = id(&desk.post("/v1/calls", call.clone()).await.expect(201));
            desk.post(&format!("/v1/calls/{missed}/abandonment"), json!({})).await.expect(200);
            call["state"] = json!("answered");
            call["phone"] = json!(NUMBER);
            let again = id(&desk.post("/v1/calls", call).await.expect(201));
            let settled = desk.get(&format!("/v1/calls/{missed}")).await.expect(200)["call_back"].clone();
            assert_eq!(settled, "called_again", "{spelling}");
            desk.post(&format!("/v1/calls/{again}/hazard-answers"), json!({ "others": "no" })).await.expect(200);
            let mut case = world::case(&again);
            case["resident"]["phone"] = json!(spelling);
            let case = id(&desk.post("/v1/cases", case).await.expect(201));
            desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
            server.settle().await;
            assert_eq!(world::open_offer(&crew.phone).await, None, "{spelling}");
            let mut call = world::call();
            call["phone"] = json!(spelling);
            let call = id(&desk.post("/v1/calls", call).await.expect(201));
            let found = desk.get(&format!("/v1/calls/{call}/duplicates")).await.expect(200);
            assert!(found.as_array().unwrap().iter().any(|one| one["case_id"] == case.as_str()), "{spelling}: {found}");
        }
        server.stop().await;
    }

    async fn a_call_may_have_no_number(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let none = |why: Value| {
            let mut call = world::call();
            (call["phone"], call["no_number"]) = (Value::Null, why);
            call
        };
        for why in ["withheld", "public", "none"] {
            let call = id(&desk.post("/v1/calls", none(json!(why))).await.expect(201));
            let shown = desk.get(&format!("/v1/calls/{call}")).await.expect(200);
            assert_eq!((&shown["caller"]["phone"], &shown["caller"]["no_number"]), (&Value::Null, &json!(why)));
            // Those without a number are not the same caller.
            assert_eq!(desk.get(&format!("/v1/calls/{call}/duplicates")).await.expect(200), json!([]));
        }
        assert_eq!(desk.post("/v1/calls", none(Value::Null)).await.refused_field(), "no_number");
        assert_eq!(desk.post("/v1/calls", none(json!("lost"))).await.refused_field(), "no_number");
        let mut both = none(json!("withheld"));
        both["phone"] = json!(NUMBER);
        assert_eq!(desk.post("/v1/calls", both).await.refused_field(), "no_number");
        let mut forgotten = none(json!("withheld"));
        forgotten.as_object_mut().unwrap().remove("phone");
        assert_eq!(desk.post("/v1/calls", forgotten).await.refused_field(), "phone");
        server.stop().await;
    }

    async fn nobody_is_called_back_without_a_number(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let mut call = world::call();
        (call["phone"], call["no_number"], call["state"]) = (Value::Null, json!("withheld"), json!("offered"));
        let call = id(&desk.post("/v1/calls", call).await.expect(201));
        let gone = desk.post(&format!("/v1/calls/{call}/abandonment"), json!({})).await.expect(200);
        assert_eq!(gone["call_back"], "given_up");
        assert_eq!(desk.get("/v1/alarms").await.expect(200)["items"], json!([]));
        let tried = desk.post(&format!("/v1/calls/{call}/call-backs"), json!({ "outcome": "reached" })).await;
        assert_eq!(tried.problem(), "no-call-back-due");
        server.stop().await;
    }

    async fn a_case_goes_its_way_without_a_number_and_asks_for_one(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, crew) = (server.dispatcher(), world::crew(&server, "栄水道", 35.165, 136.91).await);
        let block = json!({ "technician_id": crew.technician, "phone": NUMBER, "reason": "dispute" });
        desk.post("/v1/blocks", block).await.expect(201);
        let mut call = world::call();
        (call["phone"], call["no_number"]) = (Value::Null, json!("public"));
        let call = id(&desk.post("/v1/calls", call).await.expect(201));
        desk.post(&format!("/v1/calls/{call}/hazard-answers"), json!({ "others": "no" })).await.expect(200);
        let mut body = world::case(&call);
        body["resident"].as_object_mut().unwrap().remove("phone");
        assert_eq!(desk.post("/v1/cases", body.clone()).await.refused_field(), "resident.phone");
        body["resident"]["phone"] = Value::Null;
        let case = id(&desk.post("/v1/cases", body).await.expect(201));
        let path = format!("/v1/cases/{case}");
        let missing = async || {
            let shown = desk.get(&path).await.expect(200);
            shown["missing"].as_array().unwrap().iter().any(|one| one["code"] == "call_back_number")
        };
        assert!(missing().await);
        let job = desk.post(&format!("{path}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        let job = id(&job);
        server.settle().await;
        let offer = world::open_offer(&crew.phone).await.expect("no number keeps nobody away");
        let accepted = crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let seen = crew.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&seen["resident"]["name"], &seen["resident"]["phone"]), (&json!("Ram Example"), &Value::Null));
        let note = format!("/v1/assignments/{}/order-note", id(&accepted["assignment"]));
        crew.phone.get(&note).await.expect(200);
        // Told later, it is the number of somebody from whom the technician is kept apart: the desk is rung.
        let version = desk.get(&path).await.expect(200)["version"].as_i64().unwrap();
        desk.put(&format!("{path}/phone"), version, json!({ "phone": NUMBER })).await.expect(200);
        assert!(!missing().await);
        let rings = desk.get("/v1/alarms?limit=200").await.expect(200);
        assert!(rings["items"].as_array().unwrap().iter().any(|one| one["kind"] == "kept_apart"), "{rings}");
        let mut phone = site::Device::new(&job, "phone-1");
        let facts = site::work(&mut phone, "21:04", "22:00");
        server.pass(5).await;
        phone.send(&server, &crew.phone, &facts[..2]).await.expect(200);
        server.pass(85).await;
        phone.send(&server, &crew.phone, &facts[2..]).await.expect(200);
        server.settle().await;
        assert_eq!(desk.get(&format!("/v1/jobs/{job}")).await.expect(200)["state"], "completed");
        server.stop().await;
    }
}
