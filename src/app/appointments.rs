//! Planned visits: a window of a technician's day for what can wait (P2, P3). The database refuses two that overlap.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;

use super::{Command, Ctx, Error, Unit, alarms, jobs, ladder, offers, windows};
use crate::{
    dispatch::windows as free,
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        appointments::{Appointment, Consequence, UnbookCode, WindowState},
        cases::CaseState,
        event::{Kind, Subject},
        firms::Technician,
        ids::{JobId, TechnicianId},
        jobs::{Action, Job, JobState},
        offers::WithdrawCode,
        refusal::Refusal,
        span::{Instant, Span},
        trade::Priority,
    },
    store,
};

/// A visit lasts at most as long as a working day.
const LENGTH_MAX: TimeDelta = TimeDelta::hours(12);
/// A shorter one is a typing error.
const LENGTH_MIN: TimeDelta = TimeDelta::minutes(15);

/// A visit to be planned.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Who is to come.
    pub technician_id: TechnicianId,
    /// From when.
    pub starts_at: Instant,
    /// Until when; not included.
    pub ends_at: Instant,
}

/// Plans a visit for a job; an earlier plan of it is given up. Its technician is asked when the time comes near.
pub async fn book(ctx: &Ctx, job: JobId, command: Command<Booking>) -> Result<Appointment, Error> {
    let command = command.map(|booking| (job, booking));
    ctx.transact(command, |unit, (job, booking)| Box::pin(book_in(unit, *job, booking))).await
}

async fn book_in(unit: &mut Unit, id: JobId, booking: &Booking) -> Result<Appointment, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let crew = store::assignments::of_job(&mut unit.tx, id).await?;
    jobs::may(Action::Book, &job, &crew, CaseState::Open)?;
    bookable(unit, booking)?;
    let technician = store::technicians::find(&mut unit.tx, booking.technician_id).await?;
    let technician = technician.ok_or_else(|| Refusal::field("technician_id", "no such technician"))?;
    technician.fits(job.trade)?;
    store::technicians::hold(&mut unit.tx, technician.id).await?;
    offers::withdraw_open(unit, id, WithdrawCode::Booked).await?;
    windows::release(unit, id).await?;
    let window = Appointment {
        id: unit.id(),
        version: 1,
        technician_id: technician.id,
        job_id: id,
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        state: WindowState::Planned,
    };
    store::windows::insert(&mut unit.tx, &window).await.map_err(taken)?;
    let ask_before = unit.ctx.reference().dispatch().booking.ask_before_s.delta();
    let job = job.booked(unit.now, (booking.starts_at - ask_before).max(unit.now))?;
    store::jobs::save(&mut unit.tx, &job).await?;
    alarms::resolve_all(unit, id.0, &[AlarmKind::PlaceChanged]).await?;
    windows::watch_duty(unit, &window).await?;
    windows::emit(
        unit,
        Kind::JobBooked,
        &window,
        json!({ "starts_at": window.starts_at, "ends_at": window.ends_at }),
    );
    Ok(window)
}

/// The database has refused it: the technician has another visit then.
fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Exists(_) | store::Error::Forbidden(_) => {
            Refusal::state("window_taken", "the technician has another visit planned in this window").into()
        }
        other => other.into(),
    }
}

fn bookable(unit: &Unit, booking: &Booking) -> Result<(), Error> {
    let length = booking.ends_at - booking.starts_at;
    if booking.starts_at <= unit.now {
        return Err(Refusal::field("starts_at", "the visit must begin in the future").into());
    }
    let days = unit.ctx.reference().dispatch().booking.days_max;
    if booking.starts_at > unit.now + TimeDelta::days(i64::from(days)) {
        return Err(
            Refusal::field("starts_at", format!("visits are planned at most {days} days ahead")).into()
        );
    }
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&length) {
        return Err(Refusal::field("ends_at", "a visit lasts from 15 minutes to 12 hours").into());
    }
    Ok(())
}

/// Gives a planned visit up; the job waits for another window, and then goes on the ladder.
pub async fn unbook(ctx: &Ctx, job: JobId, command: Command<UnbookCode>) -> Result<Job, Error> {
    let command = command.map(|code| (job, code));
    ctx.transact(command, |unit, (job, code)| Box::pin(unbook_in(unit, *job, *code))).await
}

async fn unbook_in(unit: &mut Unit, id: JobId, code: UnbookCode) -> Result<Job, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let Some(window) = store::windows::of_job(&mut unit.tx, id).await? else {
        return Err(Refusal::state("not_booked", "no visit is planned for this job").into());
    };
    Action::Unbook.check(job.state)?;
    windows::give_up(unit, &window, code.as_str()).await?;
    let job = waiting_for_a_window(unit, job)?;
    store::jobs::save(&mut unit.tx, &job).await?;
    Ok(job)
}

