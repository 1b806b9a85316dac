//! What a report refers to exists: the texts that are read out, the interpreter of the second three-way call, signatures and
//! codes. What does not is doubtful; the desk is asked back.

use std::collections::BTreeMap;

use kaketsuke::{
    app,
    domain::{actor::Role, reference::Dataset, span::Instant},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    evidence,
    guarding::{give, take_back},
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, TestServer, id},
        site::{self, Device, accepted_job, clock, post_facts},
        world::{self, Crew},
    },
};

/// The codes of the flags of a receipt, by the report they are about.
pub(crate) fn flagged(receipt: &Value) -> BTreeMap<String, Vec<String>> {
    let mut flags: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for flag in receipt["flags"].as_array().unwrap() {
        let fact = flag["fact_id"].as_str().unwrap_or_default().to_owned();
        flags.entry(fact).or_default().push(flag["code"].as_str().unwrap().to_owned());
    }
    flags
}

/// A yes that says these things otherwise.
pub(crate) fn yes(time: &str, changes: &Value) -> Value {
    let mut yes = site::consent(time, 2);
    for (field, value) in changes.as_object().unwrap() {
        yes[field] = value.clone();
    }
    yes
}

fn through(interpreter: &str, language: &str) -> Value {
    json!({ "understood": null, "interpreter": interpreter, "language": language })
}

/// Asks an interpreter from the site, who joins.
async fn joins(client: &Client, job: &str, body: Value) -> Value {
    let asked = client.post(&format!("/v1/jobs/{job}/interpretations"), body).await.expect(201);
    let path = format!("/v1/interpretations/{}/outcome", id(&asked));
    client.post(&path, json!({ "outcome": "joined" })).await.expect(200)
}

/// Where the reminder of the payer's yes is; nothing when there is none.
async fn reminder(server: &TestServer, job: &str) -> Option<String> {
    let alarms = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let own = alarms["items"].as_array().unwrap().iter().find(|alarm| {
        alarm["subject_id"] == job && alarm["kind"] == "consent_due" && alarm["state"] != "resolved"
    });
    own.map(|alarm| alarm["state"].as_str().unwrap().to_owned())
}

/// Moves reports of a job that begins at nine in the evening to one that begins then.
fn moved(facts: &mut [Value], begun: Instant) {
    let nine: Instant = clock("21:00").parse().unwrap();
    for fact in facts {
        for key in ["device_time", "asked_at", "answered_at"] {
            if let Some(at) = fact[key].as_str() {
                let at: Instant = at.parse().unwrap();
                fact[key] = json!(at + (begun - nine));
            }
        }
    }
}

pub(crate) async fn on_site(server: &TestServer) -> (Crew, String, Device) {
    let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
    let job = accepted_job(server, &crew).await;
    let mut phone = Device::new(&job, "phone-1");
    server.pass(10).await;
    let arrival = phone.fact("21:05", json!({ "kind": "arrival" }));
    let start = phone.fact("21:06", json!({ "kind": "work_start", "work": "work" }));
    phone.send(server, &crew.phone, &[arrival, start]).await.expect(200);
    (crew, job, phone)
}

