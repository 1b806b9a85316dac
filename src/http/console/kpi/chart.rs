//! Charts, drawn by the server: bars of one or two heights over days or hours. What a chart shows stands in a table
//! below it, for those who do not see it.

use super::Page;
use crate::{
    domain::kpis::{Kpis, Seconds},
    http::console::figures::length,
};

/// Width and height of the drawing, in its own units.
const WIDTH: i64 = 560;
const HEIGHT: i64 = 170;
/// Room for the scale at the left, and for names below.
const LEFT: i64 = 46;
const BELOW: i64 = 22;
const TOP: i64 = 8;
/// Names below the bars at most; more would run into each other.
const NAMES_MAX: usize = 12;

/// A chart with its table.
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) legend: Vec<(&'static str, String)>,
    pub(super) lines: Vec<Line>,
    pub(super) bars: Vec<Bar>,
    pub(super) names: Vec<Name>,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) is_empty: bool,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// A line of the scale.
pub(super) struct Line {
    pub(super) y: i64,
    pub(super) x: i64,
    pub(super) end: i64,
    pub(super) text: String,
    pub(super) text_x: i64,
    pub(super) text_y: i64,
}

/// A bar.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) class: &'static str,
    pub(super) title: String,
}

/// A name below the bars.
pub(super) struct Name {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) text: String,
}

/// One place on the axis with its values, drawn upon or beside each other.
struct Column {
    name: String,
    values: Vec<(&'static str, i64, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Drawn {
    Upon,
    Beside,
}

/// The steps a scale of counts may have, and one of seconds.
const COUNTS: &[i64] = &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
const TIMES: &[i64] = &[15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400];

/// The top of the scale and its step: about four steps.
fn scale(most: i64, steps: &[i64]) -> (i64, i64) {
    let step = steps.iter().copied().find(|step| step * 4 >= most).unwrap_or_else(|| (most / 4).max(1));
    (step, (most.max(1) + step - 1) / step * step)
}

struct Drawing {
    lines: Vec<Line>,
    bars: Vec<Bar>,
    names: Vec<Name>,
}

fn draw(columns: &[Column], drawn: Drawn, steps: &[i64], write: fn(i64) -> String) -> Drawing {
    let heights = columns.iter().map(|column| {
        let values = column.values.iter().map(|value| value.1);
        if drawn == Drawn::Upon { values.sum() } else { values.max().unwrap_or_default() }
    });
    let (step, top) = scale(heights.max().unwrap_or_default(), steps);
    let floor = HEIGHT - BELOW;
    let y_of = |value: i64| floor - value * (floor - TOP) / top;
    let count = i64::try_from(columns.len()).unwrap_or(1).max(1);
    let every = columns.len().div_ceil(NAMES_MAX).max(1);
    let lines = (0..=top / step).map(|index| {
        let y = y_of(index * step);
        Line { y, x: LEFT, end: WIDTH, text: write(index * step), text_x: LEFT - 6, text_y: y + 4 }
    });
    let (mut bars, mut names) = (Vec::new(), Vec::new());
    for (index, column) in (0_i64..).zip(columns) {
        let (begin, end) =
            (LEFT + index * (WIDTH - LEFT) / count, LEFT + (index + 1) * (WIDTH - LEFT) / count);
        let gap = ((end - begin) / 8).max(1);
        let room = (end - begin - 2 * gap).clamp(2, 64);
        let middle = i64::midpoint(begin, end);
        let (mut x, mut stacked) = (middle - room / 2, 0);
        let each = i64::try_from(column.values.len()).unwrap_or(1).max(1);
        for (class, value, title) in &column.values {
            let width = if drawn == Drawn::Upon { room } else { (room / each - 1).max(1) };
            let (y, base) = (y_of(stacked + value), y_of(stacked));
            bars.push(Bar { x, y, width, height: base - y, class, title: title.clone() });
            if drawn == Drawn::Upon { stacked += value } else { x += room / each }
        }
        if usize::try_from(index).unwrap_or_default().is_multiple_of(every) {
            names.push(Name { x: middle, y: HEIGHT - 6, text: column.name.clone() });
        }
    }
    Drawing { lines: lines.collect(), bars, names }
}

fn calls(page: &Page, columns: Vec<(String, i64, i64, i64)>, id: &'static str, keys: [&str; 3]) -> Chart {
    let [title, lead, axis] = keys.map(|key| page.text(key));
    let legend = vec![
        ("answered", page.text("kpi-answered")),
        ("abandoned", page.text("kpi-abandoned")),
        ("waiting", page.text("kpi-not-yet")),
    ];
    let drawn: Vec<_> = columns
        .iter()
        .map(|(name, offered, answered, abandoned)| {
            let values = [*answered, *abandoned, offered - answered - abandoned];
            let values = legend.iter().zip(values);
            let values = values
                .map(|((class, text), value)| (*class, value, format!("{name} {text} {value}")))
                .collect();
            Column { name: name.clone(), values }
        })
        .collect();
    let drawing = draw(&drawn, Drawn::Upon, COUNTS, |count| count.to_string());
    let rows = columns.iter().map(|(name, offered, answered, abandoned)| {
        vec![name.clone(), offered.to_string(), answered.to_string(), abandoned.to_string()]
    });
    Chart {
        id,
        title,
        lead,
        head: vec![axis, page.text("kpi-offered"), page.text("kpi-answered"), page.text("kpi-abandoned")],
        rows: rows.collect(),
        is_empty: columns.iter().all(|column| column.1 == 0),
        legend,
        lines: drawing.lines,
        bars: drawing.bars,
        names: drawing.names,
        width: WIDTH,
        height: HEIGHT,
    }
}

fn times(page: &Page, columns: &[(String, Seconds)], id: &'static str, keys: [&str; 3]) -> Chart {
    let [title, lead, axis] = keys.map(|key| page.text(key));
    let legend =
        vec![("p50", page.text("kpi-p50")), ("p90", page.text("kpi-p90")), ("p99", page.text("kpi-p99"))];
    let drawn: Vec<_> = columns
        .iter()
        .map(|(name, seconds)| {
            let values = [seconds.p50, seconds.p90, seconds.p99];
            let values = legend.iter().zip(values).filter_map(|((class, text), value)| {
                let value = value?.max(0);
                Some((*class, value, format!("{name} {text} {}", length(value))))
            });
            Column { name: name.clone(), values: values.collect() }
        })
        .collect();
    let drawing = draw(&drawn, Drawn::Beside, TIMES, length);
    let written = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), length);
    let rows = columns.iter().map(|(name, seconds)| {
        let count = seconds.count.to_string();
        vec![name.clone(), count, written(seconds.p50), written(seconds.p90), written(seconds.p99)]
    });
    Chart {
        id,
        title,
        lead,
        head: vec![
            axis,
            page.text("kpi-measured"),
            page.text("kpi-p50"),
            page.text("kpi-p90"),
            page.text("kpi-p99"),
        ],
        rows: rows.collect(),
        is_empty: columns.iter().all(|column| column.1.count == 0),
        legend,
        lines: drawing.lines,
        bars: drawing.bars,
        names: drawing.names,
        width: WIDTH,
        height: HEIGHT,
    }
}

