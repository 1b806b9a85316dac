//! Attendances of several technicians that overlap are one visit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::person::{Attendance, WorkSpan};

/// One attendance at the site, by whoever was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Visit {
    /// First arrival.
    pub from: DateTime<Utc>,
    /// The last thing known of it.
    pub to: DateTime<Utc>,
    /// Work, earliest first.
    pub work: Vec<WorkSpan>,
}

/// The visits, earliest first.
pub(super) fn visits(mut attendances: Vec<Attendance>) -> Vec<Visit> {
    attendances.sort_by_key(|attendance| (attendance.from, attendance.to));
    let mut visits: Vec<Visit> = Vec::new();
    for Attendance { from, to, work } in attendances {
        match visits.last_mut() {
            Some(visit) if from < visit.to => {
                visit.to = visit.to.max(to);
                visit.work.extend(work);
            }
            _ => visits.push(Visit { from, to, work }),
        }
    }
    visits.iter_mut().for_each(|visit| visit.work.sort());
    visits
}
