//! What of the queue is shown. It stands in the address: a view can be kept, sent and reloaded.

use garde::Validate;
use serde::Deserialize;

use crate::{
    app::in_hand::{InHand, QueueStage},
    domain::trade::{Priority, Trade},
    http::console::page::Page,
};

/// What is shown; nothing said, everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Validate)]
pub(super) struct Filter {
    #[garde(skip)]
    pub(super) stage: Option<QueueStage>,
    #[garde(skip)]
    pub(super) priority: Option<Priority>,
    #[garde(skip)]
    pub(super) trade: Option<Trade>,
    /// Only what a person must look at.
    #[garde(skip)]
    pub(super) alarms: Option<bool>,
}

impl Filter {
    /// Whether a job is shown.
    pub(super) fn matches(&self, job: &InHand) -> bool {
        self.stage.is_none_or(|stage| QueueStage::of(job.entry.state) == Some(stage))
            && self.priority.is_none_or(|priority| job.entry.priority == priority)
            && self.trade.is_none_or(|trade| job.entry.trade == trade)
            && (self.alarms != Some(true) || !job.alarms.is_empty())
    }

    /// The same in an address, empty or with its question mark.
    pub(super) fn query(&self) -> String {
        let pairs = [
            ("stage", self.stage.map(|stage| stage.as_str().to_owned())),
            ("priority", self.priority.map(|priority| priority.as_str().to_owned())),
            ("trade", self.trade.map(|trade| trade.as_str().to_owned())),
            ("alarms", (self.alarms == Some(true)).then(|| "true".to_owned())),
        ];
        let said: Vec<_> =
            pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }

    fn path(&self) -> String {
        format!("/{}", self.query())
    }

    /// The switches beside the queue; each changes one thing and leaves the rest.
    pub(super) fn chips(&self, page: &Page) -> Vec<Chip> {
        let mut chips = Vec::new();
        for &priority in Priority::ALL {
            let on = self.priority == Some(priority);
            let to = Self { priority: (!on).then_some(priority), ..*self };
            let name = page.code("priority", priority);
            chips.push(Chip { group: "priority", name, path: to.path(), on });
        }
        for &trade in Trade::ALL {
            let on = self.trade == Some(trade);
            let to = Self { trade: (!on).then_some(trade), ..*self };
            chips.push(Chip { group: "trade", name: page.code("trade", trade), path: to.path(), on });
        }
        let on = self.alarms == Some(true);
        let to = Self { alarms: (!on).then_some(true), ..*self };
        let name = page.text("board-only-alarms");
        chips.push(Chip { group: "alarms", name, path: to.path(), on });
        chips
    }

    /// Where a stage's figure leads.
    pub(super) fn toggled(&self, stage: QueueStage) -> String {
        let on = self.stage == Some(stage);
        Self { stage: (!on).then_some(stage), ..*self }.path()
    }

    /// Whether anything is hidden.
    pub(super) fn hides(&self) -> bool {
        *self != Self::default()
    }
}

/// A switch.
pub(super) struct Chip {
    pub(super) group: &'static str,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) on: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_its_address() {
        assert_eq!(Filter::default().query(), "");
        let filter = Filter {
            stage: Some(QueueStage::Coming),
            priority: Some(Priority::P1),
            trade: Some(Trade::Lock),
            alarms: Some(true),
        };
        assert_eq!(filter.query(), "?stage=coming&priority=P1&trade=lock&alarms=true");
        assert_eq!(filter.toggled(QueueStage::Coming), "/?priority=P1&trade=lock&alarms=true");
        assert_eq!(Filter::default().toggled(QueueStage::Open), "/?stage=open");
    }
}
