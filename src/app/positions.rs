//! Positions of technicians, in batches. Not events: only the newest of each is kept.

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::{Actor, Scope},
        ids::{FirmId, TechnicianId},
        place::Point,
        positions::{AHEAD_MAX, measured},
        refusal::Refusal,
        span::Instant,
    },
    store::{self, positions::Position},
};

/// Positions in one batch at most.
pub const BATCH_MAX: usize = 1_000;

/// A position as a device reports it.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whose.
    pub technician_id: TechnicianId,
    /// Where.
    pub point: Point,
    /// How exact, in metres.
    pub accuracy_m: Option<i64>,
    /// When the device measured it.
    pub measured_at: Instant,
}

/// Records a batch; all of it or, when a technician is not the actor's or a clock is wrong (G-13), nothing. Older than known
/// is ignored.
pub async fn record(ctx: &Ctx, command: Command<Vec<Report>>) -> Result<(), Error> {
    let received_at = ctx.now();
    let fixes = command.body.iter().enumerate().map(|(index, report)| fix(index, report, received_at));
    let fixes: Vec<Position> = fixes.collect::<Result<_, _>>()?;
    let own = own_firm(&command.actor, &fixes)?;
    let command = command.map(|_| (own, fixes.clone()));
    ctx.transact(command, |unit, (own, fixes)| Box::pin(record_in(unit, *own, fixes))).await?;
    ctx.record_positions(&fixes);
    Ok(())
}

fn fix(index: usize, report: &Report, received_at: Instant) -> Result<Position, Refusal> {
    let measured_at = measured(report.measured_at, received_at).ok_or_else(|| {
        let minutes = AHEAD_MAX.num_minutes();
        let message =
            format!("is more than {minutes} minutes ahead of our clock; set the clock of the device");
        Refusal::field(format!("positions[{index}].measured_at"), message)
    })?;
    Ok(Position {
        technician_id: report.technician_id,
        point: report.point,
        accuracy_m: report.accuracy_m,
        measured_at,
        received_at,
    })
}

async fn record_in(unit: &mut Unit, own: Option<FirmId>, fixes: &[Position]) -> Result<(), Error> {
    if let Some(stranger) = store::positions::stranger(&mut unit.tx, own, fixes).await? {
        let index = fixes.iter().position(|fix| fix.technician_id == stranger).unwrap_or_default();
        return Err(unknown(index).into());
    }
    store::positions::record(&mut unit.tx, fixes).await?;
    Ok(())
}

/// The firm whose technicians the actor may report, where it is bound to one.
fn own_firm(actor: &Actor, fixes: &[Position]) -> Result<Option<FirmId>, Error> {
    match actor.scope() {
        Scope::All => Ok(None),
        Scope::Firm(firm) => Ok(Some(firm)),
        Scope::Technician(firm, own) => match fixes.iter().position(|fix| fix.technician_id != own) {
            Some(index) => Err(unknown(index).into()),
            None => Ok(Some(firm)),
        },
        Scope::Nothing => Err(Error::NotFound("technician")),
    }
}

fn unknown(index: usize) -> Refusal {
    Refusal::field(format!("positions[{index}].technician_id"), "no such technician")
}
