//! Who could be sent, before there is a job: the same order as the ladder's, without asking anybody.

use serde_json::json;

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    world,
};

const SAKAE: &str = "job_code=W-TOILET-CLOG&lat=35.168&lon=136.908&jis_code=23106";

on_both_engines! {
    async fn whom_the_preview_names_first_the_ladder_asks_first(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let far = world::crew(&server, "遠方設備", 35.10, 136.98).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let found = dispatcher.get(&format!("/v1/candidates?{SAKAE}&language=ne")).await.expect(200);
        assert_eq!((&found["verdict"], &found["eligible"]), (&json!("offer"), &json!(2)));
        let order: Vec<_> =
            found["candidates"].as_array().unwrap().iter().map(|one| one["technician_id"].clone()).collect();
        assert_eq!(order, [json!(near.technician), json!(far.technician)]);
        assert_eq!(found["candidates"][0]["language"], "interpreter");
        assert_eq!(found["candidates"][0]["firm_name"], "栄水道");
        // Nobody was asked and nothing was written down.
        for crew in [&near, &far] {
            assert_eq!(world::open_offer(&crew.phone).await, None);
        }
        let one = dispatcher.get(&format!("/v1/candidates?{SAKAE}&limit=1")).await.expect(200);
        assert_eq!(one["candidates"].as_array().unwrap().len(), 1);

        let job = world::job(&server).await;
        assert!(world::open_offer(&near.phone).await.is_some());
        let decisions = dispatcher.get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
        assert_eq!(decisions.as_array().unwrap().len(), 1);
        server.stop().await;
    }

    async fn where_nobody_serves_the_preview_says_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let query = "job_code=W-TOILET-CLOG&lat=26.21&lon=127.68&jis_code=47201";
        let found = server.dispatcher().get(&format!("/v1/candidates?{query}")).await.expect(200);
        assert_eq!((&found["verdict"], &found["candidates"]), (&json!("no_coverage"), &json!([])));
        server.stop().await;
    }

    async fn what_is_wrong_is_named(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        for (query, field) in [
            ("job_code=W-NOTHING&lat=35.168&lon=136.908&jis_code=23106", "job_code"),
            ("job_code=X-CONSULT&lat=35.168&lon=136.908&jis_code=23106", "job_code"),
            ("job_code=W-TOILET-CLOG&lat=35.168&lon=136.908&jis_code=99999", "jis_code"),
            ("job_code=W-TOILET-CLOG&lat=35.168&lon=136.908&jis_code=23106&language=xx", "language"),
            ("job_code=W-TOILET-CLOG&lat=95&lon=136.908&jis_code=23106", "lat"),
        ] {
            let refused = dispatcher.get(&format!("/v1/candidates?{query}")).await.expect(422);
            assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        }
        server.stop().await;
    }
}
