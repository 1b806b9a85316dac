//! Positions of technicians, in batches. Not events: only the newest of each is kept.

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        actor::{Actor, Scope},
        ids::{FirmId, TechnicianId},
        place::{GeoPoint, Point},
        positions::{ACCURACY_MAX_M, AHEAD_MAX, measured},
        refusal::{FieldError, Refusal},
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
    pub point: GeoPoint,
    /// How exact, in metres.
    pub accuracy_m: Option<i64>,
    /// When the device measured it.
    pub measured_at: Instant,
}

/// Records a batch; answers what of it is no position (G-13): that is left out. Nothing is recorded when a technician is not the
/// actor's. Older than known is ignored.
pub async fn record(ctx: &Ctx, command: Command<Vec<Report>>) -> Result<Vec<FieldError>, Error> {
    let received_at = ctx.now();
    let own = own_firm(&command.actor, &command.body)?;
    let (mut fixes, mut refused) = (Vec::new(), Vec::new());
    for (index, report) in command.body.iter().enumerate() {
        match fix(report, received_at) {
            Ok(fix) => fixes.push(fix),
            Err((field, message)) => {
                refused.push(FieldError { field: format!("positions[{index}].{field}"), message });
            }
        }
    }
    if fixes.is_empty() {
        return Err(Refusal::Invalid(refused).into());
    }
    let command = command.map(|reports| (own, reports, fixes.clone()));
    ctx.transact(command, |unit, (own, reports, fixes)| Box::pin(record_in(unit, *own, reports, fixes)))
        .await?;
    ctx.record_positions(&fixes);
    Ok(refused)
}

/// The position of a report, or the field that makes it none, and why.
fn fix(report: &Report, received_at: Instant) -> Result<Position, (&'static str, String)> {
    let point = Point::try_from(report.point).map_err(|error| ("point", error.to_string()))?;
    if report.accuracy_m.is_some_and(|metres| metres > ACCURACY_MAX_M) {
        return Err(("accuracy_m", format!("is worse than {ACCURACY_MAX_M} m")));
    }
    let measured_at = measured(report.measured_at, received_at).ok_or_else(|| {
        let minutes = AHEAD_MAX.num_minutes();
        let message =
            format!("is more than {minutes} minutes ahead of our clock; set the clock of the device");
        ("measured_at", message)
    })?;
    Ok(Position {
        technician_id: report.technician_id,
        point,
        accuracy_m: report.accuracy_m,
        measured_at,
        received_at,
    })
}

async fn record_in(
    unit: &mut Unit,
    own: Option<FirmId>,
    reports: &[Report],
    fixes: &[Position],
) -> Result<(), Error> {
    if let Some(stranger) = store::positions::stranger(&mut unit.tx, own, fixes).await? {
        let index = reports.iter().position(|report| report.technician_id == stranger).unwrap_or_default();
        return Err(unknown(index).into());
    }
    store::positions::record(&mut unit.tx, fixes).await?;
    Ok(())
}

/// The firm whose technicians the actor may report, where it is bound to one.
fn own_firm(actor: &Actor, reports: &[Report]) -> Result<Option<FirmId>, Error> {
    match actor.scope() {
        Scope::All => Ok(None),
        Scope::Firm(firm) => Ok(Some(firm)),
        Scope::Technician(firm, own) => match reports.iter().position(|report| report.technician_id != own) {
            Some(index) => Err(unknown(index).into()),
            None => Ok(Some(firm)),
        },
        Scope::Nothing => Err(Error::NotFound("technician")),
    }
}

fn unknown(index: usize) -> Refusal {
    Refusal::field(format!("positions[{index}].technician_id"), "no such technician")
}
