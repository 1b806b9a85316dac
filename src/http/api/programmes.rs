//! Programmes and their terms.

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    app::{self, programmes::Named},
    domain::{
        charging::{AllowanceScope, ChargePolicy, CrewTime, OvertimeRounding},
        money::Yen,
        reference::programme::{Charging, Payer},
    },
    http::{Service, extract::Path, reply::Answer},
};

/// A programme by name.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProgrammeName {
    /// Its id.
    #[schema(examples("000"))]
    id: String,
    /// Its Japanese name.
    name_ja: String,
    /// Its English name, where it has one.
    name_en: Option<String>,
}

impl From<Named> for ProgrammeName {
    fn from(named: Named) -> Self {
        Self { id: named.id, name_ja: named.name_ja, name_en: named.name_en }
    }
}

/// A programme as it is in force.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ProgrammeTerms {
    /// Its id and names.
    #[serde(flatten)]
    name: ProgrammeName,
    /// What is charged; absent where nobody is sent.
    charging: Option<ProgrammeCharging>,
}

/// What a programme charges.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ProgrammeCharging {
    /// What is free, as printed (C-01).
    free_items_ja: Vec<String>,
    /// What is charged, as printed (C-02).
    chargeable_items_ja: Vec<String>,
    /// Free work time, in seconds.
    free_seconds: i64,
    /// Length of an overtime unit, in seconds.
    overtime_unit_seconds: i64,
    /// Price of an overtime unit, tax included.
    overtime_unit_price_yen: Yen,
    /// Consumption tax in per cent.
    tax_rate_percent: i64,
    /// Started or completed units (C-08).
    overtime_rounding: OvertimeRounding,
    /// Seconds of a begun unit that are not counted (C-09).
    grace_seconds: i64,
    /// Free time per job or visit (C-15).
    allowance_scope: AllowanceScope,
    /// Wall clock or person time (C-16).
    crew_time: CrewTime,
    /// Who pays unless somebody else consents.
    default_payer: Payer,
    /// Who may pay.
    allowed_payers: Vec<Payer>,
}

impl ProgrammeCharging {
    fn new(terms: Charging, policy: &ChargePolicy) -> Self {
        Self {
            free_items_ja: terms.free_items_ja,
            chargeable_items_ja: terms.chargeable_items_ja,
            free_seconds: policy.free_seconds(),
            overtime_unit_seconds: policy.unit_seconds(),
            overtime_unit_price_yen: policy.unit_price_yen(),
            tax_rate_percent: policy.tax_rate_percent(),
            overtime_rounding: policy.overtime_rounding(),
            grace_seconds: policy.grace_seconds(),
            allowance_scope: policy.allowance_scope(),
            crew_time: policy.crew_time(),
            default_payer: terms.policy.default_payer,
            allowed_payers: terms.policy.allowed_payers,
        }
    }
}

/// List the programmes
#[utoipa::path(get, path = "/v1/programmes", tag = "programmes",
    responses((status = 200, body = Vec<ProgrammeName>)))]
pub(super) async fn list(State(service): State<Service>) -> Json<Vec<ProgrammeName>> {
    Json(app::programmes::list(&service.ctx).into_iter().map(Into::into).collect())
}

/// Show a programme
#[utoipa::path(get, path = "/v1/programmes/{id}", tag = "programmes", params(("id" = String, Path)),
    responses((status = 200, body = ProgrammeTerms)))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Answer<Json<ProgrammeTerms>> {
    let programme = app::programmes::find(&service.ctx, &id)?;
    let charging = programme.charging.map(|(terms, policy)| ProgrammeCharging::new(terms, &policy));
    Ok(Json(ProgrammeTerms { name: programme.named.into(), charging }))
}
