//! Sentences for people, in Japanese and English.

use std::fmt::Display;

use crate::domain::{
    span::{Instant, tokyo},
    tools::Tool,
    trade::Trade,
};

/// One statement in both languages of the staff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The statement in both languages.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

/// A trade in the middle of a sentence.
pub(super) fn trade(trade: Trade) -> Words {
    match trade {
        Trade::Water => Words::new("水回りのトラブル", "water trouble"),
        Trade::Lock => Words::new("部屋の鍵のトラブル", "lock trouble"),
    }
}

/// A tool in the middle of a sentence.
pub(super) fn tool(tool: Tool) -> Words {
    match tool {
        Tool::HighPressureMachine => Words::new("高圧洗浄機", "high-pressure machine"),
        Tool::PoweredDrainMachine => Words::new("トーラー・電動ワイヤー", "powered drain machine"),
        Tool::LeakDetector => Words::new("漏水調査機", "leak detector"),
        Tool::ThawingMachine => Words::new("解氷機", "thawing machine"),
        Tool::OpeningTools => Words::new("開錠工具", "opening tools"),
        Tool::KeyMachine => Words::new("キーマシン", "key machine"),
    }
}

/// Day and time on the wall clock of Tokyo, as in `11/23 22:05`.
pub(super) fn clock(at: Instant) -> impl Display {
    tokyo(at).format("%-m/%-d %H:%M")
}
