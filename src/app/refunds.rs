//! Money that is to be paid back: a person is told until it is.

use super::{Error, Unit, alarms};
use crate::domain::{alarms::AlarmKind, events::Subject, ids::JobId, money::Yen};

/// Tells a person where more was paid for a job than it costs; `due` is what is still to be paid, negative where that is so.
pub(super) async fn tell(unit: &mut Unit, job: JobId, due: Yen) -> Result<(), Error> {
    match due {
        Yen(..0) => alarms::raise_once(unit, AlarmKind::RefundDue, Subject::Job, job.0).await,
        _ => alarms::resolve(unit, AlarmKind::RefundDue, job.0).await,
    }
}
