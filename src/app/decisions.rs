//! Decisions read back: why a job was offered to whom, in words, and whether a record still follows from its inputs.

use serde_json::Value;

use super::{Ctx, Error};
use crate::{
    dispatch::{
        decision::{self, Decision, ReplayError},
        rules::Reason,
        words::Words,
    },
    domain::{
        ids::{DecisionId, JobId, TechnicianId},
        refusal::Refusal,
        span::Instant,
        text_enum::text_enum,
    },
    store::{self, Tx, technicians::Names},
};

/// One matching run.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub id: DecisionId,
    /// When it was made.
    pub decided_at: Instant,
    /// What it decided, in words.
    pub summary: Words,
    /// Everybody it names, or the one who was asked for.
    pub people: Vec<Explained>,
    /// Those it only counts.
    pub rest: Vec<Counted>,
    /// The whole record.
    pub document: Value,
}

text_enum! {
    /// What became of a technician in a matching run.
    pub enum Considered("standing in a decision") {
        /// Could be sent.
        Candidate = "candidate",
        /// Could not.
        Rejected = "rejected",
        /// Is not named: only counted, or not looked at.
        NotNamed = "not_named",
        /// The record is of an engine whose records are not understood any more.
        Unknown = "unknown",
    }
}

/// One technician of a matching run, and why.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Who.
    pub technician_id: TechnicianId,
    /// Name as on the badge.
    pub technician_name: String,
    /// Name of the firm.
    pub firm_name: String,
    /// What became of him.
    pub standing: Considered,
    /// Why.
    pub why: Words,
    /// The rule that refused him.
    pub reason: Option<Reason>,
}

/// Technicians who were refused for one reason and are not named.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The reason.
    pub reason: Reason,
    /// How many.
    pub count: usize,
    /// The reason as a sentence.
    pub words: Words,
}

/// The matching runs of a job, oldest first; of each only what it says of `about`, when somebody is asked for.
pub async fn of_job(ctx: &Ctx, job: JobId, about: Option<TechnicianId>) -> Result<Vec<Record>, Error> {
    let mut tx = ctx.db().read().await?;
    store::jobs::find(&mut tx, job).await?.ok_or(Error::NotFound("job"))?;
    let runs = runs(&mut tx, job).await?;
    let people = runs.iter().flat_map(Run::people).chain(about);
    let names = store::technicians::names(&mut tx, people).await?;
    if about.is_some_and(|technician| !names.contains_key(&technician)) {
        return Err(Refusal::field("technician", "no such technician").into());
    }
    Ok(runs.into_iter().map(|run| run.record(about, &names)).collect())
}

/// A stored matching run.
pub(super) struct Run {
    id: DecisionId,
    decided_at: Instant,
    document: Value,
    /// Nothing where an engine of another version may have written other fields: its record is shown as it is.
    decision: Option<Decision>,
}

/// The matching runs of a job, oldest first.
pub(super) async fn runs(tx: &mut Tx, job: JobId) -> Result<Vec<Run>, Error> {
    let unreadable = |error: serde_json::Error| Error::Internal(format!("stored decision: {error}"));
    let stored = store::decisions::of_job(tx, job).await?;
    let runs = stored.into_iter().map(|(id, decided_at, text)| {
        let document = serde_json::from_str(&text).map_err(unreadable)?;
        Ok(Run { id, decided_at, document, decision: serde_json::from_str(&text).ok() })
    });
    runs.collect()
}

impl Run {
    /// Everybody it names.
    pub(super) fn people(&self) -> impl Iterator<Item = TechnicianId> {
        self.decision.iter().flat_map(named).map(|(technician, _)| technician)
    }

    /// The run in words; only what it says of `about`, when somebody is asked for.
    pub(super) fn record(self, about: Option<TechnicianId>, names: &Names) -> Record {
        let decision = self.decision.as_ref();
        let standings = match (decision, about) {
            (Some(decision), Some(one)) => vec![(one, standing(decision, one))],
            (Some(decision), None) => named(decision),
            (None, Some(one)) => vec![(one, Considered::Unknown)],
            (None, None) => Vec::new(),
        };
        let other = || of_another_engine(&self.document);
        let explained = |(technician_id, standing)| {
            let (technician_name, firm_name) = names.get(&technician_id).cloned().unwrap_or_default();
            let why = decision.map_or_else(other, |decision| decision::why(decision, technician_id));
            let reason = decision.and_then(|decision| refused_by(decision, technician_id));
            Explained { technician_id, technician_name, firm_name, standing, why, reason }
        };
        let people = standings.into_iter().map(explained).collect();
        let summary = decision.map_or_else(other, decision::headline);
        let rest = if about.is_some() { Vec::new() } else { decision.map(counted).unwrap_or_default() };
        let Self { id, decided_at, document, .. } = self;
        Record { id, decided_at, summary, people, rest, document }
    }
}

/// Everybody a decision names: the candidates in order, then the refused, nearest first.
fn named(decision: &Decision) -> Vec<(TechnicianId, Considered)> {
    let candidates = decision.candidates.iter().map(|one| (one.facts.technician, Considered::Candidate));
    let rejected = decision.rejections.iter().map(|one| (one.facts.technician, Considered::Rejected));
    candidates.chain(rejected).collect()
}

fn standing(decision: &Decision, technician: TechnicianId) -> Considered {
    let of = named(decision).into_iter().find(|(named, _)| *named == technician);
    of.map_or(Considered::NotNamed, |(_, standing)| standing)
}

fn refused_by(decision: &Decision, technician: TechnicianId) -> Option<Reason> {
    let refused = decision.rejections.iter().find(|one| one.facts.technician == technician);
    refused.map(|one| one.rejection.reason)
}

fn counted(decision: &Decision) -> Vec<Counted> {
    let rest = decision.rest.iter();
    rest.map(|(reason, count)| Counted {
        reason: *reason,
        count: *count,
        words: reason.words(&decision.question),
    })
    .collect()
}

fn of_another_engine(document: &Value) -> Words {
    let version = document["engine_version"].as_str().unwrap_or("?");
    Words::new(
        format!("判定エンジン第{version}版の記録です。この版では説明できません。"),
        format!("A record of engine version {version}, which this version cannot explain."),
    )
}

/// What a replay of a stored decision has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// The same bytes.
    Identical,
    /// Another engine made it: it cannot be judged again.
    OtherEngine(String),
    /// Other bytes: the record does not follow from its inputs. From this byte on.
    Differs(usize),
    /// It cannot be read as a decision at all.
    Malformed(String),
}

/// Judges a stored decision again and compares the bytes.
pub async fn replay(ctx: &Ctx, id: DecisionId) -> Result<Replayed, Error> {
    let mut tx = ctx.db().read().await?;
    let stored = store::decisions::find(&mut tx, id).await?.ok_or(Error::NotFound("decision"))?;
    Ok(match decision::replay(stored.as_bytes()) {
        Ok(again) if again == stored.as_bytes() => Replayed::Identical,
        Ok(again) => {
            let same = again.iter().zip(stored.as_bytes()).take_while(|(again, stored)| again == stored);
            Replayed::Differs(same.count())
        }
        Err(ReplayError::OtherEngine { made_by }) => Replayed::OtherEngine(made_by),
        Err(error @ ReplayError::Malformed(_)) => Replayed::Malformed(error.to_string()),
    })
}
