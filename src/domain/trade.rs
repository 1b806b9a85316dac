//! What kind of trouble, and how urgent.

use super::text_enum::text_enum;

text_enum! {
    /// The two trades of the programme (section 1.3): the ones that are ever dispatched.
    pub enum Trade("trade") {
        /// 水回りのトラブル.
        Water = "water",
        /// 部屋の鍵に関するトラブル.
        Lock = "lock",
    }
}

text_enum! {
    /// Priority of a job (section 4.1).
    pub enum Priority("priority") {
        /// Emergency services first.
        P0 = "P0",
        /// Dispatch now.
        P1 = "P1",
        /// Same day.
        P2 = "P2",
        /// Appointment.
        P3 = "P3",
    }
}
