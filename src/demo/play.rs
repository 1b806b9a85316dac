//! Plays the script: as dispatcher, technicians, offices, landlord's desk and billing, through the public API only.

use std::{collections::BTreeMap, io::Write as _};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    cast::{Cast, id},
    client::Client,
    deeds::{BILLING, DeskDeed, LANDLORD},
    intake,
    opened::Opened,
    script::{Cue, Deed, Night},
};
use crate::domain::span::tokyo;

/// The night being played.
pub(super) struct Stage {
    pub(super) cast: Cast,
    /// What each call has led to.
    opened: BTreeMap<usize, Opened>,
    /// Until when it was played before.
    played_until: DateTime<Utc>,
}

/// What the accounting has pulled.
#[derive(Default)]
pub(super) struct Books {
    pub(super) lines: Vec<Value>,
    pub(super) payments: Vec<Value>,
}

impl Stage {
    /// Everybody is ready; what happened until `played_until` was played before.
    pub(super) fn set(cast: Cast, played_until: DateTime<Utc>) -> Self {
        Self { cast, opened: BTreeMap::new(), played_until }
    }

    /// Does what the cue says. What was done before is done again with the same requests, and answered as it was then.
    pub(super) async fn act(&mut self, night: &Night, cue: &Cue) -> anyhow::Result<()> {
        let done = self.done(night, cue).await;
        let at = tokyo(cue.at).format("%H:%M");
        let said =
            done.with_context(|| format!("call {} ({}), {at}", cue.call + 1, night.calls[cue.call].title))?;
        if cue.at >= self.played_until {
            let number = self.opened.get(&cue.call).map_or("", |opened| opened.number.as_str());
            writeln!(std::io::stdout(), "{at}  {number}  {said}")?;
        }
        Ok(())
    }

    async fn done(&mut self, night: &Night, cue: &Cue) -> anyhow::Result<String> {
        let call = &night.calls[cue.call];
        let desk = &self.cast.dispatcher;
        match &cue.deed {
            Deed::Ring => {
                let taking =
                    if cue.at > self.played_until { intake::Taking::First } else { intake::Taking::Again };
                let (opened, said) = intake::ring(desk, call, cue, taking).await?;
                self.opened.insert(cue.call, opened);
                Ok(said)
            }
            Deed::Again { purpose } => intake::again(desk, call, cue, self.opened(cue.call)?, purpose).await,
            Deed::Accept { by, arrival_at, by_phone } => {
                let client = if *by_phone { desk } else { self.cast.actor(by)? };
                let body = json!({ "arrival_at": arrival_at });
                self.answer(client, cue, by, "acceptance", &body).await?;
                let how = if *by_phone { " by telephone" } else { "" };
                Ok(format!(
                    "{} accepts{how}, there at {}",
                    self.cast.name(by),
                    tokyo(*arrival_at).format("%H:%M")
                ))
            }
            Deed::Decline { by, code } => {
                self.answer(self.cast.actor(by)?, cue, by, "refusal", &json!({ "code": code })).await?;
                Ok(format!("{} declines: {code}", self.cast.name(by)))
            }
            Deed::Name { by, technician } => {
                let body = json!({ "technician_id": self.cast.technician(technician)? });
                self.answer(self.cast.actor(by)?, cue, by, "technician", &body).await?;
                Ok(format!("the office {by} sends {}", self.cast.name(technician)))
            }
            Deed::Withdraw { by, code } => self.withdraw(cue, by, code).await,
            Deed::Interpret { by, interpreter, language } => {
                self.interpret(cue, by, interpreter, language).await
            }
            Deed::Report { by, facts } => self.report(cue, by, facts).await,
            Deed::Desk { by, deed, body } => self.desk(cue, by.as_deref(), deed, body).await,
        }
    }

