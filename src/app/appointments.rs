//! Planned visits: a window of a technician's day for what can wait (P2, P3). The database refuses two that overlap.

use std::collections::BTreeMap;

use super::{Command, Ctx, Error, Unit, dockets, fitness, questions, windows};
use crate::{
    dispatch::{question::When, windows as free},
    domain::{
        actor::Actor,
        alarms::AlarmKind,
        appointments::{Appointment, UnbookCode, WindowState},
        firms::Technician,
        fitness::Confirmation,
        ids::{JobId, TechnicianId},
        jobs::Job,
        refusal::JobRefused,
        span::{Instant, Span},
    },
    store,
};

/// A visit to be planned.
#[derive(Debug, Clone)]
pub struct Booking {
    /// Who is to come.
    pub technician_id: TechnicianId,
    /// From when.
    pub starts_at: Instant,
    /// Until when; not included.
    pub ends_at: Instant,
    /// What is passed over.
    pub confirmation: Option<Confirmation>,
}

/// Plans a visit for a job; an earlier plan of it is given up. Its technician is asked when the time comes near.
pub async fn book(ctx: &Ctx, job: JobId, command: Command<Booking>) -> Result<Appointment, Error> {
    let command = command.map(|booking| (job, booking));
    ctx.transact(command, |unit, (job, booking)| Box::pin(book_in(unit, *job, booking))).await
}

async fn book_in(unit: &mut Unit, id: JobId, booking: &Booking) -> Result<Appointment, Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    let reference = unit.ctx.reference();
    docket.may_book(booking.starts_at, booking.ends_at, reference.dispatch())?;
    let span = Span::new(booking.starts_at, booking.ends_at);
    let when = span.map_or(When::Now, When::Visit);
    store::technicians::hold(&mut unit.tx, booking.technician_id).await?;
    let known = fitness::named(unit, booking.technician_id).await?;
    let looked = known.asked(&fitness::question(unit, docket.job()).await?, when)?;
    let window = Appointment {
        id: unit.id(),
        version: 1,
        technician_id: looked.technician.id,
        job_id: id,
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        state: WindowState::Planned,
        confirmation: booking.confirmation.clone(),
    };
    let is_off = windows::is_in_time_off(unit, &window).await?;
    let ask_at = docket.asks_for(&window, reference.dispatch());
    docket.book(window.clone(), &looked.fitness, ask_at)?;
    if is_off {
        docket.raise(AlarmKind::VisitOffDuty);
    }
    dockets::close(unit, docket).await?;
    unit.flush().await.map_err(taken)?;
    looked.seen().must_hold(unit);
    Ok(window)
}

/// The database has refused it: the technician has another visit then.
fn taken(error: store::Error) -> Error {
    match error {
        store::Error::Exists(_) | store::Error::Forbidden(_) => {
            Error::Refused(JobRefused::WindowTaken.into())
        }
        other => other.into(),
    }
}

/// Gives a planned visit up; the job waits for another window, and then goes on the ladder.
pub async fn unbook(ctx: &Ctx, job: JobId, command: Command<UnbookCode>) -> Result<Job, Error> {
    let command = command.map(|code| (job, code));
    ctx.transact(command, |unit, (job, code)| Box::pin(unbook_in(unit, *job, *code))).await
}

async fn unbook_in(unit: &mut Unit, id: JobId, code: UnbookCode) -> Result<Job, Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    docket.unbook(code, unit.ctx.reference().dispatch())?;
    Ok(dockets::close(unit, docket).await?.job)
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
    let question = questions::of_job(ctx, &mut tx, &job, &site).await?;
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
