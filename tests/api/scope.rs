//! A firm cannot see or touch anything of another firm: it is as if it did not exist.

use reqwest::Method;
use serde_json::json;

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    world,
};

on_both_engines! {
    async fn another_firms_things_do_not_exist(db: TestDb) {
        let server = TestServer::start(&db).await;
        let own = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&own.phone).await.unwrap();
        // Registered afterwards, so that the offer went to the other.
        let other = world::crew(&server, "別会社", 35.165, 136.91).await;
        let profile = world::technician("乗っ取り", &["water"], world::point(35.0, 136.0));
        for client in [&other.office, &other.phone] {
            let hidden = [
                format!("/v1/firms/{}", own.firm),
                format!("/v1/firms/{}/technicians", own.firm),
                format!("/v1/technicians/{}", own.technician),
                format!("/v1/offers/{offer}"),
                format!("/v1/jobs/{job}"),
                format!("/v1/jobs/{job}/facts"),
                format!("/v1/jobs/{job}/statement"),
            ];
            for path in hidden {
                assert_eq!(client.get(&path).await.problem(), "not-found", "{path}");
            }
            for (list, id) in [("/v1/firms", &own.firm), ("/v1/offers", &offer), ("/v1/jobs", &job)] {
                let items = client.get(list).await.expect(200);
                assert!(!items.to_string().contains(id.as_str()), "{list}: {items}");
            }
            let accept = client.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await;
            assert_eq!(accept.problem(), "not-found");
            let refuse = client.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "other" })).await;
            assert_eq!(refuse.problem(), "not-found");
            let fix = json!({ "positions": [{
                "technician_id": own.technician,
                "point": world::point(35.0, 136.0),
                "measured_at": "2026-11-22T21:00:00+09:00",
            }] });
            let request = client.request(Method::POST, "/v1/positions").json(&fix);
            assert_eq!(client.send(request).await.refused_field(), "positions[0].technician_id");
        }
        let path = format!("/v1/technicians/{}", own.technician);
        assert_eq!(other.office.put(&path, 1, profile.clone()).await.problem(), "not-found");
        let path = format!("/v1/firms/{}/technicians", own.firm);
        assert_eq!(other.office.post(&path, profile).await.problem(), "not-found");
        // Nothing of it had an effect: the offer is still there to be accepted by whom it was made to.
        own.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        own.office.get(&format!("/v1/jobs/{job}")).await.expect(200);
        server.stop().await;
    }
}