    /// Answers the last offer of this call's job that was made by then: in a night that goes on it may be answered
    /// already, and others may have been made since.
    async fn answer(
        &self,
        client: &Client,
        cue: &Cue,
        by: &str,
        how: &str,
        body: &Value,
    ) -> anyhow::Result<()> {
        let offers = self.offers(cue.call).await?;
        let key =
            |offer: &Value| self.cast.key(offer["technician_id"].as_str().unwrap_or_default()).to_owned();
        let ours = |offer: &&Value| {
            let key = key(offer);
            key == by || key.split_once('.').is_some_and(|(firm, _)| firm == by)
        };
        let own = offers.iter().filter(|offer| was_by(&offer["offered_at"], cue.at)).filter(ours);
        let asked = || -> String {
            let open = offers.iter().filter(|offer| offer["state"] == "open");
            format!("asked now: {}", open.map(key).collect::<Vec<_>>().join(", "))
        };
        let offer = own.max_by_key(|offer| offer["rank"].as_i64());
        let offer = offer.with_context(|| format!("{by} was not asked; {}", asked()))?;
        let path = format!("/v1/offers/{}/{how}", id(offer)?);
        client.post(&cue.key, &path, body).await.with_context(asked)?;
        Ok(())
    }

    /// Everybody who was asked, in order.
    pub(super) async fn offers(&self, call: usize) -> anyhow::Result<Vec<Value>> {
        let job = self.job(call)?;
        let shown = self.cast.dispatcher.get(&format!("/v1/jobs/{job}")).await?;
        Ok(shown["offers"].as_array().cloned().unwrap_or_default())
    }

