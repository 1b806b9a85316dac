//! When the customer received the statutory document: the first of the eight days of cooling-off (Y-11).

use chrono::NaiveDate;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        cooling_off::{self, StatutoryReceipt},
        events,
        ids::JobId,
    },
    store,
};

/// Records the day. Recorded once more, the later record counts.
pub async fn record(ctx: &Ctx, job: JobId, command: Command<NaiveDate>) -> Result<StatutoryReceipt, Error> {
    let command = command.map(|received_on| (job, received_on));
    ctx.transact(command, |unit, (job, received_on)| Box::pin(record_in(unit, *job, *received_on))).await
}

async fn record_in(unit: &mut Unit, id: JobId, received_on: NaiveDate) -> Result<StatutoryReceipt, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let known = store::statutory_receipts::of_job(&mut unit.tx, id).await?;
    cooling_off::check(received_on, job.created_at, known.len(), unit.now)?;
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