on_both_engines! {
    async fn the_texts_are_there_to_be_read_out(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        for client in [&server.dispatcher(), &crew.office, &crew.phone] {
            let all = client.get("/v1/consent-texts").await.expect(200);
            let brief = |text: &Value| (text["code"].as_str().unwrap().to_owned(), text["version"].as_str().unwrap().to_owned());
            let brief: Vec<_> = all.as_array().unwrap().iter().map(brief).collect();
            let expected = [("consent_charge", "C-1.1"), ("consent_data", "D-1.1"), ("consent_contact", "D-2.1")];
            assert_eq!(brief, expected.map(|(code, version)| (code.to_owned(), version.to_owned())));
            assert_eq!((&all[0]["languages"], &all[0]["current"]), (&json!(["en", "ja", "ja-x-easy"]), &json!(true)));
            let easy = client.get("/v1/consent-texts/C-1.1/ja-x-easy").await.expect(200);
            assert!(easy["text"].as_str().unwrap().contains("やめても いいです"), "{easy}");
            assert_eq!(easy["fields"][0], "elapsed_min");
            // What the field needs to name things rightly.
            let codes = client.get("/v1/job-codes").await.expect(200).to_string();
            assert!(codes.contains("high_pressure_cleaning"), "{codes}");
            client.get("/v1/languages").await.expect(200);
        }
        for path in ["C-1.1/ne", "C-1.1/klingon", "C-9/en"] {
            let path = format!("/v1/consent-texts/{path}");
            assert_eq!(crew.phone.get(&path).await.problem(), "not-found", "{path}");
        }
        let billing = server.client(Role::Supervisor);
        billing.get("/v1/consent-texts").await.expect(200);
        server.stop().await;
    }

    async fn a_text_that_was_issued_stays(db: TestDb) {
        let server = TestServer::start(&db).await;
        let shipped = String::from_utf8(Dataset::ConsentTexts.embedded().to_vec()).unwrap();
        let load = async |text: String| {
            app::reference::load(&server.ctx, BTreeMap::from([(Dataset::ConsentTexts, text.into_bytes())])).await
        };
        let refused = load(shipped.replace("You may stop", "You cannot stop")).await.unwrap_err().to_string();
        assert!(refused.contains("C-1.1 was issued"), "{refused}");
        let later = "[[text]]\ncode = \"consent_charge\"\nversion = \"C-1.2\"\nissued_on = \"2026-11-22\"\n\
                     wording = { ja = \"続けますか。\", en = \"Go on?\", ne = \"जारी राखौं?\" }\n";
        assert_eq!(load(format!("{shipped}\n{later}")).await.unwrap(), ["consent-texts"]);
        let all = server.dispatcher().get("/v1/consent-texts").await.expect(200);
        let current: Vec<_> = all.as_array().unwrap().iter().filter(|text| text["current"] == true).collect();
        assert_eq!(current.iter().map(|text| text["version"].as_str().unwrap()).collect::<Vec<_>>(), ["D-1.1", "D-2.1", "C-1.2"]);
        server.dispatcher().get("/v1/consent-texts/C-1.1/en").await.expect(200);
        server.stop().await;
    }

    async fn g_05_what_a_device_names_is_on_record_or_doubtful(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        joins(&crew.phone, &job, json!({ "interpreter": "line-ne" })).await;
        let special = |code: &str| json!({ "kind": "special_work", "item": Uuid::from_u128(7), "code": code, "price_yen": 0 });
        let table = [
            (yes("21:10", &json!({})), None),
            (yes("21:10", &through("line-ne", "ne")), None),
            (yes("21:10", &json!({ "language": "klingon" })), Some("consent_language")),
            (yes("21:10", &json!({ "text_version": "none" })), Some("consent_text")),
            (yes("21:10", &json!({ "language": "ne" })), Some("consent_text")),
            (yes("21:10", &through("nobody", "ne")), Some("consent_not_understood")),
            (yes("21:10", &through("line-ne", "vi")), Some("consent_not_understood")),
            (yes("21:10", &json!({ "evidence": "no-such-thing" })), Some("consent_evidence")),
            (special("made_up_work"), Some("unknown_work")),
            (special("toilet_removal"), None),
        ];
        for (what, expected) in table {
            let fact = phone.fact("21:10", what.clone());
            let receipt = phone.send(&server, &crew.phone, std::slice::from_ref(&fact)).await.expect(200);
            assert_eq!(site::outcomes(&receipt), ["recorded"], "never refused");
            let flags = flagged(&receipt);
            let own = flags.get(fact["id"].as_str().unwrap()).cloned().unwrap_or_default();
            assert_eq!(own, expected.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{what}");
        }
        // What was found then stays with the report.
        let listed = crew.phone.get(&format!("/v1/jobs/{job}/facts?limit=200")).await.expect(200);
        let listed = listed["items"].as_array().unwrap();
        let mut found: Vec<_> = listed.iter().filter_map(|fact| fact["unresolved"].as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, ["evidence", "language", "text", "text", "understanding", "understanding", "work"]);
        server.stop().await;
    }

    async fn the_desk_is_asked_back_by_field(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, _) = on_site(&server).await;
        let desk = server.dispatcher();
        let mut told = Device::new(&job, "desk");
        for (changes, field) in [
            (json!({ "language": "klingon" }), "language"),
            (json!({ "text_version": "none" }), "text_version"),
            (through("nobody", "ne"), "interpreter"),
            (json!({ "evidence": "no-such-thing" }), "evidence"),
        ] {
            let mut body = Device::new(&job, "desk").batch(&server, &[told.fact("21:10", yes("21:10", &changes))]);
            body["technician_id"] = json!(crew.technician);
            assert_eq!(post_facts(&desk, &job, &body).await.refused_field(), format!("facts[0].{field}"));
        }
        for code in ["made_up_work", "cylinder_replacement"] {
            let special = json!({ "kind": "special_work", "item": Uuid::from_u128(7), "code": code, "price_yen": 50_000 });
            let mut body = Device::new(&job, "desk").batch(&server, &[told.fact("21:10", special)]);
            body["technician_id"] = json!(crew.technician);
            assert_eq!(post_facts(&desk, &job, &body).await.refused_field(), "facts[0].code", "{code}");
        }
        let listed = desk.get(&format!("/v1/jobs/{job}/facts?limit=200")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2, "nothing was kept");
        // By telephone, in a call of the case, through an interpreter.
        let case = desk.get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        let call = world::safe_call(&server).await;
        desk.post(&format!("/v1/calls/{call}/attachment"), json!({ "case_id": case, "purpose": "other" })).await.expect(200);
        let asked = json!({ "interpreter": "line-ne", "language": "ne" });
        let asked = id(&desk.post(&format!("/v1/calls/{call}/interpretations"), asked).await.expect(201));
        desk.post(&format!("/v1/interpretations/{asked}/outcome"), json!({ "outcome": "joined" })).await.expect(200);
        let mut changes = through(&asked, "ne");
        changes["evidence"] = json!(call);
        let mut told = Device::new(&job, "desk");
        let mut body = told.clone().batch(&server, &[told.fact("21:10", yes("21:10", &changes))]);
        body["technician_id"] = json!(crew.technician);
        let receipt = post_facts(&desk, &job, &body).await.expect(200);
        assert_eq!(receipt["flags"], json!([]), "{receipt}");
        server.stop().await;
    }

    async fn i_06_an_interpreter_joins_from_the_site(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        let other = world::crew(&server, "別会社", 35.10, 136.80).await;
        let path = format!("/v1/jobs/{job}/interpretations");
        let body = json!({ "interpreter": "line-ne" });
        for stranger in [&other.phone, &other.office] {
            assert_eq!(stranger.post(&path, body.clone()).await.problem(), "not-found");
        }
        assert_eq!(crew.phone.post(&path, json!({ "interpreter": "line", "language": "yue" })).await.refused_field(), "language");
        let joined = joins(&crew.phone, &job, body.clone()).await;
        assert_eq!((&joined["language"], &joined["state"], &joined["job_id"]), (&json!("ne"), &json!("joined"), &json!(job)));
        assert_eq!(joined.get("call_id"), None);
        assert_eq!(crew.office.post(&path, body.clone()).await.problem(), "interpreter-on-the-line");
        let left = format!("/v1/interpretations/{}/ending", id(&joined));
        assert_eq!(other.phone.post(&left, json!({})).await.problem(), "not-found");
        crew.office.post(&left, json!({})).await.expect(200);
        assert_eq!(crew.phone.post(&left, json!({})).await.problem(), "interpreter-not-on-the-line");
        // Nobody of ours has ever to do with the lines of calls.
        let call = world::safe_call(&server).await;
        let desk = server.dispatcher();
        let asked = desk.post(&format!("/v1/calls/{call}/interpretations"), json!({ "interpreter": "line-ne" })).await.expect(201);
        let outcome = format!("/v1/interpretations/{}/outcome", id(&asked));
        assert_eq!(crew.phone.post(&outcome, json!({ "outcome": "joined" })).await.problem(), "not-found");
        // Whoever is on the line when the job is done leaves with it.
        let open = joins(&desk, &job, body.clone()).await;
        server.pass(20).await;
        let facts = [
            phone.fact("21:25", json!({ "kind": "work_end" })),
            phone.fact("21:26", json!({ "kind": "completion" })),
        ];
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        let left = format!("/v1/interpretations/{}/ending", id(&open));
        assert_eq!(desk.post(&left, json!({})).await.problem(), "interpreter-not-on-the-line");
        assert_eq!(crew.phone.post(&path, body.clone()).await.problem(), "nobody-on-it");
        assert_eq!(desk.post(&path, body).await.problem(), "nobody-on-it");
        let mut raw = db.raw().await;
        let told = "SELECT COUNT(*) FROM event WHERE kind LIKE 'interpreter.%' AND subject = 'job'";
        assert_eq!(raw.integer(told).await, 6);
        server.stop().await;
    }

    async fn whoever_is_let_off_leaves_no_interpreter_in_the_way_of_the_next(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, _) = on_site(&server).await;
        let body = json!({ "interpreter": "line-ne" });
        let open = joins(&crew.phone, &job, body.clone()).await;
        let next = world::crew(&server, "錦水道", 35.169, 136.91).await;
        let back = json!({ "reason": "too_late" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/reassignment"), back).await.expect(200);
        server.settle().await;
        let offer = world::open_offer(&next.phone).await.unwrap();
        next.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        joins(&next.phone, &job, body).await;
        let left = format!("/v1/interpretations/{}/ending", id(&open));
        let refused = server.dispatcher().post(&left, json!({})).await;
        assert_eq!(refused.problem(), "interpreter-not-on-the-line");
        server.stop().await;
    }

    async fn an_interpreter_who_does_not_come_to_the_site_rings(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, _) = on_site(&server).await;
        let path = format!("/v1/jobs/{job}/interpretations");
        let asked = crew.phone.post(&path, json!({ "interpreter": "line-ne" })).await.expect(201);
        let rings = async || {
            let alarms = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
            let own = |alarm: &Value| alarm["subject_id"] == job && alarm["kind"] == "site_interpreter_awaited";
            alarms["items"].as_array().unwrap().iter().any(own)
        };
        server.pass(2).await;
        assert!(!rings().await);
        server.pass(1).await;
        assert!(rings().await, "three minutes");
        let outcome = format!("/v1/interpretations/{}/outcome", id(&asked));
        crew.phone.post(&outcome, json!({ "outcome": "no_answer" })).await.expect(200);
        server.settle().await;
        assert!(!rings().await);
        server.stop().await;
    }

    async fn c_19_a_signature_is_the_one_that_was_sent(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        let signature = id(&evidence::send(&crew.phone, &job, 1, "signature").await.expect(201));
        let photo = id(&evidence::send(&crew.phone, &job, 2, "photo_before").await.expect(201));
        for (proof, doubts) in [(&signature, 0), (&photo, 1)] {
            let fact = phone.fact("21:10", yes("21:10", &json!({ "evidence": proof })));
            let receipt = phone.send(&server, &crew.phone, &[fact]).await.expect(200);
            assert_eq!(flagged(&receipt).len(), doubts, "{receipt}");
        }
        server.stop().await;
    }

    async fn c_19_who_has_the_job_again_is_reminded_as_before(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, _) = on_site(&server).await;
        server.pass(30).await;
        take_back(&server, &job, "not_reachable").await;
        assert_eq!(reminder(&server, &job).await, None);
        give(&server, &job, &crew).await;
        server.pass(15).await;
        assert_eq!(reminder(&server, &job).await.as_deref(), Some("waiting"), "21:55");
        server.pass(1).await;
        assert_eq!(reminder(&server, &job).await.as_deref(), Some("ringing"), "21:56");
        server.stop().await;
    }

    // G-02: it neither moves nor silences the reminder.
    async fn c_19_who_was_taken_off_does_not_answer_for_the_work_of_another(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (first, job, _) = on_site(&server).await;
        server.pass(5).await;
        take_back(&server, &job, "resident_refuses").await;
        let second = world::crew(&server, "後水道", 35.165, 136.91).await;
        give(&server, &job, &second).await;
        server.pass(5).await;
        let mut phone = Device::new(&job, "second");
        let arrival = phone.fact("21:19", json!({ "kind": "arrival" }));
        let start = phone.fact("21:20", json!({ "kind": "work_start", "work": "work" }));
        phone.send(&server, &second.phone, &[arrival, start]).await.expect(200);
        let mut ghost = Device::new(&job, "ghost");
        let stranger = json!({
            "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": false, "name_ok": false,
            "address_ok": false, "pledge_signed": false,
        });
        let answers = ["yes", "no"].map(|answer| yes("21:10", &json!({ "answer": answer })));
        for told in answers.into_iter().chain([stranger]) {
            server.pass(1).await;
            let fact = ghost.fact("21:10", told);
            let receipt = ghost.send(&server, &first.phone, &[fact]).await.expect(200);
            assert_eq!(flagged(&receipt).values().last().unwrap(), &["others_work"], "{receipt}");
            let place = phone.fact("21:21", json!({ "kind": "position", "point": world::point(35.165, 136.91) }));
            phone.send(&server, &second.phone, &[place]).await.expect(200);
            assert_eq!(reminder(&server, &job).await.as_deref(), Some("waiting"), "{receipt}");
        }
        server.pass(46).await;
        assert_eq!(reminder(&server, &job).await.as_deref(), Some("waiting"), "22:09");
        server.pass(1).await;
        assert_eq!(reminder(&server, &job).await.as_deref(), Some("ringing"), "22:10");
        server.stop().await;
    }

    async fn c_19_the_yes_is_asked_for_before_work_costs_something(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        let warned = async || {
            let told = "SELECT COUNT(*) FROM event WHERE kind = 'job.warned' AND data LIKE '%consent_due%'";
            db.raw().await.integer(told).await
        };
        let is = |state: &str| Some(state.to_owned());
        // Hands on since six minutes past nine: the fiftieth minute ends at four to ten.
        server.pass(45).await;
        assert_eq!((reminder(&server, &job).await, warned().await), (is("waiting"), 0), "21:55");
        server.pass(1).await;
        assert_eq!((reminder(&server, &job).await, warned().await), (is("ringing"), 1), "21:56");
        server.pass(2).await;
        let fact = phone.fact("21:57", yes("21:57", &json!({})));
        phone.send(&server, &crew.phone, &[fact]).await.expect(200);
        // Two units are agreed: asked again ten minutes before they are used up, at sixteen past ten.
        server.pass(17).await;
        assert_eq!((reminder(&server, &job).await, warned().await), (is("waiting"), 1), "22:15");
        server.pass(1).await;
        assert_eq!((reminder(&server, &job).await, warned().await), (is("ringing"), 2), "22:16");
        server.pass(1).await;
        let fact = phone.fact("22:17", yes("22:17", &json!({ "answer": "no" })));
        phone.send(&server, &crew.phone, &[fact]).await.expect(200);
        assert_eq!(reminder(&server, &job).await, None, "who has said no is left in peace");
        server.stop().await;
    }

    async fn c_19_while_hands_are_off_nobody_is_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        assert_eq!(reminder(&server, &job).await, Some("waiting".to_owned()));
        let pause = phone.fact("21:10", json!({ "kind": "pause", "reason": "parts_fetch" }));
        phone.send(&server, &crew.phone, &[pause]).await.expect(200);
        assert_eq!(reminder(&server, &job).await, None);
        server.pass(20).await;
        let resume = phone.fact("21:30", json!({ "kind": "resume" }));
        phone.send(&server, &crew.phone, &[resume]).await.expect(200);
        // Four minutes of work so far: 46 more.
        server.pass(45).await;
        assert_eq!(reminder(&server, &job).await, Some("waiting".to_owned()), "22:15");
        server.pass(1).await;
        assert_eq!(reminder(&server, &job).await, Some("ringing".to_owned()), "22:16");
        server.stop().await;
    }

    async fn a_signature_that_is_named_and_not_there_is_missing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        server.pass(30).await;
        let facts = [
            phone.fact("21:30", json!({ "kind": "work_end" })),
            phone.fact("21:31", json!({ "kind": "completion", "signature": "no-such-signature" })),
        ];
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        let path = format!("/v1/jobs/{job}/evidence");
        let missing = async || {
            let listed = crew.phone.get(&path).await.expect(200);
            listed["missing"].as_array().unwrap().iter().any(|one| one["what"] == "signature")
        };
        assert!(missing().await);
        evidence::send(&crew.phone, &job, 1, "signature").await.expect(201);
        assert!(!missing().await);
        server.stop().await;
    }

    async fn an_instant_that_cannot_be_is_flagged_whichever_way(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, job, mut phone) = on_site(&server).await;
        let kinds = [
            json!({ "kind": "departure" }),
            json!({ "kind": "arrival" }),
            json!({ "kind": "work_start", "work": "work" }),
            json!({ "kind": "work_end" }),
            json!({ "kind": "leaving", "return_planned": false }),
            json!({ "kind": "special_work", "item": Uuid::from_u128(7), "code": "toilet_removal", "price_yen": 0 }),
            json!({ "kind": "payment", "method": "none", "amount_yen": 0 }),
        ];
        for kind in &kinds {
            for (time, code) in [("2026-11-22T20:40:00+09:00", "before_job"), ("2026-11-22T23:59:00+09:00", "implausible_time")] {
                let mut fact = phone.fact("21:10", kind.clone());
                fact["device_time"] = json!(time);
                let receipt = phone.send(&server, &crew.phone, std::slice::from_ref(&fact)).await.expect(200);
                let own = flagged(&receipt).remove(fact["id"].as_str().unwrap()).unwrap_or_default();
                assert!(own.contains(&code.to_owned()), "{kind} at {time}: {own:?}");
            }
        }
        // A yes is of when it was answered, on a device that has told nothing else.
        for (name, answered, expected) in [("one", "20:31", Some("before_job")), ("two", "21:05", None)] {
            let asked = yes("21:10", &json!({ "asked_at": clock("20:30"), "answered_at": clock(answered) }));
            let mut other = Device::new(&job, name);
            let asked = other.fact("21:10", asked);
            let receipt = other.send(&server, &crew.phone, std::slice::from_ref(&asked)).await.expect(200);
            let own = flagged(&receipt).remove(asked["id"].as_str().unwrap()).unwrap_or_default();
            assert_eq!(own, Vec::from_iter(expected.map(str::to_owned)), "{answered}");
        }
        server.stop().await;
    }

    // Rules F2: one yes, written down so long after the answer, with or without something told in between. Hands are on since
    // 21:05; the first unit begins at 22:05, the second one at 22:15.
    async fn g_04_a_yes_that_is_dated_back_bills_nothing_by_itself(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (name, told, written, total, flags) in [
            ("at once", None, "22:04", 2_200, &[][..]),
            ("later, with nothing in between", None, "22:18", 2_200, &[]),
            ("something was told before the answer", Some("22:03"), "22:18", 2_200, &[]),
            ("after something was told, in time", Some("22:04"), "22:04", 2_200, &[]),
            ("after something was told, too late for one unit", Some("22:10"), "22:14", 0, &["consent_too_late"]),
            ("after something was told, too late for both", Some("22:17"), "22:18", 0, &["consent_too_late"]),
        ] {
            let crew = world::crew(&server, name, 35.165, 136.91).await;
            let job = world::job(&server).await;
            give(&server, &job, &crew).await;
            let begun = server.ctx.now();
            server.pass(95).await;
            let mut phone = Device::new(&job, "phone-1");
            let mut facts = vec![
                phone.fact("21:05", json!({ "kind": "arrival" })),
                phone.fact("21:05", json!({ "kind": "work_start", "work": "work" })),
            ];
            facts.extend(told.map(|told| phone.fact(told, json!({ "kind": "position", "point": world::point(35.165, 136.91) }))));
            let answered = if name == "after something was told, in time" { "22:03" } else { "22:04" };
            facts.push(phone.fact(written, site::consent(answered, 2)));
            facts.push(phone.fact("22:25", json!({ "kind": "work_end" })));
            facts.push(phone.fact("22:25", json!({ "kind": "completion" })));
            moved(&mut facts, begun);
            let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            assert_eq!(flagged(&receipt).into_values().flatten().collect::<Vec<_>>(), flags, "{name}");
            let path = format!("/v1/jobs/{job}/statement");
            assert_eq!(server.dispatcher().get(&path).await.expect(200)["total_yen"], total, "{name}");
            server.settle().await;
            let reviews = server.client(Role::Supervisor).get("/v1/reviews?state=open").await.expect(200);
            let asked = reviews["items"].as_array().unwrap().iter().any(|one| one["job_id"] == job);
            assert_eq!(asked, !flags.is_empty(), "{name}");
        }
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // Rules F2: what was sold without a yes is agreed to two days later, on a phone nobody has heard of. Once the job is billed, and
    // where a number was left open so that it is not.
    async fn g_04_nothing_is_agreed_to_after_the_bill_or_once_what_is_missing_was_asked_for(db: TestDb) {
        let server = TestServer::start(&db).await;
        let item = Uuid::from_u128(9);
        let part = json!({ "kind": "part", "item": item, "name": "止水栓", "quantity": "1", "unit_price_yen": 90_000, "price_basis": "tax_inclusive" });
        let special = json!({ "kind": "special_work", "item": item, "code": "toilet_removal", "price_yen": 50_000 });
        let of_item = |yen: i64| json!({ "covers": [{ "kind": "item", "item": item, "max_yen": yen }], "cap_yen": yen });
        for is_open in [false, true] {
            for (name, sold, agreed) in [("units", None, json!({})), ("part", Some(&part), of_item(90_000)), ("special", Some(&special), of_item(50_000))] {
                let case = format!("{name} {is_open}");
                let crew = world::crew(&server, &case, 35.165, 136.91).await;
                let job = world::job(&server).await;
                give(&server, &job, &crew).await;
                let begun = server.ctx.now();
                server.pass(95).await;
                let mut phone = Device::new(&job, "phone-1");
                let mut facts = vec![
                    phone.fact("21:05", json!({ "kind": "arrival" })),
                    phone.fact("21:05", json!({ "kind": "work_start", "work": "work" })),
                    phone.fact("21:30", json!({ "kind": "position", "point": world::point(35.165, 136.91) })),
                ];
                facts.extend(sold.map(|sold| phone.fact("22:00", sold.clone())));
                facts.push(phone.fact("22:25", json!({ "kind": "work_end" })));
                facts.push(phone.fact("22:25", json!({ "kind": "completion" })));
                moved(&mut facts, begun);
                let missing = is_open.then(|| facts.remove(2));
                let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
                assert_eq!(receipt["settlement"].is_null(), is_open, "{case}");
                server.pass(47 * 60).await;
                let mut ghost = Device::new(&job, "phone2");
                let mut yes = vec![ghost.fact("21:55", yes("21:55", &agreed))];
                moved(&mut yes, begun);
                let mut receipt = ghost.send(&server, &crew.phone, &yes).await.expect(200);
                if let Some(filled) = missing {
                    receipt = phone.send(&server, &crew.phone, &[filled]).await.expect(200);
                }
                assert_eq!(flagged(&receipt).into_values().flatten().collect::<Vec<_>>(), ["consent_too_late"], "{case}");
                assert_eq!(receipt["settlement"], Value::Null, "{case}");
                let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
                assert_eq!(statement["total_yen"], 0, "{case}");
            }
        }
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn a_text_counts_from_the_day_it_was_issued_on(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, _, mut phone) = on_site(&server).await;
        let shipped = String::from_utf8(Dataset::ConsentTexts.embedded().to_vec()).unwrap();
        for (version, issued_on, expected) in [("C-1.8", "2026-11-22", None), ("C-1.9", "2026-11-23", Some("consent_text"))] {
            let later = format!(
                "[[text]]\ncode = \"consent_charge\"\nversion = \"{version}\"\nissued_on = \"{issued_on}\"\n\
                 wording = {{ ja = \"続けますか。\", en = \"Go on?\", \"ja-x-easy\" = \"つづけますか。\" }}\n"
            );
            let text = BTreeMap::from([(Dataset::ConsentTexts, format!("{shipped}\n{later}").into_bytes())]);
            if app::reference::load(&server.ctx, text).await.is_err() {
                // A text is never taken back: the second one stands beside the first.
                let before = "[[text]]\ncode = \"consent_charge\"\nversion = \"C-1.8\"\nissued_on = \"2026-11-22\"\n\
                     wording = { ja = \"続けますか。\", en = \"Go on?\", \"ja-x-easy\" = \"つづけますか。\" }\n";
                let text = BTreeMap::from([(Dataset::ConsentTexts, format!("{shipped}\n{before}\n{later}").into_bytes())]);
                app::reference::load(&server.ctx, text).await.unwrap();
            }
            let fact = phone.fact("21:10", yes("21:10", &json!({ "text_version": version })));
            let receipt = phone.send(&server, &crew.phone, std::slice::from_ref(&fact)).await.expect(200);
            let own = flagged(&receipt).remove(fact["id"].as_str().unwrap()).unwrap_or_default();
            assert_eq!(own, expected.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{version}");
        }
        server.stop().await;
    }
}
