//! Pictures from the site: taken in once, cleaned, shown to the desk and to who is on the job.

use kaketsuke::{app, domain::actor::Role};
use reqwest::{Method, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    consents::{flagged, on_site, yes},
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
        pictures,
        server::{Client, Reply, TestServer, id},
        site::{self, Device, accepted_job},
        world,
    },
};

/// Sends a picture, whatever it says it is.
pub(crate) async fn send_as(
    client: &Client,
    job: &str,
    number: u128,
    kind: &str,
    media: &str,
    bytes: Vec<u8>,
) -> Reply {
    let id = Uuid::from_u128(0xE000_0000 + number);
    let path = format!("/v1/jobs/{job}/evidence?id={id}&kind={kind}&device_time=2026-11-22T21:05:00%2B09:00");
    let request = client.request(Method::POST, &path).header(header::CONTENT_TYPE, media);
    client.send(request.body(bytes)).await
}

/// Sends a JPEG.
pub(crate) async fn send(client: &Client, job: &str, number: u128, kind: &str) -> Reply {
    let shade = u8::try_from(number % 128).unwrap();
    send_as(client, job, number, kind, "image/jpeg", pictures::jpeg(shade)).await
}

/// The bytes of a picture with the headers they come with.
async fn bytes(client: &Client, id: &str) -> (reqwest::header::HeaderMap, Vec<u8>) {
    let answer = client.request(Method::GET, &format!("/v1/evidence/{id}")).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    (answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
}

fn whats(list: &Value) -> Vec<&str> {
    list["missing"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn c_19_a_signature_that_comes_later_ends_the_doubt_by_itself(db: TestDb) {
        let server = TestServer::start(&db).await;
        let supervisor = server.client(Role::Supervisor);
        let (stranger, foreign, _) = on_site(&server).await;
        put_state(&server, &format!("/v1/technicians/{}", stranger.technician), "suspended").await;
        // What is sent as the picture that the consent has named, by whom and after how long; and whether that proves it.
        for (number, (kind, to_its_own_job, hours, proves)) in (100_u128..).zip([
            ("signature", true, 0, true),
            ("signature", true, 46, true),
            ("photo_before", true, 0, false),
            ("signature", true, 49, false),
            ("signature", false, 0, false),
        ]) {
            let case = format!("{kind} {to_its_own_job} {hours}");
            let named = Uuid::from_u128(0xE000_0000 + number);
            let crew = world::crew(&server, &case, 35.165, 136.91).await;
            let job = accepted_job(&server, &crew).await;
            let mut phone = Device::new(&job, "phone-1");
            let began = server.ctx.now();
            let mut facts = vec![
                phone.fact("21:00", json!({ "kind": "arrival" })),
                phone.fact("21:00", yes("21:00", &json!({ "evidence": named }))),
                phone.fact("21:00", json!({ "kind": "work_start", "work": "work" })),
            ];
            site::dated(&mut facts, began, &[0, 0, 0]);
            phone.send(&server, &crew.phone, &facts).await.expect(200);
            server.pass(81).await;
            let mut facts = vec![
                phone.fact("21:00", json!({ "kind": "work_end" })),
                phone.fact("21:00", json!({ "kind": "completion" })),
            ];
            site::dated(&mut facts, began, &[80, 80]);
            let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            let doubts: Vec<_> = flagged(&receipt).into_values().flatten().collect();
            assert_eq!((doubts, &receipt["settlement"]), (vec!["consent_evidence".to_owned()], &Value::Null), "{case}");
            server.pass(hours * 60).await;
            let (client, about) = if to_its_own_job { (&crew.phone, &job) } else { (&stranger.phone, &foreign) };
            if !to_its_own_job {
                put_state(&server, &format!("/v1/technicians/{}", stranger.technician), "active").await;
            }
            send(client, about, number, kind).await.expect(201);
            let open = supervisor.get("/v1/reviews?state=open&limit=200").await.expect(200);
            let is_open = open["items"].as_array().unwrap().iter().any(|review| review["job_id"] == job.as_str());
            assert_eq!(is_open, !proves, "{case}");
            let statement = supervisor.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
            // 80 minutes are two units, and both were agreed to.
            assert_eq!(statement["due_yen"], if proves { 2_200 } else { 0 }, "{case}: {statement}");
            put_state(&server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
        }
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), [""; 0]);
        server.stop().await;
    }

    async fn a_picture_is_kept_once_without_its_place_and_shown_as_a_file(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let sent = send(&crew.phone, &job, 1, "photo_before").await.expect(201);
        assert_eq!((&sent["technician_id"], &sent["firm_id"]), (&json!(crew.technician), &json!(crew.firm)));
        assert_eq!(sent["device_time"], "2026-11-22T12:05:00Z");
        // Lost answers are normal: the same again, from telephone or office, changes nothing.
        for client in [&crew.phone, &crew.office] {
            assert_eq!(send(client, &job, 1, "photo_before").await.expect(200), sent);
        }
        let listed = server.dispatcher().get(&format!("/v1/jobs/{job}/evidence")).await.expect(200);
        assert_eq!(listed["items"], json!([sent]));
        for client in [&crew.phone, &crew.office, &server.dispatcher()] {
            let (headers, bytes) = bytes(client, &id(&sent)).await;
            assert_eq!(headers["content-type"], "image/jpeg");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["content-security-policy"], "default-src 'none'; sandbox");
            let name = format!("attachment; filename=\"{}.jpg\"", id(&sent));
            assert_eq!(headers["content-disposition"], name.as_str());
            assert_eq!(hex::encode(Sha256::digest(&bytes)), sent["sha256"].as_str().unwrap());
            assert_eq!(bytes.len(), usize::try_from(sent["bytes"].as_i64().unwrap()).unwrap());
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("MARK-EXIF") && !text.contains("<script>"), "{text}");
        }
        server.stop().await;
    }

    async fn what_is_no_picture_or_another_one_is_refused(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let jpeg = || pictures::jpeg(1);
        let phone = &crew.phone;
        let page = b"<html><script>alert(1)</script></html>".to_vec();
        for (media, bytes, status, problem) in [
            ("text/html", page.clone(), 415, "not-a-picture"),
            ("application/pdf", b"%PDF-1.7".to_vec(), 415, "not-a-picture"),
            ("image/svg+xml", b"<svg/>".to_vec(), 415, "not-a-picture"),
            ("image/jpeg", page, 422, "invalid"),
            ("image/png", jpeg(), 422, "invalid"),
            ("image/jpeg", Vec::new(), 422, "invalid"),
            ("image/jpeg", jpeg()[..60].to_vec(), 422, "invalid"),
            ("image/jpeg", vec![0xFF; 10 * 1024 * 1024 + 1], 413, "too-large"),
        ] {
            let answer = send_as(phone, &job, 1, "damage", media, bytes).await;
            assert_eq!((answer.status.as_u16(), answer.problem()), (status, problem), "{media}");
        }
        // There is no such kind, and never will be (Y-06, Y-07).
        assert_eq!(send(phone, &job, 1, "residence_card").await.status.as_u16(), 400);
        let nil = format!("/v1/jobs/{job}/evidence?id={}&kind=other&device_time=2026-11-22T12:00:00Z", Uuid::nil());
        let nil = phone.request(Method::POST, &nil).header(header::CONTENT_TYPE, "image/jpeg").body(jpeg());
        assert_eq!(phone.send(nil).await.refused_field(), "id");
        send(phone, &job, 1, "damage").await.expect(201);
        let other = send_as(phone, &job, 1, "damage", "image/jpeg", pictures::jpeg(99)).await;
        assert_eq!((other.status.as_u16(), other.problem()), (409, "evidence-id-reused"));
        assert_eq!(send(phone, &job, 1, "meter").await.problem(), "evidence-id-reused");
        let listed = phone.get(&format!("/v1/jobs/{job}/evidence")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        let never = &listed["never"];
        assert!(never["ja"].as_str().unwrap().contains("在留カード"), "Y-06");
        assert!(never["en"].as_str().unwrap().contains("residence card"), "Y-06");
        server.stop().await;
    }

    async fn whoever_is_not_on_the_job_finds_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let desk = server.dispatcher();
        let told = id(&send(&desk, &job, 5, "damage").await.expect(201));
        // Asked, not accepted: nothing is there yet.
        for client in [&crew.phone, &crew.office] {
            assert_eq!(client.get(&format!("/v1/jobs/{job}/evidence")).await.problem(), "not-found");
            assert_eq!(client.get(&format!("/v1/evidence/{told}")).await.problem(), "not-found");
            assert_eq!(send(client, &job, 6, "other").await.problem(), "not-found");
        }
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let own = id(&send(&crew.phone, &job, 7, "photo_before").await.expect(201));
        let other = world::crew(&server, "別会社", 35.10, 136.80).await;
        for client in [&other.phone, &other.office] {
            for path in [format!("/v1/jobs/{job}/evidence"), format!("/v1/evidence/{own}"), format!("/v1/evidence/{told}")] {
                assert_eq!(client.get(&path).await.problem(), "not-found", "{path}");
            }
            assert_eq!(send(client, &job, 8, "other").await.problem(), "not-found");
            // Nor does a picture of theirs under a known id tell them anything but that the id is taken.
            assert_eq!(send(client, &job, 7, "photo_before").await.problem(), "not-found");
        }
        assert_eq!(server.client(Role::ClaimsSupport).get(&format!("/v1/evidence/{own}")).await.problem(), "forbidden");
        // What the desk has is the desk's; once the job is taken back, so is the rest (Y-03).
        assert_eq!(crew.phone.get(&format!("/v1/evidence/{told}")).await.problem(), "not-found");
        desk.post(&format!("/v1/jobs/{job}/reassignment"), json!({ "reason": "not_reachable" })).await.expect(200);
        let shown = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["assignments"][0]["slot"], "released", "{shown}");
        for client in [&crew.phone, &crew.office] {
            assert_eq!(client.get(&format!("/v1/evidence/{own}")).await.problem(), "not-found");
        }
        assert_eq!(bytes(&desk, &own).await.0["content-type"], "image/jpeg");
        server.stop().await;
    }

    async fn what_is_missing_is_listed_and_blocks_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let path = format!("/v1/jobs/{job}/evidence");
        let missing = async || whats(&crew.phone.get(&path).await.expect(200)).join(" ");
        assert_eq!(missing().await, "");
        server.pass(60).await;
        let mut device = site::Device::new(&job, "phone");
        let facts = site::work(&mut device, "21:10", "21:40");
        device.send(&server, &crew.phone, &facts[..2]).await.expect(200);
        assert_eq!(missing().await, "photo_before", "S-10");
        let receipt = device.send(&server, &crew.phone, &facts[2..]).await.expect(200);
        assert_eq!(receipt["job_state"], "completed", "{receipt}");
        assert_eq!(missing().await, "photo_before photo_after meter signature");
        // Pictures come in late: taken then, received now.
        send(&crew.phone, &job, 1, "photo_before").await.expect(201);
        send(&crew.office, &job, 2, "photo_after").await.expect(201);
        assert_eq!(missing().await, "meter signature");
        send(&crew.phone, &job, 3, "meter").await.expect(201);
        assert_eq!(missing().await, "signature");
        let absence = format!("/v1/jobs/{job}/signature-absence");
        crew.phone.post(&absence, json!({ "reason": "nobody_there" })).await.expect(201);
        assert_eq!(crew.phone.post(&absence, json!({ "reason": "other" })).await.problem(), "signature-absence-known");
        assert_eq!(missing().await, "");
        let case = crew.phone.get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].as_str().unwrap().to_owned();
        let referral = json!({
            "reason": "wear", "stage": "on_site", "component": "tap", "symptom": "蛇口の摩耗", "lessee_kind": "worker",
            "recipients": [{ "kind": "landlord" }], "consent_to_contact": "yes", "job_id": job,
        });
        let other = world::crew(&server, "別会社", 35.10, 136.80).await;
        assert_eq!(other.phone.post(&absence, json!({ "reason": "other" })).await.problem(), "not-found");
        server.dispatcher().post(&format!("/v1/cases/{case}/referrals"), referral).await.expect(201);
        assert_eq!(missing().await, "", "a photo of the place shows the finding");
        server.stop().await;
    }

    async fn a_job_has_so_many_pictures_and_no_more(db: TestDb) {
        let server = TestServer::start(&db).await;
        let job = world::job(&server).await;
        let desk = server.dispatcher();
        for number in 0..60 {
            send(&desk, &job, number, "other").await.expect(201);
        }
        assert_eq!(send(&desk, &job, 60, "other").await.problem(), "too-many-pictures");
        send(&desk, &job, 59, "other").await.expect(200);
        server.stop().await;
    }

    async fn files_that_no_row_stands_for_are_deleted(db: TestDb) {
        let server = TestServer::start(&db).await;
        let job = world::job(&server).await;
        let kept = id(&send(&server.dispatcher(), &job, 1, "other").await.expect(201));
        let mut raw = db.raw().await;
        let loose = "SELECT CAST(COUNT(*) AS BIGINT) FROM loose_file";
        assert_eq!(raw.integer(loose).await, 0, "a picture that is kept has let go of its file");
        // As if the service had been killed between the file and its row.
        let file = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);
        server.ctx.files().put(file, b"half".to_vec()).await.unwrap();
        let literal = match db.engine() {
            crate::support::db::Engine::Sqlite => format!("X'{}'", file.simple()),
            crate::support::db::Engine::Postgres => format!("'{file}'"),
        };
        let announced = format!("INSERT INTO loose_file (file, due_at) VALUES ({literal}, '2026-11-23T11:00:00+00:00')");
        raw.execute(&announced).await.unwrap();
        server.pass(7 * 60).await;
        assert!(server.ctx.files().get(file).await.unwrap().is_some(), "an upload may still be under way");
        server.pass(24 * 60).await;
        assert_eq!(server.ctx.files().get(file).await.unwrap(), None);
        assert_eq!(raw.integer(loose).await, 0);
        bytes(&server.dispatcher(), &kept).await;
        for check in app::verify::CHECKS {
            let verdict = check.run(&server.ctx).await.unwrap();
            assert!(matches!(verdict, app::verify::Verdict::Intact(_)), "{}: {verdict:?}", check.name);
        }
        server.stop().await;
    }
}

/// In a folder, as the service keeps them: the name of a file is an id, and a lost or changed file is found.
#[tokio::test]
async fn pictures_lie_in_a_folder_under_their_ids() {
    use kaketsuke::store::files::Files;
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    let file = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_00AB);
    files.put(file, b"picture".to_vec()).await.unwrap();
    let path = folder.path().join("ab").join(file.simple().to_string());
    assert_eq!(std::fs::read(&path).unwrap(), b"picture");
    // Another process, the same folder.
    let files = Files::in_folder(folder.path()).unwrap();
    assert_eq!(files.get(file).await.unwrap().unwrap(), b"picture");
    files.delete(file).await.unwrap();
    files.delete(file).await.unwrap();
    assert!(!path.exists());
    assert_eq!(files.get(file).await.unwrap(), None);
}
