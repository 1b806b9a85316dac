//! Who reads the log all the time: one that cannot read on stops, so that nothing is passed over, and rings at the desk.

use uuid::Uuid;

use super::{events::Subject, text_enum::text_enum};

text_enum! {
    /// Who reads the log all the time.
    pub enum Reader("reader of the log") {
        /// What gives events their place in the feed.
        Sequencer = "sequencer",
        /// The matching snapshot.
        Fleet = "fleet",
        /// What makes messages of the feed.
        Messages = "messages",
    }
}

impl Reader {
    /// What the alarm is about: the log, as this reader sees it.
    #[must_use]
    pub fn alarm_id(self) -> Uuid {
        Uuid::from_u128(match self {
            Self::Fleet => 1,
            Self::Messages => 2,
            Self::Sequencer => 3,
        })
    }

    /// Whom an alarm tells of that is about the log.
    #[must_use]
    pub fn of_alarm(subject: Subject, id: Uuid) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|reader| subject == Subject::Log && reader.alarm_id() == id)
    }
}
