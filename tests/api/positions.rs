//! What is no position (G-13): out of Japan, worse than 3 km, of a clock that runs ahead. No way in takes it.

use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, Reply, TestServer},
        world,
    },
    visits::{Device, Site, at},
};

/// A receiver without a fix, the two the wrong way round, a lost sign, a step over the border.
const ELSEWHERE: [(f64, f64); 4] = [(0.0, 0.0), (136.91, 35.16), (35.16, -136.91), (19.999, 136.0)];

async fn send(phone: &Client, technician: &str, point: Value, measured_at: &str, accuracy_m: i64) -> Reply {
    let position = json!({
        "technician_id": technician, "point": point, "measured_at": measured_at, "accuracy_m": accuracy_m,
    });
    let request = phone.request(reqwest::Method::POST, "/v1/positions");
    phone.send(request.json(&json!({ "positions": [position] }))).await
}

/// Where the fleet has the technician, and how that is known.
async fn sighted(server: &TestServer, technician: &str) -> (Value, Value) {
    let fleet = server.dispatcher().get("/v1/fleet").await.expect(200);
    let one = fleet["technicians"].as_array().unwrap().iter().find(|one| one["id"] == technician).unwrap();
    (one["point"].clone(), one["measured_at"].clone())
}

on_both_engines! {
    async fn one_position_of_the_future_freezes_nobody(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (wrong, right) = (world::point(35.5, 136.5), world::point(35.2, 136.95));
        for ahead in ["2099-12-31T00:00:00Z", "2026-11-23T12:00:00Z", "2026-11-22T12:02:01Z"] {
            let refused = send(&crew.phone, &crew.technician, wrong.clone(), ahead, 10).await;
            assert_eq!((refused.status.as_u16(), refused.refused_field().as_str()), (422, "positions[0].measured_at"), "{ahead}");
        }
        // Two minutes are a clock like any other: it counts as of receipt, and the next one counts after it.
        send(&crew.phone, &crew.technician, wrong.clone(), "2026-11-22T12:02:00Z", 10).await.expect(204);
        assert_eq!(sighted(&server, &crew.technician).await, (wrong, json!("2026-11-22T12:00:00Z")));
        server.pass(1).await;
        send(&crew.phone, &crew.technician, right.clone(), "2026-11-22T12:00:30Z", 10).await.expect(204);
        let now = (right, json!("2026-11-22T12:00:30Z"));
        assert_eq!(sighted(&server, &crew.technician).await, now);
        // In the table as in the memory.
        let again = TestServer::start_again(&db).await;
        assert_eq!(sighted(&again, &crew.technician).await, now);
        again.stop().await;
        server.stop().await;
    }

    async fn what_is_out_of_japan_or_too_coarse_is_no_position(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let now = "2026-11-22T12:00:00Z";
        for (lat, lon) in ELSEWHERE {
            let refused = send(&crew.phone, &crew.technician, world::point(lat, lon), now, 10).await;
            assert_eq!((refused.status.as_u16(), refused.refused_field().as_str()), (422, "positions[0].point"));
            let technician = world::technician("太郎", &["water"], world::point(lat, lon));
            let path = format!("/v1/firms/{}/technicians", crew.firm);
            assert_eq!(server.administrator().post(&path, technician).await.refused_field(), "base");
            let call = world::safe_call(&server).await;
            let mut case = world::case(&call);
            case["place"]["pin"] = world::point(lat, lon);
            assert_eq!(server.dispatcher().post("/v1/cases", case).await.refused_field(), "place.pin");
        }
        let coarse = send(&crew.phone, &crew.technician, world::point(35.2, 136.95), now, 3_001).await;
        assert_eq!(coarse.refused_field(), "positions[0].accuracy_m");
        send(&crew.phone, &crew.technician, world::point(35.2, 136.95), now, 3_000).await.expect(204);
        server.stop().await;
    }

    async fn what_is_no_position_keeps_no_other_one_from_being_recorded(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let now = "2026-11-22T12:00:00Z";
        let good = world::point(35.2, 136.95);
        let one = |point: &Value, measured_at: &str, accuracy_m: i64| {
            json!({ "technician_id": crew.technician, "point": point, "measured_at": measured_at, "accuracy_m": accuracy_m })
        };
        let batch = json!({ "positions": [
            one(&world::point(0.0, 0.0), now, 10),
            one(&good, "2026-11-22T12:03:00Z", 10),
            one(&good, now, 10),
            one(&good, now, 3_001),
        ] });
        let request = crew.phone.request(reqwest::Method::POST, "/v1/positions").json(&batch);
        let told = crew.phone.send(request).await.expect(200);
        let fields: Vec<_> = told["refused"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
        assert_eq!(fields, ["positions[0].point", "positions[1].measured_at", "positions[3].accuracy_m"]);
        assert_eq!(sighted(&server, &crew.technician).await, (good, json!(now)));
        server.stop().await;
    }

    async fn a_report_with_such_a_position_counts_without_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        server.pass(30).await;
        let here = |point: Value| json!({ "kind": "position", "point": point });
        let mut facts: Vec<_> = ELSEWHERE
            .iter()
            // What is nowhere on earth cannot be read.
            .filter(|(lat, _)| *lat < 90.0)
            .map(|(lat, lon)| device.tell(at("21:30:00"), &here(world::point(*lat, *lon))))
            .collect();
        facts.push(device.tell(at("21:32:01"), &here(world::point(35.5, 136.5))));
        facts.push(device.simply(at("21:20:00"), "departure"));
        let receipt = site.report(&server, &device, &facts).await;
        let outcomes: Vec<_> = receipt["facts"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
        assert_eq!(outcomes, ["recorded"; 5], "{receipt}");
        let none = "SELECT CAST(COUNT(*) AS BIGINT) FROM position";
        assert_eq!(db.raw().await.integer(none).await, 0);
        // What is one is taken.
        let facts = [device.tell(at("21:32:00"), &here(world::point(35.17, 136.9)))];
        site.report(&server, &device, &facts).await;
        let technician = &site.crew.technician;
        let (point, measured_at) = sighted(&server, technician).await;
        assert_eq!((point, measured_at), (world::point(35.17, 136.9), json!("2026-11-22T12:30:00Z")));
        server.stop().await;
    }
}
