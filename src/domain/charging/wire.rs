//! The body of an estimate's request and answer: JSON to domain types and back.

use serde::{Deserialize, Serialize};

use super::super::{
    refusal::Refusal,
    span::{Instant, Span},
};
use super::{
    estimate::{ChargeEstimate, EstimateInput},
    items::{Part, Quantity, SpecialWork},
    limits::inside,
    lines::{ChargeLine, LineKind},
    policy::{AllowanceScope, ChargePolicy, CrewTime, OvertimeRounding, PolicyOverride},
    worked::{WorkInterval, WorkKind, WorkedVisits},
};

/// What is to be estimated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EstimateRequest {
    /// Work intervals by visit; at most 50 visits of at most 200 intervals, 30 days together.
    pub visits: Vec<Vec<IntervalRequest>>,
    /// Overtime units the payer has agreed to, 0 to 100,000; null: no cap.
    #[serde(default)]
    pub consented_units: Option<i64>,
    /// At most 100.
    #[serde(default)]
    pub parts: Vec<PartRequest>,
    /// At most 50.
    #[serde(default)]
    pub special_work: Vec<SpecialWorkRequest>,
    /// Other answers to what the programme's terms leave open.
    #[serde(default)]
    pub policy: Option<PolicyRequest>,
}

/// Hands-on time of one technician.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntervalRequest {
    /// Tells technicians apart.
    pub technician: String,
    /// First instant, 1970 to 2199.
    #[schema(value_type = String, format = DateTime)]
    pub from: Instant,
    /// First instant after; not before `from`.
    #[schema(value_type = String, format = DateTime)]
    pub to: Instant,
    /// What it was spent on.
    pub kind: WorkKind,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartRequest {
    /// What it is called on the quote, at most 200 characters.
    pub name: String,
    /// Above 0, at most 1000, at most 3 decimals.
    #[schema(pattern = r"^[0-9]+(\.[0-9]+)?$", examples("1.5"))]
    pub quantity: String,
    /// Price of one, tax included, 0 to 1,000,000 yen.
    pub unit_price_yen: i64,
}

/// Special work at a quoted price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialWorkRequest {
    /// Its code on the quote, at most 200 characters.
    pub code: String,
    /// Tax included, 0 to 1,000,000 yen.
    pub price_yen: i64,
}

/// Other answers to what the printed terms leave open. Every key is optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyRequest {
    /// Started or completed units (C-08).
    pub overtime_rounding: Option<OvertimeRounding>,
    /// 0 to 599 (C-09).
    pub grace_seconds: Option<i64>,
    /// Free time per job or visit (C-15).
    pub allowance_scope: Option<AllowanceScope>,
    /// Wall clock or person time (C-16).
    pub crew_time: Option<CrewTime>,
}

/// What it would cost, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EstimateResponse {
    /// Of the job, or of each visit in the order given.
    pub worked_seconds: Vec<i64>,
    /// Overtime units worked: billable and written off.
    pub units: i64,
    /// Units that would be billed.
    pub billable_units: i64,
    /// Units beyond the cap.
    pub written_off_units: i64,
    /// For overtime alone, tax included.
    pub billable_yen: i64,
    /// The sum of the lines, tax included.
    pub total_yen: i64,
    /// The proof.
    pub lines: Vec<EstimateLine>,
}

/// One priced fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EstimateLine {
    /// What it charges for.
    pub kind: LineKind,
    /// The proof in Japanese.
    pub text_ja: String,
    /// The proof in English.
    pub text_en: String,
    /// Decimal: units, pieces, or 1 for a lump price.
    pub quantity: String,
    /// Price of one, tax included; 0 on a write-off.
    pub unit_price_yen: i64,
    /// Tax included.
    pub amount_yen: i64,
    /// The tax inside the amount, for information: an invoice rounds once for all its lines (C-28).
    pub tax_included_yen: i64,
    /// The rule behind it.
    pub rule: String,
}

impl EstimateRequest {
    /// The input of an estimate under the programme's `policy`, or a refusal that names the field by its path.
    pub fn into_input(self, policy: ChargePolicy) -> Result<EstimateInput, Refusal> {
        let policy = policy.with(&self.policy.unwrap_or_default().into())?;
        let visits = self.visits.into_iter().enumerate().map(|(visit, intervals)| {
            let read = |(index, interval): (usize, IntervalRequest)| {
                interval.into_interval().map_err(|error| inside(&format!("visits[{visit}][{index}]"), error))
            };
            intervals.into_iter().enumerate().map(read).collect()
        });
        let visits = WorkedVisits::new(visits.collect::<Result<_, _>>()?)?;
        let parts =
            self.parts.iter().enumerate().map(|(index, part)| {
                part.to_part().map_err(|error| inside(&format!("parts[{index}]"), error))
            });
        let special_work = self.special_work.iter().enumerate().map(|(index, work)| {
            SpecialWork::new(&work.code, work.price_yen)
                .map_err(|error| inside(&format!("special_work[{index}]"), error))
        });
        EstimateInput::new(
            visits,
            self.consented_units,
            parts.collect::<Result<_, _>>()?,
            special_work.collect::<Result<_, _>>()?,
            policy,
        )
    }
}

impl IntervalRequest {
    fn into_interval(self) -> Result<WorkInterval, Refusal> {
        let span =
            Span::new(self.from, self.to).ok_or_else(|| Refusal::field("to", "must not be before from"))?;
        Ok(WorkInterval { technician: self.technician.trim().to_owned(), span, kind: self.kind })
    }
}

impl PartRequest {
    fn to_part(&self) -> Result<Part, Refusal> {
        Part::new(&self.name, Quantity::parse("quantity", &self.quantity)?, self.unit_price_yen)
    }
}

impl From<PolicyRequest> for PolicyOverride {
    fn from(request: PolicyRequest) -> Self {
        Self {
            overtime_rounding: request.overtime_rounding,
            grace_seconds: request.grace_seconds,
            allowance_scope: request.allowance_scope,
            crew_time: request.crew_time,
        }
    }
}

impl From<ChargeEstimate> for EstimateResponse {
    fn from(estimate: ChargeEstimate) -> Self {
        Self {
            worked_seconds: estimate.worked_seconds,
            units: estimate.units,
            billable_units: estimate.billable_units,
            written_off_units: estimate.written_off_units,
            billable_yen: estimate.billable_yen.0,
            total_yen: estimate.total_yen.0,
            lines: estimate.lines.into_iter().map(EstimateLine::from).collect(),
        }
    }
}

impl From<ChargeLine> for EstimateLine {
    fn from(line: ChargeLine) -> Self {
        Self {
            kind: line.kind,
            text_ja: line.text_ja,
            text_en: line.text_en,
            quantity: line.quantity.to_string(),
            unit_price_yen: line.unit_price_yen.0,
            amount_yen: line.amount_yen.0,
            tax_included_yen: line.tax_included_yen.0,
            rule: line.rule.to_owned(),
        }
    }
}