    async fn withdraw(&self, cue: &Cue, by: &str, code: &str) -> anyhow::Result<String> {
        let shown = self.cast.dispatcher.get(&format!("/v1/jobs/{}", self.job(cue.call)?)).await?;
        let technician = self.cast.technician(by)?;
        let all = shown["assignments"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut by_then = all.iter().filter(|one| was_by(&one["assigned_at"], cue.at));
        let own = by_then.rfind(|one| one["technician_id"] == technician);
        let own = own.with_context(|| format!("{by} does not have this job"))?;
        let path = format!("/v1/assignments/{}/withdrawal", id(own)?);
        self.cast.actor(by)?.post(&cue.key, &path, &json!({ "code": code })).await?;
        Ok(format!("{} cannot come after all: {code}", self.cast.name(by)))
    }

    async fn interpret(
        &mut self,
        cue: &Cue,
        by: &str,
        interpreter: &str,
        language: &str,
    ) -> anyhow::Result<String> {
        let client = self.cast.actor(by)?;
        let path = format!("/v1/jobs/{}/interpretations", self.job(cue.call)?);
        let body = json!({ "interpreter": interpreter, "language": language });
        let attempt = id(&client.post(&cue.key, &path, &body).await?)?;
        let path = format!("/v1/interpretations/{attempt}/outcome");
        client.post(&format!("{}-joined", cue.key), &path, &json!({ "outcome": "joined" })).await?;
        self.opened.get_mut(&cue.call).context("the call has not rung yet")?.interpretation = Some(attempt);
        Ok(format!("{}: {interpreter} joined", self.cast.name(by)))
    }

    /// Whoever was on the line for a consent leaves once it was answered.
    async fn dismiss(&mut self, cue: &Cue, by: &str) -> anyhow::Result<()> {
        let opened = self.opened.get_mut(&cue.call).context("the call has not rung yet")?;
        let Some(attempt) = opened.interpretation.take() else { return Ok(()) };
        let path = format!("/v1/interpretations/{attempt}/ending");
        self.cast.actor(by)?.post(&format!("{}-left", cue.key), &path, &json!({})).await?;
        Ok(())
    }

    async fn report(&mut self, cue: &Cue, by: &str, facts: &[Value]) -> anyhow::Result<String> {
        let path = format!("/v1/jobs/{}/facts", self.job(cue.call)?);
        let facts = self.with_the_call(cue.call, facts)?;
        let body = json!({ "device": format!("phone-{by}"), "sent_at": cue.at, "facts": facts });
        let answer = self.cast.actor(by)?.post(&cue.key, &path, &body).await?;
        let refused = answer["facts"].as_array().into_iter().flatten().any(|one| one["outcome"] == "refused");
        ensure!(!refused, "a report was refused: {answer}");
        if facts.iter().any(|fact| fact["kind"] == "consent") {
            self.dismiss(cue, by).await?;
        }
        let kinds: Vec<_> =
            facts.iter().map(|fact| fact["kind"].as_str().unwrap_or_default().replace('_', " ")).collect();
        let late = if facts.len() > 1 { " (late, in one batch)" } else { "" };
        Ok(format!("{}: {}{late}", self.cast.name(by), kinds.join(", ")))
    }

    async fn desk(
        &mut self,
        cue: &Cue,
        by: Option<&str>,
        deed: &DeskDeed,
        body: &Value,
    ) -> anyhow::Result<String> {
        let client = match by {
            Some(LANDLORD) => &self.cast.landlord,
            Some(BILLING) => &self.cast.billing,
            _ => &self.cast.dispatcher,
        };
        let path = self.path(cue.call, deed.path)?;
        let answer = client.post(&cue.key, &path, &self.with_ids(body)?).await?;
        if deed.name == "refer" {
            let referral = id(&answer)?;
            self.opened.get_mut(&cue.call).context("the call has not rung yet")?.referral = Some(referral);
        }
        let told = deed.tells.and_then(|field| body[field].as_str());
        Ok(told.map_or(deed.says.to_owned(), |told| format!("{}: {told}", deed.says.to_owned())))
    }

    /// The reports with the id of the call where it proves a consent.
    fn with_the_call(&self, call: usize, facts: &[Value]) -> anyhow::Result<Vec<Value>> {
        let id = &self.opened(call)?.call;
        let mut facts = facts.to_vec();
        for proof in facts.iter_mut().filter_map(|fact| fact.get_mut("evidence")) {
            if proof == "call" {
                *proof = json!(id);
            }
        }
        Ok(facts)
    }

    /// A path with the things of the call filled in.
    fn path(&self, call: usize, template: &str) -> anyhow::Result<String> {
        let opened = self.opened(call)?;
        let mut path = template.replace("{call}", &opened.call).replace("{case}", &opened.case);
        if path.contains("{job}") {
            path = path.replace("{job}", self.job(call)?);
        }
        if path.contains("{referral}") {
            let referral = opened.referral.as_deref().context("nothing was referred yet")?;
            path = path.replace("{referral}", referral);
        }
        Ok(path)
    }

    /// A body with the technician's id in place of the key.
    fn with_ids(&self, body: &Value) -> anyhow::Result<Value> {
        let mut body = body.clone();
        if let Some(key) = body.as_object_mut().and_then(|fields| fields.remove("technician")) {
            body["technician_id"] = json!(self.cast.technician(key.as_str().unwrap_or_default())?);
        }
        Ok(body)
    }

    /// Pulls everything billable and everything paid and acknowledges it, as the accounting system does. From the
    /// beginning: also an interrupted demo shows the whole file.
    pub(super) async fn bill(&self) -> anyhow::Result<Books> {
        let base = format!("/v1/billing-consumers/{}", self.cast.consumer);
        let (mut all, mut pos) = (Books::default(), 0);
        loop {
            let page = self.cast.billing.get(&format!("{base}/lines?limit=200&after={pos}")).await?;
            all.lines.extend(page["items"].as_array().cloned().unwrap_or_default());
            all.payments.extend(page["payments"].as_array().cloned().unwrap_or_default());
            pos = page["pos"].as_i64().context("a page without position")?;
            if page["has_more"] != true {
                break;
            }
        }
        let body = json!({ "pos": pos });
        self.cast.billing.post("acknowledged", &format!("{base}/acknowledgements"), &body).await?;
        Ok(all)
    }

    pub(super) fn opened(&self, call: usize) -> anyhow::Result<&Opened> {
        self.opened.get(&call).context("the call has not rung yet")
    }

    fn job(&self, call: usize) -> anyhow::Result<&str> {
        self.opened(call)?.job.as_deref().context("nobody is sent for this call")
    }
}

/// Whether something had happened by an instant of the night.
fn was_by(at: &Value, now: DateTime<Utc>) -> bool {
    at.as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok()).is_some_and(|at| at <= now)
}
