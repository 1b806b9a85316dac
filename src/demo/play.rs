//! Plays the script: as dispatcher, technicians and billing, through the public API only.

use std::{collections::BTreeMap, io::Write as _};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::{
    client::Client,
    script::{Call, Cue, Deed, Night, Roster},
};
use crate::domain::span::tokyo;

/// Everybody who takes part, ready to play.
pub(super) struct Stage {
    pub(super) dispatcher: Client,
    /// Token of the dispatcher, for looking around afterwards.
    pub(super) dispatcher_secret: String,
    billing: Client,
    consumer: String,
    technicians: BTreeMap<String, Client>,
    /// Key in the script by id.
    pub(super) keys: BTreeMap<String, String>,
    /// What each technician's device has reported on each job.
    reported: BTreeMap<(usize, String), u32>,
    /// Job and case number of each call.
    pub(super) jobs: BTreeMap<usize, Opened>,
}

/// What a call has led to.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) job: String,
    pub(super) number: String,
}

fn id(body: &Value) -> anyhow::Result<String> {
    body["id"].as_str().map(str::to_owned).context("an answer without id")
}

impl Stage {
    /// Registers everybody.
    pub(super) async fn set(administrator: Client, roster: &Roster) -> anyhow::Result<Self> {
        let token = async |key: String, body: Value| -> anyhow::Result<String> {
            let issued = administrator.post(&key, "/v1/tokens", &body).await?;
            issued["secret"].as_str().map(str::to_owned).context("a token without secret")
        };
        let dispatcher = json!({ "name": "夜勤オペレーター", "role": "dispatcher" });
        let dispatcher_secret = token("token-dispatcher".to_owned(), dispatcher).await?;
        let consumer =
            administrator.post("consumer", "/v1/billing-consumers", &json!({ "name": "経理" })).await?;
        let consumer = id(&consumer)?;
        let billing = json!({ "name": "経理", "role": "billing", "consumer_id": consumer });
        let billing = token("token-billing".to_owned(), billing).await?;
        let (mut technicians, mut keys) = (BTreeMap::new(), BTreeMap::new());
        for firm in &roster.firms {
            let body = json!({ "name": firm.name, "phone": firm.phone, "areas": firm.areas });
            let made = administrator.post(&format!("firm-{}", firm.key), "/v1/firms", &body).await?;
            let path = format!("/v1/firms/{}/technicians", id(&made)?);
            for technician in &firm.technicians {
                let key = &technician.key;
                let made =
                    administrator.post(&format!("technician-{key}"), &path, &profile(technician)).await?;
                let body =
                    json!({ "name": technician.name, "role": "technician", "technician_id": made["id"] });
                let secret = token(format!("token-{key}"), body).await?;
                technicians.insert(key.clone(), administrator.with(secret));
                keys.insert(id(&made)?, key.clone());
            }
        }
        Ok(Self {
            dispatcher: administrator.with(dispatcher_secret.clone()),
            billing: administrator.with(billing),
            dispatcher_secret,
            consumer,
            technicians,
            keys,
            reported: BTreeMap::new(),
            jobs: BTreeMap::new(),
        })
    }

    /// Does what the cue says.
    pub(super) async fn act(&mut self, night: &Night, cue: &Cue) -> anyhow::Result<()> {
        let call = &night.calls[cue.call];
        let said = match &cue.deed {
            Deed::Ring => self.ring(cue.call, call).await?,
            Deed::Accept { by, arrival_at } => {
                let body = json!({ "arrival_at": arrival_at });
                self.answer(cue.call, by, "acceptance", &body).await?;
                format!("{by} accepts, there at {}", tokyo(*arrival_at).format("%H:%M"))
            }
            Deed::Decline { by, code } => {
                self.answer(cue.call, by, "refusal", &json!({ "code": code })).await?;
                format!("{by} declines: {code}")
            }
            Deed::Report { by, fact } => {
                self.report(cue, by, fact).await?;
                format!("{by}: {}", fact["kind"].as_str().unwrap_or_default())
            }
        };
        let number = self.jobs.get(&cue.call).map_or("", |opened| opened.number.as_str());
        writeln!(std::io::stdout(), "{}  {number}  {said}", tokyo(cue.at).format("%H:%M"))?;
        Ok(())
    }

