//! Everybody who takes part, registered through the public API.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::{
    client::Client,
    journal::Journal,
    script::{Cue, Firm, Roster, Technician},
};

/// Tries to issue a token whose secret was lost before it was kept.
const TOKENS_MAX: usize = 4;

/// Everybody who takes part.
pub(super) struct Cast {
    pub(super) dispatcher: Client,
    /// Records what landlords and management companies answer.
    pub(super) landlord: Client,
    pub(super) billing: Client,
    /// Id of the billing consumer.
    pub(super) consumer: String,
    /// Technicians and offices who act, by key.
    actors: BTreeMap<String, Client>,
    /// Every technician, by key.
    technicians: BTreeMap<String, Person>,
    /// Keys by id.
    keys: BTreeMap<String, String>,
}

/// A technician as registered.
struct Person {
    id: String,
    name: String,
    firm: String,
}

/// Registers one after the other.
struct Casting<'a> {
    administrator: Client,
    journal: &'a mut Journal,
    acting: BTreeSet<&'a str>,
    actors: BTreeMap<String, Client>,
    technicians: BTreeMap<String, Person>,
}

pub(super) fn id(body: &Value) -> anyhow::Result<String> {
    body["id"].as_str().map(str::to_owned).context("an answer without id")
}

impl Cast {
    /// Registers everybody; whoever acts gets a token.
    pub(super) async fn assemble(
        administrator: Client,
        journal: &mut Journal,
        roster: &Roster,
        cues: &[Cue],
    ) -> anyhow::Result<Self> {
        let acting = cues.iter().filter_map(|cue| cue.deed.actor()).collect();
        let mut casting =
            Casting { administrator, journal, acting, actors: BTreeMap::new(), technicians: BTreeMap::new() };
        let dispatcher =
            casting.token("dispatcher", json!({ "name": "夜勤オペレーター", "role": "dispatcher" })).await?;
        let landlord =
            casting.token("landlord", json!({ "name": "家主・管理会社窓口", "role": "dispatcher" })).await?;
        let consumer = json!({ "name": "経理" });
        let consumer =
            id(&casting.administrator.post("consumer", "/v1/billing-consumers", &consumer).await?)?;
        let billing = json!({ "name": "経理", "role": "billing", "consumer_id": consumer });
        let billing = casting.token("billing", billing).await?;
        for firm in &roster.firms {
            casting.firm(firm).await?;
        }
        let Casting { actors, technicians, .. } = casting;
        let keys = technicians.iter().map(|(key, person)| (person.id.clone(), key.clone())).collect();
        Ok(Self { dispatcher, landlord, billing, consumer, actors, technicians, keys })
    }

    /// Whoever acts under this key.
    pub(super) fn actor(&self, key: &str) -> anyhow::Result<&Client> {
        self.actors.get(key).with_context(|| format!("'{key}' has no token"))
    }

    /// Id of a technician.
    pub(super) fn technician(&self, key: &str) -> anyhow::Result<&str> {
        let person = self.technicians.get(key);
        Ok(&person.with_context(|| format!("no technician '{key}' in the roster"))?.id)
    }

    /// Key of a technician's id; the id itself, where nobody of the roster has it.
    pub(super) fn key<'a>(&'a self, id: &'a str) -> &'a str {
        self.keys.get(id).map_or(id, String::as_str)
    }

    /// Name and firm of a technician; the key, of an office.
    pub(super) fn name(&self, key: &str) -> String {
        match self.technicians.get(key) {
            Some(person) => format!("{} ({})", person.name, person.firm),
            None => key.to_owned(),
        }
    }
}

impl<'a> Casting<'a> {
    async fn firm(&mut self, firm: &'a Firm) -> anyhow::Result<()> {
        let key = &firm.key;
        let made = self.administrator.post(&format!("firm-{key}"), "/v1/firms", &profile_of(firm)).await?;
        let firm_id = id(&made)?;
        if self.acting.contains(key.as_str()) {
            let body = json!({ "name": firm.name, "role": "firm", "firm_id": firm_id });
            let office = self.token(key, body).await?;
            self.actors.insert(key.clone(), office);
        }
        for technician in &firm.technicians {
            self.technician(firm, &firm_id, technician).await?;
        }
        Ok(())
    }

    async fn technician(&mut self, firm: &Firm, firm_id: &str, one: &'a Technician) -> anyhow::Result<()> {
        let (key, path) = (&one.key, format!("/v1/firms/{firm_id}/technicians"));
        let made = self.administrator.post(&format!("technician-{key}"), &path, &profile(one)).await?;
        let id = id(&made)?;
        if self.acting.contains(key.as_str()) {
            let body = json!({ "name": one.name, "role": "technician", "technician_id": id });
            let phone = self.token(key, body).await?;
            self.actors.insert(key.clone(), phone);
        }
        let person = Person { id, name: one.name.clone(), firm: firm.name.clone() };
        self.technicians.insert(key.clone(), person);
        Ok(())
    }

    /// A client with the token of this key: the one that was kept, or a new one.
    async fn token(&mut self, key: &str, body: Value) -> anyhow::Result<Client> {
        if let Some(secret) = self.journal.secret(key) {
            return Ok(self.administrator.with(secret.to_owned()));
        }
        for attempt in 1..=TOKENS_MAX {
            let issued =
                self.administrator.post(&format!("token-{key}-{attempt}"), "/v1/tokens", &body).await?;
            // A repeated request does not show the secret again: that token is lost, and was never used.
            if let Some(secret) = issued["secret"].as_str() {
                self.journal.keep(key, secret)?;
                return Ok(self.administrator.with(secret.to_owned()));
            }
        }
        bail!("no token for '{key}': its secrets are lost")
    }
}

fn profile_of(firm: &Firm) -> Value {
    json!({
        "name": firm.name, "phone": firm.phone, "areas": firm.areas, "offers_to": firm.offers_to,
        "licences": firm.licences,
    })
}

fn profile(technician: &Technician) -> Value {
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
