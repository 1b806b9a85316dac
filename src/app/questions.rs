//! What is asked of the fleet: the facts of a job, its place and its code, as a question of the matching.

use std::collections::BTreeSet;

use super::{Ctx, Error};
use crate::{
    dispatch::question::{MakingSafe, NAMED_MAX, Named, Policy, Question, Queueing},
    domain::{
        cases::Site,
        ids::JobId,
        jobs::Job,
        place::{JisCode, Point},
        reference::{
            JobCode,
            dispatch::{MayQueue, Rung},
            job_codes::LicenceFor,
        },
        trade::{Priority, Trade},
    },
    store::{self, Tx},
};

/// Minutes of work to reckon with when the job's code is not known any more.
const WORK_MINUTES_DEFAULT: u16 = 60;

/// What is asked of the fleet for this job on the widest rung, with nobody left out but who is blocked.
pub(super) async fn of_job(ctx: &Ctx, tx: &mut Tx, job: &Job, site: &Site) -> Result<Question, Error> {
    let case = store::cases::find(tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let reference = ctx.reference();
    let rungs = &reference.dispatch().policy(job.priority).rungs;
    let rung = rungs.last().ok_or_else(|| Error::Internal("a ladder without rungs".to_owned()))?;
    let apart = store::blocks::of_case(tx, job.case_id).await?;
    let job_code = job.job_code.parse().map_err(|_| Error::Internal("a job with no job code".to_owned()))?;
    let sought = Sought {
        job: job.id,
        job_code,
        trade: job.trade,
        priority: job.priority,
        language: Some(case.language),
        point: site.point,
        municipality: site.jis_code.clone(),
    };
    Ok(Question {
        blocked: named(apart.firms),
        blocked_technicians: named(apart.technicians),
        ..sought.asked_of_everybody(ctx, tx, rung).await?
    })
}

/// Who is sought, and where.
pub(super) struct Sought {
    /// For which job; nil before there is one.
    pub(super) job: JobId,
    /// To do what.
    pub(super) job_code: JobCode,
    /// Which is of this trade.
    pub(super) trade: Trade,
    /// How urgent it is.
    pub(super) priority: Priority,
    /// Language spoken with the resident.
    pub(super) language: Option<String>,
    /// Where.
    pub(super) point: Point,
    /// In which municipality.
    pub(super) municipality: JisCode,
}

impl Sought {
    /// The question that leaves nobody out.
    pub(super) async fn asked_of_everybody(
        self,
        ctx: &Ctx,
        tx: &mut Tx,
        rung: &Rung,
    ) -> Result<Question, Error> {
        let reference = ctx.reference();
        let kind = reference.job_codes().get(self.job_code.as_str());
        Ok(Question {
            job: self.job,
            site: self.point,
            parent_city: store::places::parent_of(tx, &self.municipality).await?,
            municipality: self.municipality,
            trade: self.trade,
            licence: kind.and_then(|kind| kind.licence),
            stop_gap: kind.map_or(MakingSafe::NotAllowed, |kind| stop_gap(kind.licence_for, self.priority)),
            tools: kind.map(|kind| kind.tools.iter().copied().collect()).unwrap_or_default(),
            work_minutes: kind.map_or(WORK_MINUTES_DEFAULT, |kind| kind.minutes_p50),
            job_code: self.job_code,
            tier_max: rung.tier_max,
            priority: self.priority,
            language: self.language,
            queueing: queueing(rung),
            on_call_ready_s: reference.dispatch().roster.on_call_ready_s.seconds(),
            excluded: Named::default(),
            blocked: Named::default(),
            blocked_technicians: Named::default(),
            policy: Policy::default(),
        })
    }
}

/// What cannot wait is made safe by whoever is there first; lasting work is planned, or waits for who has the licence (S-08).
fn stop_gap(licence_for: LicenceFor, priority: Priority) -> MakingSafe {
    match (licence_for, priority) {
        (LicenceFor::LastingWork, Priority::P0 | Priority::P1) => MakingSafe::Allowed,
        _ => MakingSafe::NotAllowed,
    }
}

pub(super) fn queueing(rung: &Rung) -> Queueing {
    match rung.queueing {
        MayQueue::FreeOnly => Queueing::FreeOnly,
        MayQueue::Allowed => Queueing::Allowed,
    }
}

/// At most as many as a question can name, the first of them; more were never met, and leaving out one who has refused
/// only asks him once more.
pub(super) fn named<T: Ord>(ids: impl IntoIterator<Item = T>) -> Named<T> {
    let mut kept = BTreeSet::new();
    for id in ids {
        if kept.len() == NAMED_MAX {
            break;
        }
        kept.insert(id);
    }
    kept.try_into().unwrap_or_default()
}
