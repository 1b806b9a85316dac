//! Whether somebody is in service.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Whether a firm or a technician is in service.
    pub enum Standing("state") {
        /// In service.
        Active = "active",
        /// Not offered anything.
        Suspended = "suspended",
    }
}
