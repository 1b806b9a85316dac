//! A case from its opening to its closing: entitlement, the worker's own word, identity, scope, what is missing.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer, id},
    world,
};

/// What is right of the case of the world, to be corrected.
fn right() -> Value {
    json!({
        "categories": ["water"], "language": "ne", "eligibility": "unverified", "liability_flag": "no",
        "lessee_kind": "unknown",
    })
}

async fn whole(client: &Client, case: &str) -> Value {
    client.get(&format!("/v1/cases/{case}")).await.expect(200)
}

async fn correct(client: &Client, case: &str, body: Value) -> Value {
    let version = whole(client, case).await["version"].as_i64().unwrap();
    client.put(&format!("/v1/cases/{case}"), version, body).await.expect(200)
}

/// A case about a lock.
async fn lock_case(server: &TestServer) -> String {
    let call = world::safe_call(server).await;
    let mut body = world::case(&call);
    body["categories"] = json!(["lock"]);
    id(&server.dispatcher().post("/v1/cases", body).await.expect(201))
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn a_case_is_closed_when_nothing_is_in_the_way(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let case = world::opened_case(&server).await;
        let path = format!("/v1/cases/{case}/closing");
        let refused = desk.post(&path, json!({})).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("liability-unknown", &json!("K-02")));
        let shown = whole(&desk, &case).await;
        assert_eq!(codes(&shown["closing_obstacles"]), ["liability_unknown"]);
        assert_eq!(codes(&shown["missing"]), ["liability", "eligibility", "lessee", "job"]);
        correct(&desk, &case, right()).await;
        let job = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        let refused = desk.post(&path, json!({})).await;
        assert_eq!(refused.problem(), "job-not-final");
        let cancel = format!("/v1/jobs/{}/cancellation", id(&job));
        desk.post(&cancel, json!({ "reason": "solved_by_itself" })).await.expect(200);
        // A danger that comes to light keeps it open, and so does its instruction.
        let call = id(&whole(&desk, &case).await["calls"][0]);
        let yes = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
        desk.post(&format!("/v1/calls/{call}/hazard-answers"), yes).await.expect(200);
        let shown = whole(&desk, &case).await;
        assert_eq!(codes(&shown["closing_obstacles"]), ["hazard_open", "instructions_not_given"]);
        let refused = desk.post(&path, json!({})).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("hazard-open", &json!("4.1")));
        desk.post(&format!("/v1/calls/{call}/instructions/H-GAS/acknowledgement"), json!({})).await.expect(200);
        let clear = json!({ "hazard": "H-GAS", "cleared_by": "gas_company", "note_code": "checked_safe" });
        desk.post(&format!("/v1/cases/{case}/clearances"), clear).await.expect(201);
        let closed = desk.post(&path, json!({})).await.expect(200);
        assert_eq!((&closed["state"], closed["closed_at"].is_string()), (&json!("closed"), true));
        assert_eq!(desk.post(&path, json!({})).await.problem(), "case-closed");
        let version = closed["version"].as_i64().unwrap();
        assert_eq!(desk.put(&format!("/v1/cases/{case}"), version, right()).await.problem(), "case-closed");
        let listed = async |state: &str| {
            let page = desk.get(&format!("/v1/cases?state={state}")).await.expect(200);
            page["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
        };
        assert_eq!((listed("closed").await, listed("open").await), (vec![case.clone()], vec![]));
        server.stop().await;
    }

    async fn a_correction_says_everything_and_needs_the_version(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let case = world::opened_case(&server).await;
        let mut body = right();
        body["categories"] = json!(["liability", "water", "water"]);
        body["eligibility"] = json!("eligible");
        body["eligibility_basis"] = json!("host_call_back");
        body["host_company"] = json!("架空建設");
        body["lessee_kind"] = json!("host_company");
        body["reading_language"] = json!("ne");
        let corrected = correct(&desk, &case, body).await;
        assert_eq!(corrected["categories"], json!(["water", "liability"]));
        let shown = whole(&desk, &case).await;
        assert_eq!(shown["background"]["host_company"], "架空建設");
        assert_eq!((&shown["eligibility_basis"], &shown["lessee_kind"]), (&json!("host_call_back"), &json!("host_company")));
        let path = format!("/v1/cases/{case}");
        assert_eq!(desk.put(&path, 1, right()).await.problem(), "version-mismatch");
        let blind = desk.request(reqwest::Method::PUT, &path).json(&right());
        assert_eq!(desk.send(blind).await.problem(), "if-match-required");
        assert_eq!(whole(&desk, &case).await["lessee_kind"], "host_company");
        server.stop().await;
    }

    async fn every_field_of_a_case_is_refused_by_name_and_changes_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let fields = [
            ("categories", json!([]), "categories"),
            ("categories", json!(["water", "roof"]), "categories[1]"),
            ("categories", json!(["water", "water", "lock", "lock", "lock"]), "categories"),
            ("categories", json!(["consultation"]), "topic"),
            ("language", json!("yue"), "language"),
            ("reading_language", json!("zh"), "reading_language"),
            ("language_wish", json!(""), "language_wish"),
            ("eligibility", json!("maybe"), "eligibility"),
            ("eligibility", json!("eligible"), "eligibility_basis"),
            ("eligibility_basis", json!("gut_feeling"), "eligibility_basis"),
            ("host_company", json!(" "), "host_company"),
            ("host_company", json!("社".repeat(101)), "host_company"),
            ("liability_flag", json!("perhaps"), "liability_flag"),
            ("lessee_kind", json!("uncle"), "lessee_kind"),
            ("spoken_with_worker", json!("no"), "spoken_with_worker"),
            ("topic", json!("gas"), "topic"),
            ("topic", json!(""), "topic"),
            ("colour", json!("red"), "colour"),
        ];
        let call = world::safe_call(&server).await;
        for (field, value, named) in &fields {
            let mut body = world::case(&call);
            body[*field] = value.clone();
            assert_eq!(desk.post("/v1/cases", body).await.refused_field(), *named, "{field}={value}");
        }
        let mut body = world::case(&call);
        body["resident"]["name_kana"] = json!("");
        assert_eq!(desk.post("/v1/cases", body).await.refused_field(), "resident.name_kana");
        let mut body = world::case(&call);
        body["categories"] = json!(["consultation"]);
        body["topic"] = json!("weather");
        assert_eq!(desk.post("/v1/cases", body).await.refused_field(), "topic");
        assert!(desk.get("/v1/cases").await.expect(200)["items"].as_array().unwrap().is_empty());
        let case = world::opened_case(&server).await;
        let before = whole(&desk, &case).await;
        let version = before["version"].as_i64().unwrap();
        for (field, value, named) in &fields {
            let mut body = right();
            body[*field] = value.clone();
            let reply = desk.put(&format!("/v1/cases/{case}"), version, body).await;
            assert_eq!(reply.refused_field(), *named, "{field}={value}");
        }
        assert_eq!(whole(&desk, &case).await, before);
        assert_eq!(desk.post(&format!("/v1/cases/{case}/closing"), json!({ "why": 1 })).await.refused_field(), "why");
        assert_eq!(desk.get("/v1/cases?state=ajar").await.refused_field(), "query");
        server.stop().await;
    }

    async fn somebody_elses_call_needs_the_workers_word(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let mut body = world::call();
        body["caller_role"] = json!("flatmate");
        let call = id(&desk.post("/v1/calls", body).await.expect(201));
        desk.post(&format!("/v1/calls/{call}/hazard-answers"), json!({ "others": "no" })).await.expect(200);
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let path = format!("/v1/cases/{case}/jobs");
        let refused = desk.post(&path, json!({ "job_code": "W-TOILET-CLOG" })).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("worker-not-spoken-with", &json!("K-05")));
        assert!(codes(&whole(&desk, &case).await["missing"]).contains(&"spoken_with_worker"));
        let mut body = right();
        body["spoken_with_worker"] = json!("not_reachable");
        correct(&desk, &case, body).await;
        desk.post(&path, json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        server.stop().await;
    }

    async fn out_of_scope_names_whom_to_ask(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let topics = desk.get("/v1/out-of-scope").await.expect(200);
        assert!(codes(&topics).contains(&"pests"));
        let call = world::safe_call(&server).await;
        let mut body = world::case(&call);
        body["categories"] = json!(["consultation"]);
        body["topic"] = json!("gas");
        let case = id(&desk.post("/v1/cases", body).await.expect(201));
        assert_eq!(whole(&desk, &case).await["out_of_scope"]["code"], "gas");
        let refused = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("out-of-scope", &json!("S-12")));
        let said = refused.body["detail"].as_str().unwrap();
        assert!(said.contains("ガス会社") && said.contains("gas company"), "{said}");
        // A job code nobody is sent for says the same, whatever the case is about.
        let case = world::opened_case(&server).await;
        let refused = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-WATER-HEATER" })).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("out-of-scope", &json!("S-12")));
        server.stop().await;
    }

    async fn a_door_is_not_opened_without_a_way_to_check_who_lives_there(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄鍵店", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let case = lock_case(&server).await;
        let job = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "L-KEY-LOST" })).await.expect(201);
        assert!(codes(&whole(&desk, &case).await["missing"]).contains(&"identity_plan"));
        server.settle().await;
        assert!(world::open_offer(&crew.phone).await.is_some());
        let path = format!("/v1/jobs/{}/identity-plan", id(&job));
        let out = |method: &str, reason: &str| json!({ "method": method, "reason": reason });
        let all = json!([
            out("card_on_person", "card_inside"), out("host_or_landlord_call_back", "no_answer"),
            out("police_present", "police_not_coming"), out("check_inside", "not_safe"),
        ]);
        let none = desk.post(&path, json!({ "method": "none", "impossible": all })).await.expect(201);
        assert_eq!((&none["job"]["state"], &none["job"]["hold"]), (&json!("held"), &json!("identity")));
        assert_eq!(codes(&none["offer_instead"]), ["wait", "host", "police", "landlord"]);
        assert_eq!(world::open_offer(&crew.phone).await, None, "the offer is taken back");
        let better = json!({ "method": "host_or_landlord_call_back", "impossible": [out("card_on_person", "card_inside")] });
        let planned = desk.post(&path, better).await.expect(201);
        assert_eq!((&planned["plan"]["number"], &planned["job"]["state"]), (&json!(2), &json!("unassigned")));
        assert_eq!(planned["offer_instead"], json!([]));
        server.settle().await;
        assert!(world::open_offer(&crew.phone).await.is_some());
        for (body, named) in [
            (json!({}), "method"),
            (json!({ "method": "look_at_him" }), "method"),
            (json!({ "method": "none" }), "impossible"),
            (json!({ "method": "police_present", "impossible": [out("card_on_person", "no_card")] }), "impossible"),
            (json!({ "method": "card_on_person", "impossible": [out("none", "no_card")] }), "impossible[0].method"),
            (json!({ "method": "card_on_person", "impossible": [out("x", "no_card")] }), "impossible[0].method"),
            (json!({ "method": "none", "impossible": [out("card_on_person", "AB12345678CD")] }), "impossible[0].reason"),
            (json!({ "method": "card_on_person", "card_number": "AB12345678CD" }), "card_number"),
            (json!({ "method": "none", "impossible": vec![out("card_on_person", "no_card"); 5] }), "impossible"),
        ] {
            assert_eq!(desk.post(&path, body.clone()).await.refused_field(), named, "{body}");
        }
        let water = world::job(&server).await;
        let refused = desk.post(&format!("/v1/jobs/{water}/identity-plan"), json!({ "method": "card_on_person" })).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("no-identity-check", &json!("S-01")));
        server.stop().await;
    }

    async fn guidance_is_there_in_both_languages_and_never_says_always_free(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let all = desk.get("/v1/job-codes").await.expect(200);
        assert_eq!(all.as_array().unwrap().len(), 33);
        let text = all.to_string().to_lowercase();
        assert!(!text.contains("always free") && !text.contains("常に無料") && !text.contains("必ず無料"));
        let clog = desk.get("/v1/job-codes/W-TOILET-CLOG").await.expect(200);
        assert_eq!(clog["guidance"]["ja"][0], "もう一度流さない");
        assert_eq!(clog["guidance"]["en"][0], "do not flush again");
        assert_eq!(clog["special_work"][0], json!({ "code": "toilet_removal", "ja": "便器脱着" }));
        assert_eq!(desk.get("/v1/job-codes/W-ROOF").await.problem(), "not-found");
        let stack = desk.get("/v1/common-area-aid?component=stack").await.expect(200);
        let component = &stack["components"][0];
        assert_eq!((&component["belongs_to"], &component["refer"], &component["priority"]), (&json!("common"), &json!("yes"), &json!("P1")));
        assert_eq!(desk.get("/v1/common-area-aid?component=roof").await.refused_field(), "component");
        assert_eq!(desk.get("/v1/common-area-aid?component=").await.refused_field(), "component");
        let whole_aid = desk.get("/v1/common-area-aid").await.expect(200);
        assert_eq!(whole_aid["components"].as_array().unwrap().len(), 20);
        server.stop().await;
    }
}
