//! Planned visits: booked, refused when they overlap, asked for when their time comes near, displaced only knowingly.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    standing::{put, put_state},
    support::{
        db::{TestDb, on_both_engines},
        server::{Reply, TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

/// A dripping tap that can wait until tomorrow.
async fn drip(server: &TestServer) -> String {
    let dispatcher = server.dispatcher();
    let case = world::opened_case(server).await;
    let body = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P3" });
    let job = dispatcher.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201);
    server.settle().await;
    id(&job)
}

async fn book(server: &TestServer, job: &str, crew: &Crew, from: &str, to: &str) -> Reply {
    let at = |time: &str| format!("2026-11-23T{time}:00+09:00");
    let body = json!({ "technician_id": crew.technician, "starts_at": at(from), "ends_at": at(to) });
    server.dispatcher().post(&format!("/v1/jobs/{job}/appointment"), body).await
}

async fn state(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone()
}

/// A day off of the crew's technician on the day of the visits; its id.
async fn day_off(server: &TestServer, crew: &Crew, from: &str, to: &str) -> String {
    let at = |time: &str| format!("2026-11-23T{time}:00+09:00");
    let body = json!({ "kind": "day_off", "starts_at": at(from), "ends_at": at(to) });
    let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
    let made = crew.office.post(&path, body).await.expect(201);
    server.settle().await;
    id(&made)
}

async fn cancel(server: &TestServer, crew: &Crew, entry: &str) {
    let path = format!("/v1/shift-entries/{entry}");
    let request = crew.office.request(Method::DELETE, &path).header("If-Match", "\"1\"");
    crew.office.send(request).await.expect(200);
    server.settle().await;
}

/// The jobs whose visit lies in its technician's time off, as it rings at the desk.
async fn off_duty(server: &TestServer) -> Vec<String> {
    server.settle().await;
    let alarms = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
    let ours = alarms["items"].as_array().unwrap().iter().filter(|alarm| alarm["kind"] == "visit_off_duty");
    ours.map(|alarm| alarm["subject_id"].as_str().unwrap().to_owned()).collect()
}

/// Weekly shifts of the crew's technician: the day, from when, until when.
async fn work(server: &TestServer, crew: &Crew, shifts: &[(&str, &str, &str)]) {
    let shifts = shifts.iter().map(|(day, from, to)| json!({ "day": day, "from": from, "to": to }));
    put(server, &format!("/v1/technicians/{}", crew.technician), "shifts", shifts.collect()).await;
}

/// An entry of the crew's technician from tonight until tomorrow's end; its id.
async fn extra(server: &TestServer, crew: &Crew, kind: &str) -> String {
    let body = json!({ "kind": kind, "starts_at": "2026-11-22T20:00:00+09:00", "ends_at": "2026-11-24T00:00:00+09:00" });
    let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
    let made = crew.office.post(&path, body).await.expect(201);
    server.settle().await;
    id(&made)
}

on_both_engines! {
    async fn a_visit_rings_for_as_long_as_no_weekly_shift_is_left_for_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = drip(&server).await;
        // On a Monday; such work takes half an hour.
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        for (shifts, rings) in [
            (&[("mon", "09:00", "17:00")][..], false),
            (&[("mon", "10:00", "10:29")], true),
            (&[("mon", "10:00", "10:30")], false),
            (&[("mon", "10:01", "17:00")], true),
            (&[("mon", "08:00", "09:30"), ("mon", "09:30", "12:00")], false),
            (&[("tue", "09:00", "17:00")], true),
            (&[("sun", "20:00", "11:00+1")], false),
            (&[], true),
            (&[("mon", "00:00", "24:00")], false),
        ] {
            work(&server, &crew, shifts).await;
            let expected: &[&str] = if rings { &[&job] } else { &[] };
            assert_eq!(off_duty(&server).await, expected, "{shifts:?}");
            assert_eq!(state(&server, &job).await, "booked", "{shifts:?}: a person decides");
        }
        // The day of the visit is a public holiday.
        let shifts = json!([{ "day": "mon", "from": "09:00", "to": "17:00", "holidays": "off" }]);
        put(&server, &format!("/v1/technicians/{}", crew.technician), "shifts", shifts).await;
        assert_eq!(off_duty(&server).await, [job.as_str()]);
        // Whoever is sent knowingly has lost nothing.
        let knowingly = json!({
            "technician_id": crew.technician,
            "starts_at": "2026-11-23T10:00:00+09:00", "ends_at": "2026-11-23T12:00:00+09:00",
            "confirmation": { "despite": ["off_shift"], "because": "other" },
        });
        server.dispatcher().post(&format!("/v1/jobs/{job}/appointment"), knowingly).await.expect(201);
        assert_eq!(off_duty(&server).await, [""; 0]);
        work(&server, &crew, &[]).await;
        assert_eq!(off_duty(&server).await, [""; 0]);
        server.stop().await;
    }

    async fn a_job_just_accepted_rings_when_its_weekly_shift_is_shortened_until_they_are_there(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        // It is nine in the evening of a Sunday.
        for (shifts, rings) in [
            (&[("sun", "20:00", "06:00+1")][..], false),
            (&[("mon", "00:00", "24:00")], true),
            (&[("sun", "20:00", "21:10")], true),
            (&[("sun", "20:00", "06:00+1"), ("thu", "08:00", "17:00")], false),
            (&[("sun", "20:00", "06:00+1")], false),
            (&[], true),
            (&[("sat", "22:00", "21:30+1")], true),
            (&[("sun", "00:00", "24:00"), ("mon", "00:00", "24:00")], false),
        ] {
            work(&server, &crew, shifts).await;
            let expected: &[&str] = if rings { &[&job] } else { &[] };
            assert_eq!(off_duty(&server).await, expected, "{shifts:?}");
            assert_eq!(state(&server, &job).await, "assigned", "{shifts:?}: a person decides");
        }
        let mut phone = Device::new(&job, "phone-1");
        let mut arrival = vec![phone.fact("21:00", json!({ "kind": "arrival" }))];
        site::dated(&mut arrival, server.ctx.now(), &[0]);
        phone.send(&server, &crew.phone, &arrival).await.expect(200);
        work(&server, &crew, &[]).await;
        assert_eq!(off_duty(&server).await, [""; 0], "they are there");
        server.stop().await;
    }

    async fn duty_that_was_entered_and_goes_rings_as_well(db: TestDb) {
        let server = TestServer::start(&db).await;
        for kind in ["extra_shift", "on_call"] {
            let crew = world::crew(&server, kind, 35.165, 136.91).await;
            work(&server, &crew, &[("mon", "09:00", "12:00")]).await;
            let entry = extra(&server, &crew, kind).await;
            let job = site::accepted_job(&server, &crew).await;
            cancel(&server, &crew, &entry).await;
            assert_eq!(off_duty(&server).await, [job.as_str()], "{kind}");
            extra(&server, &crew, kind).await;
            assert_eq!(off_duty(&server).await, [""; 0], "{kind}");
            server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.expect(200);
            put_state(&server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
        }
        let crew = world::crew(&server, "訪問", 35.165, 136.91).await;
        work(&server, &crew, &[]).await;
        let entry = extra(&server, &crew, "extra_shift").await;
        let visit = drip(&server).await;
        book(&server, &visit, &crew, "10:00", "12:00").await.expect(201);
        cancel(&server, &crew, &entry).await;
        assert_eq!(off_duty(&server).await, [visit.as_str()]);
        extra(&server, &crew, "extra_shift").await;
        assert_eq!(off_duty(&server).await, [""; 0]);
        server.stop().await;
    }

    async fn a_visit_in_a_window_taken_from_a_colleague_rings_when_the_swap_is_undone(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let path = format!("/v1/firms/{}/technicians", crew.firm);
        let mate = world::technician("同僚", &["water"], world::point(35.16, 136.90));
        let mate = id(&server.administrator().post(&path, mate).await.expect(201));
        work(&server, &crew, &[]).await;
        let swap = json!({
            "giver_id": mate, "taker_id": crew.technician,
            "starts_at": "2026-11-23T09:00:00+09:00", "ends_at": "2026-11-23T13:00:00+09:00",
        });
        let swap = id(&crew.office.post("/v1/shift-swaps", swap).await.expect(201));
        server.settle().await;
        let job = drip(&server).await;
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        assert_eq!(off_duty(&server).await, [""; 0]);
        let undone = crew.office.request(Method::DELETE, &format!("/v1/shift-swaps/{swap}"));
        crew.office.send(undone.header("If-Match", "\"1\"")).await.expect(200);
        assert_eq!(off_duty(&server).await, [job]);
        server.stop().await;
    }

    async fn a_planned_visit_is_asked_for_when_its_time_comes_near(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = drip(&server).await;
        assert_eq!(world::open_offer(&crew.phone).await, None, "the caller is still choosing a time");
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        assert_eq!(state(&server, &job).await, "booked");
        server.pass(11 * 60).await;
        assert_eq!(state(&server, &job).await, "booked", "08:00: two hours before");
        server.pass(30).await;
        assert_eq!(state(&server, &job).await, "offered");
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let promised = json!({ "arrival_at": "2026-11-23T10:15:00+09:00" });
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), promised).await.expect(201);
        assert_eq!(state(&server, &job).await, "assigned");
        server.stop().await;
    }

    async fn only_windows_somebody_could_come_in_are_shown(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (booked, job) = (drip(&server).await, drip(&server).await);
        book(&server, &booked, &crew, "11:00", "12:00").await.expect(201);
        server.settle().await;
        let path = format!("/v1/jobs/{job}/windows?days=1");
        let windows = server.dispatcher().get(&path).await.expect(200);
        let starts: Vec<_> = windows.as_array().unwrap().iter().map(|one| one["starts_at"].clone()).collect();
        // Monday, every two hours from 09:00 to 19:00 in Tokyo, but for 11:00, when the only one has a visit.
        let expected = ["00", "04", "06", "08", "10"].map(|hour| json!(format!("2026-11-23T{hour}:00:00Z")));
        assert_eq!(starts, expected);
        assert_eq!((&windows[0]["free"], &windows[0]["technicians"][0]["id"]), (&json!(1), &json!(crew.technician)));
        let bad = server.dispatcher().get(&format!("/v1/jobs/{job}/windows?days=0")).await;
        assert_eq!(bad.refused_field(), "days");
        server.stop().await;
    }

    async fn two_visits_of_one_technician_never_overlap(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (first, second) = (drip(&server).await, drip(&server).await);
        book(&server, &first, &crew, "10:00", "12:00").await.expect(201);
        for (from, to) in [("11:00", "13:00"), ("09:00", "10:30"), ("10:30", "11:30"), ("09:00", "13:00")] {
            let taken = book(&server, &second, &crew, from, to).await;
            assert_eq!((taken.status.as_u16(), taken.problem()), (409, "window-taken"), "{from}");
        }
        assert_eq!(state(&server, &second).await, "unassigned");
        book(&server, &second, &crew, "12:00", "14:00").await.expect(201);
        // The first one moves; its own window is not in the way.
        book(&server, &first, &crew, "09:30", "11:30").await.expect(201);
        let path = format!("/v1/jobs/{first}/appointment");
        let shown = server.dispatcher().get(&path).await.expect(200);
        assert_eq!(shown["starts_at"], "2026-11-23T00:30:00Z");
        server.stop().await;
    }

    async fn a_visit_that_lapses_goes_to_the_others_and_a_person_knows(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let job = drip(&server).await;
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        server.pass(11 * 60 + 30).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "vehicle" })).await.expect(200);
        server.settle().await;
        assert!(world::open_offer(&other.phone).await.is_some());
        let alarms = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
        let ours = alarms["items"].as_array().unwrap().iter().filter(|alarm| alarm["subject_id"] == job.as_str());
        assert_eq!(ours.map(|alarm| alarm["kind"].clone()).collect::<Vec<_>>(), ["appointment_at_risk"]);
        let path = format!("/v1/jobs/{job}/appointment");
        assert_eq!(server.dispatcher().get(&path).await.problem(), "not-found");
        server.stop().await;
    }

    async fn a_visit_is_given_up_and_then_the_ladder_asks(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = drip(&server).await;
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        let path = format!("/v1/jobs/{job}/appointment/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "resident" })).await.expect(200);
        let twice = server.dispatcher().post(&path, json!({ "reason": "resident" })).await;
        assert_eq!(twice.problem(), "not-booked");
        assert_eq!(world::open_offer(&crew.phone).await, None);
        server.pass(10).await;
        assert!(world::open_offer(&crew.phone).await.is_some());
        server.stop().await;
    }

    async fn an_emergency_displaces_a_visit_only_with_a_named_consequence(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let booked = drip(&server).await;
        let at = |time: &str| format!("2026-11-22T{time}:00+09:00");
        let path = format!("/v1/jobs/{booked}/appointment");
        let body = json!({ "technician_id": crew.technician, "starts_at": at("22:00"), "ends_at": at("23:00") });
        server.dispatcher().post(&path, body).await.expect(201);
        let urgent = world::job(&server).await;
        let path = format!("/v1/jobs/{urgent}/override");
        let given = json!({ "technician_id": crew.technician, "reason": "nobody_else" });
        let refused = server.dispatcher().post(&path, given.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "to-be-confirmed"));
        let mut knowingly = given;
        knowingly["displacing"] = json!("rebook");
        server.dispatcher().post(&path, knowingly).await.expect(201);
        assert_eq!(state(&server, &urgent).await, "assigned");
        assert_eq!(state(&server, &booked).await, "unassigned");
        server.settle().await;
        let alarms = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
        let displaced = alarms["items"].as_array().unwrap().iter().find(|alarm| alarm["kind"] == "displaced");
        assert_eq!(displaced.unwrap()["subject_id"], booked.as_str());
        server.stop().await;
    }

    async fn time_off_over_a_planned_visit_is_never_refused_and_rings_until_one_of_them_has_moved(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = drip(&server).await;
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        // What ends when the visit begins touches nothing.
        day_off(&server, &crew, "08:00", "10:00").await;
        assert_eq!(off_duty(&server).await, [""; 0]);
        let entry = day_off(&server, &crew, "11:00", "18:00").await;
        assert_eq!(off_duty(&server).await, [job.as_str()], "an hour of it is enough");
        assert_eq!(state(&server, &job).await, "booked", "the visit stands until a person decides");
        // The entry goes: so does the alarm. It comes again: the visit moves.
        cancel(&server, &crew, &entry).await;
        assert_eq!(off_duty(&server).await, [""; 0]);
        day_off(&server, &crew, "10:30", "11:00").await;
        assert_eq!(off_duty(&server).await, [job.as_str()]);
        book(&server, &job, &crew, "12:00", "14:00").await.expect(201);
        assert_eq!(off_duty(&server).await, [""; 0]);
        // Booked into the time off knowingly: the same alarm. A visit that is given up needs none.
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        assert_eq!(off_duty(&server).await, [job.as_str()]);
        let path = format!("/v1/jobs/{job}/appointment/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "contractor" })).await.expect(200);
        assert_eq!(off_duty(&server).await, [""; 0]);
        server.stop().await;
    }

    async fn time_off_over_a_job_just_accepted_rings_until_it_is_taken_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        // Tomorrow has nothing to do with it: they are awaited tonight.
        day_off(&server, &crew, "10:00", "12:00").await;
        assert_eq!(off_duty(&server).await, [""; 0]);
        let tonight = json!({
            "kind": "day_off", "starts_at": "2026-11-22T21:30:00+09:00", "ends_at": "2026-11-23T06:00:00+09:00",
        });
        let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
        let entry = crew.office.post(&path, tonight.clone()).await.expect(201);
        assert_eq!(off_duty(&server).await, [job.as_str()]);
        cancel(&server, &crew, &id(&entry)).await;
        assert_eq!(off_duty(&server).await, [""; 0]);
        crew.office.post(&path, tonight).await.expect(201);
        assert_eq!(off_duty(&server).await, [job.as_str()]);
        let back = json!({ "reason": "too_late" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/reassignment"), back).await.expect(200);
        server.settle().await;
        assert_eq!(off_duty(&server).await, [""; 0], "whoever has it no more may be off");
        server.stop().await;
    }

    async fn a_window_given_to_a_colleague_with_a_visit_in_it_rings_until_the_swap_is_undone(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let mut mate = world::technician("同僚", &["water"], world::point(35.16, 136.90));
        mate["shifts"] = json!([]);
        let path = format!("/v1/firms/{}/technicians", crew.firm);
        let mate = id(&server.administrator().post(&path, mate).await.expect(201));
        let job = drip(&server).await;
        book(&server, &job, &crew, "10:00", "12:00").await.expect(201);
        let swap = json!({
            "giver_id": crew.technician, "taker_id": mate,
            "starts_at": "2026-11-23T11:00:00+09:00", "ends_at": "2026-11-23T13:00:00+09:00",
        });
        let swap = id(&crew.office.post("/v1/shift-swaps", swap).await.expect(201));
        assert_eq!(off_duty(&server).await, [job]);
        let path = format!("/v1/shift-swaps/{swap}");
        let undone = crew.office.request(Method::DELETE, &path).header("If-Match", "\"1\"");
        crew.office.send(undone).await.expect(200);
        assert_eq!(off_duty(&server).await, [""; 0]);
        server.stop().await;
    }

    async fn what_cannot_be_booked_is_refused_by_field(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let urgent = world::job(&server).await;
        assert_eq!(book(&server, &urgent, &crew, "10:00", "12:00").await.problem(), "job-urgent");
        let job = drip(&server).await;
        let before = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        let good = json!({ "technician_id": crew.technician, "starts_at": "2026-11-23T10:00:00+09:00",
                           "ends_at": "2026-11-23T12:00:00+09:00" });
        for (field, value) in [
            ("technician_id", json!("00000000-0000-7000-8000-000000000000")),
            ("technician_id", json!(7)),
            ("starts_at", json!("2026-11-22T20:00:00+09:00")),
            ("starts_at", json!("2027-11-22T20:00:00+09:00")),
            ("starts_at", json!("tomorrow")),
            ("ends_at", json!("2026-11-23T10:05:00+09:00")),
            ("ends_at", json!("2026-11-23T09:00:00+09:00")),
            ("ends_at", json!("2026-11-24T10:00:00+09:00")),
            ("ends_at", json!("2199-11-24T10:00:00+09:00")),
            ("reason", json!("none")),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let reply = server.dispatcher().post(&format!("/v1/jobs/{job}/appointment"), body).await;
            assert_eq!(reply.refused_field(), field, "{value}");
        }
        assert_eq!(server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200), before);
        server.stop().await;
    }
}
