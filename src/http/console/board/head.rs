//! Above the queue: how many jobs are where, and what a person must know.

use uuid::Uuid;

use super::filter::Filter;
use crate::{
    app::in_hand::{Desk, QueueStage},
    domain::{
        alarms::{Alarm, AlarmState},
        disks::Disk,
        events::Subject,
        ids::AlarmId,
        readers::Reader,
    },
    http::console::page::Page,
};

/// Alarms of a state shown at most.
const ALARMS_MAX: usize = 200;

/// What is shown.
pub(super) struct HeadView {
    pub(super) stages: Vec<StageView>,
    pub(super) ringing: Vec<AlarmView>,
    pub(super) acknowledged: Vec<AlarmView>,
    /// How often those that ring have rung, all together: it grows whenever one rings.
    pub(super) rung: i64,
    /// The filter, for what is read anew.
    pub(super) query: String,
}

/// A figure.
pub(super) struct StageView {
    pub(super) name: String,
    pub(super) code: &'static str,
    pub(super) count: usize,
    pub(super) path: String,
    pub(super) on: bool,
}

/// An alarm.
pub(super) struct AlarmView {
    pub(super) id: AlarmId,
    pub(super) what: String,
    /// The case's number where it is about a job in hand; else what kind of thing it is about.
    pub(super) about: String,
    /// The page of what it is about.
    pub(super) link: Option<String>,
    pub(super) raised_ms: i64,
    /// When an acknowledged one rings again.
    pub(super) rings_ms: Option<i64>,
    pub(super) rung: i64,
}

impl HeadView {
    pub(super) fn of(desk: &Desk, filter: &Filter, page: &Page) -> Self {
        let count =
            |stage| desk.jobs.iter().filter(|job| QueueStage::of(job.entry.state) == Some(stage)).count();
        let stages = QueueStage::ALL.iter().map(|&stage| StageView {
            name: page.code("stage", stage),
            code: stage.as_str(),
            count: count(stage),
            path: filter.toggled(stage),
            on: filter.stage == Some(stage),
        });
        let named = |alarm: &Alarm| {
            let job = desk.jobs.iter().find(|job| job.entry.job_id.0 == alarm.subject_id);
            let reader =
                Reader::of_alarm(alarm.subject, alarm.subject_id).map(|one| page.code("reader", one));
            let disk = Disk::of_alarm(alarm.subject, alarm.subject_id).map(|one| page.code("disk", one));
            job.map(|job| job.entry.number.clone()).or(reader).or(disk)
        };
        let view = |alarm: &Alarm| AlarmView {
            id: alarm.id,
            what: page.code("alarm", alarm.kind),
            about: named(alarm).unwrap_or_else(|| page.code("subject", alarm.subject)),
            link: link(alarm.subject, alarm.subject_id),
            raised_ms: alarm.raised_at.timestamp_millis(),
            rings_ms: alarm.rings_at.map(|at| at.timestamp_millis()),
            rung: alarm.rung,
        };
        let alarms = |state| desk.alarms.iter().filter(move |alarm| alarm.state == state).take(ALARMS_MAX);
        Self {
            stages: stages.collect(),
            rung: alarms(AlarmState::Ringing).map(|alarm| alarm.rung).sum(),
            ringing: alarms(AlarmState::Ringing).map(view).collect(),
            acknowledged: alarms(AlarmState::Acknowledged).map(view).collect(),
            query: filter.query(),
        }
    }
}

/// Where one looks at what an alarm is about.
fn link(subject: Subject, id: Uuid) -> Option<String> {
    let page = match subject {
        Subject::Job => "jobs",
        Subject::Case => "cases",
        Subject::Call => "calls",
        _ => return None,
    };
    Some(format!("/{page}/{id}"))
}
