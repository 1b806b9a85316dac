//! The figures of the service.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use garde::Validate;
use serde::Deserialize;

use crate::{
    app::{self, kpis::Question},
    domain::kpis::{ANSWER_WITHIN_S, KpiLimits, Kpis, SHORT_ABANDON_S},
    http::{Service, extract::Query, reply::Answer},
};

/// Which figures.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct KpiQuery {
    /// First day, in Tokyo; the seventh last when absent.
    #[garde(inner(custom(super::date)))]
    from: Option<NaiveDate>,
    /// Last day, today when absent; at most 92 days in all.
    #[garde(inner(custom(super::date)))]
    to: Option<NaiveDate>,
    /// Answered within so many seconds is what the service level counts.
    #[garde(inner(range(min = 1, max = 600)))]
    #[param(minimum = 1, maximum = 600, default = 20)]
    answer_within_s: Option<i64>,
    /// Who gives up before so many seconds is not counted as abandoned.
    #[garde(inner(range(min = 0, max = 600)))]
    #[param(minimum = 0, maximum = 600, default = 5)]
    short_abandon_s: Option<i64>,
}

/// Show the figures of the service
///
/// By language and in all, with percentiles. A call counts on the day it rang; a job, a case and a referral on the day they
/// were made, each with everything that has become of it since. What there was none of is absent, not zero. Lengths of
/// time are seconds, shares thousandths.
#[utoipa::path(get, path = "/v1/kpis", tag = "figures", params(KpiQuery), responses((status = 200, body = Kpis)))]
pub(super) async fn show(
    State(service): State<Service>,
    Query(query): Query<KpiQuery>,
) -> Answer<Json<Kpis>> {
    let limits = KpiLimits {
        answer_within_s: query.answer_within_s.unwrap_or(ANSWER_WITHIN_S),
        short_abandon_s: query.short_abandon_s.unwrap_or(SHORT_ABANDON_S),
    };
    let question = Question { from: query.from, to: query.to, limits };
    Ok(Json(app::kpis::show(&service.ctx, &question).await?))
}
