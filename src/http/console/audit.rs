//! Who has read personal data, of what and for which purpose (Y-02); and what retention has taken away (7.2).

use askama::Template;
use axum::{Router, extract::State, routing::get};
use chrono::{Datelike as _, NaiveDate};
use garde::Validate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    figures,
    page::{Html, Page},
};
use crate::{
    app::{
        self,
        reads::{Entry, Filter},
    },
    domain::{reads::ReadPurpose, retention::Run, span::tokyo_instant},
    http::{Service, extract::Query, reply::Answer},
};

/// Reads of a page.
const READS: i64 = 100;
/// Retention runs read, and shown of them.
const RUNS_MAX: i64 = 1_500;
const RUNS_SHOWN: usize = 14;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/audit", get(show))
}

/// Which reads; nothing said, all.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
struct Chosen {
    #[garde(skip)]
    who: Option<Uuid>,
    #[garde(inner(length(max = 32)))]
    case: Option<String>,
    #[serde(default, deserialize_with = "code")]
    #[garde(skip)]
    purpose: Option<ReadPurpose>,
    #[serde(default, deserialize_with = "day")]
    #[garde(skip)]
    from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "day")]
    #[garde(skip)]
    to: Option<NaiveDate>,
    #[garde(skip)]
    before: Option<Uuid>,
}

/// What a form leaves empty is not said.
fn code<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Option<ReadPurpose>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

fn day<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    let day = text.and_then(|text| text.parse::<NaiveDate>().ok());
    Ok(day.filter(|day| (2000..2100).contains(&day.year())))
}

impl Chosen {
    fn case_number(&self) -> Option<String> {
        let number = self.case.as_deref().map(str::trim).filter(|number| !number.is_empty());
        number.map(str::to_owned)
    }

    fn is_for(&self, purpose: &ReadPurpose) -> bool {
        self.purpose.as_ref() == Some(purpose)
    }

    fn filter(&self) -> Filter {
        Filter {
            actor_id: self.who,
            case_number: self.case_number(),
            purpose: self.purpose,
            from: self.from.map(|day| tokyo_instant(day, 0)),
            to: self.to.and_then(|day| day.succ_opt()).map(|day| tokyo_instant(day, 0)),
            ..Filter::default()
        }
    }

    fn path(&self) -> String {
        let number = self
            .case_number()
            .filter(|number| number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
        let pairs = [
            ("who", self.who.map(|id| id.to_string())),
            ("case", number),
            ("purpose", self.purpose.map(|purpose| purpose.to_string())),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("before", self.before.map(|id| id.to_string())),
        ];
        let said: Vec<_> =
            pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
        if said.is_empty() { "/audit".to_owned() } else { format!("/audit?{}", said.join("&")) }
    }
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct View {
    page: Page,
    chosen: Chosen,
    case: String,
    purposes: &'static [ReadPurpose],
    who: Option<String>,
    without_who: String,
    rows: Vec<Row>,
    older: Option<String>,
    runs: Vec<RunView>,
}

struct Row {
    at: String,
    name: String,
    role: String,
    who: Option<String>,
    purpose: String,
    subject: Option<String>,
    case: Option<(String, String)>,
    route: String,
}

struct RunView {
    day: String,
    counts: Vec<(String, u64)>,
    is_finished: bool,
}

fn row(entry: Entry, chosen: &Chosen, page: &Page) -> Row {
    let Entry { read, actor_name, case_number } = entry;
    let to = |who: Option<Uuid>, case: Option<String>| {
        Chosen {
            who: who.or(chosen.who),
            case: case.or_else(|| chosen.case.clone()),
            before: None,
            ..chosen.clone()
        }
        .path()
    };
    Row {
        at: figures::second(read.at),
        name: actor_name.unwrap_or_else(|| page.text("audit-program")),
        role: page.texts().code_or_itself("role", &read.actor),
        who: read.actor_id.map(|id| to(Some(id.0), None)),
        purpose: page.code("purpose", read.purpose),
        subject: read.subject.map(|subject| page.code("read-subject", subject)),
        case: case_number.map(|number| (number.clone(), to(None, Some(number)))),
        route: read.route,
    }
}

fn run(run: Run, page: &Page) -> RunView {
    let count = |(kind, count): (String, u64)| (page.texts().code_or_itself("kept", &kind), count);
    RunView {
        day: run.day.to_string(),
        counts: run.counts.into_iter().map(count).collect(),
        is_finished: run.finished_at.is_some(),
    }
}

async fn show(
    State(service): State<Service>,
    page: Page,
    Query(chosen): Query<Chosen>,
) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let before = chosen.before.unwrap_or_default();
    let sizes = (READS + 1, RUNS_MAX);
    let (mut entries, runs) = app::reads::audit(ctx, &chosen.filter(), before, sizes).await?;
    let more = i64::try_from(entries.len()).is_ok_and(|count| count > READS);
    entries.truncate(usize::try_from(READS).unwrap_or_default());
    let last = entries.last().map(|entry| entry.read.id.0).filter(|_| more);
    let who = chosen.who.and(entries.first()).and_then(|entry| entry.actor_name.clone());
    Ok(Html(View {
        case: chosen.case_number().unwrap_or_default(),
        purposes: ReadPurpose::ALL,
        who: chosen.who.map(|_| who.unwrap_or_else(|| page.text("audit-program"))),
        without_who: Chosen { who: None, before: None, ..chosen.clone() }.path(),
        older: last.map(|id| Chosen { before: Some(id), ..chosen.clone() }.path()),
        rows: entries.into_iter().map(|entry| row(entry, &chosen, &page)).collect(),
        runs: runs.into_iter().rev().take(RUNS_SHOWN).map(|one| run(one, &page)).collect(),
        chosen,
        page,
    }))
}
