//! The figures of the service over a span of days: read in one snapshot, computed by the domain.

use chrono::{Days, NaiveDate, TimeDelta};

use super::{Ctx, Error};
use crate::{
    domain::{
        calendar::DayClass,
        kpis::{self, DAYS_MAX, KpiLimits, Kpis, Served, Told},
        languages::{self, Availability},
        reference::hazards::HazardAction,
        refusal::Refusal,
        span::{Instant, Span, tokyo, tokyo_instant},
    },
    store,
};

/// Rows of one kind at most: more than a quarter of the busiest desk.
pub const ROWS_MAX: i64 = 100_000;
/// Days when nothing else is said.
const DAYS_DEFAULT: u64 = 7;

/// Which figures.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question {
    /// First day, in Tokyo; six days before the last one when absent.
    pub from: Option<NaiveDate>,
    /// Last day; today when absent.
    pub to: Option<NaiveDate>,
    /// Where the lines are drawn.
    pub limits: KpiLimits,
}

/// The days a question is about.
pub fn days(ctx: &Ctx, question: &Question) -> Result<(NaiveDate, NaiveDate), Refusal> {
    let to = question.to.unwrap_or_else(|| tokyo(ctx.now()).date_naive());
    let from = question.from.or_else(|| to.checked_sub_days(Days::new(DAYS_DEFAULT - 1))).unwrap_or(to);
    let length = (to - from).num_days() + 1;
    if !(1..=DAYS_MAX).contains(&length) {
        return Err(Refusal::field(
            "from",
            format!("must be at most {} days before 'to', and not after it", DAYS_MAX - 1),
        ));
    }
    Ok((from, to))
}

/// The figures of some days.
pub async fn show(ctx: &Ctx, question: &Question) -> Result<Kpis, Error> {
    let (from, to) = days(ctx, question)?;
    let begin = tokyo_instant(from, 0);
    let span = Span::new(begin, tokyo_instant(to, 0) + TimeDelta::days(1));
    let span = span.ok_or_else(|| Refusal::field("from", "must not be after 'to'"))?;
    let told = read(&ctx.for_reports(), span).await?;
    Ok(kpis::kpis(&told, from, to, question.limits))
}

async fn read(ctx: &Ctx, span: Span) -> Result<Told, Error> {
    let reference = ctx.reference();
    let served = |tag: &str, at: Instant| {
        if tag.starts_with("ja") {
            return Served::NoNeed;
        }
        let now = languages::now(reference.languages(), tag, at, reference.holidays());
        if now.availability == Availability::Open { Served::Open } else { Served::NotOpen }
    };
    let is_p0 = |hazard: &str| {
        reference.hazards().get(hazard).is_some_and(|hazard| hazard.action != HazardAction::Instruct)
    };
    let class = |at: Instant| DayClass::of(tokyo(at).date_naive(), None, reference.holidays());
    let limit = ROWS_MAX + 1;
    let mut tx = ctx.db().read().await?;
    let told = Told {
        calls: store::kpis::calls(&mut tx, span, limit, served).await?,
        interpreters: store::kpis::interpreters(&mut tx, span, limit).await?,
        dangers: store::kpis::dangers(&mut tx, span, limit, is_p0).await?,
        jobs: store::kpis::jobs(&mut tx, span, limit, class).await?,
        offers: store::kpis::offers(&mut tx, span, limit).await?,
        arrivals: store::kpis::arrivals(&mut tx, span, limit).await?,
        lines: store::kpis::lines(&mut tx, span, limit).await?,
        referrals: store::kpis::referrals(&mut tx, span, limit).await?,
        cases: store::kpis::cases(&mut tx, span, limit).await?,
    };
    let most = [told.calls.len(), told.jobs.len(), told.offers.len(), told.lines.len(), told.cases.len()];
    if most.into_iter().max().and_then(|most| i64::try_from(most).ok()).is_some_and(|most| most > ROWS_MAX) {
        return Err(Refusal::field("from", "there is too much in this span: choose a shorter one").into());
    }
    Ok(told)
}
