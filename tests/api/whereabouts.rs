//! Where everybody is, as the map shows it: state, place, and how old that is; and the outlines it is drawn on.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    world,
};

/// What the fleet says of a technician.
async fn seen(server: &TestServer, technician: &str) -> Value {
    let fleet = server.dispatcher().get("/v1/fleet").await.expect(200);
    let mut found = fleet["technicians"].as_array().unwrap().iter().filter(|one| one["id"] == technician);
    let one = found.next().unwrap_or(&Value::Null).clone();
    assert!(found.next().is_none(), "{fleet}");
    one
}

fn told(seen: &Value) -> (&str, &str) {
    (seen["state"].as_str().unwrap(), seen["sighting"].as_str().unwrap())
}

on_both_engines! {
    async fn a_place_has_its_age_and_a_state_its_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let one = seen(&server, &crew.technician).await;
        assert_eq!(told(&one), ("free", "base"));
        assert_eq!((&one["name"], &one["trades"]), (&json!("栄水道 太郎"), &json!(["water", "lock"])));
        assert_eq!(one["point"], world::point(35.165, 136.91));
        let fleet = server.dispatcher().get("/v1/fleet").await.expect(200);
        assert_eq!(fleet["firms"], json!([{ "id": crew.firm, "name": "栄水道" }]));

        // A position is fresh for 20 minutes.
        let position = json!({ "technician_id": crew.technician, "point": world::point(35.2, 136.95), "measured_at": "2026-11-22T12:00:00Z" });
        crew.phone.post("/v1/positions", json!({ "positions": [position] })).await.expect(204);
        server.pass(20).await;
        let one = seen(&server, &crew.technician).await;
        assert_eq!((told(&one), &one["point"]), (("free", "fresh"), &world::point(35.2, 136.95)));
        assert_eq!(one["measured_at"], "2026-11-22T12:00:00Z");
        server.pass(1).await;
        assert_eq!(told(&seen(&server, &crew.technician).await), ("free", "stale"));

        // Asked, then on the way, for that job.
        let job = world::job(&server).await;
        let one = seen(&server, &crew.technician).await;
        assert_eq!((told(&one).0, &one["job_id"]), ("asked", &json!(job)));
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.settle().await;
        let one = seen(&server, &crew.technician).await;
        assert_eq!((told(&one).0, &one["job_id"]), ("coming", &json!(job)));
        // The job's place is told to a hundred metres, no closer.
        let queue = server.dispatcher().get("/v1/queue").await.expect(200);
        for degrees in queue[0]["near"]["coordinates"].as_array().unwrap() {
            let thousandths = degrees.as_f64().unwrap() * 1e3;
            assert!((thousandths - thousandths.round()).abs() < 1e-6, "{queue}");
        }
        server.stop().await;
    }

    async fn where_somebody_is_who_is_off_is_his_own_business(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let position = json!({ "technician_id": crew.technician, "point": world::point(35.2, 136.95), "measured_at": "2026-11-22T12:00:00Z" });
        crew.phone.post("/v1/positions", json!({ "positions": [position] })).await.expect(204);
        let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
        let off = json!({ "kind": "day_off", "starts_at": "2026-11-22T12:00:00Z", "ends_at": "2026-11-22T14:00:00Z" });
        crew.office.post(&path, off).await.expect(201);
        server.settle().await;
        let one = seen(&server, &crew.technician).await;
        assert_eq!((told(&one), &one["point"]), (("off", "base"), &world::point(35.165, 136.91)));
        assert_eq!((&one["measured_at"], &one["roster_changes_at"]), (&Value::Null, &json!("2026-11-22T14:00:00Z")));
        // Who is out of service is not on the map at all.
        let technician = server.administrator().get(&format!("/v1/technicians/{}", crew.technician)).await.body;
        let mut body = world::technician("栄水道 太郎", &["water"], world::point(35.165, 136.91));
        body["state"] = json!("suspended");
        let version = technician["version"].as_i64().unwrap();
        server.administrator().put(&format!("/v1/technicians/{}", crew.technician), version, body).await.expect(200);
        assert_eq!(seen(&server, &crew.technician).await, Value::Null);
        server.stop().await;
    }

    async fn outlines_are_of_the_country_or_of_a_prefecture(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let country = dispatcher.get("/v1/outlines").await;
        assert_eq!(country.headers["cache-control"], "private, max-age=86400");
        let country = country.expect(200);
        assert_eq!((&country["type"], country["features"].as_array().unwrap().len()), (&json!("FeatureCollection"), 153));
        let aichi = dispatcher.get("/v1/outlines?prefecture=23").await.expect(200);
        let features = aichi["features"].as_array().unwrap();
        let city = features.iter().find(|feature| feature["properties"]["name"] == "名古屋市").unwrap();
        let codes = city["properties"]["jis_codes"].as_array().unwrap();
        assert!(codes.contains(&json!("23100")) && codes.contains(&json!("23106")), "the city and its wards: {codes:?}");
        assert!(features.iter().all(|feature| feature["properties"]["code"].as_str().unwrap().starts_with("23")));
        assert_eq!(city["geometry"]["type"], "MultiPolygon");
        for wrong in ["00", "48", "2", "023", "愛知"] {
            assert_eq!(dispatcher.get(&format!("/v1/outlines?prefecture={wrong}")).await.refused_field(), "prefecture", "{wrong}");
        }
        server.stop().await;
    }
}
