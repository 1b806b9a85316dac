//! Planned visits. The database refuses two that overlap for one technician.

use super::{
    Error, Tx,
    codec::{Json, row},
    db::{id_list, query},
};
use crate::domain::{
    appointments::Appointment,
    ids::{JobId, TechnicianId},
    span::Span,
};

row! { Appointment: id, version, technician_id, job_id, starts_at, ends_at, state, confirmation: Json }

/// Of a planned visit.
macro_rules! columns {
    () => {
        "id, version, technician_id, job_id, starts_at, ends_at, state, confirmation"
    };
}

/// The planned visit of a job.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Option<Appointment>, Error> {
    query!(
        tx,
        optional Appointment,
        concat!("SELECT ", columns!(), " FROM planned_window WHERE job_id = $1 AND state = 'planned'"),
        job
    )
}

/// The planned visits of a technician that share an instant with `span`, earliest first.
pub async fn overlapping(
    tx: &mut Tx,
    technician: TechnicianId,
    span: Span,
) -> Result<Vec<Appointment>, Error> {
    query!(
        tx,
        all Appointment,
        concat!("SELECT ", columns!(), " FROM planned_window
            WHERE technician_id = $1 AND state = 'planned' AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at"),
        technician,
        span.from(),
        span.to()
    )
}

/// The planned visits of some technicians that overlap with a span, earliest first.
pub async fn of_technicians(
    tx: &mut Tx,
    technicians: &[TechnicianId],
    span: Span,
) -> Result<Vec<Appointment>, Error> {
    query!(
        tx,
        all Appointment,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM planned_window
                WHERE technician_id IN (SELECT unhex(value) FROM json_each($1)) AND state = 'planned'
                AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at"),
            postgres: concat!("SELECT ", columns!(), " FROM planned_window
                WHERE technician_id IN (SELECT CAST(value AS UUID)
                                               FROM json_array_elements_text(CAST($1 AS JSON)))
                         AND state = 'planned' AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at")
        },
        id_list(technicians.iter().map(|technician| technician.0)),
        span.from(),
        span.to()
    )
}
