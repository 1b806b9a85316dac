//! Tools a kind of work may need, and the set of them that a technician carries.

use serde::{Deserialize, Serialize};

use super::text_enum::text_enum;

text_enum! {
    /// A tool that not everybody carries; named after the special works that need it (S-11).
    pub enum Tool("tool") {
        /// 高圧洗浄機.
        HighPressureMachine = "high_pressure_machine",
        /// トーラー・電動ワイヤー.
        PoweredDrainMachine = "powered_drain_machine",
        /// 漏水調査機.
        LeakDetector = "leak_detector",
        /// 解氷機.
        ThawingMachine = "thawing_machine",
        /// 開錠工具. May be carried for business only (S-07).
        OpeningTools = "opening_tools",
        /// キーマシン.
        KeyMachine = "key_machine",
    }
}

text_enum! {
    /// Whether a technician may carry tools for opening locks (特殊開錠用具, S-07).
    pub enum OpeningAuthority("opening-tools authority") {
        /// Not confirmed: no lock is opened.
        NotAuthorised = "not_authorised",
        /// The firm has confirmed that they are carried for its business.
        Authorised = "authorised",
    }
}

/// A set of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Tool>", into = "Vec<Tool>")]
pub struct Tools(u8);

impl Tools {
    /// Whether `tool` is among them.
    #[must_use]
    pub fn contains(self, tool: Tool) -> bool {
        self.0 & (1 << tool as u8) != 0
    }

    /// Whether all of `others` are among them.
    #[must_use]
    pub fn contain_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// The tools in order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Tool> {
        Tool::ALL.iter().copied().filter(move |tool| self.contains(*tool))
    }
}

impl FromIterator<Tool> for Tools {
    fn from_iter<I: IntoIterator<Item = Tool>>(tools: I) -> Self {
        Self(tools.into_iter().fold(0, |bits, tool| bits | 1 << tool as u8))
    }
}

impl From<Vec<Tool>> for Tools {
    fn from(tools: Vec<Tool>) -> Self {
        tools.into_iter().collect()
    }
}

impl From<Tools> for Vec<Tool> {
    fn from(tools: Tools) -> Self {
        tools.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_a_set() {
        let two: Tools = [Tool::KeyMachine, Tool::OpeningTools, Tool::KeyMachine].into_iter().collect();
        assert_eq!(serde_json::to_string(&two).unwrap(), r#"["opening_tools","key_machine"]"#);
        let one: Tools = [Tool::OpeningTools].into_iter().collect();
        assert!(two.contain_all(one) && !one.contain_all(two) && one.contain_all(Tools::default()));
        assert!(Tool::ALL.len() <= 8, "they fit the set");
    }
}
