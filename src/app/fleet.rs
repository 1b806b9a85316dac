//! The matching snapshot: filled at the start, refreshed by what happens on this node at once and on others by the
//! feed. The database's constraints decide; a stale snapshot costs a retry, never a double booking.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Ctx, Error, loaded::Loaded};
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
        ids::{FirmId, OfferId, TechnicianId},
        offers::Slot,
        place::Point,
        roster::{duty::Entry, entries::ShiftEntry, rest_days::RestDays},
        span::Instant,
    },
    store::{
        self, Tx,
        fleet::{Engaged, Visit},
        positions::Position,
    },
};

/// Technicians read in one go when the snapshot is filled.
const PAGE: i64 = 1_000;
/// How long a job is taken to last when its code is not known any more.
const WORK_DEFAULT: TimeDelta = TimeDelta::minutes(60);
/// How long a technician is taken to need to the site when no arrival was promised.
const TRAVEL_DEFAULT: TimeDelta = TimeDelta::minutes(30);

/// Planned visits of a technician that are kept: the next ones.
const PLANNED_MAX: usize = 64;

/// For how long accepted jobs count against whoever accepted them.
const ACCEPTED_COUNT_FOR: TimeDelta = TimeDelta::hours(24);

/// Dated entries of rosters that begin within so many days are kept: visits are planned at most 60 days ahead.
const ENTRIES_AHEAD: TimeDelta = TimeDelta::days(62);

/// What a fleet member is by itself: all but what it is doing, asked and planned for.
struct Member {
    technician: Technician,
    firm: Firm,
    areas: Areas,
    licences: Licences,
    entries: Vec<Entry>,
    position: Option<Position>,
}

