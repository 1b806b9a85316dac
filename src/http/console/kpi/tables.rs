//! The figures as tables, a row a language; and the few that are looked at first.

use super::Page;
use crate::{
    domain::{
        kpis::{ArrivalGrouping, KpiFigures, Kpis, Seconds, Share},
        money::Yen,
        reference::Reference,
    },
    http::console::{
        figures::{self, length},
        words,
    },
};

/// A table; a narrow one stands beside another.
pub(super) struct Table {
    pub(super) id: &'static str,
    pub(super) is_narrow: bool,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row: its name and its cells.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) is_all: bool,
    pub(super) cells: Vec<Cell>,
}

/// What was measured, and of how much.
pub(super) struct Cell {
    pub(super) main: String,
    pub(super) small: String,
    /// Of a figure that must be all, and is not.
    pub(super) is_wrong: bool,
}

/// A figure that is looked at first.
pub(super) struct Tile {
    pub(super) name: String,
    pub(super) main: String,
    pub(super) small: String,
    pub(super) is_wrong: bool,
}

const UNKNOWN: &str = "–";

fn percent(share: Share) -> String {
    share.per_mille.map_or_else(|| UNKNOWN.to_owned(), |part| format!("{}.{} %", part / 10, part % 10))
}

fn of(share: Share) -> String {
    format!("{} / {}", figures::thousands(share.count), figures::thousands(share.of))
}

fn written(seconds: Option<i64>) -> String {
    seconds.map_or_else(|| UNKNOWN.to_owned(), length)
}

fn part(share: Share) -> Cell {
    Cell { main: percent(share), small: of(share), is_wrong: false }
}

/// A share that must be all (section 8).
fn must(share: Share) -> Cell {
    Cell { is_wrong: share.count < share.of, ..part(share) }
}

fn time(seconds: Seconds) -> Cell {
    let rest = format!("{} / {}", written(seconds.p90), written(seconds.p99));
    Cell { main: written(seconds.p50), small: rest, is_wrong: false }
}

fn number(count: i64) -> Cell {
    Cell { main: figures::thousands(count), small: String::new(), is_wrong: false }
}

fn mean(seconds: Seconds) -> Cell {
    Cell { main: written(seconds.mean), small: String::new(), is_wrong: false }
}

fn yen(page: &Page, amount: Yen) -> Cell {
    let main = page.yen(amount);
    Cell { main, small: String::new(), is_wrong: false }
}

fn rows(
    kpis: &Kpis,
    page: &Page,
    reference: &Reference,
    cells: impl Fn(&KpiFigures) -> Vec<Cell>,
) -> Vec<Row> {
    let row = |figures: &KpiFigures| Row {
        name: figures
            .language
            .as_deref()
            .map_or_else(|| page.text("kpi-all-languages"), |tag| words::language(tag, page, reference)),
        is_all: figures.language.is_none(),
        cells: cells(figures),
    };
    std::iter::once(&kpis.all).chain(&kpis.languages).map(row).collect()
}

fn table(page: &Page, id: &'static str, first: &str, head: &[&str], rows: Vec<Row>) -> Table {
    let is_narrow = head.len() < 5;
    let texts = std::iter::once(first).chain(head.iter().copied());
    Table {
        id,
        is_narrow,
        title: page.text(&format!("kpi-{id}")),
        lead: page.text(&format!("kpi-{id}-lead")),
        head: texts.map(|key| page.text(key)).collect(),
        rows,
    }
}

/// The few figures that are looked at first.
pub(super) fn tiles(kpis: &Kpis, page: &Page) -> Vec<Tile> {
    let (calls, jobs) = (&kpis.all.calls, &kpis.all.jobs);
    let tile = |key: &str, cell: Cell| Tile {
        name: page.text(key),
        main: cell.main,
        small: cell.small,
        is_wrong: cell.is_wrong,
    };
    // A tile has no heading that says what the second figure is.
    let time = |seconds: Seconds| Cell { small: format!("90 % {}", written(seconds.p90)), ..time(seconds) };
    vec![
        tile("kpi-answer-rate", part(calls.answered)),
        tile("kpi-service-level", part(calls.service_level)),
        tile("kpi-answer-time", time(calls.answer)),
        tile("kpi-danger", must(calls.danger_instructed)),
        tile("kpi-dispatch-urgent", time(jobs.time_to_dispatch_urgent)),
        tile("kpi-to-arrive", time(jobs.time_to_arrive)),
        tile("kpi-first-time-fix", part(jobs.first_time_fix)),
        tile("kpi-consented", must(jobs.consented)),
    ]
}

