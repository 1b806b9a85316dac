//! What the desk has in hand.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    app::{self, in_hand::QueueClock},
    domain::{
        alarms::AlarmKind,
        ids::{CaseId, JobId, TechnicianId},
        jobs::JobState,
        offers::Slot,
        place::{GeoPoint, Point},
        trade::{Priority, Trade},
    },
    http::{Service, reply::Answer},
};

/// An unfinished job at a glance.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct QueuedJob {
    /// The job.
    job_id: JobId,
    /// Its case.
    case_id: CaseId,
    /// The case's number, to be said on the telephone.
    case_number: String,
    /// What is to be done.
    job_code: String,
    /// Which trade does it.
    trade: Trade,
    /// How urgent it is.
    priority: Priority,
    /// Where it is.
    state: JobState,
    /// Since when.
    state_since: DateTime<Utc>,
    /// What holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// Language to speak with the resident (BCP 47).
    language: String,
    /// Municipality and town, in Japanese.
    #[serde(skip_serializing_if = "Option::is_none")]
    district: Option<String>,
    /// Where that is on a map, to about a hundred metres; the exact place is read with the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GeoPoint>)]
    near: Option<Point>,
    /// The clock that matters now.
    clock: QueueClock,
    /// What a person must know about it: ringing or acknowledged.
    alarms: Vec<AlarmKind>,
    /// Who is on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_it: Option<OnIt>,
}

/// Who is on a job.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct OnIt {
    /// Who.
    technician_id: TechnicianId,
    /// Name as on the badge.
    technician_name: String,
    /// The firm.
    firm_name: String,
    /// Whether it is his current job or waits.
    slot: Slot,
    /// When he promised to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    arrival_due_at: Option<DateTime<Utc>>,
}

impl From<app::in_hand::InHand> for QueuedJob {
    fn from(in_hand: app::in_hand::InHand) -> Self {
        let app::in_hand::InHand { entry, on_it, clock, alarms } = in_hand;
        Self {
            job_id: entry.job_id,
            case_id: entry.case_id,
            case_number: entry.number,
            job_code: entry.job_code,
            trade: entry.trade,
            priority: entry.priority,
            state: entry.state,
            state_since: entry.state_since,
            hold: entry.hold,
            created_at: entry.created_at,
            language: entry.language,
            district: entry.district,
            near: entry.site.map(Point::coarse),
            clock,
            alarms,
            on_it: on_it.map(|one| OnIt {
                technician_id: one.technician_id,
                technician_name: one.technician_name,
                firm_name: one.firm_name,
                slot: one.slot,
                arrival_due_at: one.arrival_due_at,
            }),
        }
    }
}

/// Show what is in hand
///
/// Every unfinished job, most urgent first, then oldest: an emergency that is late never sinks. At most 500.
#[utoipa::path(get, path = "/v1/queue", tag = "dispatch", responses((status = 200, body = Vec<QueuedJob>)))]
pub(super) async fn show(State(service): State<Service>) -> Answer<Json<Vec<QueuedJob>>> {
    let desk = app::queue::desk(&service.ctx).await?;
    Ok(Json(desk.jobs.iter().cloned().map(Into::into).collect()))
}
