//! The matching snapshot: filled at the start, refreshed by what happens on this node at once and on others by the
//! feed. The database's constraints decide; a stale snapshot costs a retry, never a double booking.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Ctx, Error};
use crate::{
    dispatch::{
        areas::Areas,
        fleet::Fleet,
        licences::Licences,
        technician::{Commitment, NextJob, PlannedVisit, PositionFix, TechnicianProfile, TechnicianState},
    },
    domain::{
        actor::Scope,
        events::{
            Event, ShiftEntryCancelled, ShiftEntryMade, ShiftSwapUndone, ShiftsSwapped, TechnicianChanged,
            TechnicianRegistered,
        },
        firms::{Firm, Standing, Technician},
        ids::{FirmId, TechnicianId},
        roster::{duty::Entry, entries::ShiftEntry, rest_days::RestDays},
        span::Instant,
    },
    store::{self, Tx, fleet::Engagement, positions::Position},
};

/// Technicians read in one go when the snapshot is filled.
const PAGE: i64 = 1_000;
/// How long a job is taken to last when its code is not known any more.
const WORK_DEFAULT: TimeDelta = TimeDelta::minutes(60);
/// How long a technician is taken to need to the site when no arrival was promised.
const TRAVEL_DEFAULT: TimeDelta = TimeDelta::minutes(30);

/// Planned visits of a technician that are kept: the next ones.
const PLANNED_MAX: i64 = 64;

/// Dated entries of rosters that begin within so many days are kept: visits are planned at most 60 days ahead.
const ENTRIES_AHEAD: TimeDelta = TimeDelta::days(62);

/// What a fleet member is made of.
struct Member {
    technician: Technician,
    firm: Firm,
    areas: Areas,
    licences: Licences,
    planned: Vec<PlannedVisit>,
    entries: Vec<Entry>,
    position: Option<Position>,
    engagements: Vec<Engagement>,
    open_offer: Option<crate::domain::ids::OfferId>,
    accepted_24h: i64,
}

