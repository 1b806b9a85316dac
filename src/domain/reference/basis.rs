//! Where a term comes from.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Where a term comes from, so that what is ours is never taken for what is printed.
    pub enum Basis("basis") {
        /// Printed in the programme's own document.
        Seed = "seed",
        /// Follows from the layout or wording of that document.
        Inferred = "inferred",
        /// Read in a public source.
        Public = "public",
        /// Trade practice.
        Practice = "practice",
        /// The document is silent: our choice, to be configured.
        Proposal = "proposal",
    }
}
