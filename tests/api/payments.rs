//! What was paid, what is disputed, and what is printed of it.

use kaketsuke::{app, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, Reply, TestServer, id},
        site::{self as told, consumer},
        world,
    },
    visits::{self as site, Device, Site, at},
};

on_both_engines! {
    async fn what_was_paid_before_settling_is_inside_the_lines_and_later_beside_them(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (books, billing) = consumer(&server, "経理").await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let dispatcher = server.dispatcher();
        pay(&dispatcher, &site, "cash_on_site", "cash", 1_500).await.expect(201);
        // Nothing is settled yet: it is received, and not to be paid back.
        let statement = site.statement(&dispatcher).await;
        assert_eq!((&statement["collected_yen"], &statement["due_yen"]), (&json!(1_500), &json!(0)));
        let of_payer = &statement["totals"][0];
        assert_eq!((&of_payer["collected_yen"], &of_payer["due_yen"]), (&json!(1_500), &json!(0)));
        let path = format!("/v1/jobs/{}/statement?format=html", site.job);
        let printed = dispatcher.request(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap();
        assert!(printed.contains("お支払い残額") && !printed.contains("ご返金額"), "{printed}");
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let statement = site.statement(&dispatcher).await;
        assert_eq!(statement["lines"][0]["collected_yen"], 1_500);
        assert_eq!((&statement["collected_yen"], &statement["due_yen"]), (&json!(1_500), &json!(700)));
        assert_eq!(statement["statutory_document_required"], true, "2,200 yen, not all of it in cash at once");
        pay(&billing, &site, "later", "bank_transfer", 700).await.expect(201);
        let statement = site.statement(&dispatcher).await;
        assert_eq!((&statement["due_yen"], &statement["lines"][0]["collected_yen"]), (&json!(0), &json!(1_500)));
        server.settle().await;
        let page = billing.get(&format!("/v1/billing-consumers/{books}/lines")).await.expect(200);
        let paid: Vec<_> = page["payments"].as_array().unwrap().iter()
            .map(|payment| (payment["amount_yen"].as_i64().unwrap(), payment["in_lines"].as_bool().unwrap()))
            .collect();
        assert_eq!(paid, [(1_500, true), (700, false)]);
        assert_eq!(due(&page), 0, "nothing collected is billed again");
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn cash_that_the_site_tells_of_counts_once_however_often_it_is_sent(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let mut facts = phone.plain(72 * 60, Some(2));
        let taken = json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 });
        facts.push(phone.tell(at("22:28:00"), &taken));
        for _ in 0..2 {
            site.report(&server, &phone, &facts).await;
        }
        let statement = site.statement(&server.dispatcher()).await;
        let payments = statement["payments"].as_array().unwrap();
        assert_eq!(payments.len(), 1, "{statement}");
        assert_eq!((&payments[0]["kind"], &payments[0]["amount_yen"]), (&json!("cash_on_site"), &json!(2_200)));
        assert_eq!((&statement["due_yen"], &statement["lines"][0]["collected_yen"]), (&json!(0), &json!(2_200)));
        assert_eq!(statement["statutory_document_required"], false, "Y-12");
        server.stop().await;
    }

    async fn cash_of_the_host_is_not_counted_as_the_workers(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        // The worker agrees to the first unit, the host company to the second one, and pays it at the door.
        let mut host = site::yes(at("22:20:00"), 2, 0);
        host["payer"] = json!("host_company");
        let host = tablet.tell(at("22:20:00"), &host);
        let taken = json!({ "kind": "payment", "method": "cash", "amount_yen": 1_100, "payer": "host_company" });
        let taken = tablet.tell(at("22:26:00"), &taken);
        site.report(&server, &tablet, &[host, taken]).await;
        let facts = phone.plain(72 * 60, Some(1));
        let receipt = site.report(&server, &phone, &facts).await;
        // The host company is not bound by the technician's word (G-06): what it is to pay is held until it has agreed.
        assert_eq!((&receipt["flags"], &receipt["settlement"]["number"]), (&json!([]), &json!(1)));
        let statement = site.statement(&server.dispatcher()).await;
        assert_eq!(site::brief(&statement["lines"]), [("overtime", "1", 1_100, "worker")]);
        assert_eq!(site::brief(&statement["held"]), [("overtime", "1", 1_100, "host_company")]);
        let authority = json!({ "payer": "host_company", "person": "架空建設 総務 田中" });
        let path = format!("/v1/jobs/{}/payer-authorities", site.job);
        server.dispatcher().post(&path, authority).await.expect(201);
        let statement = site.statement(&server.dispatcher()).await;
        assert_eq!(
            site::brief(&statement["lines"]),
            [("overtime", "1", 1_100, "worker"), ("overtime", "1", 1_100, "host_company")]
        );
        let collected = |line: usize| statement["lines"][line]["collected_yen"].as_i64().unwrap();
        assert_eq!((collected(0), collected(1)), (0, 1_100), "{statement}");
        assert_eq!(statement["payments"][0]["payer"], "host_company");
        assert_eq!(statement["payments_told"][0]["payer"], "host_company");
        let nobody = json!({ "kind": "payment", "method": "cash", "amount_yen": 1, "payer": "programme" });
        let refused = tablet.tell(at("22:28:00"), &nobody);
        let body = tablet.batch(&server, &[refused]);
        let path = format!("/v1/jobs/{}/facts", site.job);
        assert!(site.crew.phone.post(&path, body).await.status.is_client_error());
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn a_stopped_job_is_settled_at_0_yen_for_its_time(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let mut facts = phone.plain(72 * 60, Some(2));
        facts.last_mut().unwrap()["outcome"] = json!("aborted_unsafe");
        let receipt = site.report(&server, &phone, &facts).await;
        assert_eq!((&receipt["flags"], &receipt["settlement"]["basis"]), (&json!([]), &json!("stopped")));
        let statement = site.statement(&server.dispatcher()).await;
        assert_eq!((&statement["lines"], &statement["total_yen"]), (&json!([]), &json!(0)));
        assert!(statement["basis_words"]["en"].as_str().unwrap().contains("R-06"));
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn cash_under_3000_yen_needs_no_document_and_a_correction_carries_what_was_collected(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (books, billing) = consumer(&server, "経理").await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let dispatcher = server.dispatcher();
        pay(&dispatcher, &site, "cash_on_site", "cash", 2_200).await.expect(201);
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        assert_eq!(site.statement(&dispatcher).await["statutory_document_required"], false, "Y-12");
        // A no that comes late takes one unit back: 1,100 yen were paid too much.
        let mut tablet = Device::new("tablet");
        let mut no = site::yes(at("22:20:00"), 0, 0);
        no["answer"] = json!("no");
        let late = tablet.tell(at("22:20:00"), &no);
        site.report(&server, &tablet, &[late]).await;
        let statement = site.statement(&dispatcher).await;
        let collected: Vec<_> =
            statement["lines"].as_array().unwrap().iter().map(|line| line["collected_yen"].clone()).collect();
        assert_eq!(collected[..3], [json!(2_200), json!(-2_200), json!(1_100)], "{statement}");
        assert_eq!(statement["due_yen"], -1_100);
        assert_eq!(pay(&dispatcher, &site, "refund", "cash", 2_201).await.refused_field(), "amount_yen");
        pay(&dispatcher, &site, "refund", "cash", 1_100).await.expect(201);
        assert_eq!(site.statement(&dispatcher).await["due_yen"], 0);
        server.settle().await;
        let page = billing.get(&format!("/v1/billing-consumers/{books}/lines")).await.expect(200);
        assert_eq!(due(&page), 0);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn an_upheld_dispute_corrects_the_bill_and_a_rescinded_contract_takes_all_of_it_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let (dispatcher, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let path = format!("/v1/jobs/{}/disputes", site.job);
        let body = json!({ "reason": "wrong_amount", "payer": "worker", "note": "60分もかかっていない" });
        let early = dispatcher.post(&path, body.clone()).await;
        assert_eq!((early.status.as_u16(), early.problem()), (409, "not-settled"));
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let dispute = dispatcher.post(&path, body).await.expect(201);
        assert_eq!(dispute["state"], "open");
        let told = supervisor.get(&path).await.expect(200);
        assert_eq!((&told["items"][0]["id"], &told["items"][0]["note"]), (&dispute["id"], &json!("60分もかかっていない")));
        let work = json!([{ "from": at("21:15:00"), "to": at("22:20:00"), "work": "work" }]);
        let correction = json!({
            "ruling": "correct", "reason": "confirmed_by_evidence", "note": "写真の時刻で確認",
            "work": [{ "technician_id": site.crew.technician, "stretches": work }],
        });
        let resolution = format!("/v1/disputes/{}/resolution", id(&dispute));
        let upheld = json!({ "outcome": "upheld", "correction": correction });
        assert_eq!(dispatcher.post(&resolution, upheld.clone()).await.problem(), "forbidden");
        let bare = supervisor.post(&resolution, json!({ "outcome": "upheld" })).await;
        assert_eq!(bare.refused_field(), "correction");
        let resolved = supervisor.post(&resolution, upheld.clone()).await.expect(200);
        assert_eq!(resolved["dispute"]["resolution"]["decision_id"], resolved["decided"]["decision"]["id"]);
        assert_eq!(supervisor.post(&resolution, upheld).await.problem(), "dispute-resolved");
        let statement = site.statement(&supervisor).await;
        assert_eq!(
            site::brief(&statement["lines"]),
            [
                ("overtime", "2", 2_200, "worker"),
                ("reversal", "-2", -2_200, "worker"),
                ("overtime", "1", 1_100, "worker"),
            ]
        );
        let sentence = |key: &str| statement["lines"][1][key].as_str().unwrap();
        assert!(sentence("text_en").starts_with("Reversal: -2,200 yen (tax included). "), "{statement}");
        assert!(sentence("text_ja").starts_with("取消 -2,200円(税込)。"), "{statement}");
        // Y-13: within eight days the whole contract can be rescinded.
        let cooling = json!({ "reason": "cooling_off", "payer": "worker" });
        let dispute = dispatcher.post(&path, cooling).await.expect(201);
        let rescind = json!({ "ruling": "rescind", "reason": "cooling_off", "note": "書面で申出" });
        let body = json!({ "outcome": "upheld", "correction": rescind });
        supervisor.post(&format!("/v1/disputes/{}/resolution", id(&dispute)), body).await.expect(200);
        let statement = site.statement(&supervisor).await;
        assert_eq!((&statement["total_yen"], &statement["settlements"][2]["basis"]), (&json!(0), &json!("rescinded")));
        assert_eq!(statement["disputes"].as_array().unwrap().len(), 2);
        // That is final: a number that is missing opens no question of money, and nothing more is decided about it (G-18).
        let place = json!({ "kind": "position", "point": world::point(35.165, 136.91) });
        let mut position = phone.tell(at("22:45:00"), &place);
        position["device_seq"] = json!(30);
        let told = site.report(&server, &phone, &[position]).await;
        assert_eq!(told["facts"][0]["outcome"], "recorded", "{told}");
        let open = supervisor.get("/v1/reviews?state=open").await.expect(200);
        assert_eq!(open["items"], json!([]));
        let dispute = dispatcher.post(&path, json!({ "reason": "poor_work", "payer": "worker" })).await.expect(201);
        let again = json!({ "outcome": "upheld", "correction": {
            "ruling": "correct", "reason": "confirmed_by_evidence", "note": "再訂正",
            "work": [{ "technician_id": site.crew.technician, "stretches": work }],
        } });
        let path = format!("/v1/disputes/{}/resolution", id(&dispute));
        let refused = supervisor.post(&path, again).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "contract-rescinded"));
        supervisor.post(&path, json!({ "outcome": "rejected" })).await.expect(200);
        assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn money_that_cannot_be_right_is_asked_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let dispatcher = server.dispatcher();
        let path = format!("/v1/jobs/{}/payments", site.job);
        let money = |kind: &str, yen: i64, time: &str| json!({
            "kind": kind, "method": "card", "payer": "worker", "amount_yen": yen, "received_at": at(time),
        });
        let early = money("later", 100, "21:00:00");
        let made: chrono::DateTime<chrono::Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut before = early.clone();
        before["received_at"] = json!(made - chrono::TimeDelta::days(2_000));
        assert_eq!(dispatcher.post(&path, before).await.refused_field(), "received_at", "before the job");
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let asked = |mut body: Value, doubt: &str| {
            let refused = body.clone();
            body["confirm"] = json!([doubt]);
            (refused, body)
        };
        dispatcher.post(&path, money("later", 1_000, "22:30:00")).await.expect(201);
        // Nothing is paid back before it was paid.
        assert_eq!(dispatcher.post(&path, money("refund", 500, "22:29:00")).await.refused_field(), "received_at");
        for (body, doubt, problem) in [
            (money("later", 1_000, "22:40:00"), "repeated", "payment-repeated"),
            (money("later", 201, "22:41:00"), "overpaid", "payment-overpaid"),
        ] {
            let (refused, confirmed) = asked(body, doubt);
            let answer = dispatcher.post(&path, refused).await;
            assert_eq!((answer.status.as_u16(), answer.problem()), (409, problem));
            dispatcher.post(&path, confirmed).await.expect(201);
        }
        let shown = site.statement(&dispatcher).await;
        assert_eq!((&shown["due_yen"], &shown["totals"][0]["due_yen"]), (&json!(-1), &json!(-1)));
        let owing = |alarms: &Value| alarms["items"].as_array().unwrap().iter()
            .filter(|alarm| alarm["kind"] == "refund_due" && alarm["state"] != "resolved").count();
        assert_eq!(owing(&dispatcher.get("/v1/alarms").await.expect(200)), 1);
        dispatcher.post(&path, money("refund", 1, "22:50:00")).await.expect(201);
        assert_eq!(owing(&dispatcher.get("/v1/alarms").await.expect(200)), 0);
        // The contract is rescinded: everything is to be paid back, and nothing is to be paid.
        let dispute = json!({ "reason": "cooling_off", "payer": "worker" });
        let dispute = dispatcher.post(&format!("/v1/jobs/{}/disputes", site.job), dispute).await.expect(201);
        let rescind = json!({ "ruling": "rescind", "reason": "cooling_off", "note": "書面で申出" });
        let body = json!({ "outcome": "upheld", "correction": rescind });
        let supervisor = server.client(Role::Supervisor);
        supervisor.post(&format!("/v1/disputes/{}/resolution", id(&dispute)), body).await.expect(200);
        assert_eq!(owing(&dispatcher.get("/v1/alarms").await.expect(200)), 1);
        let answer = dispatcher.post(&path, money("later", 500, "22:55:00")).await;
        assert_eq!(answer.problem(), "payment-for-nothing");
        dispatcher.post(&path, money("refund", 2_200, "22:56:00")).await.expect(201);
        assert_eq!(owing(&dispatcher.get("/v1/alarms").await.expect(200)), 0);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn cash_of_the_site_that_cannot_be_right_waits_for_a_supervisor(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        for (yen, time, code) in [
            (1_200, "22:28:00", None), (1_200, "22:29:00", Some("payment_repeated")), (1_001, "22:35:00", Some("payment_overpaid")),
        ] {
            let taken = json!({ "kind": "payment", "method": "cash", "amount_yen": yen });
            let taken = tablet.tell(at(time), &taken);
            let receipt = site.report(&server, &tablet, &[taken]).await;
            let codes: Vec<_> = receipt["flags"].as_array().unwrap().iter().map(|flag| flag["code"].clone()).collect();
            assert!(code.is_none_or(|code| codes.contains(&json!(code))), "{yen} {time}: {codes:?}");
        }
        let shown = site.statement(&server.dispatcher()).await;
        assert_eq!((&shown["collected_yen"], &shown["due_yen"]), (&json!(1_200), &json!(1_000)), "the first one counts");
        server.settle().await;
        let supervisor = server.client(Role::Supervisor);
        let review = supervisor.get("/v1/reviews?state=open").await.expect(200)["items"][0].clone();
        crate::reviews::decide(&supervisor, &review, crate::reviews::decision("accept", &[])).await.expect(200);
        let shown = site.statement(&server.dispatcher()).await;
        assert_eq!((&shown["collected_yen"], &shown["due_yen"], &shown["flags"]), (&json!(3_401), &json!(-1_201), &json!([])));
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn only_who_is_on_the_bill_disputes_it_once_and_somebody_is_told_in_time(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let (dispatcher, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let path = format!("/v1/jobs/{}/disputes", site.job);
        for payer in ["landlord", "host_company", "programme"] {
            let refused = dispatcher.post(&path, json!({ "reason": "not_agreed", "payer": payer })).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (409, "payer-not-on-bill"), "{payer}");
        }
        let body = json!({ "reason": "not_agreed", "payer": "worker" });
        let dispute = dispatcher.post(&path, body.clone()).await.expect(201);
        assert_eq!(dispatcher.post(&path, body.clone()).await.problem(), "dispute-open");
        let listed = supervisor.get("/v1/disputes?state=open").await.expect(200);
        let opened: chrono::DateTime<chrono::Utc> = dispute["opened_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(listed["items"][0]["decide_by"], json!(opened + chrono::TimeDelta::days(7)));
        let ringing = || async {
            let alarms = supervisor.get("/v1/alarms?state=ringing").await.expect(200);
            alarms["items"].as_array().unwrap().iter().filter(|alarm| alarm["kind"] == "dispute_waiting").count()
        };
        server.pass(239).await;
        assert_eq!(ringing().await, 0);
        server.pass(2).await;
        assert_eq!(ringing().await, 1);
        supervisor.post(&format!("/v1/disputes/{}/resolution", id(&dispute)), json!({ "outcome": "rejected" })).await.expect(200);
        server.pass(1).await;
        assert_eq!(ringing().await, 0);
        // Decided, it may be disputed again.
        dispatcher.post(&path, body).await.expect(201);
        server.stop().await;
    }

    async fn a_cancelled_job_is_settled_at_0_yen_and_says_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        let dispatcher = server.dispatcher();
        let path = format!("/v1/jobs/{}/cancellation", site.job);
        dispatcher.post(&path, json!({ "reason": "false_alarm" })).await.expect(200);
        let statement = site.statement(&dispatcher).await;
        assert_eq!((&statement["total_yen"], &statement["lines"]), (&json!(0), &json!([])));
        assert_eq!(statement["settlements"][0]["basis"], "cancelled");
        assert!(statement["basis_words"]["ja"].as_str().unwrap().contains("C-25"));
        assert_eq!(statement["statutory_document_required"], false, "nothing was sold");
        // Whoever disputes it is heard, and there is nothing to correct.
        let supervisor = server.client(Role::Supervisor);
        let dispute = json!({ "reason": "damage", "payer": "worker" });
        let dispute = dispatcher.post(&format!("/v1/jobs/{}/disputes", site.job), dispute).await.expect(201);
        let path = format!("/v1/disputes/{}/resolution", id(&dispute));
        for ruling in ["write_off", "rescind", "correct"] {
            let correction = json!({ "ruling": ruling, "reason": "goodwill", "note": "訂正" });
            let upheld = supervisor.post(&path, json!({ "outcome": "upheld", "correction": correction })).await;
            assert_eq!((upheld.status.as_u16(), upheld.problem()), (409, "nothing-to-correct"), "{ruling}");
        }
        supervisor.post(&path, json!({ "outcome": "rejected" })).await.expect(200);
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn the_statement_is_a_page_and_the_ledger_a_table(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (books, billing) = consumer(&server, "経理").await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let item = "00000000-0000-4000-8000-000000000777";
        let facts = phone.plain(72 * 60, Some(2));
        let mut tablet = Device::new("tablet");
        let asked = json!({
            "kind": "consent", "covers": [{ "kind": "item", "item": item, "max_yen": 5_000 }], "cap_yen": 5_000,
            "payer": "worker", "language": "en", "understood": "screen", "text_version": "C-1.1", "asked_at": at("21:20:00"),
            "answered_at": at("21:20:00"), "answer": "yes",
        });
        let mut sold = vec![tablet.tell(at("21:20:00"), &asked)];
        let special = json!({ "kind": "special_work", "item": item, "code": "second_technician", "price_yen": 5_000 });
        sold.push(tablet.tell(at("21:21:00"), &special));
        let mut formula = site::part();
        formula["name"] = json!("=1+1,\"x\"");
        sold.push(tablet.tell(at("21:22:00"), &formula));
        site.report(&server, &tablet, &sold).await;
        site.report(&server, &phone, &facts).await;
        server.settle().await;
        let statement = site.statement(&server.dispatcher()).await;
        let special = statement["lines"].as_array().unwrap().iter().find(|line| line["kind"] == "special_work");
        let sentence = special.unwrap()["text_ja"].as_str().unwrap();
        assert!(sentence.contains("特殊作業「作業員増員」 見積り一式 5,000円"), "C-16: a quoted line, by its name: {sentence}");
        for (query, accept) in [("?format=html", "*/*"), ("", "text/html,application/xhtml+xml,*/*;q=0.8")] {
            let path = format!("/v1/jobs/{}/statement{query}", site.job);
            let reader = &site.crew.office;
            let page = reader.send(reader.request(reqwest::Method::GET, &path).header("Accept", accept)).await;
            assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
            let page = page.expect(200);
            let page = page.as_str().unwrap();
            if let Ok(file) = std::env::var("KAKETSUKE_SHOW_STATEMENT") {
                std::fs::write(file, page).unwrap();
            }
            for text in ["作業明細書", "基本料金・出張料金", "7,200円", "特殊作業: 作業員増員", "特定商取引法"] {
                assert!(page.contains(text), "{text}: {page}");
            }
        }
        let path = format!("/v1/billing-consumers/{books}/lines?bom=true");
        let request = billing.request(reqwest::Method::GET, &path).header("Accept", "text/csv");
        let table = billing.send(request).await;
        assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!((&table.headers["x-has-more"], table.headers.contains_key("x-position")), (&"false".parse().unwrap(), true));
        let text = table.expect(200);
        let rows: Vec<_> = text.as_str().unwrap().split("\r\n").collect();
        assert!(rows[0].ends_with("pos,entry,id,job_id,settlement_id,line,at,firm_id,kind,code,quantity,unit_price_yen,amount_yen,tax_included_yen,collected_yen,payer,rule,reverses,method_or_consent,text_ja,text_en"), "{}", rows[0]);
        assert_eq!(rows.len(), 1 + 3 + 1, "{text}");
        assert!(text.as_str().unwrap().contains(",write_off,\"'=1+1,\"\"x\"\"\",1,"), "{text}");
        server.stop().await;
    }

    // A8: one transfer booked twice from the file of the bank, whatever else the second row says.
    async fn a_transfer_is_booked_once_by_its_reference(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = told::accepted_job(&server, &crew).await;
        server.pass(240).await;
        let mut phone = told::Device::new(&job, "phone-1");
        let facts = told::agreed(&mut phone, "21:05", ("21:55", 2), "22:25");
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        let path = format!("/v1/jobs/{job}/payments");
        let transfer = |yen: i64, time: &str, method: &str, reference: &str| json!({
            "kind": "later", "method": method, "payer": "worker", "amount_yen": yen, "received_at": told::clock(time), "reference": reference,
        });
        let dispatcher = server.dispatcher();
        dispatcher.post(&path, transfer(1_000, "22:30", "bank_transfer", "FB-2")).await.expect(201);
        let again = transfer(900, "23:30", "bank_transfer", "FB-2");
        let refused = dispatcher.post(&path, again.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "payment-repeated"));
        // Another method has numbers of its own, and another number is another transfer.
        for other in [transfer(100, "23:31", "card", "FB-2"), transfer(101, "23:50", "bank_transfer", "FB-3")] {
            dispatcher.post(&path, other).await.expect(201);
        }
        let mut meant = again;
        meant["confirm"] = json!(["repeated"]);
        dispatcher.post(&path, meant).await.expect(201);
        let statement = dispatcher.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!(statement["due_yen"], 2_200 - 1_000 - 100 - 101 - 900);
        // Nor is it paid back twice.
        let back = |yen: i64, time: &str, reference: &str| {
            let mut back = transfer(yen, time, "bank_transfer", reference);
            back["kind"] = json!("refund");
            back
        };
        dispatcher.post(&path, back(300, "23:50", "FB-2")).await.expect(201);
        for (again, is_asked) in [(back(200, "23:55", "FB-2"), true), (back(300, "23:58", "FB-9"), true), (back(301, "23:59", "FB-10"), false)] {
            let answer = dispatcher.post(&path, again.clone()).await;
            assert_eq!(answer.status.as_u16(), if is_asked { 409 } else { 201 }, "{again}");
            if is_asked {
                assert_eq!((answer.problem(), &answer.body["confirm"]), ("payment-repeated", &json!(["repeated"])), "{again}");
                let mut meant = again;
                meant["confirm"] = json!(["repeated"]);
                dispatcher.post(&path, meant).await.expect(201);
            }
        }
        let statement = dispatcher.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!(statement["due_yen"], 2_200 - 1_000 - 100 - 101 - 900 + 300 + 200 + 300 + 301);
        server.stop().await;
    }
}

async fn pay(client: &Client, site: &Site, kind: &str, method: &str, yen: i64) -> Reply {
    let body = json!({
        "kind": kind, "method": method, "payer": "worker", "amount_yen": yen, "received_at": at("22:30:00"),
        "reference": "R-1",
    });
    client.post(&format!("/v1/jobs/{}/payments", site.job), body).await
}

/// What is still due by a pulled page: its lines less all that was paid.
fn due(page: &Value) -> i64 {
    let yen = |item: &Value| item["amount_yen"].as_i64().unwrap();
    let lines: i64 = page["items"].as_array().unwrap().iter().map(yen).sum();
    let paid = page["payments"].as_array().unwrap().iter();
    lines - paid.map(|one| if one["kind"] == "refund" { -yen(one) } else { yen(one) }).sum::<i64>()
}
