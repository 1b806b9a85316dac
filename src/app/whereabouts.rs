//! Where everybody is who is in service, and whether he is free: for the map.

use std::collections::BTreeMap;

use super::{Ctx, Error};
use crate::{
    dispatch::technician::{PositionFix, Shift},
    domain::{
        ids::{FirmId, JobId, TechnicianId},
        jobs::JobState,
        place::Point,
        span::Instant,
        text_enum::text_enum,
        trade::Trade,
    },
    store::{self, whereabouts::InService},
};

/// Technicians told at most; what is beyond is counted.
pub const TECHNICIANS_MAX: usize = 10_000;
/// Technicians read in one go. Between two of them the matching has its turn with the snapshot.
const PAGE: usize = 500;
/// Technicians read at most: one more says that there are more.
const READ_MAX: i64 = 10_001;

text_enum! {
    /// What a technician is doing, as the desk sees it.
    pub enum FleetState("state of a technician") {
        /// On shift, with nothing in hand.
        Free = "free",
        /// Asked, and has not answered yet.
        Asked = "asked",
        /// Has accepted and goes there.
        Coming = "coming",
        /// At the site.
        There = "there",
        /// Not on shift, but may be asked.
        OnCall = "on_call",
        /// Off.
        Off = "off",
    }
}

text_enum! {
    /// What a place of a technician on the map is.
    pub enum Sighting("source of a place") {
        /// A position at most 20 minutes old.
        Fresh = "fresh",
        /// An older position: he counts as being at his base.
        Stale = "stale",
        /// The site of his present job, without a fresh position.
        Site = "site",
        /// The base: no position is known, or where he is is his own business.
        Base = "base",
    }
}

/// Everybody in service.
#[derive(Debug, Clone, Default)]
pub struct Whereabouts {
    /// The firms of those named, by id.
    pub firms: BTreeMap<FirmId, String>,
    /// Who, in order of ids.
    pub technicians: Vec<Seen>,
    /// Whether there are more than are told.
    pub more: Option<More>,
}

/// There are more technicians than are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct More;

/// A technician as the desk sees him.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Who.
    pub technician_id: TechnicianId,
    /// Name as on the badge.
    pub name: String,
    /// The firm.
    pub firm_id: FirmId,
    /// What he does.
    pub trades: Vec<Trade>,
    /// What he is doing.
    pub state: FleetState,
    /// When that ends by the roster: the shift, the time on call; of who is off, when the next shift begins.
    pub roster_changes_at: Option<Instant>,
    /// Where he is, as far as is known.
    pub point: Point,
    /// What that place is.
    pub sighting: Sighting,
    /// When the position was measured.
    pub measured_at: Option<Instant>,
    /// The job he is on, or is asked for.
    pub job_id: Option<JobId>,
}

/// Where everybody is.
pub async fn list(ctx: &Ctx) -> Result<Whereabouts, Error> {
    let mut tx = ctx.db().read().await?;
    let everybody = store::whereabouts::in_service(&mut tx, READ_MAX).await?;
    let mut told = Whereabouts::default();
    if everybody.len() > TECHNICIANS_MAX {
        told.more = Some(More);
    }
    let now = ctx.now();
    // Some at a time: whoever matches meanwhile waits for the snapshot.
    for page in everybody[..everybody.len().min(TECHNICIANS_MAX)].chunks(PAGE) {
        let shifts: Vec<_> =
            ctx.matched(|fleet| page.iter().map(|one| fleet.shift(one.technician_id)).collect());
        for (one, shift) in page.iter().zip(shifts) {
            told.firms.entry(one.firm_id).or_insert_with(|| one.firm_name.clone());
            told.technicians.push(seen(one.clone(), shift, now));
        }
    }
    Ok(told)
}

fn seen(one: InService, shift: Option<Shift>, now: Instant) -> Seen {
    let state = state(&one, shift.as_ref());
    let fix = one.position.map(|known| PositionFix::new(known.point, known.measured_at, known.received_at));
    let site = one.on.and_then(|on| on.site).filter(|_| state == FleetState::There).map(Point::coarse);
    let (sighting, point) = match (fix, site) {
        _ if state == FleetState::Off => (Sighting::Base, one.base),
        (Some(fix), _) if now <= fix.fresh_until() => (Sighting::Fresh, fix.point),
        (_, Some(site)) => (Sighting::Site, site),
        (Some(fix), None) => (Sighting::Stale, fix.point),
        (None, None) => (Sighting::Base, one.base),
    };
    let measured = matches!(sighting, Sighting::Fresh | Sighting::Stale);
    Seen {
        technician_id: one.technician_id,
        name: one.name,
        firm_id: one.firm_id,
        trades: one.trades,
        state,
        roster_changes_at: shift.and_then(|shift| match shift {
            Shift::On { until } | Shift::OnCall { until } => Some(until),
            Shift::Off { next, .. } => next,
        }),
        point,
        sighting,
        measured_at: fix.filter(|_| measured).map(|fix| fix.measured_at()),
        job_id: one.on.map(|on| on.job_id).or(one.asked_for),
    }
}

/// What he is on comes before what the roster says: whoever works beyond his shift is at work.
fn state(one: &InService, shift: Option<&Shift>) -> FleetState {
    match (one.on.map(|on| on.state), one.asked_for, shift) {
        (Some(JobState::OnSite | JobState::Working | JobState::Paused | JobState::AwaitingReturn), ..) => {
            FleetState::There
        }
        (Some(_), ..) => FleetState::Coming,
        (None, Some(_), _) => FleetState::Asked,
        (None, None, Some(Shift::On { .. })) => FleetState::Free,
        (None, None, Some(Shift::OnCall { .. })) => FleetState::OnCall,
        (None, None, Some(Shift::Off { .. }) | None) => FleetState::Off,
    }
}
