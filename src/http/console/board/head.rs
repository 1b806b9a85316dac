//! Above the queue: how many jobs are where, and what a person must know.

use uuid::Uuid;

use super::filter::Filter;
use crate::{
    app::{
        self, Ctx,
        in_hand::{InHand, QueueStage},
    },
    domain::{
        alarms::{Alarm, AlarmState},
        events::Subject,
        ids::AlarmId,
    },
    http::{console::page::Page, reply::Answer},
};

/// Alarms shown at most.
const ALARMS_MAX: i64 = 200;

/// What is read.
pub(super) struct Head {
    stages: Vec<(QueueStage, usize, String, bool)>,
    ringing: Vec<(Alarm, Option<String>)>,
    acknowledged: Vec<(Alarm, Option<String>)>,
    query: String,
}

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

impl Head {
    pub(super) async fn read(ctx: &Ctx, in_hand: &[InHand], filter: &Filter) -> Answer<Self> {
        let count =
            |stage| in_hand.iter().filter(|job| QueueStage::of(job.entry.state) == Some(stage)).count();
        let stages = QueueStage::ALL
            .iter()
            .map(|&stage| (stage, count(stage), filter.toggled(stage), filter.stage == Some(stage)))
            .collect();
        let number = |alarm: &Alarm| {
            let job = in_hand.iter().find(|job| job.entry.job_id.0 == alarm.subject_id);
            job.map(|job| job.entry.number.clone())
        };
        let mut lists = [Vec::new(), Vec::new()];
        for (list, state) in lists.iter_mut().zip([AlarmState::Ringing, AlarmState::Acknowledged]) {
            let alarms = app::alarms::list(ctx, Some(state), Uuid::nil(), ALARMS_MAX).await?;
            list.extend(alarms.into_iter().map(|alarm| {
                let number = number(&alarm);
                (alarm, number)
            }));
        }
        let [ringing, acknowledged] = lists;
        Ok(Self { stages, ringing, acknowledged, query: filter.query() })
    }

    pub(super) fn view(self, page: &Page) -> HeadView {
        let stages = self.stages.into_iter().map(|(stage, count, path, on)| StageView {
            name: page.code("stage", stage),
            code: stage.as_str(),
            count,
            path,
            on,
        });
        let alarms = |list: Vec<(Alarm, Option<String>)>| {
            let view = |(alarm, number): (Alarm, Option<String>)| AlarmView {
                id: alarm.id,
                what: page.code("alarm", alarm.kind),
                link: link(alarm.subject, alarm.subject_id),
                about: number.unwrap_or_else(|| page.code("subject", alarm.subject)),
                raised_ms: alarm.raised_at.timestamp_millis(),
                rings_ms: alarm.rings_at.map(|at| at.timestamp_millis()),
                rung: alarm.rung,
            };
            list.into_iter().map(view).collect()
        };
        HeadView {
            rung: self.ringing.iter().map(|(alarm, _)| alarm.rung).sum(),
            stages: stages.collect(),
            ringing: alarms(self.ringing),
            acknowledged: alarms(self.acknowledged),
            query: self.query,
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