impl Ctx {
    /// Fills the snapshot from the database: everybody in pages, then whoever is engaged or has dated entries.
    pub async fn load_fleet(&self) -> Result<(), Error> {
        let now = self.now();
        let guard = self.refreshing().reading.lock().await;
        self.take_rest_days();
        let mut tx = self.db().read().await?;
        let accepted = store::fleet::accepted_counts(&mut tx, now - ACCEPTED_COUNT_FOR).await?;
        let (mut firms, mut after) = (BTreeMap::new(), Uuid::nil());
        loop {
            let page = store::technicians::list(&mut tx, Scope::All, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.0;
            for technician in page {
                let Shared { firm, areas, licences } =
                    firm_of(&mut tx, &mut firms, technician.firm_id).await?;
                let (entries, position) = (Vec::new(), None);
                self.place(Member { technician, firm, areas, licences, entries, position }, now)?;
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
        for technician in with_entries {
            self.refresh_profile(technician).await?;
        }
        self.refresh(engaged.into_iter().chain(accepted.into_iter().map(|(technician, _)| technician))).await
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
            self.refresh_profile(technician).await?;
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

    /// Reads again what these technicians are doing, asked and planned for. Readers go one at a time, so that an older
    /// reading never replaces a newer one; who waits meanwhile is read for by the next.
    pub(super) async fn refresh(
        &self,
        technicians: impl IntoIterator<Item = TechnicianId>,
    ) -> Result<(), Error> {
        self.refreshing().want(technicians);
        let _one_at_a_time = self.refreshing().reading.lock().await;
        loop {
            let wanted = self.refreshing().take();
            if wanted.is_empty() {
                return Ok(());
            }
            match self.read_engaged(&wanted).await {
                Ok(()) => {}
                Err(error @ (Error::Overloaded | Error::TimedOut)) => {
                    // Nobody is forgotten: the next one reads for them as well.
                    self.refreshing().want(wanted);
                    return Err(error);
                }
                Err(error) if wanted.len() == 1 => return Err(error),
                Err(_) => self.read_each(wanted).await,
            }
        }
    }

    /// One of them cannot be read: the others can. The database decides where the snapshot stays behind.
    async fn read_each(&self, wanted: BTreeSet<TechnicianId>) {
        for technician in wanted {
            if let Err(error) = self.read_engaged(&BTreeSet::from([technician])).await {
                tracing::error!(error = &error as &dyn std::error::Error, %technician, "cannot be read");
            }
        }
    }

    async fn read_engaged(&self, technicians: &BTreeSet<TechnicianId>) -> Result<(), Error> {
        let now = self.now();
        let mut tx = self.db().glance().await?;
        let since = now - ACCEPTED_COUNT_FOR;
        let engaged = store::fleet::engaged_of(&mut tx, technicians, now, since, PLANNED_MAX).await?;
        drop(tx);
        let reference = self.reference();
        let mut fleet = self.fleet();
        fleet.advance(now);
        for (technician, engaged) in engaged {
            occupy(&mut fleet, &reference, technician, engaged, now)?;
        }
        Ok(())
    }

    /// Reads a technician's profile and roster again, and what they are doing.
    async fn refresh_profile(&self, technician: TechnicianId) -> Result<(), Error> {
        let guard = self.refreshing().reading.lock().await;
        let now = self.now();
        let mut tx = self.db().read().await?;
        let Some(technician) = store::technicians::find(&mut tx, technician).await? else { return Ok(()) };
        let id = technician.id;
        let member = gather(&mut tx, technician, now).await?;
        drop(tx);
        self.place(member, now)?;
        drop(guard);
        self.refresh([id]).await
    }

    async fn refresh_firm(&self, firm: FirmId) -> Result<(), Error> {
        let mut tx = self.db().glance().await?;
        let technicians = store::fleet::of_firm(&mut tx, firm).await?;
        drop(tx);
        for technician in technicians {
            self.refresh_profile(technician).await?;
        }
        Ok(())
    }

    /// Takes over what these events have changed.
    pub async fn follow(&self, events: impl Iterator<Item = Event>) -> Result<(), Error> {
        let mut engaged = BTreeSet::new();
        for event in events {
            match event {
                Event::TechnicianRegistered(TechnicianRegistered { technician, .. })
                | Event::TechnicianChanged(TechnicianChanged { technician, .. })
                | Event::ShiftEntryMade(ShiftEntryMade { technician, .. })
                | Event::ShiftEntryCancelled(ShiftEntryCancelled { technician, .. }) => {
                    self.refresh_profile(technician).await?;
                }
                Event::ShiftsSwapped(ShiftsSwapped { giver, taker, .. })
                | Event::ShiftSwapUndone(ShiftSwapUndone { giver, taker, .. }) => {
                    self.refresh_profile(giver).await?;
                    self.refresh_profile(taker).await?;
                }
                Event::FirmChanged(changed) => self.refresh_firm(changed.firm).await?,
                Event::ReferenceLoaded(_) => {
                    super::reference::reload(self).await?;
                    self.take_rest_days();
                }
                // Where a technician is engaged changes with offers and assignments, not with what they report.
                Event::FactRecorded(_) => {}
                other => engaged.extend(other.technician()),
            }
        }
        self.refresh(engaged).await
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
    fn place(&self, member: Member, now: Instant) -> Result<(), Error> {
        if member.technician.confirmed_at.is_none() {
            // Of somebody of whom only the firm speaks, the snapshot knows nothing (G-10).
            return Ok(());
        }
        let mut fleet = self.fleet();
        fleet.advance(now);
        put(&mut fleet, member)
    }

    /// A fleet of one technician alone, read from the database: what is decided by it, the snapshot cannot contradict.
    pub(super) async fn alone(
        &self,
        tx: &mut Tx,
        technician: Technician,
        now: Instant,
    ) -> Result<Alone, Error> {
        let id = technician.id;
        let member = gather(tx, technician, now).await?;
        let (firm_version, firm_state) = (member.firm.version, member.firm.state);
        let position = member.position;
        let (since, only) = (now - ACCEPTED_COUNT_FOR, BTreeSet::from([id]));
        let mut engaged = store::fleet::engaged_of(tx, &only, now, since, PLANNED_MAX).await?;
        let engaged = engaged.remove(&id).unwrap_or_default();
        let open_offer = engaged.open_offer;
        let mut fleet = Fleet::new(now);
        fleet.set_rest_days(self.rest_days());
        put(&mut fleet, member)?;
        occupy(&mut fleet, &self.reference(), id, engaged, now)?;
        Ok(Alone { fleet, firm_version, firm_state, position, open_offer })
    }
}

/// One technician, as the database knows them.
pub(super) struct Alone {
    /// They alone.
    pub(super) fleet: Fleet,
    /// The version of their firm.
    pub(super) firm_version: i64,
    /// Whether their firm is in service.
    pub(super) firm_state: Standing,
    /// Where they were last.
    pub(super) position: Option<Position>,
    /// The offer they have not answered yet.
    pub(super) open_offer: Option<OfferId>,
}

/// Puts a member into a fleet as it was read.
fn put(fleet: &mut Fleet, member: Member) -> Result<(), Error> {
    let Member { technician, firm, areas, licences, entries, position } = member;
    let id = technician.id;
    let accepted = fleet.accepted_24h(id);
    fleet.upsert_technician(profile(technician, &firm, areas, licences, accepted)).map_err(unplaceable)?;
    if let Some(position) = position {
        fleet.record_positions(&[(id, fix(&position))]);
    }
    fleet.set_entries(id, entries).map_err(unplaceable)
}

fn unplaceable(error: crate::dispatch::fleet::FleetError) -> Error {
    Error::Internal(error.to_string())
}

/// Puts into the snapshot what a technician is doing. Of somebody it does not hold nothing is known.
fn occupy(
    fleet: &mut Fleet,
    reference: &Loaded,
    id: TechnicianId,
    engaged: Engaged,
    now: Instant,
) -> Result<(), Error> {
    let Some(base) = fleet.base(id) else { return Ok(()) };
    match commitment(reference, &engaged, base, now) {
        Some(commitment) => fleet.set_commitment(id, commitment).map_err(unplaceable)?,
        None => fleet.clear_commitment(id).map_err(unplaceable)?,
    }
    let Engaged { assignments, open_offer, planned, accepted } = engaged;
    // The visit they are on already is their commitment, not a plan.
    let planned =
        planned.into_iter().filter(|visit| assignments.iter().all(|one| one.job_id != visit.job_id));
    let planned =
        planned.map(|Visit { job_id, starts_at, ends_at }| PlannedVisit { job: job_id, starts_at, ends_at });
    fleet.set_planned(id, planned.collect()).map_err(unplaceable)?;
    fleet.set_accepted_24h(id, accepted).map_err(unplaceable)?;
    fleet.set_offer(id, open_offer).map_err(unplaceable)
}

async fn gather(tx: &mut Tx, technician: Technician, now: Instant) -> Result<Member, Error> {
    let Shared { firm, areas, licences } = firm_of(tx, &mut BTreeMap::new(), technician.firm_id).await?;
    let entries = store::shift_entries::of_technician(tx, technician.id, now, now + ENTRIES_AHEAD).await?;
    Ok(Member {
        entries: entries.iter().filter_map(ShiftEntry::entry).collect(),
        position: store::positions::find(tx, technician.id).await?,
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

fn profile(
    technician: Technician,
    firm: &Firm,
    areas: Areas,
    licences: Licences,
    accepted_24h: u32,
) -> TechnicianProfile {
    // Nobody is sent before the office has confirmed them, whatever their state says (G-10).
    let active = firm.state == Standing::Active
        && technician.state == Standing::Active
        && technician.confirmed_at.is_some();
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
        accepted_24h,
    }
}

fn fix(position: &Position) -> PositionFix {
    PositionFix::new(position.point, position.measured_at, position.received_at)
}

/// The present job: until when it is expected to last, from its arrival and the planning minutes of its code.
fn commitment(reference: &Loaded, engaged: &Engaged, base: Point, now: Instant) -> Option<Commitment> {
    let current = engaged.assignments.iter().find(|one| one.slot == Slot::Current)?;
    let minutes = reference.job_codes().get(&current.job_code).map(|kind| kind.minutes_p90);
    let work = minutes.map_or(WORK_DEFAULT, |minutes| TimeDelta::minutes(minutes.into()));
    let arrival = current.arrival_due_at.unwrap_or(current.assigned_at + TRAVEL_DEFAULT);
    // A planned visit lasts as long as it was planned, whenever it was accepted.
    let planned = engaged.planned.iter().find(|visit| visit.job_id == current.job_id);
    let planned = planned.map(|visit| visit.ends_at);
    let queued = engaged.assignments.iter().any(|one| one.slot == Slot::Queued);
    Some(Commitment {
        site: current.site.unwrap_or(base),
        free_at: (arrival + work).max(now).max(planned.unwrap_or(now)),
        next_job: if queued { NextJob::Queued } else { NextJob::None },
    })
}
