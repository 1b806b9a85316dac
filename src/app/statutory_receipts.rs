//! When the customer received the statutory document: the first of the eight days of cooling-off (Y-11).

use chrono::NaiveDate;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        cooling_off::{self, ReceiptDoubt, StatutoryReceipt},
        events,
        ids::JobId,
    },
    store,
};

/// That the customer has the document.
#[derive(Debug, Clone)]
pub struct Received {
    /// Since which day.
    pub on: NaiveDate,
    /// What is doubtful about it and right all the same.
    pub confirm: Vec<ReceiptDoubt>,
}

/// Records the day. Recorded once more, the later record counts.
pub async fn record(ctx: &Ctx, job: JobId, command: Command<Received>) -> Result<StatutoryReceipt, Error> {
    let command = command.map(|received| (job, received));
    ctx.transact(command, |unit, (job, received)| Box::pin(record_in(unit, *job, received))).await
}

async fn record_in(unit: &mut Unit, id: JobId, received: &Received) -> Result<StatutoryReceipt, Error> {
    let received_on = received.on;
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let known = store::statutory_receipts::of_job(&mut unit.tx, id).await?;
    cooling_off::check(received_on, job.created_at, &known, unit.now, &received.confirm)?;
    let receipt = StatutoryReceipt {
        id: unit.id(),
        job_id: id,
        number: known.last().map_or(1, |last| last.number + 1),
        received_on,
        recorded_at: unit.now,
    };
    let by = unit.actor.token();
    store::statutory_receipts::insert(&mut unit.tx, &receipt, by).await.map_err(Error::in_the_way)?;
    unit.emit(events::StatutoryReceiptRecorded { job: id, receipt: receipt.id, received_on });
    Ok(receipt)
}