impl Ctx {
    /// Fills the snapshot from the database: everybody in pages, then whoever is engaged one by one.
    pub async fn load_fleet(&self) -> Result<(), Error> {
        let now = self.now();
        let guard = self.refreshing().await;
        self.take_rest_days();
        let mut tx = self.db().read().await?;
        let accepted: BTreeMap<_, _> =
            store::fleet::accepted_counts(&mut tx, now - TimeDelta::hours(24)).await?.into_iter().collect();
        let (mut firms, mut after) = (BTreeMap::new(), Uuid::nil());
        loop {
            let page = store::technicians::list(&mut tx, Scope::All, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.0;
            for technician in page {
                let Shared { firm, areas, licences } =
                    firm_of(&mut tx, &mut firms, technician.firm_id).await?;
                let (planned, entries) = (Vec::new(), Vec::new());
                let accepted_24h = accepted.get(&technician.id).copied().unwrap_or_default();
                let (position, engagements, open_offer) = (None, Vec::new(), None);
                let member = Member {
                    technician,
                    firm,
                    areas,
                    licences,
                    planned,
                    entries,
                    position,
                    engagements,
                    open_offer,
                    accepted_24h,
                };
                self.place(member, now)?;
            }
        }
        let mut after = Uuid::nil();
        loop {
            let page = store::positions::list(&mut tx, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.technician_id.0;
            self.record_positions(&page);
        }
        let engaged = store::fleet::engaged(&mut tx, now).await?;
        let reach = now + ENTRIES_AHEAD;
        let with_entries = store::shift_entries::beginning(&mut tx, Instant::UNIX_EPOCH, reach, now).await?;
        drop((tx, guard));
        for technician in engaged.into_iter().chain(with_entries) {
            self.refresh(technician).await?;
        }
        Ok(())
    }

    /// Reads the technicians whose dated entries have come within reach since `read_at`; answers up to when all of
    /// them are known.
    pub async fn reach_for_entries(&self, read_at: Instant) -> Result<Instant, Error> {
        let now = self.now();
        let mut tx = self.db().read().await?;
        let (from, to) = (read_at + ENTRIES_AHEAD, now + ENTRIES_AHEAD);
        let technicians = store::shift_entries::beginning(&mut tx, from, to, now).await?;
        drop(tx);
        for technician in technicians {
            self.refresh(technician).await?;
        }
        Ok(now)
    }

    /// Takes over which days are holidays and year-end days.
    fn take_rest_days(&self) {
        let rest_days = self.rest_days();
        self.fleet().set_rest_days(rest_days);
    }

    /// The days on which holiday rules differ, by the reference data in force.
    pub(super) fn rest_days(&self) -> RestDays {
        let reference = self.reference();
        RestDays::new(reference.holidays(), reference.dispatch().roster.year_end.as_ref())
    }

    /// Reads one technician anew. Readers go one at a time, so that an older reading never replaces a newer one.
    pub(super) async fn refresh(&self, technician: TechnicianId) -> Result<(), Error> {
        let _one_at_a_time = self.refreshing().await;
        let now = self.now();
        let mut tx = self.db().read().await?;
        let Some(technician) = store::technicians::find(&mut tx, technician).await? else { return Ok(()) };
        let member = gather(&mut tx, &mut BTreeMap::new(), technician, now).await?;
        self.place(member, now)
    }

    async fn refresh_firm(&self, firm: FirmId) -> Result<(), Error> {
        let mut tx = self.db().read().await?;
        let technicians = store::fleet::of_firm(&mut tx, firm).await?;
        drop(tx);
        for technician in technicians {
            self.refresh(technician).await?;
        }
        Ok(())
    }

    /// Takes over what these events have changed.
    pub async fn follow(&self, events: impl Iterator<Item = Event>) -> Result<(), Error> {
        for event in events {
            match event {
                Event::TechnicianRegistered(TechnicianRegistered { technician, .. })
                | Event::TechnicianChanged(TechnicianChanged { technician, .. })
                | Event::ShiftEntryMade(ShiftEntryMade { technician, .. })
                | Event::ShiftEntryCancelled(ShiftEntryCancelled { technician, .. }) => {
                    self.refresh(technician).await?;
                }
                Event::ShiftsSwapped(ShiftsSwapped { giver, taker, .. })
                | Event::ShiftSwapUndone(ShiftSwapUndone { giver, taker, .. }) => {
                    self.refresh(giver).await?;
                    self.refresh(taker).await?;
                }
                Event::FirmChanged(changed) => self.refresh_firm(changed.firm).await?,
                Event::ReferenceLoaded(_) => {
                    super::reference::reload(self).await?;
                    self.take_rest_days();
                }
                // Where a technician is engaged changes with offers and assignments, not with what they report.
                Event::FactRecorded(_) => {}
                other => {
                    if let Some(technician) = other.technician() {
                        self.refresh(technician).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes over positions just recorded.
    pub(super) fn record_positions(&self, positions: &[Position]) {
        let fixes: Vec<_> =
            positions.iter().map(|position| (position.technician_id, fix(position))).collect();
        self.fleet().record_positions(&fixes);
    }

    /// Asks the snapshot, as of now.
    pub(super) fn matched<T>(&self, ask: impl FnOnce(&Fleet) -> T) -> T {
        let now = self.now();
        let mut fleet = self.fleet();
        fleet.advance(now);
        ask(&fleet)
    }

    /// Puts a member into the snapshot as it was read.
    fn place(&self, mut member: Member, now: Instant) -> Result<(), Error> {
        let (id, commitment) = (member.technician.id, commitment(self, &member, now));
        // The visit he is on already is his commitment, not a plan.
        let Member { planned, engagements, .. } = &mut member;
        planned.retain(|visit| engagements.iter().all(|engagement| engagement.job_id != visit.job));
        let planned = std::mem::take(planned);
        let entries = std::mem::take(&mut member.entries);
        let (position, open_offer) = (member.position, member.open_offer);
        let profile = profile(member);
        let mut fleet = self.fleet();
        fleet.advance(now);
        let unknown = |error: crate::dispatch::fleet::FleetError| Error::Internal(error.to_string());
        fleet.upsert_technician(profile).map_err(unknown)?;
        if let Some(position) = position {
            fleet.record_positions(&[(id, fix(&position))]);
        }
        match commitment {
            Some(commitment) => fleet.set_commitment(id, commitment).map_err(unknown)?,
            None => fleet.clear_commitment(id).map_err(unknown)?,
        }
        fleet.set_planned(id, planned).map_err(unknown)?;
        fleet.set_entries(id, entries).map_err(unknown)?;
        fleet.set_offer(id, open_offer).map_err(unknown)
    }
}

async fn gather(
    tx: &mut Tx,
    firms: &mut BTreeMap<FirmId, Shared>,
    technician: Technician,
    now: Instant,
) -> Result<Member, Error> {
    let Shared { firm, areas, licences } = firm_of(tx, firms, technician.firm_id).await?;
    let visit = |(job, starts_at, ends_at)| PlannedVisit { job, starts_at, ends_at };
    let planned = store::fleet::planned(tx, technician.id, now, PLANNED_MAX).await?;
    Ok(Member {
        planned: planned.into_iter().map(visit).collect(),
        entries: store::shift_entries::of_technician(tx, technician.id, now, now + ENTRIES_AHEAD)
            .await?
            .iter()
            .filter_map(ShiftEntry::entry)
            .collect(),
        position: store::positions::find(tx, technician.id).await?,
        engagements: store::fleet::engagements(tx, technician.id).await?,
        open_offer: store::fleet::open_offer(tx, technician.id).await?,
        accepted_24h: store::fleet::accepted_since(tx, technician.id, now - TimeDelta::hours(24)).await?,
        technician,
        firm,
        areas,
        licences,
    })
}

/// A firm, with what its technicians share.
#[derive(Clone)]
struct Shared {
    firm: Firm,
    areas: Areas,
    licences: Licences,
}

async fn firm_of(tx: &mut Tx, firms: &mut BTreeMap<FirmId, Shared>, id: FirmId) -> Result<Shared, Error> {
    if let Some(known) = firms.get(&id) {
        return Ok(known.clone());
    }
    let firm = store::firms::find(tx, id).await?.ok_or(Error::NotFound("firm"))?;
    let shared = Shared {
        areas: firm.areas.iter().cloned().collect(),
        licences: firm.licences.iter().collect(),
        firm,
    };
    firms.insert(id, shared.clone());
    Ok(shared)
}

fn profile(member: Member) -> TechnicianProfile {
    let Member { technician, firm, areas, licences, accepted_24h, .. } = member;
    let active = firm.state == Standing::Active && technician.state == Standing::Active;
    TechnicianProfile {
        id: technician.id,
        firm: technician.firm_id,
        trades: technician.trades.into(),
        job_codes: technician.job_codes.into(),
        tools: technician.tools.into(),
        opening_tools: technician.opening_tools,
        tier: firm.tier.number(),
        licences,
        areas,
        base: technician.base,
        languages: technician.languages,
        roster: technician.shifts,
        addressee: firm.offers_to,
        state: if active { TechnicianState::Active } else { TechnicianState::Suspended },
        accepted_24h: u32::try_from(accepted_24h).unwrap_or(u32::MAX),
    }
}

fn fix(position: &Position) -> PositionFix {
    PositionFix::new(position.point, position.measured_at, position.received_at)
}

/// The present job: until when it is expected to last, from its arrival and the planning minutes of its code.
fn commitment(ctx: &Ctx, member: &Member, now: Instant) -> Option<Commitment> {
    let current = member.engagements.iter().find(|engagement| engagement.slot == "current")?;
    let reference = ctx.reference();
    let minutes = reference.job_codes().get(&current.job_code).map(|kind| kind.minutes_p90);
    let work = minutes.map_or(WORK_DEFAULT, |minutes| TimeDelta::minutes(minutes.into()));
    let arrival = current.arrival_due_at.unwrap_or(current.assigned_at + TRAVEL_DEFAULT);
    // A planned visit lasts as long as it was planned, whenever it was accepted.
    let planned = member.planned.iter().find(|visit| visit.job == current.job_id).map(|visit| visit.ends_at);
    let queued = member.engagements.iter().any(|engagement| engagement.slot == "queued");
    Some(Commitment {
        site: current.site.unwrap_or(member.technician.base),
        free_at: (arrival + work).max(now).max(planned.unwrap_or(now)),
        next_job: if queued { NextJob::Queued } else { NextJob::None },
    })
}
