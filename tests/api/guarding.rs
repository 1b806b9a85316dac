//! The guarded record (domain.md section 14): what somebody reports is evidence, not truth. Each attack is kept as a test,
//! beside the honest cases that must go through without a person.

use kaketsuke::{app::settlement, domain::actor::Role};
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    site::{self, Device, clock, outcomes},
    world::{self, Crew},
};

pub(crate) fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

/// The codes of what is doubtful, each once.
pub(crate) fn codes(answer: &Value) -> Vec<String> {
    let flags = answer["flags"].as_array().unwrap().iter();
    let mut codes: Vec<_> = flags.map(|flag| flag["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

async fn state(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone()
}

async fn rings(server: &TestServer, job: &str) -> bool {
    let shown = server.dispatcher().get("/v1/alarms").await.expect(200);
    let is_it = |alarm: &&Value| {
        alarm["subject_id"] == job && alarm["kind"] == "doubtful_report" && alarm["state"] != "resolved"
    };
    shown["items"].as_array().unwrap().iter().any(|alarm| is_it(&alarm))
}

/// Gives the job to somebody by telephone.
pub(crate) async fn give(server: &TestServer, job: &str, crew: &Crew) {
    let given = json!({ "technician_id": crew.technician, "reason": "volunteered" });
    server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
}

pub(crate) async fn take_back(server: &TestServer, job: &str, reason: &str) {
    let reason = json!({ "reason": reason });
    server.dispatcher().post(&format!("/v1/jobs/{job}/reassignment"), reason).await.expect(200);
}

/// A job that the first of two crews had for five minutes, and the second has now, a minute later, and is on the way to.
async fn replaced(server: &TestServer, reason: &str) -> (String, Crew, Crew) {
    let first = world::crew(server, &format!("前 {reason}"), 35.165, 136.91).await;
    let second = world::crew(server, &format!("後 {reason}"), 35.17, 136.91).await;
    let job = world::job(server).await;
    give(server, &job, &first).await;
    server.pass(5).await;
    take_back(server, &job, reason).await;
    give(server, &job, &second).await;
    (job, first, second)
}

/// Whoever has the job is on the way: nobody else is looked for.
async fn sets_off(server: &TestServer, job: &str, crew: &Crew) {
    let mut van = Device::new(job, "van");
    server.pass(1).await;
    let departure = van.fact("21:06", kind("departure"));
    van.send(server, &crew.phone, &[departure]).await.expect(200);
}

on_both_engines! {
    // F1 a: with whichever reason somebody was taken off, they cannot finish it for whoever has it now.
    async fn whoever_was_taken_off_cannot_finish_the_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut minute = 0;
        for reason in ["not_reachable", "too_late", "resident_refuses", "wrong_skills", "nearer_one", "other"] {
            let (job, first, second) = replaced(&server, reason).await;
            let mut own = Device::new(&job, "phone-2");
            server.pass(4).await;
            minute += 9;
            let now = format!("21:{minute:02}");
            let departure = own.fact(&now, kind("departure"));
            own.send(&server, &second.phone, &[departure]).await.expect(200);
            let mut ghost = Device::new(&job, "ghost");
            let done = ghost.fact(&now, kind("completion"));
            let receipt = ghost.send(&server, &first.phone, &[done]).await.expect(200);
            assert_eq!(outcomes(&receipt), ["recorded"], "{reason}");
            assert_eq!((&receipt["job_state"], codes(&receipt)), (&json!("en_route"), vec!["after_release".to_owned()]));
            assert_eq!(receipt["settlement"], Value::Null);
            assert!(rings(&server, &job).await, "{reason}");
            let crew = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["assignments"].clone();
            let live: Vec<_> = crew.as_array().unwrap().iter().filter(|one| one["slot"] != "released").collect();
            assert_eq!((live.len(), &live[0]["technician_id"]), (1, &json!(second.technician)), "{reason}");
            // Whoever has it is there: the desk has nothing to find out any more.
            let arrival = own.fact(&now, kind("arrival"));
            own.send(&server, &second.phone, &[arrival]).await.expect(200);
            assert!(!rings(&server, &job).await, "{reason}");
        }
        server.stop().await;
    }

    // F1 b: nor bill it. A whole visit told after the release charges nobody, and the other one's bill waits for a person.
    async fn whoever_was_taken_off_bills_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = replaced(&server, "resident_refuses").await;
        server.pass(170).await;
        let mut ghost = Device::new(&job, "ghost");
        let whole = site::agreed(&mut ghost, "21:12", ("21:40", 10), "23:33");
        let receipt = ghost.send(&server, &first.phone, &whole).await.expect(200);
        assert_eq!(codes(&receipt), ["after_release"]);
        assert_ne!(receipt["job_state"], "completed");
        assert!(rings(&server, &job).await);
        let mut own = Device::new(&job, "phone-2");
        let facts = site::work(&mut own, "21:20", "22:00");
        let receipt = own.send(&server, &second.phone, &facts).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("completed"), &Value::Null));
        assert_eq!(codes(&receipt), ["after_release"]);
        server.settle().await;
        let supervisor = server.client(Role::Supervisor);
        let review = supervisor.get("/v1/reviews?state=open").await.expect(200)["items"][0].clone();
        let accept = json!({ "ruling": "accept", "reason": "confirmed_by_phone", "note": "電話で確認", "disregard": [] });
        let body = json!({ "version": review["version"], "decision": accept });
        supervisor.post(&format!("/v1/reviews/{}/decision", id(&review)), body).await.expect(200);
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!((&statement["worked_seconds"], &statement["total_yen"]), (&json!(2_400), &json!(0)));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // F1 c: nor pay it. Money said to have been taken after the release, or before it without any work, pays for nothing.
    async fn whoever_was_taken_off_pays_nobodys_bill(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = replaced(&server, "wrong_skills").await;
        server.pass(120).await;
        let mut own = Device::new(&job, "phone-2");
        let facts = site::agreed(&mut own, "21:10", ("22:00", 2), "22:30");
        let receipt = own.send(&server, &second.phone, &facts).await;
        assert_eq!(receipt.expect(200)["settlement"]["number"], 1);
        let mut ghost = Device::new(&job, "ghost");
        let cash = json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 });
        let before = ghost.fact("21:03", cash.clone());
        let after = ghost.fact("23:00", cash);
        let receipt = ghost.send(&server, &first.phone, &[before, after]).await.expect(200);
        assert_eq!(codes(&receipt), ["after_release", "payment_without_work"]);
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!((&statement["collected_yen"], &statement["due_yen"]), (&json!(0), &json!(2_200)));
        let reviews = server.client(Role::Supervisor).get("/v1/reviews?state=open").await.expect(200);
        assert_eq!(reviews["items"].as_array().unwrap().len(), 1);
        server.stop().await;
    }

    // F1 d: an end without a beginning leaves the job where it was; the arrival that was missing makes it right.
    async fn an_end_without_arrival_leaves_the_job_where_it_was(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (end, then) in [
            (kind("completion"), "completed"),
            (json!({ "kind": "completion", "outcome": "refused_opening" }), "completed"),
            (json!({ "kind": "no_access", "reason": "nobody_there" }), "awaiting_return"),
        ] {
            let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
            let job = world::job(&server).await;
            give(&server, &job, &crew).await;
            server.pass(4).await;
            let now = server.ctx.now();
            let mut phone = Device::new(&job, "phone-1");
            let mut tell = |what: &Value| {
                let mut fact = phone.fact("21:00", what.clone());
                fact["device_time"] = json!(now);
                fact
            };
            let (arrival, ended) = (tell(&kind("arrival")), tell(&end));
            let receipt = phone.send(&server, &crew.phone, &[ended]).await.expect(200);
            assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("assigned"), &Value::Null), "{end}");
            assert!(codes(&receipt).contains(&"not_arrived".to_owned()), "{receipt}");
            assert!(rings(&server, &job).await, "{end}");
            let receipt = phone.send(&server, &crew.phone, &[arrival]).await.expect(200);
            assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!(then), &json!([])), "{end}");
        }
        server.stop().await;
    }

    // A person decides: the desk tells in the technician's name what it has found out, and the job is where it says; what that
    // costs is a supervisor's to decide.
    async fn the_desks_word_moves_the_job_and_a_supervisor_bills_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = replaced(&server, "not_reachable").await;
        sets_off(&server, &job, &second).await;
        server.pass(100).await;
        let mut phone = Device::new(&job, "phone-1");
        let facts = site::agreed(&mut phone, "21:10", ("22:00", 2), "22:30");
        phone.send(&server, &first.phone, &facts).await.expect(200);
        assert!(rings(&server, &job).await);
        // The resident confirms on the telephone that the first one was there and has done it.
        let mut desk = Device::new(&job, "desk");
        let told = site::work(&mut desk, "21:10", "22:30");
        let body = json!({ "device": "desk", "technician_id": first.technician, "facts": told });
        let receipt = site::post_facts(&server.dispatcher(), &job, &body).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("completed"), &Value::Null));
        assert!(!rings(&server, &job).await);
        server.settle().await;
        let supervisor = server.client(Role::Supervisor);
        let review = supervisor.get("/v1/reviews?state=open").await.expect(200)["items"][0].clone();
        assert_eq!(codes(&review), ["after_release"]);
        let accept = json!({ "ruling": "accept", "reason": "confirmed_by_phone", "note": "居住者に確認", "disregard": [] });
        let body = json!({ "version": review["version"], "decision": accept });
        supervisor.post(&format!("/v1/reviews/{}/decision", id(&review)), body).await.expect(200);
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        // 80 minutes are believed; the yes is not, until it is told again by whoever has heard of it.
        assert_eq!((&statement["worked_seconds"], &statement["total_yen"]), (&json!(4_800), &json!(0)));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // Rules F2 b, integrator A1: what is dated before the job, however far, charges nobody and moves nothing.
    async fn nothing_happened_before_the_job_was_made(db: TestDb) {
        let server = TestServer::start(&db).await;
        for minutes in [83, 24 * 60, 8 * 24 * 60] {
            let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
            let job = world::job(&server).await;
            give(&server, &job, &crew).await;
            let mut phone = Device::new(&job, "phone-1");
            let mut facts = site::agreed(&mut phone, "21:00", ("21:50", 5), "22:15");
            let shift = server.ctx.now() - chrono::TimeDelta::minutes(minutes);
            for (fact, after) in facts.iter_mut().zip([0, 0, 50, 75, 75]) {
                fact["device_time"] = json!(shift + chrono::TimeDelta::minutes(after));
            }
            let (asked, answered) = (facts[2]["device_time"].clone(), facts[2]["device_time"].clone());
            (facts[2]["asked_at"], facts[2]["answered_at"]) = (asked, answered);
            let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("assigned"), &Value::Null));
            assert_eq!(codes(&receipt), ["before_job"], "{minutes}");
            assert!(rings(&server, &job).await);
        }
        server.stop().await;
    }

    // Rules F2 a: a yes that turns up two days after the bill, from a device nobody has heard of.
    async fn a_yes_after_the_bill_is_not_believed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        server.pass(100).await;
        let mut phone = Device::new(&job, "phone-1");
        let facts = site::work(&mut phone, "21:05", "22:26");
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        server.pass(47 * 60).await;
        let mut other = Device::new(&job, "phone2");
        let yes = other.fact("21:55", site::consent("21:55", 3));
        let receipt = other.send(&server, &crew.phone, &[yes]).await.expect(200);
        assert_eq!((codes(&receipt), &receipt["settlement"]), (vec!["consent_too_late".to_owned()], &Value::Null));
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!(statement["total_yen"], 0);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // G-04: nor one that its own device puts between reports of another time, or sends long after them.
    async fn a_yes_out_of_the_order_of_its_device_is_not_believed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        server.pass(120).await;
        let mut phone = Device::new(&job, "phone-1");
        let mut facts = site::work(&mut phone, "21:05", "22:26");
        facts.push(phone.fact("21:55", site::consent("21:55", 3)));
        let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(codes(&receipt), ["consent_out_of_order"]);
        assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("completed"), &Value::Null));
        server.stop().await;
    }

    // G-01: a mistaken reassignment is undone in one act; what was told meanwhile counts as if it had not been.
    async fn a_mistaken_reassignment_undone_leaves_no_trace_in_the_bill(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = replaced(&server, "not_reachable").await;
        sets_off(&server, &job, &second).await;
        server.pass(95).await;
        let mut phone = Device::new(&job, "phone-1");
        let facts = site::agreed(&mut phone, "21:10", ("22:00", 2), "22:30");
        let receipt = phone.send(&server, &first.phone, &facts).await.expect(200);
        assert_eq!(codes(&receipt), ["after_release"]);
        assert!(rings(&server, &job).await);
        take_back(&server, &job, "other").await;
        give(&server, &job, &first).await;
        assert_eq!(state(&server, &job).await, "completed");
        assert!(!rings(&server, &job).await);
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!((&statement["total_yen"], &statement["flags"]), (&json!(2_200), &json!([])));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // Honest: no signal for two days, on two phones. What comes within 48 hours counts, what comes later waits.
    async fn two_days_without_signal_count_and_a_third_does_not(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (hours, counts) in [(46, true), (50, false)] {
            let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
            let job = world::job(&server).await;
            give(&server, &job, &crew).await;
            let begun = server.ctx.now();
            server.pass(hours * 60).await;
            let (mut phone, mut tablet) = (Device::new(&job, "phone-1"), Device::new(&job, "tablet"));
            let at = |mut fact: Value, minutes: i64| {
                let time = json!(begun + chrono::TimeDelta::minutes(minutes));
                if fact["kind"] == "consent" {
                    (fact["asked_at"], fact["answered_at"]) = (time.clone(), time.clone());
                }
                fact["device_time"] = time;
                fact
            };
            let yes = [at(tablet.fact("21:00", site::consent("21:00", 2)), 55)];
            tablet.send(&server, &crew.phone, &yes).await.expect(200);
            let facts = site::work(&mut phone, "21:00", "21:00");
            let facts: Vec<_> = facts.into_iter().zip([10, 10, 90, 90]).map(|(fact, minutes)| at(fact, minutes)).collect();
            let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            if counts {
                assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
                let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
                assert_eq!(statement["total_yen"], 2_200);
            } else {
                assert_eq!(codes(&receipt), ["too_late"]);
                assert_ne!(receipt["job_state"], "completed");
                assert!(rings(&server, &job).await);
            }
        }
        server.stop().await;
    }

    // Honest: work begun before the desk wrote down what was agreed on the telephone; a wrong clock; money a day later.
    async fn what_honest_people_do_needs_no_person(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        server.pass(60).await;
        give(&server, &job, &crew).await;
        server.pass(30).await;
        let mut phone = Device::new(&job, "phone-1");
        let facts = site::agreed(&mut phone, "21:02", ("21:50", 2), "22:14");
        // The clock is an hour slow, and says so.
        let slow = |fact: &Value| {
            let mut fact = fact.clone();
            for key in ["device_time", "asked_at", "answered_at"] {
                if let Some(at) = fact[key].as_str() {
                    let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
                    fact[key] = json!(at - chrono::TimeDelta::hours(1));
                }
            }
            fact
        };
        let body = json!({
            "device": "phone-1", "sent_at": server.ctx.now() - chrono::TimeDelta::hours(1),
            "facts": facts.iter().map(slow).collect::<Vec<_>>(),
        });
        let receipt = site::post_facts(&crew.phone, &job, &body).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
        server.pass(60).await;
        let mut office = Device::new(&job, "office");
        let cash = office.fact("23:20", json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 }));
        let receipt = office.send(&server, &crew.phone, &[cash]).await.expect(200);
        assert_eq!(receipt["flags"], json!([]));
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!((&statement["total_yen"], &statement["due_yen"]), (&json!(2_200), &json!(0)));
        assert_eq!(clock("21:02"), "2026-11-22T21:02:00+09:00");
        server.stop().await;
    }

    // G-04: each of the three ways in which a device contradicts a yes of its own; what is within two minutes counts.
    async fn a_yes_is_believed_only_where_its_device_agrees(db: TestDb) {
        let server = TestServer::start(&db).await;
        let base = server.ctx.now();
        for (name, yes_at, held_back, believed) in [
            ("between", "21:55", None, true),
            ("its number is lower than that of an earlier report", "22:20", None, false),
            ("long after a higher number", "21:55", Some(3), false),
            ("soon after a higher number", "21:55", Some(2), true),
        ] {
            let crew = world::crew(&server, name, 35.165, 136.91).await;
            let job = world::job(&server).await;
            give(&server, &job, &crew).await;
            let begun = server.ctx.now();
            server.pass(95).await;
            let mut phone = Device::new(&job, "phone-1");
            let mut facts = site::agreed(&mut phone, "21:05", (yes_at, 2), "22:26");
            // A yes at 22:20 stands before the report of 21:56 in the sequence.
            let pause = phone.clone().after(3).fact("21:56", json!({ "kind": "pause", "reason": "break" }));
            let resume = phone.clone().after(4).fact("21:57", kind("resume"));
            let end = phone.clone().after(5).fact("22:26", kind("work_end"));
            let done = phone.clone().after(6).fact("22:26", kind("completion"));
            facts.truncate(3);
            facts.extend([pause, resume, end, done]);
            let shift = begun - base;
            for fact in &mut facts {
                for key in ["device_time", "asked_at", "answered_at"] {
                    if let Some(at) = fact[key].as_str() {
                        let at: chrono::DateTime<chrono::Utc> = at.parse().unwrap();
                        fact[key] = json!(at + shift);
                    }
                }
            }
            let late = held_back.map(|minutes| (minutes, facts.remove(2)));
            let mut receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            if let Some((minutes, yes)) = late {
                server.pass(minutes).await;
                receipt = phone.send(&server, &crew.phone, &[yes]).await.expect(200);
            }
            let expected = if believed { vec![] } else { vec!["consent_out_of_order".to_owned()] };
            assert_eq!(codes(&receipt), expected, "{name}");
            let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
            assert_eq!(statement["total_yen"], if believed { 2_200 } else { 0 }, "{name}");
        }
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // G-01: whoever accepts on the screen has it from then on; what they date before that moves nothing and costs nobody.
    async fn nothing_counts_that_is_dated_before_the_acceptance(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        server.pass(4).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.pass(1).await;
        let mut phone = Device::new(&job, "phone-1");
        // A minute after the job was made, three before the yes; with a consent to what it would cost.
        let early = site::agreed(&mut phone, "21:01", ("21:01", 5), "21:01");
        let receipt = phone.send(&server, &crew.phone, &early).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("assigned"), &Value::Null));
        assert_eq!(codes(&receipt), ["before_assignment"]);
        // Within two minutes it counts.
        let mut tablet = Device::new(&job, "tablet");
        let honest = [tablet.fact("21:02", kind("arrival"))];
        let receipt = tablet.send(&server, &crew.phone, &honest).await.expect(200);
        assert_eq!(receipt["job_state"], "on_site");
        server.stop().await;
    }

    // G-01: whoever has completed it takes money for a day, and no longer by their own word.
    async fn money_is_taken_for_a_day_after_the_completion(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        for (hours, counts) in [(23, true), (25, false)] {
            let job = world::job(&server).await;
            give(&server, &job, &crew).await;
            let begun = server.ctx.now();
            server.pass(90).await;
            let mut phone = Device::new(&job, "phone-1");
            let mut facts = site::agreed(&mut phone, "21:05", ("21:55", 2), "22:15");
            site::dated(&mut facts, begun, &[5, 5, 55, 80, 80]);
            phone.send(&server, &crew.phone, &facts).await.expect(200);
            server.pass(hours * 60).await;
            let mut cash = [phone.fact("22:15", json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 }))];
            site::dated(&mut cash, begun, &[80 + hours * 60]);
            let receipt = phone.send(&server, &crew.phone, &cash).await.expect(200);
            let expected = if counts { vec![] } else { vec!["after_release".to_owned()] };
            assert_eq!(codes(&receipt), expected, "{hours} hours");
            let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
            assert_eq!(statement["due_yen"], if counts { 0 } else { 2_200 }, "{hours} hours");
        }
        server.stop().await;
    }
}
