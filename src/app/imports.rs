//! What a file describes is taken over in one transaction: all of it, or nothing and every reason.

use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, firms, technicians};
use crate::{
    domain::{
        actor::Actor,
        firms::{OfficeKey, Technician},
        refusal::{FieldError, Refusal},
        roster::Roster,
    },
    store,
};

/// A row of a file.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// Where it stands, from 1.
    pub line: u64,
    /// What it says.
    pub value: T,
}

/// What a row says of a technician. The weekly shifts of the profile count for nobody: those known stay.
#[derive(Debug, Clone)]
pub struct TechnicianRow {
    /// What the office calls the firm.
    pub firm_key: OfficeKey,
    /// What is said.
    pub profile: technicians::Profile,
}

/// All weekly shifts of one technician.
#[derive(Debug, Clone)]
pub struct ShiftsRow {
    /// What the office calls the technician.
    pub technician_key: OfficeKey,
    /// The shifts, in place of those known.
    pub shifts: Roster,
}

/// Whether what is read is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Keep,
    /// Everything is taken back.
    DryRun,
}

/// What became of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Not known before.
    pub new: usize,
    /// Known, and now otherwise.
    pub changed: usize,
    /// Known, and as they were.
    pub unchanged: usize,
}

enum Taken {
    New,
    Changed,
    Unchanged,
}

/// How a place in a file is named in a refusal.
#[must_use]
pub fn place(line: u64, column: &str) -> String {
    format!("line {line}, column {column}")
}

/// Takes over firms, by the office's key.
pub async fn firms(ctx: &Ctx, rows: Vec<Row<firms::Profile>>, mode: Mode) -> Result<Summary, Error> {
    let command = Command::new(Actor::Service("import"), rows);
    match mode {
        Mode::Keep => ctx.transact(command, |unit, rows| Box::pin(firms_in(unit, rows))).await,
        Mode::DryRun => ctx.rehearse(command, |unit, rows| Box::pin(firms_in(unit, rows))).await,
    }
}

async fn firms_in(unit: &mut Unit, rows: &[Row<firms::Profile>]) -> Result<Summary, Error> {
    let mut tally = Tally::default();
    for row in rows {
        let taken = firm_in(unit, &row.value).await;
        tally.count(row.line, taken)?;
    }
    tally.finish()
}

async fn firm_in(unit: &mut Unit, profile: &firms::Profile) -> Result<Taken, Error> {
    let known = match &profile.key {
        Some(key) => store::firms::by_key(&mut unit.tx, key).await?,
        None => None,
    };
    let Some(known) = known else {
        firms::register_in(unit, profile).await?;
        return Ok(Taken::New);
    };
    let firm = firms::described(unit, known.clone(), profile).await?;
    if firm == known {
        return Ok(Taken::Unchanged);
    }
    firms::save(unit, firm, &known, Error::Conflict).await?;
    Ok(Taken::Changed)
}

/// Takes over technicians, by the office's key.
pub async fn technicians(ctx: &Ctx, rows: Vec<Row<TechnicianRow>>, mode: Mode) -> Result<Summary, Error> {
    let command = Command::new(Actor::Service("import"), rows);
    match mode {
        Mode::Keep => ctx.transact(command, |unit, rows| Box::pin(technicians_in(unit, rows))).await,
        Mode::DryRun => ctx.rehearse(command, |unit, rows| Box::pin(technicians_in(unit, rows))).await,
    }
}

async fn technicians_in(unit: &mut Unit, rows: &[Row<TechnicianRow>]) -> Result<Summary, Error> {
    let mut tally = Tally::default();
    for row in rows {
        let taken = technician_in(unit, &row.value).await;
        tally.count(row.line, taken)?;
    }
    tally.finish()
}

async fn technician_in(unit: &mut Unit, row: &TechnicianRow) -> Result<Taken, Error> {
    let firm = store::firms::by_key(&mut unit.tx, &row.firm_key).await?;
    let firm = firm.ok_or_else(|| Refusal::field("firm_key", "no firm has this key"))?;
    let known = match &row.profile.key {
        Some(key) => store::technicians::by_key(&mut unit.tx, key).await?,
        None => None,
    };
    let Some(known) = known else {
        technicians::register_in(unit, firm.id, &row.profile).await?;
        return Ok(Taken::New);
    };
    if known.firm_id != firm.id {
        return Err(Refusal::field("firm_key", "the technician is of another firm").into());
    }
    let profile = technicians::Profile { shifts: known.shifts.clone(), ..row.profile.clone() };
    let technician = technicians::described(unit, known.clone(), &profile)?;
    keep(unit, known, technician).await
}

/// Takes over weekly shifts, by the office's key of the technician.
pub async fn shifts(ctx: &Ctx, rows: Vec<Row<ShiftsRow>>, mode: Mode) -> Result<Summary, Error> {
    let command = Command::new(Actor::Service("import"), rows);
    match mode {
        Mode::Keep => ctx.transact(command, |unit, rows| Box::pin(shifts_in(unit, rows))).await,
        Mode::DryRun => ctx.rehearse(command, |unit, rows| Box::pin(shifts_in(unit, rows))).await,
    }
}

async fn shifts_in(unit: &mut Unit, rows: &[Row<ShiftsRow>]) -> Result<Summary, Error> {
    let mut tally = Tally::default();
    for row in rows {
        let taken = roster_in(unit, &row.value).await;
        tally.count(row.line, taken)?;
    }
    tally.finish()
}

async fn roster_in(unit: &mut Unit, row: &ShiftsRow) -> Result<Taken, Error> {
    let known = store::technicians::by_key(&mut unit.tx, &row.technician_key).await?;
    let known = known.ok_or_else(|| Refusal::field("technician_key", "no technician has this key"))?;
    let technician = Technician { shifts: row.shifts.clone(), ..known.clone() };
    keep(unit, known, technician).await
}

async fn keep(unit: &mut Unit, known: Technician, technician: Technician) -> Result<Taken, Error> {
    if technician == known {
        return Ok(Taken::Unchanged);
    }
    technicians::save(unit, technician, &known, Error::Conflict).await?;
    Ok(Taken::Changed)
}

/// Counts what was taken, and gathers every refusal.
#[derive(Default)]
struct Tally {
    summary: Summary,
    refused: Vec<FieldError>,
}

impl Tally {
    /// A refusal is gathered; any other failure ends the whole.
    fn count(&mut self, line: u64, taken: Result<Taken, Error>) -> Result<(), Error> {
        match taken {
            Ok(Taken::New) => self.summary.new += 1,
            Ok(Taken::Changed) => self.summary.changed += 1,
            Ok(Taken::Unchanged) => self.summary.unchanged += 1,
            Err(Error::Refused(Refusal::Invalid(fields))) => {
                // `licences[0].areas[1]` stands in the column of the licences.
                let column = |field: &str| field.split(['[', '.']).next().unwrap_or_default().to_owned();
                let refused = fields.into_iter().map(|error| FieldError {
                    field: place(line, &column(&error.field)),
                    message: error.message,
                });
                self.refused.extend(refused);
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }

    fn finish(self) -> Result<Summary, Error> {
        if self.refused.is_empty() { Ok(self.summary) } else { Err(Refusal::Invalid(self.refused).into()) }
    }
}
