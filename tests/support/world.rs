//! A small world for the tests: firms and technicians in Nagoya, a resident in trouble.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use super::server::{Client, TestServer, id};

/// A firm with one technician, each with a client.
pub(crate) struct Crew {
    pub(crate) firm: String,
    pub(crate) technician: String,
    pub(crate) office: Client,
    pub(crate) phone: Client,
}

/// Round the clock, every day.
pub(crate) fn always() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter().map(|day| json!({ "day": day, "from": "00:00", "to": "24:00" })).collect()
}

pub(crate) fn point(lat: f64, lon: f64) -> Value {
    json!({ "type": "Point", "coordinates": [lon, lat] })
}

/// What is said of a firm that serves the whole of Nagoya (by the city's code).
pub(crate) fn firm(name: &str) -> Value {
    json!({ "name": name, "phone": "+81525550100", "areas": ["23100"] })
}

/// What is said of a technician with a base at a place.
pub(crate) fn technician(name: &str, trades: &[&str], base: Value) -> Value {
    json!({
        "name": name,
        "phone": "+819055500100",
        "base": base,
        "trades": trades,
        "tools": ["opening_tools"],
        "opening_tools": "authorised",
        "languages": ["ja", "en"],
        "shifts": always(),
    })
}

/// Registers a firm with one technician who does both trades.
pub(crate) async fn crew(server: &TestServer, name: &str, lat: f64, lon: f64) -> Crew {
    let administrator = server.administrator();
    let firm_id = id(&administrator.post("/v1/firms", firm(name)).await.expect(201));
    let path = format!("/v1/firms/{firm_id}/technicians");
    let body = technician(&format!("{name} 太郎"), &["water", "lock"], point(lat, lon));
    let technician_id = id(&administrator.post(&path, body).await.expect(201));
    let firm_uuid: uuid::Uuid = firm_id.parse().unwrap();
    let technician_uuid: uuid::Uuid = technician_id.parse().unwrap();
    let office = server.token(Role::Firm, Some(firm_uuid.into()), None, None).await;
    let phone = server.token(Role::Technician, None, Some(technician_uuid.into()), None).await;
    Crew {
        firm: firm_id,
        technician: technician_id,
        office: server.with(Some(&office)),
        phone: server.with(Some(&phone)),
    }
}

/// A call in Nepali that has just been answered.
pub(crate) fn call() -> Value {
    json!({ "channel": "phone", "language": "ne", "caller_role": "worker", "phone": "+818055500101" })
}

/// A clogged toilet in Nagoya, Naka ward, Sakae 3-chome (460-0008).
pub(crate) fn case(call: &str) -> Value {
    json!({
        "call_id": call,
        "programme": "000",
        "categories": ["water"],
        "eligibility": "unverified",
        "liability_flag": "unknown",
        "resident": { "name": "Ram Example", "phone": "+818055500101" },
        "place": {
            "postal_code": "460-0008",
            "address": "3-15-27",
            "building": "栄ハイツ",
            "room": "205",
        },
    })
}

/// Takes a call in which nobody is in danger (4.1).
pub(crate) async fn safe_call(server: &TestServer) -> String {
    let dispatcher = server.dispatcher();
    let call_id = id(&dispatcher.post("/v1/calls", call()).await.expect(201));
    let path = format!("/v1/calls/{call_id}/hazard-answers");
    dispatcher.post(&path, json!({ "others": "no" })).await.expect(200);
    call_id
}

/// Takes a call and opens a case.
pub(crate) async fn opened_case(server: &TestServer) -> String {
    let call_id = safe_call(server).await;
    id(&server.dispatcher().post("/v1/cases", case(&call_id)).await.expect(201))
}

/// Takes a call, opens a case and makes a job; the ladder has asked somebody if there is anybody.
pub(crate) async fn job(server: &TestServer) -> String {
    let dispatcher = server.dispatcher();
    let case_id = opened_case(server).await;
    let path = format!("/v1/cases/{case_id}/jobs");
    let job = dispatcher.post(&path, json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
    server.settle().await;
    id(&job)
}

/// Answers what keeps a case open, and closes it.
pub(crate) async fn close(server: &TestServer, case: &str, liability: &str) {
    let desk = server.dispatcher();
    let seen = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
    let right = json!({
        "categories": ["water"], "language": "ne", "eligibility": "unverified", "liability_flag": liability,
        "lessee_kind": "unknown", "host_company": "MARK-HOST",
    });
    desk.put(&format!("/v1/cases/{case}"), seen["version"].as_i64().unwrap(), right).await.expect(200);
    desk.post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
}

/// The calls about a job that is over are wrapped up and its case is closed: nothing rings about it in the days that follow.
pub(crate) async fn wrap_up(server: &TestServer, job: &str) {
    let case = case_of(server, job).await;
    let desk = server.dispatcher();
    let seen = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
    for call in seen["calls"].as_array().unwrap() {
        for step in ["ending", "wrap-up"] {
            desk.post(&format!("/v1/calls/{}/{step}", id(call)), json!({})).await.expect(200);
        }
    }
    close(server, &case, "no").await;
}

/// The case of a job.
pub(crate) async fn case_of(server: &TestServer, job: &str) -> String {
    let job = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
    job["case_id"].as_str().unwrap().to_owned()
}

/// The only open offer of a technician or firm.
pub(crate) async fn open_offer(client: &Client) -> Option<String> {
    let offers = client.get("/v1/offers?state=open").await.expect(200);
    let offers = offers["items"].as_array().unwrap();
    assert!(offers.len() <= 1, "{offers:?}");
    offers.first().map(id)
}
