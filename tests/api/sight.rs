//! How long a contractor sees whom a job is for (G-11): every page is asked for, with every id there is, by everybody who has
//! the job, had it, or has done it.

use kaketsuke::domain::actor::Role;
use serde_json::json;
use uuid::Uuid;

use crate::{
    evidence,
    guarding::{give, kind, take_back},
    privacy::{ON_THE_JOB, Story, everything, holds_none, pages, planted},
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

/// What only the way in needs: nobody writes it on an invoice.
const WAY_IN: &str = "MARK-ACCESS";

/// Eight bits, eight lines, eight columns: from the frame of a picture, and in no text.
const PICTURE: &str = "\u{8}\0\u{8}\0\u{8}";

/// What everybody asks for.
struct Asked {
    pages: Vec<String>,
    ids: Vec<String>,
}

impl Asked {
    async fn of(server: &TestServer, story: &Story) -> Self {
        let shown = server.dispatcher().get(&format!("/v1/jobs/{}", story.job)).await.expect(200);
        let pictures = server.dispatcher().get(&format!("/v1/jobs/{}/evidence", story.job)).await.expect(200);
        let mut ids = story.ids.clone();
        ids.extend(shown["assignments"].as_array().unwrap().iter().map(id));
        ids.extend(pictures["items"].as_array().unwrap().iter().map(id));
        // What is on file of the case is the desk's, by another test; here it is about what contractors ask for.
        let theirs = |page: &String| {
            ["/jobs", "/assignments", "/evidence", "/offers", "/messages"]
                .iter()
                .any(|part| page.contains(part))
        };
        Self { pages: pages(server).await.into_iter().filter(theirs).collect(), ids }
    }

    async fn by(&self, client: &Client) -> String {
        everything(client, &self.pages, &self.ids).await
    }

    async fn sees_nobody(&self, who: &str, crew: &Crew) {
        for client in [&crew.phone, &crew.office] {
            let seen = self.by(client).await;
            holds_none(who, &seen, ON_THE_JOB);
            assert!(!seen.contains(PICTURE), "{who} sees a picture");
        }
    }

    async fn sees_all(&self, who: &str, crew: &Crew) {
        for client in [&crew.phone, &crew.office] {
            let seen = self.by(client).await;
            for mark in ON_THE_JOB {
                assert!(seen.contains(mark), "{who} needs {mark}");
            }
        }
    }

    async fn sees_the_invoice(&self, who: &str, crew: &Crew) {
        for client in [&crew.phone, &crew.office] {
            let seen = self.by(client).await;
            for mark in ON_THE_JOB.iter().filter(|mark| **mark != WAY_IN) {
                assert!(seen.contains(mark), "{who} needs {mark}");
            }
            holds_none(who, &seen, &[WAY_IN]);
        }
    }
}

async fn sets_off(server: &TestServer, job: &str, crew: &Crew) -> Device {
    let mut device = Device::new(job, &format!("phone-{}", &crew.technician[30..]));
    let departure = device.fact("21:06", kind("departure"));
    device.send(server, &crew.phone, &[departure]).await.expect(200);
    device
}

/// The same people at the service that was started once more.
async fn again(server: &TestServer, crew: Crew) -> Crew {
    let (firm, technician): (Uuid, Uuid) = (crew.firm.parse().unwrap(), crew.technician.parse().unwrap());
    let office = server.token(Role::Firm, Some(firm.into()), None, None).await;
    let phone = server.token(Role::Technician, None, Some(technician.into()), None).await;
    Crew { office: server.with(Some(&office)), phone: server.with(Some(&phone)), ..crew }
}

async fn printed(client: &Client, job: &str) -> String {
    let path = format!("/v1/jobs/{job}/statement?format=html");
    client.request(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap()
}

on_both_engines! {
    async fn g_11_a_contractor_sees_the_resident_while_the_work_needs_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = world::crew(&server, "前の会社", 35.165, 136.91).await;
        let story = planted(&server).await;
        let job = &story.job;
        give(&server, job, &first).await;
        evidence::send(&first.phone, job, 41, "photo_before").await.expect(201);
        let never = world::crew(&server, "無関係", 35.10, 136.80).await;
        let second = world::crew(&server, "後の会社", 35.17, 136.91).await;
        let helper = world::crew(&server, "手伝い", 35.18, 136.91).await;
        Asked::of(&server, &story).await.sees_all("who has it", &first).await;
        // Taken off, and while nobody has it; had again, and taken off again.
        take_back(&server, job, "not_reachable").await;
        Asked::of(&server, &story).await.sees_nobody("who was taken off", &first).await;
        give(&server, job, &first).await;
        Asked::of(&server, &story).await.sees_all("who has it again", &first).await;
        take_back(&server, job, "too_late").await;
        // While somebody else has it.
        give(&server, job, &second).await;
        let help = json!({ "technician_id": helper.technician });
        server.dispatcher().post(&format!("/v1/jobs/{job}/helpers"), help).await.expect(201);
        evidence::send(&second.phone, job, 42, "photo_before").await.expect(201);
        let asked = Asked::of(&server, &story).await;
        asked.sees_nobody("who was replaced", &first).await;
        asked.sees_all("who has it now", &second).await;
        asked.sees_all("who helps", &helper).await;
        asked.sees_nobody("who never had it", &never).await;
        // Once it is done, by the others.
        server.pass(7).await;
        let mut own = sets_off(&server, job, &second).await;
        let mut hand = sets_off(&server, job, &helper).await;
        server.pass(3).await;
        let there = hand.fact("21:10", kind("arrival"));
        hand.send(&server, &helper.phone, &[there]).await.expect(200);
        let arrival = own.fact("21:10", kind("arrival"));
        own.send(&server, &second.phone, &[arrival]).await.expect(200);
        server.pass(145).await;
        let whole = site::agreed(&mut own, "21:11", ("21:40", 10), "23:33");
        let receipt = own.send(&server, &second.phone, &whole).await.expect(200);
        assert_eq!(receipt["job_state"], "completed", "{receipt}");
        server.settle().await;
        let asked = Asked::of(&server, &story).await;
        asked.sees_nobody("whose job was done by others", &first).await;
        asked.sees_nobody("who never had it", &never).await;
        asked.sees_the_invoice("who has done it", &second).await;
        asked.sees_the_invoice("who has helped", &helper).await;
        assert!(asked.by(&second.phone).await.contains(PICTURE), "the own pictures belong to the invoice");
        // Half an hour less than 30 days later still; after that, the record is left.
        let files = server.ctx.files().clone();
        server.stop().await;
        let server = TestServer::start_later(&db, "2026-12-22T23:05:00+09:00".parse().unwrap(), files).await;
        let (first, second) = (again(&server, first).await, again(&server, second).await);
        let helper = again(&server, helper).await;
        asked.sees_the_invoice("who has done it", &second).await;
        server.pass(60).await;
        asked.sees_nobody("who has helped", &helper).await;
        for client in [&second.phone, &second.office] {
            let record = client.get(&format!("/v1/jobs/{job}")).await.expect(200);
            assert_eq!((&record["state"], record.get("resident")), (&json!("completed"), None));
        }
        let seen = asked.by(&second.phone).await;
        holds_none("a technician afterwards", &seen, ON_THE_JOB);
        assert!(!seen.contains(PICTURE), "a picture shows somebody's home");
        // What the firm has issued in its own name stays readable to it, and to nobody else (C-36).
        let seen = asked.by(&second.office).await;
        holds_none("a firm afterwards", &seen, &["MARK-KANA", "+818055501993", "MARK-BUILDING", "9-88-77", WAY_IN]);
        assert!(printed(&second.office, job).await.contains("MARK-NAME"));
        for other in [&second.phone, &helper.office, &first.office] {
            assert!(!printed(other, job).await.contains("MARK-NAME"));
        }
        server.stop().await;
    }

    // Y-04: a danger of the case is told to the desk and to whoever is on the job, while they are on it.
    async fn y_04_who_was_taken_off_hears_nothing_of_dangers(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = world::crew(&server, "前の会社", 35.165, 136.91).await;
        let second = world::crew(&server, "後の会社", 35.17, 136.91).await;
        let desk = server.dispatcher();
        let call = world::safe_call(&server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await;
        let job = id(&made.expect(201));
        give(&server, &job, &first).await;
        take_back(&server, &job, "not_reachable").await;
        give(&server, &job, &second).await;
        let crime = json!({ "answers": [{ "hazard": "H-CRIME", "answer": "yes" }] });
        desk.post(&format!("/v1/calls/{call}/hazard-answers"), crime).await.expect(200);
        server.settle().await;
        let path = format!("/v1/jobs/{job}");
        for client in [&second.phone, &second.office] {
            assert_eq!(client.get(&path).await.expect(200)["dangers"][0]["code"], "H-CRIME");
        }
        let pages = [path.clone(), "/v1/jobs".to_owned()];
        holds_none("who was taken off", &everything(&first.office, &pages, &[]).await, &["H-CRIME"]);
        take_back(&server, &job, "too_late").await;
        assert_eq!(desk.get(&path).await.expect(200)["hold"], "H-CRIME", "the desk sees what holds it");
        for client in [&first.phone, &first.office, &second.phone, &second.office] {
            assert_eq!(client.get(&path).await.expect(200)["dangers"], json!([]));
            holds_none("who was taken off", &everything(client, &pages, &[]).await, &["H-CRIME"]);
        }
        server.stop().await;
    }

    // Y-03: of what was reported, a contractor reads the own.
    async fn y_03_a_statement_tells_a_contractor_of_the_own_reports(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = world::crew(&server, "前の会社", 35.165, 136.91).await;
        let second = world::crew(&server, "後の会社", 35.17, 136.91).await;
        let job = world::job(&server).await;
        give(&server, &job, &first).await;
        take_back(&server, &job, "not_reachable").await;
        give(&server, &job, &second).await;
        server.pass(60).await;
        // A number is missing: that is doubtful.
        let mut own = Device::new(&job, "phone-2").after(1);
        let mut host = site::consent("21:40", 2);
        host["payer"] = json!("host_company");
        let told = [
            ("21:10", kind("departure")),
            ("21:20", kind("arrival")),
            ("21:21", json!({ "kind": "no_access", "reason": "nobody_there" })),
            ("21:30", kind("arrival")),
            ("21:31", json!({
                "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": true,
                "address_ok": true, "pledge_signed": true,
            })),
            ("21:32", json!({ "kind": "work_start", "work": "work" })),
            ("21:40", host),
            ("21:45", json!({
                "kind": "referral_finding", "reason": "common_area", "component": "stack", "note": "stack_blocked",
                "made_safe": true, "evidence": [],
            })),
            ("21:50", kind("work_end")),
            ("21:51", kind("completion")),
        ];
        let facts: Vec<_> = told.into_iter().map(|(time, what)| own.fact(time, what)).collect();
        own.send(&server, &second.phone, &facts).await.expect(200);
        let path = format!("/v1/jobs/{job}/statement");
        let reported = ["consents", "proposed_payers", "id_checks", "no_access", "referral_findings", "flags"];
        let all = server.dispatcher().get(&path).await.expect(200);
        for kind in reported {
            assert_ne!(all[kind], json!([]), "{kind} is reported");
        }
        for client in [&first.phone, &first.office] {
            let seen = client.get(&path).await.expect(200);
            holds_none("who was taken off", &seen.to_string(), &[&second.technician]);
            for kind in reported {
                assert_eq!(seen[kind], json!([]), "{kind}");
            }
        }
        assert_eq!(second.phone.get(&path).await.expect(200)["consents"], all["consents"]);
        server.stop().await;
    }
}
