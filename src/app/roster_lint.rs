//! Roster lint: municipality by municipality and trade by trade, when nobody could be sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Ctx, Error, rosters};
use crate::{
    domain::{
        actor::Scope,
        address::MunicipalityName,
        firms::Standing,
        ids::FirmId,
        place::JisCode,
        refusal::Refusal,
        roster::{
            duty::DutyWindow,
            lint::{Hole, Run, holes},
        },
        span::{Span, tokyo, tokyo_instant},
        trade::Trade,
    },
    store::{self, Tx},
};

/// Days looked at at once at most.
pub const DAYS_MAX: u16 = 31;
/// Days looked at when none are said.
pub const DAYS_DEFAULT: u16 = 7;
/// Findings told at most.
pub const FINDINGS_MAX: usize = 1_000;
/// Technicians and firms read in one go.
const PAGE: i64 = 1_000;

/// Places and a trade with the same people, and one span in which they are not there.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The municipalities, by code: the same technicians serve all of them.
    pub municipalities: Arc<[MunicipalityName]>,
    /// The trade.
    pub trade: Trade,
    /// When, and what is wrong.
    pub run: Run,
}

/// What the lint has found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The days it looked at.
    pub span: Span,
    /// How many municipalities.
    pub municipalities: usize,
    /// The findings; those with nobody at all first, then by place, trade and time.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub left_out: usize,
    /// Whether anywhere there is nobody at all.
    pub has_holes: bool,
}

/// Looks at `days` days from `from` on, today when none is said.
pub async fn run(ctx: &Ctx, from: Option<NaiveDate>, days: Option<u16>) -> Result<Report, Error> {
    let days = days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Refusal::field("days", format!("must be from 1 to {DAYS_MAX}")).into());
    }
    let first = from.unwrap_or_else(|| tokyo(ctx.now()).date_naive());
    let last = first.checked_add_days(Days::new(days.into()));
    let span = last.and_then(|last| Span::new(tokyo_instant(first, 0), tokyo_instant(last, 0)));
    let span = span.ok_or_else(|| Refusal::field("from", "is too far away"))?;
    let mut tx = ctx.db().read().await?;
    let firms = Firms::read(ctx, &mut tx, span).await?;
    let known = store::places::municipalities(&mut tx).await?;
    let places = places(ctx, &firms, &known);
    Ok(report(span, &firms, places))
}

/// The firms in service: where each works, and what its technicians in service do when.
struct Firms {
    by_area: BTreeMap<JisCode, BTreeSet<FirmId>>,
    people: BTreeMap<FirmId, Vec<Person>>,
}

struct Person {
    trades: Vec<Trade>,
    windows: Vec<DutyWindow>,
}

impl Firms {
    async fn read(ctx: &Ctx, tx: &mut Tx, span: Span) -> Result<Self, Error> {
        let (mut by_area, mut people) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        let mut after = Uuid::nil();
        loop {
            let page = store::firms::list(tx, None, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.0;
            for firm in page.into_iter().filter(|firm| firm.state == Standing::Active) {
                people.insert(firm.id, Vec::new());
                for area in firm.areas {
                    by_area.entry(area).or_default().insert(firm.id);
                }
            }
        }
        let rest_days = ctx.rest_days();
        let mut entries: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in store::shift_entries::of_everybody(tx, span.from(), span.to()).await? {
            entries.entry(entry.technician_id).or_default().push(entry);
        }
        let mut after = Uuid::nil();
        loop {
            let page = store::technicians::list(tx, Scope::All, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.0;
            for technician in page {
                let Some(of_firm) = people.get_mut(&technician.firm_id) else { continue };
                if technician.state == Standing::Active {
                    let dated = entries.remove(&technician.id).unwrap_or_default();
                    let windows = rosters::resolved(&technician, &dated, &rest_days, span);
                    of_firm.push(Person { trades: technician.trades, windows });
                }
            }
        }
        Ok(Self { by_area, people })
    }

    /// The firms that serve a municipality, by its own code or by its city's.
    fn serving(&self, place: &MunicipalityName) -> BTreeSet<FirmId> {
        let codes = [Some(&place.jis_code), place.parent_code.as_ref()];
        codes.into_iter().flatten().filter_map(|code| self.by_area.get(code)).flatten().copied().collect()
    }
}

/// The municipalities to look at, by who serves them: a city that has wards is its wards.
fn places(
    ctx: &Ctx,
    firms: &Firms,
    known: &[MunicipalityName],
) -> BTreeMap<BTreeSet<FirmId>, Vec<MunicipalityName>> {
    let reference = ctx.reference();
    let configured: BTreeSet<_> = reference.dispatch().roster.lint_municipalities.iter().collect();
    let cities: BTreeSet<_> = known.iter().filter_map(|place| place.parent_code.as_ref()).collect();
    let asked = |place: &MunicipalityName| {
        configured.contains(&place.jis_code)
            || place.parent_code.as_ref().is_some_and(|city| configured.contains(city))
    };
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for place in known.iter().filter(|place| !cities.contains(&place.jis_code)) {
        let serving = firms.serving(place);
        let looked_at = if configured.is_empty() { !serving.is_empty() } else { asked(place) };
        if looked_at {
            places.entry(serving).or_default().push(place.clone());
        }
    }
    places
}

fn report(span: Span, firms: &Firms, places: BTreeMap<BTreeSet<FirmId>, Vec<MunicipalityName>>) -> Report {
    let count = places.values().map(Vec::len).sum();
    let mut findings = Vec::new();
    for (serving, municipalities) in places {
        let municipalities: Arc<[_]> = municipalities.into();
        for trade in Trade::ALL.iter().copied() {
            let people = serving.iter().filter_map(|firm| firms.people.get(firm)).flatten();
            let people = people.filter(|person| person.trades.contains(&trade));
            let runs = holes(span, people.map(|person| person.windows.as_slice()));
            let finding = |run| Finding { municipalities: municipalities.clone(), trade, run };
            findings.extend(runs.into_iter().map(finding));
        }
    }
    let place = |finding: &Finding| finding.municipalities.first().map(|place| place.jis_code.clone());
    findings
        .sort_by_cached_key(|finding| (finding.run.hole, place(finding), finding.trade, finding.run.span));
    let has_holes = findings.iter().any(|finding| finding.run.hole == Hole::Nobody);
    let left_out = findings.len().saturating_sub(FINDINGS_MAX);
    findings.truncate(FINDINGS_MAX);
    Report { span, municipalities: count, findings, left_out, has_holes }
}