/// The charts of the page.
pub(super) fn charts(kpis: &Kpis, page: &Page) -> Vec<Chart> {
    let day = |day: chrono::NaiveDate| day.format("%-m/%-d").to_string();
    let by_day = kpis.days.iter().map(|one| (day(one.day), one.calls, one.answered, one.abandoned)).collect();
    let by_hour =
        kpis.hours.iter().map(|one| (one.hour.to_string(), one.calls, one.answered, one.abandoned)).collect();
    let dispatch: Vec<_> = kpis.days.iter().map(|one| (day(one.day), one.time_to_dispatch)).collect();
    let arrive: Vec<_> = kpis.days.iter().map(|one| (day(one.day), one.time_to_arrive)).collect();
    vec![
        calls(page, by_day, "calls-by-day", ["kpi-calls-by-day", "kpi-calls-by-day-lead", "kpi-day"]),
        calls(page, by_hour, "calls-by-hour", ["kpi-calls-by-hour", "kpi-calls-by-hour-lead", "kpi-hour"]),
        times(page, &dispatch, "dispatch-by-day", ["kpi-dispatch-by-day", "kpi-dispatch-lead", "kpi-day"]),
        times(page, &arrive, "arrive-by-day", ["kpi-arrive-by-day", "kpi-arrive-lead", "kpi-day"]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_round_and_reaches_the_top() {
        assert_eq!(scale(0, COUNTS), (1, 1));
        assert_eq!(scale(4, COUNTS), (1, 4));
        assert_eq!(scale(37, COUNTS), (10, 40));
        assert_eq!(scale(1_500, TIMES), (600, 1_800));
        let (step, top) = scale(1_000_000, COUNTS);
        assert!(top >= 1_000_000 && top / step <= 5);
    }
}
