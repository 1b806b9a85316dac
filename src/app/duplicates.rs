//! Cases a call may be about already: the same number, or a stone's throw away.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Ctx, Error};
use crate::{
    domain::{
        cases::Case,
        ids::{CallId, CaseId},
        jobs::Job,
        near,
        place::Point,
    },
    store,
};

/// How near is the same place.
const NEAR_METRES: f64 = 50.0;
/// Closed cases are looked at for so long.
const LOOK_BACK: TimeDelta = TimeDelta::hours(24);
/// Cases looked at, by each reason.
const CASES_MAX: i64 = 100;

/// A case the call may be about.
#[derive(Debug, Clone)]
pub struct Suspect {
    /// The case.
    pub case: Case,
    /// Whether somebody has called about it from the same number.
    pub same_number: bool,
    /// How far away it is, where that is near.
    pub metres: Option<f64>,
    /// Minutes since it was opened.
    pub minutes_ago: i64,
    /// Its jobs.
    pub jobs: Vec<Job>,
}

/// The cases a call may be about, nearest in time first.
pub async fn suggest(ctx: &Ctx, call: CallId, point: Option<Point>) -> Result<Vec<Suspect>, Error> {
    let mut tx = ctx.db().read().await?;
    let now = ctx.now();
    let call = store::calls::find(&mut tx, call).await?.ok_or(Error::NotFound("call"))?;
    let since = now - LOOK_BACK;
    let mut found: BTreeMap<CaseId, (bool, Option<f64>)> = BTreeMap::new();
    let person = store::calls::person(&mut tx, call.id).await?;
    if let Some(phone) = person.and_then(|person| person.phone) {
        for case in store::duplicates::of_number(&mut tx, &phone, since, CASES_MAX).await? {
            found.entry(case).or_default().0 = true;
        }
    }
    if let Some(here) = point {
        let around = near::Box::around(here, NEAR_METRES);
        for nearby in store::duplicates::within(&mut tx, around, since, CASES_MAX).await? {
            let metres = here.metres_to(nearby.point);
            if metres <= NEAR_METRES {
                found.entry(nearby.case_id).or_default().1 = Some(metres);
            }
        }
    }
    found.retain(|id, _| call.case_id != Some(*id));
    let ids: Vec<_> = found.keys().copied().collect();
    let cases = store::cases::several(&mut tx, &ids).await?;
    let mut jobs: BTreeMap<CaseId, Vec<Job>> = BTreeMap::new();
    for job in store::job_lists::of_cases(&mut tx, &ids).await? {
        jobs.entry(job.case_id).or_default().push(job);
    }
    let mut suspects = Vec::with_capacity(cases.len());
    for case in cases {
        let Some((same_number, metres)) = found.get(&case.id).copied() else { continue };
        let minutes_ago = (now - case.opened_at).num_minutes();
        let jobs = jobs.remove(&case.id).unwrap_or_default();
        suspects.push(Suspect { case, same_number, metres, minutes_ago, jobs });
    }
    suspects.sort_by_key(|suspect| (suspect.minutes_ago, suspect.case.id));
    Ok(suspects)
}
