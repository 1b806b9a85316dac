//! What a firm says of its own staff is proposed until the office has confirmed it (G-10): every field, by whoever writes it,
//! and what the matching makes of it.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer, id},
    world::{self, Crew},
};

/// A field of a technician: what it is, what would be more, and a question whose answer tells the two apart.
struct Field {
    name: &'static str,
    is: Value,
    more: Value,
    asked: &'static str,
}

const AT_SAKAE: &str = "lat=35.168&lon=136.908&jis_code=23106";

/// Each field of a technician, but the key (the office's own) and the shifts (the firm's own).
fn fields() -> Vec<Field> {
    let field = |name, is, more, asked| Field { name, is, more, asked };
    vec![
        field("name", json!("佐藤"), json!("田中"), ""),
        field("phone", json!("+819055500100"), json!("+819055500199"), ""),
        field("base", world::point(35.3, 137.05), world::point(35.168, 136.908), "W-TOILET-CLOG"),
        field("trades", json!(["lock"]), json!(["water", "lock"]), "W-TOILET-CLOG"),
        field("job_codes", json!(["W-FAUCET-DRIP"]), json!([]), "W-TOILET-CLOG"),
        field("tools", json!([]), json!(["opening_tools"]), "L-KEY-LOST"),
        field("opening_tools", json!("not_authorised"), json!("authorised"), "L-KEY-LOST"),
        field("badge_number", json!("N-1"), json!("N-2"), ""),
        field("languages", json!(["ja"]), json!(["ja", "ne"]), "W-TOILET-CLOG"),
        field("state", json!("suspended"), json!("active"), "W-TOILET-CLOG"),
    ]
}

/// The profile with one field as it is, and as it would be.
fn profile(field: &Field, value: &Value) -> Value {
    let trades: &[&str] = &["water", "lock"];
    let mut body = world::technician("佐藤", trades, world::point(35.165, 136.91));
    body["badge_number"] = json!("N-1");
    body[field.name] = value.clone();
    body
}

/// What the matching makes of the fleet.
async fn matched(server: &TestServer, field: &Field) -> Value {
    server.settle().await;
    let code = if field.asked.is_empty() { "W-TOILET-CLOG" } else { field.asked };
    let path = format!("/v1/candidates?job_code={code}&{AT_SAKAE}&language=ne");
    let mut found = server.dispatcher().get(&path).await.expect(200);
    // How far the log was read is no property of anybody.
    found
        .as_object_mut()
        .unwrap()
        .retain(|name, _| name == "candidates" || name == "verdict" || name == "eligible");
    found
}

async fn waiting(client: &Client) -> Vec<Value> {
    let listed = client.get("/v1/technician-proposals?state=waiting&limit=200").await.expect(200);
    listed["items"].as_array().unwrap().clone()
}

async fn decide(server: &TestServer, proposal: &Value, body: Value) -> Value {
    let path = format!("/v1/technician-proposals/{}/decision", id(proposal));
    server.client(Role::Supervisor).post(&path, body).await.expect(200)
}

async fn register(client: &Client, crew: &Crew, body: Value) -> Value {
    client.post(&format!("/v1/firms/{}/technicians", crew.firm), body).await.expect(201)
}

/// A firm whose only technician in service is the one looked at.
async fn firm(server: &TestServer) -> Crew {
    let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
    let mut idle = world::technician("休み", &["water"], world::point(35.165, 136.91));
    idle["state"] = json!("suspended");
    let path = format!("/v1/technicians/{}", crew.technician);
    server.administrator().put(&path, 1, idle).await.expect(200);
    crew
}