    async fn ring(&mut self, index: usize, call: &Call) -> anyhow::Result<String> {
        let body = json!({
            "channel": "phone", "language": call.language, "caller_role": "worker", "phone": call.phone,
        });
        let taken = self.dispatcher.post(&format!("call-{index}"), "/v1/calls", &body).await?;
        let path = format!("/v1/calls/{}/hazard-answers", id(&taken)?);
        let none = json!({ "others": "no" });
        self.dispatcher.post(&format!("hazards-{index}"), &path, &none).await?;
        let body = json!({
            "call_id": taken["id"],
            "programme": "000",
            "categories": [call.category],
            "eligibility": "unverified",
            "liability_flag": "unknown",
            "resident": { "name": call.resident, "phone": call.phone },
            "place": {
                "postal_code": call.postal_code, "address": call.address, "building": call.building,
                "room": call.room,
            },
        });
        let case = self.dispatcher.post(&format!("case-{index}"), "/v1/cases", &body).await?;
        let path = format!("/v1/cases/{}/jobs", id(&case)?);
        let body = json!({ "job_code": call.job_code });
        let job = self.dispatcher.post(&format!("job-{index}"), &path, &body).await?;
        let number = case["number"].as_str().unwrap_or_default().to_owned();
        self.jobs.insert(index, Opened { job: id(&job)?, number });
        let path = format!("/v1/calls/{}/ending", id(&taken)?);
        self.dispatcher.post(&format!("end-{index}"), &path, &json!({})).await?;
        Ok(format!("call in {}: {} at {}", call.language, call.job_code, call.postal_code))
    }

    /// Answers the technician's open offer of this job.
    async fn answer(&self, call: usize, by: &str, how: &str, body: &Value) -> anyhow::Result<()> {
        let technician = self.technician(by)?;
        let job = &self.opened(call)?.job;
        let offers = technician.get("/v1/offers?state=open").await?;
        let offer = offers["items"].as_array().and_then(|offers| offers.first());
        let Some(offer) = offer.filter(|offer| offer["job_id"].as_str() == Some(job)) else {
            bail!("{by} has no open offer of this job");
        };
        let path = format!("/v1/offers/{}/{how}", id(offer)?);
        technician.post(&format!("{how}-{call}-{by}"), &path, body).await?;
        Ok(())
    }

    async fn report(&mut self, cue: &Cue, by: &str, fact: &Value) -> anyhow::Result<()> {
        let technician = self.technician(by)?.clone();
        let path = format!("/v1/jobs/{}/facts", self.opened(cue.call)?.job);
        let number = self.reported.entry((cue.call, by.to_owned())).or_default();
        *number += 1;
        // One id for the same report, however often it is sent.
        let instant = cue.at.timestamp().unsigned_abs();
        let id = uuid::Uuid::from_u64_pair(instant, (cue.call as u64) << 32 | u64::from(*number));
        let mut report = fact.clone();
        report["id"] = json!(id);
        report["device_seq"] = json!(*number);
        report["device_time"] = json!(cue.at);
        let body = json!({ "device": format!("phone-{by}"), "sent_at": cue.at, "facts": [report] });
        let answer = technician.post(&format!("fact-{}-{by}-{number}", cue.call), &path, &body).await?;
        if answer.to_string().contains("\"refused\"") {
            bail!("a fact was refused: {answer}");
        }
        Ok(())
    }

    /// Pulls everything billable and acknowledges it, as the accounting system does.
    pub(super) async fn bill(&self) -> anyhow::Result<Vec<Value>> {
        let base = format!("/v1/billing-consumers/{}", self.consumer);
        let mut all = Vec::new();
        loop {
            let page = self.billing.get(&format!("{base}/lines?limit=200")).await?;
            let lines = page["items"].as_array().cloned().unwrap_or_default();
            if lines.is_empty() {
                return Ok(all);
            }
            let pos = page["pos"].as_i64().context("a page without position")?;
            all.extend(lines);
            self.billing
                .post(&format!("ack-{pos}"), &format!("{base}/acknowledgements"), &json!({ "pos": pos }))
                .await?;
        }
    }

    fn technician(&self, key: &str) -> anyhow::Result<&Client> {
        self.technicians.get(key).with_context(|| format!("no technician '{key}' in the roster"))
    }

    pub(super) fn opened(&self, call: usize) -> anyhow::Result<&Opened> {
        self.jobs.get(&call).context("the call has not rung yet")
    }
}

fn profile(technician: &super::script::Technician) -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let shifts: Value =
        days.iter().map(|day| json!({ "day": day, "from": "00:00", "to": "24:00" })).collect();
    let [lat, lon] = technician.base;
    let opens_locks = technician.trades.iter().any(|trade| trade == "lock");
    let tools: &[&str] = if opens_locks { &["opening_tools"] } else { &[] };
    json!({
        "name": technician.name,
        "phone": technician.phone,
        "base": { "type": "Point", "coordinates": [lon, lat] },
        "trades": technician.trades,
        "tools": tools,
        "opening_tools": if tools.is_empty() { "not_authorised" } else { "authorised" },
        "languages": technician.languages,
        "shifts": shifts,
    })
}
