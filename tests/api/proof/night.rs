//! A night for the proof to cover.

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::{
    erasing::verify,
    evidence, reviews,
    support::{
        server::{TestServer, id},
        site::{acknowledge, consumer},
        world::{self, close},
    },
};

/// A night in which a row of every sealed table is written, each by an act that is allowed.
pub(super) async fn played(server: &TestServer) {
    let (desk, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
    let (site, review) = reviews::doubtful(server).await;
    let job = format!("/v1/jobs/{}", site.job);
    evidence::send(&site.crew.phone, &site.job, 1, "photo_before").await.expect(201);
    let absent = json!({ "reason": "nobody_there" });
    site.crew.phone.post(&format!("{job}/signature-absence"), absent).await.expect(201);
    reviews::decide(&supervisor, &review, reviews::decision("accept", &[])).await.expect(200);
    let paid = json!({
        "kind": "later", "method": "card", "payer": "worker", "amount_yen": 1_100, "received_at": server.ctx.now(),
    });
    supervisor.post(&format!("{job}/payments"), paid).await.expect(201);
    supervisor
        .post(&format!("{job}/statutory-receipts"), json!({ "received_on": "2026-11-22" }))
        .await
        .expect(201);
    let agreed = json!({ "payer": "host_company", "person": "架空 花子" });
    supervisor.post(&format!("{job}/payer-authorities"), agreed).await.expect(201);
    let dispute = json!({ "reason": "wrong_amount", "payer": "worker" });
    let dispute = id(&supervisor.post(&format!("{job}/disputes"), dispute).await.expect(201));
    supervisor
        .post(&format!("/v1/disputes/{dispute}/resolution"), json!({ "outcome": "rejected" }))
        .await
        .expect(200);
    // Danger, and how somebody is known.
    let call = id(&desk.post("/v1/calls", world::call()).await.expect(201));
    let trapped = json!({ "answers": [{ "hazard": "H-TRAPPED", "answer": "yes" }], "others": "no" });
    desk.post(&format!("/v1/calls/{call}/hazard-answers"), trapped).await.expect(200);
    let acknowledged = format!("/v1/calls/{call}/instructions/H-TRAPPED/acknowledgement");
    desk.post(&acknowledged, json!({})).await.expect(200);
    let locked = world::safe_call(server).await;
    let mut case = world::case(&locked);
    case["categories"] = json!(["lock"]);
    let locked = id(&desk.post("/v1/cases", case).await.expect(201));
    let door = json!({ "job_code": "L-KEY-LOST" });
    let door = id(&desk.post(&format!("/v1/cases/{locked}/jobs"), door).await.expect(201));
    desk.post(&format!("/v1/jobs/{door}/identity-plan"), json!({ "method": "card_on_person" }))
        .await
        .expect(201);
    let taken_on = json!({ "reason": "taken_on" });
    desk.post(&format!("/v1/cases/{locked}/warrants"), taken_on).await.expect(201);
    // Another one, who is known no more.
    let erased = world::opened_case(server).await;
    close(server, &erased, "no").await;
    let unlawful = json!({ "reason": "unlawful" });
    supervisor.post(&format!("/v1/cases/{erased}/erasure"), unlawful).await.expect(200);
    let token = json!({ "name": "夜勤", "role": "dispatcher" });
    let token = id(&server.administrator().post("/v1/tokens", token).await.expect(201));
    let revoked = server.administrator().request(Method::DELETE, &format!("/v1/tokens/{token}"));
    server.administrator().send(revoked).await.expect(200);
    let person = json!({ "login": "yamada", "name": "山田", "role": "supervisor", "password": "correct horse battery" });
    let person = id(&server.administrator().post("/v1/users", person).await.expect(201));
    let person = format!("/v1/users/{person}");
    let password = json!({ "password": "battery horse correct" });
    server.administrator().post(&format!("{person}/password"), password).await.expect(200);
    server.administrator().post(&format!("{person}/disabling"), json!({})).await.expect(200);
    let crew = &site.crew;
    let more = world::technician("佐藤", &["water", "lock"], world::point(35.2, 136.95));
    crew.office.put(&format!("/v1/technicians/{}", crew.technician), 1, more).await.expect(200);
    let proposals = supervisor.get("/v1/technician-proposals").await.expect(200);
    let decided = format!("/v1/technician-proposals/{}/decision", id(&proposals["items"][0]));
    let refused = json!({ "outcome": "refused", "reason": "wrong" });
    supervisor.post(&decided, refused).await.expect(200);
    told(server).await;
    // The night's retention, at three.
    server.pass(7 * 60).await;
    server.settle().await;
}

/// What was told, to whom and by whom, of yet another case.
async fn told(server: &TestServer) {
    let (desk, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
    let (case, referral) = crate::referrals::made(server, crate::referrals::referral()).await;
    let referral = format!("/v1/referrals/{referral}");
    let tried = crate::referrals::attempt("management_company", "phone");
    desk.post(&format!("{referral}/notifications"), tried).await.expect(201);
    let heard = json!({ "recipient": "management_company" });
    desk.post(&format!("{referral}/acknowledgement"), heard).await.expect(200);
    let case = format!("/v1/cases/{case}");
    let call = id(&desk.get(&case).await.expect(200)["calls"][0]);
    let line =
        desk.post(&format!("/v1/calls/{call}/interpretations"), json!({ "interpreter": "int-07" })).await;
    let joined = format!("/v1/interpretations/{}/outcome", id(&line.expect(201)));
    desk.post(&joined, json!({ "outcome": "joined" })).await.expect(200);
    let begun = json!({ "service": "fire_ambulance" });
    let begun = desk.post(&format!("/v1/calls/{call}/emergency-handovers"), begun).await.expect(201);
    desk.post(&format!("/v1/emergency-handovers/{}/connection", id(&begun)), json!({})).await.expect(200);
    let answers = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }], "others": "no" });
    desk.post(&format!("/v1/calls/{call}/hazard-answers"), answers).await.expect(200);
    let clear = json!({ "hazard": "H-GAS", "cleared_by": "gas_company", "note_code": "checked_safe" });
    desk.post(&format!("{case}/clearances"), clear).await.expect(201);
    // Lifted and placed again: what is there is the last.
    let (hold, lift) = (format!("{case}/legal-hold"), format!("{case}/legal-hold-lifting"));
    supervisor.post(&hold, json!({ "reason": "litigation" })).await.expect(204);
    supervisor.post(&lift, json!({})).await.expect(204);
    verify(server).await;
    supervisor.post(&hold, json!({ "reason": "authority" })).await.expect(204);
    let given = supervisor.post("/v1/hand-overs", json!({})).await.expect(201);
    desk.post(&format!("/v1/hand-overs/{}/acceptance", id(&given)), json!({})).await.expect(200);
    let (name, billing) = consumer(server, "会計").await;
    server.settle().await;
    acknowledge(&billing, &name, &json!(1)).await.expect(200);
}
