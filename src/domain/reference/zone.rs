//! The one time zone reference data may be written in.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Time zone of every wall-clock rule (T-01).
    pub enum Zone("time zone") {
        /// UTC+9, no daylight saving.
        Tokyo = "Asia/Tokyo",
    }
}
