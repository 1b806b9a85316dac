//! What is charged and why (C-01 to C-20).
//!
//! Two questions, one arithmetic. [`estimate`] answers "what would this cost?" with consent taken as given up to a
//! number of units; [`price_job`] answers "what does this job's record prove?" with consent answers on the clock.
//! Free of charge by C-01 and therefore without a line: base fee, call-out, night, holiday, the free work time.
//! Nothing here reads a clock: the time of day and the date never change a price (C-03).

mod consent;
mod estimate;
mod items;
mod job;
mod limits;
mod lines;
mod overtime;
mod policy;
mod proof;
mod sentence;
#[cfg(test)]
mod tests;
mod worked;

pub use consent::{Answer, ConsentAnswer, ConsentTerm, Consents, Grounds};
pub use estimate::{ChargeEstimate, EstimateInput, estimate};
pub use items::{Delivered, Part, Quantity, SpecialWork};
pub use job::{JobPrice, JobRecord, price_job};
pub use limits::{
    AtMost, CAP_UNITS_MAX, CONSENTS_MAX, INTERVALS_PER_VISIT_MAX, PARTS_MAX, PRICE_YEN_MAX, QUANTITY_MAX,
    SPECIAL_WORK_MAX, VISITS_MAX, WORKED_SECONDS_MAX,
};
pub use lines::{ChargeLine, Line, LineKind, Of};
pub use overtime::{BegunUnit, ScopeOvertime, overtime, units_of};
pub use policy::{
    AllowanceScope, ChargePolicy, ChargingTerms, CrewTime, OvertimeRounding, PolicyOverride, PolicyTerms,
};
pub use proof::{OvertimeProof, ProvedInterval, ProvedUnit};
pub use worked::{WorkInterval, WorkKind, WorkedVisits};
