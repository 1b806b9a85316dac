//! Erasure on request: the people, the place, the texts and the pictures are gone; what happened, what it cost and the
//! chain over it stay.

use kaketsuke::{app, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    evidence,
    privacy::{events, tables_with},
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world::{self, case_of, close},
    },
    visits::{Device, Site},
};

/// Whether everything that can be checked is as it was written.
pub(crate) async fn verify(server: &TestServer) {
    server.settle().await;
    for check in app::verify::CHECKS {
        let verdict = check.run(&server.ctx).await.unwrap();
        assert!(matches!(verdict, app::verify::Verdict::Intact(_)), "{}: {verdict:?}", check.name);
    }
}

/// A site where 72 minutes were worked with the payer's yes to two units (C-02), and its case.
async fn done(server: &TestServer) -> (Site, String) {
    let (site, mut device) = (Site::open(server, "栄水道").await, Device::new("phone"));
    let case = case_of(server, &site.job).await;
    server.pass(120).await;
    let facts = device.plain(72 * 60, Some(2));
    site.report(server, &device, &facts).await;
    (site, case)
}

on_both_engines! {
    async fn an_erased_case_is_known_by_what_happened_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        let (desk, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let case = case_of(&server, &site.job).await;
        let picture = evidence::send(&site.crew.phone, &site.job, 1, "photo_before").await.expect(201);
        let referral = json!({
            "reason": "wear", "stage": "on_site", "component": "tap", "symptom": "MARK-SYMPTOM", "lessee_kind": "worker",
            "recipients": [{ "kind": "landlord", "name": "MARK-LANDLORD", "phone": "+815255501990" }],
            "consent_to_contact": "yes", "job_id": site.job,
        });
        let referrals = format!("/v1/cases/{case}/referrals");
        desk.post_as("referral", &referrals, referral.clone()).await.expect(201);
        server.pass(120).await;
        // 72 minutes with the payer's yes: two units (C-02).
        let facts = device.plain(72 * 60, Some(2));
        site.report(&server, &device, &facts).await;
        let block = json!({ "firm_id": site.crew.firm, "phone": "+818055500101", "reason": "dispute" });
        desk.post("/v1/blocks", block).await.expect(201);
        let disputes = format!("/v1/jobs/{}/disputes", site.job);
        let says = json!({ "reason": "not_agreed", "payer": "worker", "note": "MARK-WORDS" });
        desk.post(&disputes, says).await.expect(201);
        let words = async || supervisor.get(&disputes).await.expect(200)["items"][0]["note"].clone();
        assert_eq!(words().await, "MARK-WORDS");
        let before = site.statement(&desk).await;
        assert_eq!(before["total_yen"], 2_200);
        let path = format!("/v1/cases/{case}/erasure");
        let asked = json!({ "reason": "person_asked" });
        assert_eq!(supervisor.post(&path, asked.clone()).await.problem(), "case-open");
        assert_eq!(desk.post(&path, asked.clone()).await.problem(), "forbidden");
        close(&server, &case, "no").await;
        verify(&server).await;
        assert_eq!(supervisor.post(&path, json!({ "reason": "retention" })).await.refused_field(), "reason");
        // The bill is neither paid nor agreed to.
        let refused = supervisor.post(&path, asked.clone()).await;
        assert_eq!(refused.problem(), "case-still-needed");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("money is due") && detail.contains("a dispute is open"), "{detail}");
        assert_eq!(words().await, "MARK-WORDS");
        let mut ordered = asked;
        ordered["despite"] = json!("whim");
        assert_eq!(supervisor.post(&path, ordered.clone()).await.refused_field(), "despite");
        ordered["despite"] = json!("court_order");
        let erased = supervisor.post(&path, ordered).await.expect(200);
        assert_eq!((&erased["reason"], &erased["pictures"]), (&json!("person_asked"), &json!(1)));
        // Nobody is known any more.
        let shown = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
        for gone in ["resident", "place", "host_company"] {
            assert_eq!(shown.get(gone).unwrap_or(&Value::Null), &Value::Null, "{gone}: {shown}");
        }
        assert_eq!(words().await, Value::Null);
        let job = site.crew.phone.get(&format!("/v1/jobs/{}", site.job)).await.expect(200);
        assert!(job.get("resident").is_none() && job.get("place").is_none(), "{job}");
        let bytes = format!("/v1/evidence/{}", picture["id"].as_str().unwrap());
        assert_eq!(desk.get(&bytes).await.problem(), "not-found");
        assert_eq!(evidence::send(&site.crew.phone, &site.job, 2, "photo_after").await.problem(), "case-erased");
        let again = evidence::send(&site.crew.phone, &site.job, 1, "photo_before").await.expect(200);
        assert_eq!(again["erased_for"], "request", "a late repetition does not bring it back");
        let loose = "SELECT CAST(COUNT(*) AS BIGINT) FROM loose_file";
        assert_eq!(db.raw().await.integer(loose).await, 0, "the file is deleted at once");
        // What happened stays, and so does the chain.
        let after = site.statement(&desk).await;
        assert_eq!((&after["lines"], &after["total_yen"]), (&before["lines"], &before["total_yen"]));
        assert_eq!(events(&db, "case.erased").await, [json!({ "reason": "person_asked", "pictures": 1, "despite": "court_order" })]);
        verify(&server).await;
        // Nor is anything of them repeated: the answers that were kept for that are gone, and so there is nothing of
        // anybody anywhere.
        let repeated = desk.post_as("referral", &referrals, referral).await;
        assert!(repeated.status.is_client_error(), "{} {}", repeated.status, repeated.body);
        for mark in ["Ram Example", "818055500101", "3-15-27", "栄ハイツ", "MARK-"] {
            assert_eq!(tables_with(&db, mark).await, [""; 0], "{mark}");
        }
        let once_more = json!({ "reason": "not_needed", "despite": "court_order" });
        supervisor.post(&path, once_more).await.expect(200);
        verify(&server).await;
        server.stop().await;
    }

    async fn what_is_open_keeps_a_case_until_it_is_settled(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, case) = done(&server).await;
        let supervisor = server.client(Role::Supervisor);
        // Whoever closes it is told what that does not end.
        let left = async || {
            let shown = supervisor.get(&format!("/v1/cases/{case}")).await.expect(200);
            let missing = shown["missing"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
            let money = ["money_due", "payer_answer", "dispute_decision", "review_decision"];
            missing.filter(|code| money.contains(&code.as_str())).collect::<Vec<_>>()
        };
        assert_eq!(left().await, ["money_due"]);
        close(&server, &case, "no").await;
        let path = format!("/v1/cases/{case}/erasure");
        let asked = json!({ "reason": "person_asked" });
        let still = async || {
            let refused = supervisor.post(&path, asked.clone()).await;
            assert_eq!(refused.problem(), "case-still-needed");
            refused.body["detail"].as_str().unwrap().to_owned()
        };
        assert!(still().await.starts_with("still open: money is due;"), "{}", still().await);
        let paid = json!({
            "kind": "later", "method": "card", "payer": "worker", "amount_yen": 2_200, "received_at": server.ctx.now(),
        });
        supervisor.post(&format!("/v1/jobs/{}/payments", site.job), paid).await.expect(201);
        assert_eq!(left().await, [""; 0]);
        let disputes = format!("/v1/jobs/{}/disputes", site.job);
        let dispute = supervisor.post(&disputes, json!({ "reason": "damage", "payer": "worker" })).await.expect(201);
        assert!(still().await.starts_with("still open: a dispute is open;"), "{}", still().await);
        assert_eq!(left().await, ["dispute_decision"]);
        let settled = format!("/v1/disputes/{}/resolution", dispute["id"].as_str().unwrap());
        supervisor.post(&settled, json!({ "outcome": "rejected" })).await.expect(200);
        assert_eq!(left().await, [""; 0]);
        supervisor.post(&path, asked.clone()).await.expect(200);
        server.stop().await;
    }

    // Words that are erased leave a hash that proves them as long as they are there (G-12).
    async fn the_reference_of_a_payment_goes_with_its_case_and_is_proved_until_then(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, case) = done(&server).await;
        let supervisor = server.client(Role::Supervisor);
        let path = format!("/v1/jobs/{}/payments", site.job);
        let paid = |yen: i64, reference: &str| json!({
            "kind": "later", "method": "card", "payer": "worker", "amount_yen": yen, "received_at": server.ctx.now(),
            "reference": reference, "confirm": ["nothing_owed", "overpaid"],
        });
        supervisor.post(&path, paid(2_200, "YAMADA-2200")).await.expect(201);
        let agreed = json!({ "payer": "host_company", "person": "架空 花子" });
        let authorities = format!("/v1/jobs/{}/payer-authorities", site.job);
        supervisor.post(&authorities, agreed.clone()).await.expect(201);
        let disputed = json!({ "reason": "damage", "payer": "worker", "note": "MARK-SAID" });
        let disputed = supervisor.post(&format!("/v1/jobs/{}/disputes", site.job), disputed).await.expect(201);
        let rescinded = json!({
            "outcome": "upheld",
            "correction": { "ruling": "write_off", "reason": "goodwill", "note": "MARK-WHY" },
        });
        let resolution = format!("/v1/disputes/{}/resolution", disputed["id"].as_str().unwrap());
        supervisor.post(&resolution, rescinded).await.expect(200);
        let back = json!({
            "kind": "refund", "method": "card", "payer": "worker", "amount_yen": 2_200, "received_at": server.ctx.now(),
        });
        supervisor.post(&path, back).await.expect(201);
        verify(&server).await;
        let rows = app::verify::CHECKS.iter().find(|check| check.name == "rows").unwrap();
        for (table, of, column, was) in [
            ("payment_reference", "payment", "reference", "YAMADA-2200"),
            ("payer_authority_person", "payer_authority", "name", "架空 花子"),
            ("dispute_note", "dispute", "note", "MARK-SAID"),
            ("review_note", "review_decision", "note", "MARK-WHY"),
        ] {
            let mut raw = db.raw().await;
            raw.execute(&format!("UPDATE {table} SET {column} = 'SUZUKI'")).await.unwrap();
            let found = rows.run(&server.ctx).await.unwrap();
            assert!(matches!(&found, app::verify::Verdict::Broken(what) if what.len() == 1 && what[0].starts_with(&format!("the words beside {of} "))), "{found:?}");
            raw.execute(&format!("UPDATE {table} SET {column} = '{was}'")).await.unwrap();
        }
        verify(&server).await;
        close(&server, &case, "no").await;
        supervisor.post(&format!("/v1/cases/{case}/erasure"), json!({ "reason": "person_asked" })).await.expect(200);
        assert_eq!(supervisor.get(&path).await.expect(200)["items"][0]["reference"], Value::Null);
        for mark in ["YAMADA", "架空 花子", "MARK-SAID", "MARK-WHY"] {
            assert_eq!(tables_with(&db, mark).await, [""; 0], "{mark}");
        }
        verify(&server).await;
        // Nothing is written about anybody any more.
        assert_eq!(supervisor.post(&path, paid(1, "YAMADA-1")).await.problem(), "case-erased");
        assert_eq!(supervisor.post(&authorities, json!({ "payer": "landlord", "person": "架空 花子", "evidence": "1" })).await.problem(), "case-erased");
        let says = json!({ "reason": "damage", "payer": "worker", "note": "架空 花子" });
        assert_eq!(supervisor.post(&format!("/v1/jobs/{}/disputes", site.job), says).await.problem(), "case-erased");
        server.stop().await;
    }

    async fn a_legal_hold_keeps_a_case_whatever_is_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let case = world::opened_case(&server).await;
        close(&server, &case, "no").await;
        let (hold, lift) = (format!("/v1/cases/{case}/legal-hold"), format!("/v1/cases/{case}/legal-hold-lifting"));
        let why = json!({ "reason": "litigation" });
        assert_eq!(supervisor.post(&lift, json!({})).await.problem(), "case-not-on-hold");
        assert_eq!(desk.post(&hold, why.clone()).await.problem(), "forbidden");
        assert_eq!(supervisor.post(&hold, json!({ "reason": "spite" })).await.refused_field(), "reason");
        let held = async || desk.get(&format!("/v1/cases/{case}")).await.expect(200)["legal_hold"].clone();
        assert_eq!(held().await, Value::Null);
        supervisor.post(&hold, why.clone()).await.expect(204);
        assert_eq!(held().await, "litigation");
        assert_eq!(supervisor.post(&hold, why).await.problem(), "case-on-hold");
        assert_eq!(events(&db, "case.hold_placed").await, [json!({ "reason": "litigation" })]);
        let path = format!("/v1/cases/{case}/erasure");
        for despite in [Value::Null, json!("court_order")] {
            let asked = json!({ "reason": "person_asked", "despite": despite });
            assert_eq!(supervisor.post(&path, asked).await.problem(), "case-on-hold");
        }
        supervisor.post(&lift, json!({})).await.expect(204);
        assert_eq!(held().await, Value::Null);
        supervisor.post(&path, json!({ "reason": "person_asked" })).await.expect(200);
        assert_eq!(events(&db, "case.hold_lifted").await, [json!({})]);
        assert_eq!(supervisor.post(&hold, json!({ "reason": "insurer" })).await.problem(), "case-erased");
        verify(&server).await;
        server.stop().await;
    }

    async fn nobody_is_rung_about_an_erased_case(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let case = world::opened_case(&server).await;
        let referral = json!({
            "reason": "wear", "stage": "triage", "component": "tap", "symptom": "蛇口の摩耗", "lessee_kind": "worker",
            "recipients": [{ "kind": "landlord" }], "consent_to_contact": "yes",
        });
        desk.post(&format!("/v1/cases/{case}/referrals"), referral).await.expect(201);
        close(&server, &case, "no").await;
        // The recipient is to be asked again in the morning.
        let open = "SELECT kind FROM alarm WHERE state <> 'resolved' AND kind = 'referral_follow_up'";
        assert_eq!(db.raw().await.texts(open).await, ["referral_follow_up"]);
        supervisor.post(&format!("/v1/cases/{case}/erasure"), json!({ "reason": "person_asked" })).await.expect(200);
        assert_eq!(db.raw().await.texts(open).await, [""; 0]);
        // Nor does whoever looks for what nobody goes on with find it again.
        server.pass(24 * 60).await;
        assert_eq!(db.raw().await.texts(open).await, [""; 0]);
        server.stop().await;
    }

    async fn nobody_who_calls_again_is_kept_with_an_erased_case(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, case) = (server.dispatcher(), world::opened_case(&server).await);
        close(&server, &case, "no").await;
        let path = format!("/v1/cases/{case}/erasure");
        server.client(Role::Supervisor).post(&path, json!({ "reason": "person_asked" })).await.expect(200);
        let mut call = world::call();
        call["phone"] = json!("+818055500177");
        let call = desk.post("/v1/calls", call).await.expect(201);
        let path = format!("/v1/calls/{}/attachment", call["id"].as_str().unwrap());
        let about = json!({ "case_id": case, "purpose": "complaint" });
        assert_eq!(desk.post(&path, about).await.problem(), "case-erased");
        server.stop().await;
    }

    async fn what_is_erased_leaves_the_files(db: TestDb) {
        // What a server keeps in its own files is its operator's affair.
        let Some(file) = db.url().strip_prefix("sqlite:") else { return };
        let file = file.trim_start_matches("//").split('?').next().unwrap().to_owned();
        let server = TestServer::start(&db).await;
        let case = world::opened_case(&server).await;
        close(&server, &case, "no").await;
        let holding = |mark: &str| {
            let held = ["", "-wal"].into_iter().filter(|end| {
                let bytes = std::fs::read(format!("{file}{end}")).unwrap_or_default();
                bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
            });
            held.collect::<Vec<_>>()
        };
        assert_ne!(holding("Ram Example"), [""; 0]);
        let path = format!("/v1/cases/{case}/erasure");
        server.client(Role::Supervisor).post(&path, json!({ "reason": "person_asked" })).await.expect(200);
        for mark in ["Ram Example", "818055500101", "3-15-27", "栄ハイツ"] {
            assert_eq!(holding(mark), [""; 0], "{mark}");
        }
        server.stop().await;
    }

    async fn another_case_is_not_touched(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (one, other) = (world::opened_case(&server).await, world::opened_case(&server).await);
        close(&server, &one, "no").await;
        let supervisor = server.client(Role::Supervisor);
        let path = format!("/v1/cases/{one}/erasure");
        supervisor.post(&path, json!({ "reason": "unlawful" })).await.expect(200);
        let kept = server.dispatcher().get(&format!("/v1/cases/{other}")).await.expect(200);
        assert_eq!((&kept["resident"]["name"], &kept["place"]["room"]), (&json!("Ram Example"), &json!("205")));
        let nobody = "/v1/cases/00000000-0000-7000-8000-000000000000/erasure";
        assert_eq!(supervisor.post(nobody, json!({ "reason": "unlawful" })).await.problem(), "not-found");
        server.stop().await;
    }
}
