//! A call comes in: danger, place, case, dispatch, in the order in which a dispatcher does it (section 4).

use anyhow::ensure;
use serde_json::{Value, json};

use super::{
    cast::id,
    client::Client,
    opened::Opened,
    script::{Call, Cue},
};

/// One call being taken.
struct Intake<'a> {
    desk: &'a Client,
    call: &'a Call,
    key: &'a str,
}

/// Whether a call was taken already, by a demo that was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    /// It rings now.
    First,
    /// It was taken; it is only asked about again.
    Again,
}

/// Takes a call and does what can be done at once.
pub(super) async fn ring(
    desk: &Client,
    call: &Call,
    cue: &Cue,
    taking: Taking,
) -> anyhow::Result<(Opened, String)> {
    let intake = Intake { desk, call, key: &cue.key };
    if taking == Taking::First {
        intake.check_hours().await?;
    }
    let call_id = intake.take().await?;
    intake.interpreters(&call_id).await?;
    intake.dangers(&call_id).await?;
    let case = intake.post("case", "/v1/cases", &intake.case(&call_id)).await?;
    let case_id = id(&case)?;
    let job = match &call.job {
        Some(code) => {
            let path = format!("/v1/cases/{case_id}/jobs");
            Some(id(&intake
                .post("job", &path, &json!({ "job_code": code, "priority": call.priority }))
                .await?)?)
        }
        None => None,
    };
    intake.hang_up(&call_id).await?;
    let number = case["number"].as_str().unwrap_or_default().to_owned();
    let said = intake.said();
    Ok((Opened { call: call_id, case: case_id, job, number, referral: None, interpretation: None }, said))
}

/// The same person calls again, about the same case.
pub(super) async fn again(
    desk: &Client,
    call: &Call,
    cue: &Cue,
    opened: &Opened,
    purpose: &str,
) -> anyhow::Result<String> {
    let intake = Intake { desk, call, key: &cue.key };
    let call_id = intake.take().await?;
    intake.dangers(&call_id).await?;
    let body = json!({ "case_id": opened.case, "purpose": purpose });
    let told = intake.post("attachment", &format!("/v1/calls/{call_id}/attachment"), &body).await?;
    intake.hang_up(&call_id).await?;
    let who = told["jobs"][0]["technician"].as_str().unwrap_or("nobody yet");
    Ok(format!("calls again ({purpose}); told: {who}"))
}

impl Intake<'_> {
    /// Ends the call, after which nothing is left to do.
    async fn hang_up(&self, call: &str) -> anyhow::Result<()> {
        for step in ["ending", "wrap-up"] {
            self.post(step, &format!("/v1/calls/{call}/{step}"), &json!({})).await?;
        }
        Ok(())
    }

    async fn post(&self, what: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.desk.post(&format!("{}-{what}", self.key), path, body).await
    }

    /// Whether interpreters of the language are there must be as the script says (I-04, I-05).
    async fn check_hours(&self) -> anyhow::Result<()> {
        let Some(expected) = &self.call.interpreters else { return Ok(()) };
        let shown = self.desk.get(&format!("/v1/languages/{}", self.call.language)).await?;
        let found = &shown["availability"];
        ensure!(found == expected, "interpreters of {} are {found}, not {expected}", self.call.language);
        Ok(())
    }

    async fn take(&self) -> anyhow::Result<String> {
        let Call { channel, language, caller_role, phone, .. } = self.call;
        let body =
            json!({ "channel": channel, "language": language, "caller_role": caller_role, "phone": phone });
        id(&self.post("call", "/v1/calls", &body).await?)
    }

    /// Each attempt to have an interpreter on the line is logged, whatever came of it.
    async fn interpreters(&self, call_id: &str) -> anyhow::Result<()> {
        for (number, asked) in self.call.asked.iter().enumerate() {
            let body = json!({ "interpreter": asked.interpreter, "language": asked.language });
            let path = format!("/v1/calls/{call_id}/interpretations");
            let attempt = id(&self.post(&format!("interpreter-{number}"), &path, &body).await?)?;
            let path = format!("/v1/interpretations/{attempt}/outcome");
            let body = json!({ "outcome": asked.outcome });
            self.post(&format!("interpreter-{number}-outcome"), &path, &body).await?;
        }
        Ok(())
    }

    /// Danger first: the instruction is given before anything else, the caller handed over where that comes first.
    async fn dangers(&self, call_id: &str) -> anyhow::Result<()> {
        let there = self.call.dangers.iter().map(|hazard| json!({ "hazard": hazard, "answer": "yes" }));
        let body = json!({ "answers": there.collect::<Value>(), "others": "no" });
        self.post("dangers", &format!("/v1/calls/{call_id}/hazard-answers"), &body).await?;
        for hazard in &self.call.dangers {
            let path = format!("/v1/calls/{call_id}/instructions/{hazard}/acknowledgement");
            self.post(&format!("told-{hazard}"), &path, &json!({})).await?;
        }
        let Some(service) = &self.call.hand_over else { return Ok(()) };
        let path = format!("/v1/calls/{call_id}/emergency-handovers");
        let begun = id(&self.post("hand-over", &path, &json!({ "service": service })).await?)?;
        for step in ["connection", "ending"] {
            let path = format!("/v1/emergency-handovers/{begun}/{step}");
            self.post(&format!("hand-over-{step}"), &path, &json!({})).await?;
        }
        Ok(())
    }

    fn case(&self, call_id: &str) -> Value {
        let call = self.call;
        json!({
            "call_id": call_id,
            "programme": "000",
            "categories": call.categories,
            "eligibility": "unverified",
            "host_company": call.host_company,
            "lessee_kind": call.lessee,
            "liability_flag": call.liability,
            "spoken_with_worker": call.spoken_with_worker,
            "topic": call.topic,
            "resident": { "name": call.resident, "phone": call.phone },
            "place": {
                "postal_code": call.postal_code, "address": call.address, "building": call.building,
                "room": call.room, "access_notes": call.access_notes,
            },
        })
    }

    fn said(&self) -> String {
        let Call { channel, language, title, asked, dangers, .. } = self.call;
        let mut said = format!("{channel} in {language}: {title}");
        for asked in asked {
            said.push_str(&format!("; {} {}", asked.interpreter, asked.outcome.replace('_', " ")));
        }
        if !dangers.is_empty() {
            said.push_str(&format!("; danger: {}", dangers.join(", ")));
        }
        said
    }
}
