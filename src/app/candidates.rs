//! Who could be sent, looked up while a call is still being taken. It asks nobody and writes nothing down: the ladder
//! asks anew once there is a job.

use uuid::Uuid;

use super::{Ctx, Error, questions::Sought, reference};
use crate::{
    dispatch::{
        decision::{self, Decision},
        matcher,
        words::Words,
    },
    domain::{
        ids::{FirmId, JobId, TechnicianId},
        place::{JisCode, Point},
        reference::JobCode,
        refusal::Refusal,
        span::Instant,
        trade::Priority,
    },
    store,
};

/// Who is sought.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// To do what.
    pub job_code: JobCode,
    /// How urgent it is; the job code's own, when not said.
    pub priority: Option<Priority>,
    /// Where.
    pub point: Point,
    /// In which municipality.
    pub jis_code: JisCode,
    /// Language spoken with the resident, as given.
    pub language: Option<String>,
}

/// Who could be sent now.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What came of it: `offer`, `nobody_free` or `no_coverage`.
    pub verdict: &'static str,
    /// The same in words.
    pub summary: Words,
    /// How many could be sent.
    pub eligible: usize,
    /// The best of them, in order.
    pub candidates: Vec<Previewed>,
}

/// One who could be sent.
#[derive(Debug, Clone)]
pub struct Previewed {
    /// Who.
    pub technician_id: TechnicianId,
    /// Of which firm.
    pub firm_id: FirmId,
    /// When he would be there.
    pub arrival_at: Instant,
    /// Seconds on the road.
    pub travel_s: u32,
    /// Great-circle metres to the site.
    pub distance_m: u32,
    /// Whether he speaks the resident's language: `speaks`, `interpreter` or `unknown`.
    pub language: &'static str,
    /// Name as on the badge.
    pub technician_name: String,
    /// Name of the firm.
    pub firm_name: String,
    /// Why he has this place in the order.
    pub why: Words,
}

/// The best `limit` who could be sent, on the widest rung of the ladder.
pub async fn preview(ctx: &Ctx, wanted: Wanted, limit: usize) -> Result<Preview, Error> {
    let language = wanted.language.map(|given| reference::spoken_language(ctx, "language", &given));
    let language = language.transpose()?;
    let reference = ctx.reference();
    let kind = reference.job_codes().get(wanted.job_code.as_str());
    let kind = kind.ok_or_else(|| Refusal::field("job_code", "no such job code"))?;
    let trade = kind.trade().ok_or_else(|| Refusal::field("job_code", "nobody is sent for this"))?;
    let mut tx = ctx.db().read().await?;
    if !store::places::exists(&mut tx, &wanted.jis_code).await? {
        return Err(Refusal::field("jis_code", "no such municipality").into());
    }
    let priority = wanted.priority.unwrap_or(kind.priority);
    let rungs = &reference.dispatch().policy(priority).rungs;
    let rung = rungs.last().ok_or_else(|| Error::Internal("a ladder without rungs".to_owned()))?;
    let sought = Sought {
        job: JobId(Uuid::nil()),
        job_code: wanted.job_code,
        trade,
        priority,
        language,
        point: wanted.point,
        municipality: wanted.jis_code,
    };
    let question = sought.asked_of_everybody(ctx, &mut tx, rung).await?;
    let outcome = ctx.matched(|fleet| matcher::run(fleet, &question));
    let decision = Decision::new(outcome, ctx.data_versions());
    let shown = decision.candidates.iter().take(limit);
    let people = shown.clone().map(|candidate| candidate.facts.technician);
    let names = store::technicians::names(&mut tx, people).await?;
    let mut candidates = Vec::new();
    for candidate in shown {
        let technician = candidate.facts.technician;
        let (technician_name, firm_name) = names.get(&technician).cloned().unwrap_or_default();
        let figures = &candidate.figures;
        candidates.push(Previewed {
            technician_id: technician,
            firm_id: candidate.facts.firm,
            arrival_at: figures.arrival_at,
            travel_s: figures.travel_s,
            distance_m: figures.distance_m,
            language: figures.language.as_str(),
            technician_name,
            firm_name,
            why: decision::why(&decision, technician),
        });
    }
    Ok(Preview {
        verdict: decision.verdict.as_str(),
        summary: decision::headline(&decision),
        eligible: decision.eligible,
        candidates,
    })
}
