//! The disks the service writes to: where too little room is left, a person is told before anything fails.

use uuid::Uuid;

use super::{events::Subject, text_enum::text_enum};

text_enum! {
    /// A disk of the machine.
    pub enum Disk("disk") {
        /// That of the database, where this is a file.
        Database = "database",
        /// That of the pictures.
        Evidence = "evidence",
    }
}

impl Disk {
    /// What the alarm is about.
    #[must_use]
    pub fn alarm_id(self) -> Uuid {
        Uuid::from_u128(match self {
            Self::Database => 1,
            Self::Evidence => 2,
        })
    }

    /// Of which disk an alarm tells.
    #[must_use]
    pub fn of_alarm(subject: Subject, id: Uuid) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|disk| subject == Subject::Machine && disk.alarm_id() == id)
    }
}
