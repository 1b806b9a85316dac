//! Payments: cash taken at the site, paid later, paid back. Each is recorded once, whoever tells of it.

use uuid::Uuid;

use super::{
    Command, Ctx, Error, Unit, erasure, refunds,
    settlement::{self, File},
};
use crate::{
    domain::{
        ids::JobId,
        money::Yen,
        payments::{Payment, PaymentDoubt, PaymentKind, PaymentMethod, check, collected, confirmed, doubts},
        reference::programme::Payer,
        span::Instant,
    },
    store,
};

/// A payment to be recorded.
#[derive(Debug, Clone)]
pub struct Paid {
    /// When it was paid.
    pub kind: PaymentKind,
    /// How.
    pub method: PaymentMethod,
    /// By whom.
    pub payer: Payer,
    /// How much.
    pub amount_yen: Yen,
    /// When it was received.
    pub received_at: Instant,
    /// Number of a receipt or transfer.
    pub reference: Option<String>,
    /// What is doubtful about it and right all the same (G-07).
    pub confirm: Vec<PaymentDoubt>,
}

/// Records a payment.
pub async fn record(ctx: &Ctx, job: JobId, command: Command<Paid>) -> Result<Payment, Error> {
    let command = command.map(|paid| (job, paid));
    ctx.transact(command, |unit, (job, paid)| Box::pin(record_in(unit, *job, paid))).await
}

async fn record_in(unit: &mut Unit, id: JobId, paid: &Paid) -> Result<Payment, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let made_at = job.created_at;
    if paid.reference.is_some() {
        erasure::must_not_be_erased(unit, job.case_id).await?;
    }
    let known = store::payments::of_job(&mut unit.tx, id).await?;
    let file = File::load(&unit.ctx.clone(), &mut unit.tx, job).await?;
    let settlements = &file.books.settlements;
    // What is held for somebody's answer is theirs to pay: what they pay for it is not too much.
    let held = file.held(unit.now).into_iter().map(|item| item.charge.amount_yen);
    let owed: Yen = file.books.lines.iter().map(|line| line.charge.amount_yen).chain(held).sum();
    let payment = Payment {
        id: unit.id(),
        job_id: id,
        kind: paid.kind,
        method: paid.method,
        payer: paid.payer,
        amount_yen: paid.amount_yen,
        received_at: paid.received_at,
        reference: paid.reference.clone(),
        fact_id: None,
        settlement_id: settlements.last().map(|settlement| settlement.id),
        recorded_at: unit.now,
    };
    check(&payment, &known, made_at, unit.now)?;
    let due = Yen(owed.0 - collected(&known).0);
    let doubts = doubts(&payment, &known, settlements.last().map(|_| owed));
    confirmed(&doubts, &paid.confirm, due)?;
    settlement::keep_payment(unit, &payment);
    if !settlements.is_empty() {
        refunds::tell(unit, id, Yen(due.0 - payment.collected().0)).await?;
    }
    Ok(payment)
}

pub use store::payments::Listed;

/// The payments before `before`, newest first.
pub async fn newest(ctx: &Ctx, before: Option<Uuid>, limit: i64) -> Result<Vec<Listed>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::payments::newest(&mut tx, before, limit).await?)
}

/// What was paid for a job, in the order it was recorded.
pub async fn of_job(ctx: &Ctx, job: JobId) -> Result<Vec<Payment>, Error> {
    let mut tx = ctx.db().read().await?;
    store::jobs::find(&mut tx, job).await?.ok_or(Error::NotFound("job"))?;
    Ok(store::payments::of_job(&mut tx, job).await?)
}
