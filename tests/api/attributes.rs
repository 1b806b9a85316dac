//! What is said of firms and technicians: kept as given, refused by name.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

fn licence() -> Value {
    json!({
        "kind": "designated_water", "utility": "名古屋市上下水道局", "number": "第1234号", "areas": ["23100", "23106"],
        "valid_to": "2027-03-31",
    })
}

fn full_firm() -> Value {
    let mut firm = world::firm("栄水道");
    firm["tier"] = json!(3);
    firm["offers_to"] = json!("firm");
    firm["licences"] = json!([licence()]);
    firm["registration_number"] = json!("T7123456789012");
    firm["key"] = json!("sakae-1");
    firm
}

fn full_technician() -> Value {
    let mut technician = world::technician("佐藤", &["water", "lock"], world::point(35.165, 136.91));
    technician["job_codes"] = json!(["W-TOILET-CLOG", "L-KEY-LOST", "W-TOILET-CLOG"]);
    technician["tools"] = json!(["opening_tools", "high_pressure_machine", "opening_tools"]);
    technician["opening_tools"] = json!("authorised");
    technician["badge_number"] = json!("N-0042");
    technician["key"] = json!("sato");
    technician
}

on_both_engines! {
    async fn a_firm_is_kept_as_it_was_described(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let plain = administrator.post("/v1/firms", world::firm("簡素")).await.expect(201);
        assert_eq!((&plain["tier"], &plain["offers_to"]), (&json!(1), &json!("technician")));
        assert_eq!((&plain["licences"], &plain["key"]), (&json!([]), &Value::Null));
        assert_eq!(plain["warnings"], json!([]));
        let made = administrator.post("/v1/firms", full_firm()).await.expect(201);
        let path = format!("/v1/firms/{}", id(&made));
        let read = administrator.get(&path).await.expect(200);
        for field in ["tier", "offers_to", "licences", "registration_number", "key"] {
            assert_eq!(made[field], full_firm()[field], "{field}");
            assert_eq!(read[field], full_firm()[field], "{field}");
        }
        let listed = administrator.get("/v1/firms").await.expect(200);
        // Made in the same instant: in either order.
        assert!(listed["items"].as_array().unwrap().contains(&read), "{listed}");
        // A change says everything anew: what is left out is as if it had never been said.
        let changed = administrator.put(&path, 1, world::firm("栄水道")).await.expect(200);
        assert_eq!((&changed["tier"], &changed["licences"], &changed["key"]), (&json!(1), &json!([]), &Value::Null));
        server.stop().await;
    }

    async fn a_check_digit_that_differs_is_a_warning_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let mut firm = full_firm();
        firm["registration_number"] = json!("T1123456789012");
        let made = administrator.post("/v1/firms", firm).await.expect(201);
        assert_eq!(made["registration_number"], "T1123456789012");
        assert_eq!((&made["warnings"][0]["field"], &made["warnings"][0]["rule"]), (&json!("registration_number"), &json!("C-30")));
        let read = administrator.get(&format!("/v1/firms/{}", id(&made))).await.expect(200);
        assert_eq!(read["warnings"], made["warnings"]);
        server.stop().await;
    }

    async fn every_attribute_of_a_firm_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let mut cases = vec![
            ("tier", json!(0), "tier"),
            ("tier", json!(10), "tier"),
            ("tier", json!(-1), "tier"),
            ("tier", json!(300), "tier"),
            ("tier", json!(1.5), "tier"),
            ("tier", json!("1"), "tier"),
            ("tier", Value::Null, "tier"),
            ("offers_to", json!("both"), "offers_to"),
            ("offers_to", json!(1), "offers_to"),
            ("licences", json!({}), "licences"),
            ("licences", json!([licence(), 7]), "licences[1]"),
            ("licences", json!(vec![licence(); 21]), "licences"),
        ];
        for number in ["", "7123456789012", "T712345678901", "T71234567890123", "t7123456789012", "T７123456789012"] {
            cases.push(("registration_number", json!(number), "registration_number"));
        }
        cases.push(("registration_number", json!(7), "registration_number"));
        for key in ["", " ", "a b", "日本", "a/b", &"k".repeat(65)] {
            cases.push(("key", json!(key), "key"));
        }
        cases.push(("key", json!(7), "key"));
        for (field, value, named) in cases {
            let mut body = world::firm("栄水道");
            body[field] = value.clone();
            assert_eq!(administrator.post("/v1/firms", body).await.refused_field(), named, "{field}={value}");
        }
        let parts = [
            ("kind", json!("gas"), "kind"),
            ("kind", Value::Null, "kind"),
            ("utility", json!(""), "utility"),
            ("utility", json!(" "), "utility"),
            ("utility", json!("a\u{7}"), "utility"),
            ("utility", json!("局".repeat(101)), "utility"),
            ("number", json!(""), "number"),
            ("number", json!("1".repeat(51)), "number"),
            ("number", json!(1), "number"),
            ("areas", json!([]), "areas"),
            ("areas", json!(vec!["23106"; 201]), "areas"),
            ("areas", json!(["23106", "2310"]), "areas[1]"),
            ("areas", json!(["23106", "99999"]), "areas[1]"),
            ("valid_to", json!("2027-02-30"), "valid_to"),
            ("valid_to", json!("1999-12-31"), "valid_to"),
            ("valid_to", json!("2100-01-01"), "valid_to"),
            ("valid_to", json!("令和9年"), "valid_to"),
            ("valid_to", Value::Null, "valid_to"),
            ("colour", json!(1), "colour"),
        ];
        for (field, value, named) in parts {
            let mut body = world::firm("栄水道");
            body["licences"] = json!([licence(), licence()]);
            body["licences"][1][field] = value.clone();
            let refused = administrator.post("/v1/firms", body).await.refused_field();
            assert_eq!(refused, format!("licences[1].{named}"), "{field}={value}");
        }
        for field in ["kind", "utility", "number", "areas", "valid_to"] {
            let mut body = world::firm("栄水道");
            let mut without = licence();
            without.as_object_mut().unwrap().remove(field);
            body["licences"] = json!([without]);
            assert_eq!(administrator.post("/v1/firms", body).await.refused_field(), format!("licences[0].{field}"));
        }
        assert!(administrator.get("/v1/firms").await.expect(200)["items"].as_array().unwrap().is_empty());
        server.stop().await;
    }

    async fn a_technician_is_kept_as_described(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let firm = id(&administrator.post("/v1/firms", world::firm("栄水道")).await.expect(201));
        let path = format!("/v1/firms/{firm}/technicians");
        let mut plain = world::technician("簡素", &["water"], world::point(35.0, 136.0));
        plain.as_object_mut().unwrap().retain(|key, _| key != "tools" && key != "opening_tools");
        let plain = administrator.post(&path, plain).await.expect(201);
        assert_eq!((&plain["tools"], &plain["job_codes"]), (&json!([]), &json!([])));
        assert_eq!((&plain["opening_tools"], &plain["badge_number"]), (&json!("not_authorised"), &Value::Null));
        let made = administrator.post(&path, full_technician()).await.expect(201);
        // In order, each once.
        assert_eq!(made["job_codes"], json!(["L-KEY-LOST", "W-TOILET-CLOG"]));
        assert_eq!(made["tools"], json!(["high_pressure_machine", "opening_tools"]));
        assert_eq!((&made["opening_tools"], &made["badge_number"]), (&json!("authorised"), &json!("N-0042")));
        assert_eq!(made["key"], "sato");
        let shown = format!("/v1/technicians/{}", id(&made));
        assert_eq!(administrator.get(&shown).await.expect(200), made);
        let listed = administrator.get(&path).await.expect(200);
        assert!(listed["items"].as_array().unwrap().contains(&made), "{listed}");
        let changed = administrator.put(&shown, 1, full_technician()).await.expect(200);
        assert_eq!((&changed["key"], &changed["version"]), (&json!("sato"), &json!(2)));
        server.stop().await;
    }

    async fn every_attribute_of_a_technician_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let firm = id(&administrator.post("/v1/firms", world::firm("栄水道")).await.expect(201));
        let path = format!("/v1/firms/{firm}/technicians");
        let cases = [
            ("job_codes", json!("W-TOILET-CLOG"), "job_codes"),
            ("job_codes", json!(["W-TOILET-CLOG", "toilet"]), "job_codes[1]"),
            ("job_codes", json!(["W-TOILET-CLOG", "W-NO-SUCH-THING"]), "job_codes[1]"),
            ("job_codes", json!(["L-KEY-LOST"]), "job_codes[0]"),
            ("job_codes", json!(["X-LIABILITY"]), "job_codes[0]"),
            ("job_codes", json!(vec!["W-TOILET-CLOG"; 51]), "job_codes"),
            ("tools", json!(["high_pressure_machine", "hammer"]), "tools[1]"),
            ("tools", json!(vec!["opening_tools"; 11]), "tools"),
            ("tools", json!("opening_tools"), "tools"),
            ("opening_tools", json!(true), "opening_tools"),
            ("opening_tools", json!("yes"), "opening_tools"),
            ("badge_number", json!(""), "badge_number"),
            ("badge_number", json!("  "), "badge_number"),
            ("badge_number", json!("a\u{7}"), "badge_number"),
            ("badge_number", json!("1".repeat(41)), "badge_number"),
            ("badge_number", json!(42), "badge_number"),
            ("key", json!(""), "key"),
            ("key", json!("佐藤"), "key"),
            ("key", json!("k".repeat(65)), "key"),
        ];
        for (field, value, named) in cases {
            let mut body = world::technician("佐藤", &["water"], world::point(35.0, 136.0));
            body[field] = value.clone();
            assert_eq!(administrator.post(&path, body).await.refused_field(), named, "{field}={value}");
        }
        assert!(administrator.get(&path).await.expect(200)["items"].as_array().unwrap().is_empty());
        server.stop().await;
    }

    async fn keys_are_the_offices_and_each_is_given_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = id(&administrator.post("/v1/firms", full_firm()).await.expect(201));
        let taken = administrator.post("/v1/firms", full_firm()).await;
        assert_eq!((taken.status.as_u16(), taken.refused_field().as_str()), (422, "key"));
        let firm = format!("/v1/firms/{}", crew.firm);
        assert_eq!(administrator.put(&firm, 1, full_firm()).await.refused_field(), "key");
        assert_eq!(administrator.get(&firm).await.expect(200)["version"], 1, "nothing has changed");
        administrator.put(&format!("/v1/firms/{other}"), 1, full_firm()).await.expect(200);

        administrator.post(&format!("/v1/firms/{other}/technicians"), full_technician()).await.expect(201);
        let path = format!("/v1/technicians/{}", crew.technician);
        assert_eq!(administrator.put(&path, 1, full_technician()).await.refused_field(), "key");
        // A firm is not told whether another one has a key: it gives none at all.
        let mut body = full_technician();
        for key in ["sato", "nobody-has-this"] {
            body["key"] = json!(key);
            assert_eq!(crew.office.put(&path, 1, body.clone()).await.refused_field(), "key");
        }
        body["key"] = json!("ito");
        administrator.put(&path, 1, body.clone()).await.expect(200);
        // What it does not say stays, and what it has read it may send back.
        assert_eq!(crew.office.put(&path, 2, body.clone()).await.expect(200)["key"], "ito");
        body.as_object_mut().unwrap().remove("key");
        assert_eq!(crew.office.put(&path, 3, body).await.expect(200)["key"], "ito");
        server.stop().await;
    }
}