on_both_engines! {
    async fn g_10_what_a_firm_adds_counts_once_the_office_has_confirmed_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = firm(&server).await;
        for field in fields() {
            let name = field.name;
            let made = register(&server.administrator(), &crew, profile(&field, &field.is)).await;
            let path = format!("/v1/technicians/{}", id(&made));
            let before = (matched(&server, &field).await, made[name].clone());
            // A technician says nothing of himself.
            assert_eq!(crew.phone.put(&path, 1, profile(&field, &field.more)).await.status.as_u16(), 403);
            let said = crew.office.put(&path, 1, profile(&field, &field.more)).await.expect(200);
            assert_eq!((&said["version"], &said[name]), (&json!(2), &before.1), "{name}");
            let expected = serde_json::Map::from_iter([(name.to_owned(), field.more.clone())]);
            let sorted = |value: &Value| {
                let mut value = value.clone();
                if let Some(list) = value[name].as_array_mut() {
                    list.sort_by_key(ToString::to_string);
                }
                value
            };
            assert_eq!(sorted(&said["proposed"]), sorted(&Value::Object(expected)), "{name}");
            assert_eq!((matched(&server, &field).await, said[name].clone()), before, "{name} counts unconfirmed");
            // The firm and the office see it waiting; refused, nothing has changed.
            let listed = waiting(&crew.office).await;
            assert_eq!((listed.len(), &listed), (1, &waiting(&server.administrator()).await));
            assert_eq!(listed[0]["technician"][name], before.1);
            let refused = decide(&server, &listed[0], json!({ "outcome": "refused", "reason": "not_proven" })).await;
            assert_eq!((&refused["state"], &refused["reason"]), (&json!("refused"), &json!("not_proven")));
            let shown = crew.office.get(&path).await.expect(200);
            assert_eq!((&shown["proposed"], &shown["version"]), (&Value::Null, &json!(3)));
            assert_eq!(matched(&server, &field).await, before.0, "{name}");
            crew.office.put(&path, 3, profile(&field, &field.more)).await.expect(200);
            decide(&server, &waiting(&crew.office).await[0], json!({ "outcome": "confirmed" })).await;
            let shown = crew.office.get(&path).await.expect(200);
            assert_eq!((&sorted(&shown)[name], &shown["proposed"]), (&sorted(&profile(&field, &field.more))[name], &Value::Null));
            if !field.asked.is_empty() {
                assert_ne!(matched(&server, &field).await, before.0, "{name}: the question does not tell");
            }
            // Less counts at once; so does what the office says.
            if !["name", "phone", "base", "badge_number", "job_codes", "trades"].contains(&name) {
                let less = crew.office.put(&path, 5, profile(&field, &field.is)).await.expect(200);
                assert_eq!((&less[name], &less["proposed"]), (&before.1, &Value::Null), "{name}");
            }
            let version = crew.office.get(&path).await.expect(200)["version"].as_i64().unwrap();
            let office = server.administrator().put(&path, version, profile(&field, &field.more)).await.expect(200);
            assert_eq!(sorted(&office)[name], sorted(&profile(&field, &field.more))[name], "{name}");
            let mut gone = profile(&field, &field.more);
            gone["state"] = json!("suspended");
            let version = office["version"].as_i64().unwrap();
            server.administrator().put(&path, version, gone).await.expect(200);
        }
        server.stop().await;
    }

    async fn g_10_nobody_is_sent_whom_the_office_has_not_confirmed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = firm(&server).await;
        let field = &fields()[0];
        let nobody = matched(&server, field).await;
        let ghost = register(&crew.office, &crew, world::technician("幽霊", &["water", "lock"], world::point(35.168, 136.908))).await;
        assert_eq!((&ghost["state"], &ghost["confirmed_at"]), (&json!("suspended"), &Value::Null));
        assert_eq!(matched(&server, field).await, nobody);
        let fleet = server.dispatcher().get("/v1/fleet").await.expect(200);
        assert!(!fleet.to_string().contains("幽霊"), "{fleet}");
        // Nor by a new start, by name, or once the firm says again that they are in service.
        let path = format!("/v1/technicians/{}", id(&ghost));
        let again = world::technician("幽霊", &["water"], world::point(35.168, 136.908));
        crew.office.put(&path, 1, again).await.expect(200);
        let job = world::job(&server).await;
        let given = json!({ "technician_id": id(&ghost), "reason": "volunteered" });
        let refused = server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "technician-suspended"));
        assert_eq!(matched(&server, field).await, nobody);
        // The first proposal is not the one that waits.
        let listed = waiting(&crew.office).await;
        assert_eq!((listed.len(), &listed[0]["proposed"]["trades"]), (1, &json!(["water"])));
        let all = crew.office.get("/v1/technician-proposals").await.expect(200);
        let replaced = all["items"].as_array().unwrap().iter().find(|one| one["state"] == "replaced").unwrap();
        let late = format!("/v1/technician-proposals/{}/decision", id(replaced));
        let late = server.administrator().post(&late, json!({ "outcome": "confirmed" })).await;
        assert_eq!((late.status.as_u16(), late.problem()), (409, "proposal-not-waiting"));
        decide(&server, &listed[0], json!({ "outcome": "confirmed" })).await;
        // The job that waited is theirs to answer at once.
        server.settle().await;
        let asked = crew.office.get("/v1/offers?state=open").await.expect(200);
        assert_eq!(asked["items"][0]["technician_id"], ghost["id"], "{asked}");
        server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
        server.stop().await;
    }

    async fn g_10_what_the_office_has_suspended_only_the_office_frees(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let path = format!("/v1/technicians/{}", crew.technician);
        let mut body = world::technician("佐藤", &["water", "lock"], world::point(35.165, 136.91));
        body["state"] = json!("suspended");
        body["opening_tools"] = json!("not_authorised");
        server.client(Role::Supervisor).put(&path, 1, body.clone()).await.expect(200);
        body["state"] = json!("active");
        body["opening_tools"] = json!("authorised");
        body["badge_number"] = json!("N-9999");
        let said = crew.office.put(&path, 2, body).await.expect(200);
        assert_eq!(
            (&said["state"], &said["opening_tools"], &said["badge_number"]),
            (&json!("suspended"), &json!("not_authorised"), &Value::Null)
        );
        assert_eq!(crew.phone.get("/v1/offers").await.problem(), "suspended");
        // The office is not asked again about what it says itself.
        let mut free = world::technician("佐藤", &["water", "lock"], world::point(35.165, 136.91));
        free["badge_number"] = json!("N-9999");
        let freed = server.administrator().put(&path, 3, free).await.expect(200);
        assert_eq!((&freed["state"], &freed["proposed"]), (&json!("active"), &Value::Null));
        assert_eq!(waiting(&crew.office).await, [Value::Null; 0]);
        server.stop().await;
    }

    async fn a_firm_sees_and_says_nothing_of_another_one(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = firm(&server).await;
        let other = world::crew(&server, "別会社", 35.10, 136.80).await;
        let ghost = register(&crew.office, &crew, world::technician("幽霊", &["water"], world::point(35.168, 136.908))).await;
        assert_eq!(waiting(&other.office).await, [Value::Null; 0]);
        other.office.get(&format!("/v1/technicians/{}", id(&ghost))).await.expect(404);
        // Of the firm itself, its areas and licences among it, it says nothing at all.
        for client in [&crew.office, &crew.phone] {
            let itself = client.put(&format!("/v1/firms/{}", crew.firm), 1, world::firm("栄水道")).await;
            assert_eq!(itself.problem(), "forbidden");
        }
        let proposal = id(&waiting(&crew.office).await[0]);
        let path = format!("/v1/technician-proposals/{proposal}/decision");
        for client in [&crew.office, &crew.phone, &other.office, &server.dispatcher()] {
            assert_eq!(client.post(&path, json!({ "outcome": "confirmed" })).await.status.as_u16(), 403);
        }
        let supervisor = server.client(Role::Supervisor);
        for body in [json!({ "outcome": "refused" }), json!({ "outcome": "confirmed", "reason": "wrong" })] {
            assert_eq!(supervisor.post(&path, body).await.refused_field(), "reason");
        }
        server.stop().await;
    }

    async fn a_firm_says_so_much_and_no_more(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = firm(&server).await;
        let path = format!("/v1/firms/{}/technicians", crew.firm);
        let body = |number: i64| world::technician(&format!("幽霊 {number}"), &["water"], world::point(35.168, 136.908));
        for number in 0..50 {
            crew.office.post(&path, body(number)).await.expect(201);
        }
        let refused = crew.office.post(&path, body(50)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "too-many-proposals"));
        // More of the same person takes the place of what waits; until it is too much within the hour.
        let one = waiting(&crew.office).await[0]["technician"].clone();
        let of_one = format!("/v1/technicians/{}", id(&one));
        for version in 1..=50 {
            crew.office.put(&of_one, version, body(100 + version)).await.expect(200);
        }
        let refused = crew.office.put(&of_one, 51, body(999)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "proposals-too-fast"));
        server.pass(61).await;
        crew.office.put(&of_one, 51, body(999)).await.expect(200);
        // The office is not bound by it.
        server.administrator().post(&path, body(1_000)).await.expect(201);
        server.stop().await;
    }
}
