//! What something would cost under a programme's terms.

#[cfg(test)]
mod tests;

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        charging::{
            AllowanceScope, ChargeEstimate, ChargePolicy, CrewTime, EstimateInput, Line, OvertimeRounding,
            Part, PolicyOverride, Quantity, SpecialWork, WorkInterval, WorkKind, WorkedVisits, estimate,
        },
        refusal::Refusal,
        span::{Instant, Span},
    },
    http::{
        Service,
        extract::{Asked, Path},
        reply::Answer,
    },
};

/// What is to be estimated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EstimateRequest {
    /// Work intervals by visit; at most 50 visits of at most 200 intervals, 30 days together.
    visits: Vec<Vec<IntervalRequest>>,
    /// Overtime units the payer has agreed to, 0 to 100,000; null: no cap.
    #[serde(default)]
    consented_units: Option<i64>,
    /// At most 100.
    #[serde(default)]
    parts: Vec<PartRequest>,
    /// At most 50.
    #[serde(default)]
    special_work: Vec<SpecialWorkRequest>,
    /// Other answers to what the programme's terms leave open.
    #[serde(default)]
    policy: Option<PolicyRequest>,
}

/// Hands-on time of one technician.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct IntervalRequest {
    /// Tells technicians apart.
    technician: String,
    /// First instant, 1970 to 2199.
    #[schema(value_type = String, format = DateTime)]
    from: Instant,
    /// First instant after; not before `from`.
    #[schema(value_type = String, format = DateTime)]
    to: Instant,
    /// What it was spent on.
    kind: WorkKind,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PartRequest {
    /// What it is called on the quote, at most 200 characters.
    name: String,
    /// Above 0, at most 1000, at most 3 decimals.
    #[schema(pattern = r"^[0-9]+(\.[0-9]+)?$", examples("1.5"))]
    quantity: String,
    /// Price of one, tax included, 0 to 1,000,000 yen.
    unit_price_yen: i64,
}

/// Special work at a quoted price.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct SpecialWorkRequest {
    /// Its code on the quote, at most 200 characters.
    code: String,
    /// Tax included, 0 to 1,000,000 yen.
    price_yen: i64,
}

/// Other answers to what the printed terms leave open. Every key is optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyRequest {
    /// Started or completed units (C-08).
    overtime_rounding: Option<OvertimeRounding>,
    /// 0 to 599 (C-09).
    grace_seconds: Option<i64>,
    /// Free time per job or visit (C-15).
    allowance_scope: Option<AllowanceScope>,
    /// Wall clock or person time (C-16).
    crew_time: Option<CrewTime>,
}

/// What it would cost, and why.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(super) struct EstimateResponse {
    /// Of the job, or of each visit in the order given.
    worked_seconds: Vec<i64>,
    /// Overtime units worked: billable and written off.
    units: i64,
    /// Units that would be billed.
    billable_units: i64,
    /// Units beyond the cap.
    written_off_units: i64,
    /// For overtime alone, tax included.
    billable_yen: i64,
    /// The sum of the lines, tax included.
    total_yen: i64,
    /// The proof.
    lines: Vec<Line>,
}

impl EstimateRequest {
    /// The input of an estimate under the programme's `policy`, or a refusal that names the field by its path.
    fn into_input(self, policy: ChargePolicy) -> Result<EstimateInput, Refusal> {
        let policy = policy.with(&self.policy.unwrap_or_default().into())?;
        let visits = self.visits.into_iter().enumerate().map(|(visit, intervals)| {
            let read = |(index, interval): (usize, IntervalRequest)| {
                interval.into_interval().map_err(|error| error.inside(&format!("visits[{visit}][{index}]")))
            };
            intervals.into_iter().enumerate().map(read).collect()
        });
        let visits = WorkedVisits::new(visits.collect::<Result<_, _>>()?)?;
        let parts =
            self.parts.iter().enumerate().map(|(index, part)| {
                part.to_part().map_err(|error| error.inside(&format!("parts[{index}]")))
            });
        let special_work = self.special_work.iter().enumerate().map(|(index, work)| {
            SpecialWork::new(&work.code, work.price_yen)
                .map_err(|error| error.inside(&format!("special_work[{index}]")))
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
            lines: estimate.lines,
        }
    }
}

/// What is to be estimated. Its limits are the charging rules' own, which name the field they refuse.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Estimated(EstimateRequest);

impl Validate for Estimated {
    type Context = ();

    fn validate_into(&self, _: &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

/// Estimate a charge
///
/// Stores nothing. Consent is taken as given, up to `consented_units`.
#[utoipa::path(post, path = "/v1/programmes/{id}/charge-estimate", tag = "programmes",
    params(("id" = String, Path)), request_body = EstimateRequest,
    responses((status = 200, body = EstimateResponse)))]
pub(super) async fn would_cost(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(Estimated(request)): Asked<Estimated>,
) -> Answer<Json<EstimateResponse>> {
    let policy = app::programmes::charge_policy(&service.ctx, &id)?;
    Ok(Json(estimate(&request.into_input(policy)?).into()))
}