fn calls_table(kpis: &Kpis, page: &Page, reference: &Reference) -> Table {
    let head = [
        "kpi-offered",
        "kpi-answer-rate",
        "kpi-abandon-rate",
        "kpi-service-level",
        "kpi-asa",
        "kpi-answer-time",
        "kpi-handling",
        "kpi-handling-with",
        "kpi-handling-without",
        "kpi-interpreter-wait",
        "kpi-not-served",
        "kpi-danger",
    ];
    let rows = rows(kpis, page, reference, |figures| {
        let calls = &figures.calls;
        vec![
            number(calls.offered),
            part(calls.answered),
            part(calls.abandoned),
            part(calls.service_level),
            mean(calls.answer),
            time(calls.answer),
            time(calls.handling),
            time(calls.handling_with_interpreter),
            time(calls.handling_without_interpreter),
            time(calls.interpreter_wait),
            part(calls.language_not_served),
            must(calls.danger_instructed),
        ]
    });
    table(page, "calls", "kpi-language", &head, rows)
}

fn jobs_table(kpis: &Kpis, page: &Page, reference: &Reference) -> Table {
    let head = [
        "kpi-jobs-made",
        "kpi-completed",
        "kpi-cancelled",
        "kpi-to-dispatch",
        "kpi-dispatch-urgent",
        "kpi-to-arrive",
        "kpi-to-door",
        "kpi-arrival-error",
        "kpi-acceptance",
        "kpi-first-time-fix",
        "kpi-repeat-7",
        "kpi-repeat-30",
    ];
    let rows = rows(kpis, page, reference, |figures| {
        let jobs = &figures.jobs;
        vec![
            number(jobs.made),
            part(jobs.completed),
            part(jobs.cancelled),
            time(jobs.time_to_dispatch),
            time(jobs.time_to_dispatch_urgent),
            time(jobs.time_to_arrive),
            time(jobs.time_to_door),
            time(jobs.arrival_error),
            part(jobs.acceptance),
            part(jobs.first_time_fix),
            part(jobs.repeat_7_days),
            part(jobs.repeat_30_days),
        ]
    });
    table(page, "jobs", "kpi-language", &head, rows)
}

fn money_table(kpis: &Kpis, page: &Page, reference: &Reference) -> Table {
    let head = [
        "kpi-overage",
        "kpi-billed",
        "kpi-consented",
        "kpi-written-off",
        "kpi-referred",
        "kpi-referral-acknowledged",
    ];
    let rows = rows(kpis, page, reference, |figures| {
        let jobs = &figures.jobs;
        vec![
            part(jobs.overage),
            yen(page, jobs.billed_yen),
            must(jobs.consented),
            part(jobs.written_off_units),
            part(jobs.referred),
            time(jobs.referral_acknowledged),
        ]
    });
    table(page, "money", "kpi-language", &head, rows)
}

fn arrivals_table(kpis: &Kpis, page: &Page) -> Table {
    let name = |by: ArrivalGrouping, group: &str| match by {
        ArrivalGrouping::Trade => page.code("trade", group),
        ArrivalGrouping::DayClass => page.code("day-class", group),
        ArrivalGrouping::Prefecture => group.to_owned(),
    };
    let rows = kpis.arrivals.iter().map(|group| Row {
        name: name(group.by, &group.group),
        is_all: false,
        cells: vec![number(group.time_to_arrive.count), time(group.time_to_arrive), time(group.time_to_door)],
    });
    let head = ["kpi-measured", "kpi-to-arrive", "kpi-to-door"];
    table(page, "arrivals", "kpi-group", &head, rows.collect())
}

fn firms_table(kpis: &Kpis, page: &Page) -> Table {
    let rows = kpis.firms.iter().map(|firm| Row {
        name: firm.name.clone(),
        is_all: false,
        cells: vec![part(firm.acceptance), number(firm.declined), number(firm.expired)],
    });
    let head = ["kpi-acceptance", "kpi-declined", "kpi-expired"];
    table(page, "firms", "kpi-firm", &head, rows.collect())
}

fn codes_table(kpis: &Kpis, page: &Page, reference: &Reference) -> Table {
    let rows = kpis.all.jobs.billed_by_code.iter().map(|code| Row {
        name: words::job_code(&code.job_code, page, reference),
        is_all: false,
        cells: vec![number(code.jobs), yen(page, code.billed_yen)],
    });
    table(page, "codes", "kpi-job-code", &["kpi-jobs-done", "kpi-billed"], rows.collect())
}

fn reasons_table(kpis: &Kpis, page: &Page) -> Table {
    let rows = kpis.all.jobs.referrals_by_reason.iter().map(|one| Row {
        name: page.code("referral-reason", one.reason),
        is_all: false,
        cells: vec![number(one.count)],
    });
    table(page, "reasons", "kpi-reason", &["kpi-count"], rows.collect())
}

/// The tables of the page.
pub(super) fn tables(kpis: &Kpis, page: &Page, reference: &Reference) -> Vec<Table> {
    vec![
        calls_table(kpis, page, reference),
        jobs_table(kpis, page, reference),
        money_table(kpis, page, reference),
        arrivals_table(kpis, page),
        firms_table(kpis, page),
        codes_table(kpis, page, reference),
        reasons_table(kpis, page),
    ]
}
