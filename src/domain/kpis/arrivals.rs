//! Time to arrive by trade, class of the day and prefecture.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Seconds,
    rows::{JobRow, Milestones, Told},
};
use crate::domain::text_enum::text_enum;

text_enum! {
    /// By what arrivals are told apart.
    pub enum ArrivalGrouping("grouping of arrivals") {
        /// By trade.
        Trade = "trade",
        /// By the class of the day.
        DayClass = "day_class",
        /// By prefecture.
        Prefecture = "prefecture",
    }
}

/// Time to arrive in one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ArrivalGroup {
    /// By what.
    pub by: ArrivalGrouping,
    /// Code of the trade or of the class of the day; the prefecture by its Japanese name.
    pub group: String,
    /// From the acceptance to the arrival.
    pub time_to_arrive: Seconds,
    /// From the answered call to the arrival.
    pub time_to_door: Seconds,
}

pub(super) fn groups(told: &Told, milestones: &Milestones) -> Vec<ArrivalGroup> {
    let mut groups: BTreeMap<(ArrivalGrouping, String), Vec<&JobRow>> = BTreeMap::new();
    let arrived = told.jobs.iter().filter(|job| milestones.time_to_arrive(job).is_some());
    for job in arrived {
        let of = [
            (ArrivalGrouping::Trade, Some(job.trade.to_string())),
            (ArrivalGrouping::DayClass, Some(job.day_class.to_string())),
            (ArrivalGrouping::Prefecture, job.prefecture.clone()),
        ];
        for (by, group) in of {
            let Some(group) = group else { continue };
            groups.entry((by, group)).or_default().push(job);
        }
    }
    let figures = groups.into_iter().map(|((by, group), jobs)| ArrivalGroup {
        by,
        group,
        time_to_arrive: Seconds::of(jobs.iter().filter_map(|job| milestones.time_to_arrive(job))),
        time_to_door: Seconds::of(jobs.iter().filter_map(|job| milestones.time_to_door(job))),
    });
    figures.collect()
}