/// The job has time to be booked anew before the ladder begins.
fn waiting_for_a_window(unit: &Unit, job: Job) -> Result<Job, Error> {
    let wait = unit.ctx.reference().dispatch().policy(job.priority).start_after_s.delta();
    Ok(job.unassigned(unit.now, unit.now + wait)?)
}

/// Makes way for an emergency: what becomes of the visit has been said before it is moved.
pub(super) async fn displace(
    unit: &mut Unit,
    technician: TechnicianId,
    span: Span,
    by: &Job,
    consequence: Option<Consequence>,
) -> Result<(), Error> {
    for window in store::windows::overlapping(&mut unit.tx, technician, span).await? {
        if window.job_id == by.id {
            continue;
        }
        let Some(consequence) = consequence else {
            let message = format!(
                "the technician has a visit planned from {} (job {}); say what becomes of it",
                crate::domain::span::tokyo(window.starts_at).format("%m-%d %H:%M"),
                window.job_id
            );
            return Err(Refusal::state("planned_visit", message).into());
        };
        if !matches!(by.priority, Priority::P0 | Priority::P1) {
            let message = format!("a job of priority {} does not displace a planned visit", by.priority);
            return Err(Refusal::state("planned_visit", message).into());
        }
        let displaced =
            store::jobs::lock(&mut unit.tx, window.job_id).await?.ok_or(Error::NotFound("job"))?;
        windows::give_up(unit, &window, consequence.as_str()).await?;
        alarms::raise(unit, AlarmKind::Displaced, Subject::Job, displaced.id.0).await?;
        if displaced.state == JobState::Booked {
            let displaced = match consequence {
                Consequence::Rebook => waiting_for_a_window(unit, displaced)?,
                Consequence::OtherTechnician => displaced.unassigned(unit.now, unit.now)?,
            };
            store::jobs::save(&mut unit.tx, &displaced).await?;
        }
    }
    Ok(())
}

/// A window that can be booked, with who could come.
#[derive(Debug, Clone)]
pub struct Window {
    /// From when until when.
    pub span: Span,
    /// The nearest who could come.
    pub technicians: Vec<Technician>,
    /// How many could come in all.
    pub free: usize,
}

/// The windows of the coming days that can be booked for a job, earliest first.
pub async fn windows(ctx: &Ctx, job: JobId, days: Option<u16>) -> Result<Vec<Window>, Error> {
    let mut tx = ctx.db().read().await?;
    let job = store::jobs::find(&mut tx, job).await?.ok_or(Error::NotFound("job"))?;
    let site = store::cases::site(&mut tx, job.case_id).await?.ok_or(Error::NotFound("place"))?;
    let reference = ctx.reference();
    let rungs = &reference.dispatch().policy(job.priority).rungs;
    let widest = rungs.last().ok_or_else(|| Error::Internal("a ladder without rungs".to_owned()))?;
    let question = ladder::question(ctx, &mut tx, &job, &site, widest, Default::default()).await?;
    let booking = &reference.dispatch().booking;
    let days = days.unwrap_or(booking.days_max).min(booking.days_max);
    let (opens, closes) = (booking.opens_minute, booking.closes_minute);
    let calendar = free::calendar(ctx.now(), days, opens, closes, booking.window_s.delta());
    let now = ctx.now();
    let found = ctx.matched(|fleet| free::bookable(fleet, &question, now, &calendar));
    let named = found.iter().flat_map(|window| window.technicians.iter().copied());
    let known = store::technicians::several(&mut tx, named).await?;
    let known: BTreeMap<_, _> = known.into_iter().map(|one| (one.id, one)).collect();
    let bookable = found.into_iter().map(|window| Window {
        span: window.span,
        technicians: window.technicians.iter().filter_map(|id| known.get(id).cloned()).collect(),
        free: window.free,
    });
    Ok(bookable.collect())
}

/// The planned visit of a job, if the actor may see the job.
pub async fn find(ctx: &Ctx, actor: &Actor, job: JobId) -> Result<Appointment, Error> {
    let mut tx = ctx.db().read().await?;
    let missing = || Error::NotFound("appointment");
    let window = store::windows::of_job(&mut tx, job).await?.ok_or_else(missing)?;
    let technician = store::technicians::find(&mut tx, window.technician_id).await?.ok_or_else(missing)?;
    if !actor.scope().covers(technician.firm_id, technician.id) {
        return Err(missing());
    }
    Ok(window)
}
