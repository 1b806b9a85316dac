//! What came of the night: a table, the billing file, and whether it is what the script expects.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    play::{Books, Stage},
    script::{Call, Expected, Night},
};

/// What came of one call.
#[derive(Debug)]
pub(super) struct Row {
    number: String,
    language: String,
    job_code: String,
    outcome: Expected,
    /// What is doubtful about its record; nothing is expected to be.
    flags: Vec<String>,
}

/// Reads what came of every call.
pub(super) async fn read(stage: &Stage, night: &Night) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (index, call) in night.calls.iter().enumerate() {
        rows.push(row(stage, index, call).await?);
    }
    Ok(rows)
}

async fn row(stage: &Stage, index: usize, call: &Call) -> anyhow::Result<Row> {
    let opened = stage.opened(index)?;
    let desk = &stage.cast.dispatcher;
    let referrals = desk.get(&format!("/v1/cases/{}/referrals", opened.case)).await?;
    let referral = referrals["items"].as_array().and_then(|all| all.last());
    let referral = referral.and_then(|one| one["state"].as_str()).map(str::to_owned);
    let mut row = Row {
        number: opened.number.clone(),
        language: call.language.clone(),
        job_code: call.job.clone().unwrap_or_else(|| "-".to_owned()),
        outcome: Expected { worked: clock(0), referral, ..Expected::default() },
        flags: Vec::new(),
    };
    match &opened.job {
        Some(job) => {
            let shown = desk.get(&format!("/v1/jobs/{job}")).await?;
            let statement = desk.get(&format!("/v1/jobs/{job}/statement")).await?;
            row.sent(stage, call, &shown, &statement);
        }
        None if row.outcome.referral.is_some() => "referred".clone_into(&mut row.outcome.outcome),
        None => "consultation".clone_into(&mut row.outcome.outcome),
    }
    Ok(row)
}

impl Row {
    /// What came of the job.
    fn sent(&mut self, stage: &Stage, call: &Call, job: &Value, statement: &Value) {
        let instant = |value: &Value| value.as_str()?.parse::<DateTime<Utc>>().ok();
        let arrived = instant(&statement["arrived_at"]).zip(instant(&job["created_at"]));
        let offers = job["offers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let asked = offers.iter().map(|offer| key(stage, offer)).collect();
        let flags = statement["flags"].as_array().into_iter().flatten();
        self.flags = flags.map(|flag| flag["code"].as_str().unwrap_or_default().to_owned()).collect();
        self.outcome = Expected {
            outcome: ended(job, statement),
            technician: contractors(stage, job, statement),
            arrival_minutes: arrived.map(|(arrived, created)| (arrived - created).num_minutes()),
            worked: clock(statement["worked_seconds"].as_i64().unwrap_or_default()),
            yen: statement["total_yen"].as_i64().unwrap_or_default(),
            paid: statement["collected_yen"].as_i64().unwrap_or_default(),
            written_off: statement["written_off_units"].as_i64().unwrap_or_default(),
            referral: self.outcome.referral.take(),
            offers: call.expect.offers.is_some().then_some(asked),
        };
    }

    fn differs(&self, expected: &Expected) -> bool {
        self.outcome != *expected || !self.flags.is_empty()
    }
}

fn key(stage: &Stage, one: &Value) -> String {
    stage.cast.key(one["technician_id"].as_str().unwrap_or_default()).to_owned()
}

/// How a job that is over at the site ended there; else where it is.
fn ended(job: &Value, statement: &Value) -> String {
    let state = job["state"].as_str().unwrap_or_default();
    let told = statement["outcome"].as_str().filter(|_| state == "completed");
    told.unwrap_or(state).to_owned()
}

/// Who worked, earliest first; else who had the job last.
fn contractors(stage: &Stage, job: &Value, statement: &Value) -> String {
    let visits = statement["visits"].as_array().into_iter().flatten();
    let mut worked: Vec<String> = Vec::new();
    for work in visits.flat_map(|visit| visit["work"].as_array().into_iter().flatten()) {
        let key = key(stage, work);
        if !worked.contains(&key) {
            worked.push(key);
        }
    }
    let last = job["assignments"].as_array().and_then(|all| all.last());
    match worked.is_empty() {
        true => last.map(|one| key(stage, one)).unwrap_or_default(),
        false => worked.join("+"),
    }
}

/// Seconds as `72:00`.
fn clock(seconds: i64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The table, as printed.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<12} {:<6} {:<16} {:<23} {:<36} {:>8} {:>8} {:>7} {:>7}\n",
        "case", "lang", "job", "outcome", "contractor", "arrival", "worked", "yen", "paid"
    );
    for row in rows {
        let Expected { outcome, technician, arrival_minutes, worked, yen, paid, .. } = &row.outcome;
        let arrival = arrival_minutes.map_or("-".to_owned(), |minutes| format!("{minutes} min"));
        let contractor = if technician.is_empty() { "-" } else { technician };
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{:<12} {:<6} {:<16} {outcome:<23} {contractor:<36} {arrival:>8} {worked:>8} {yen:>7} {paid:>7}",
            row.number, row.language, row.job_code
        );
    }
    let yen: i64 = rows.iter().map(|row| row.outcome.yen).sum();
    let paid: i64 = rows.iter().map(|row| row.outcome.paid).sum();
    let _ = writeln!(text, "{} calls, {yen} yen to collect, {paid} of them paid", rows.len());
    text
}

/// The billing file: one line a ledger line, with its proof; then the payments.
pub(super) fn billing(books: &Books) -> String {
    let mut text = "pos,kind,quantity,amount_yen,proof_en\n".to_owned();
    for line in &books.lines {
        let quoted = line["text_en"].as_str().unwrap_or_default().replace('"', "\"\"");
        let _ = writeln!(
            text,
            "{},{},{},{},\"{quoted}\"",
            line["pos"],
            line["kind"].as_str().unwrap_or_default(),
            line["quantity"].as_str().unwrap_or_default(),
            line["amount_yen"],
        );
    }
    text.push_str("\npayments:\npos,kind,method,amount_yen,in_lines\n");
    for paid in &books.payments {
        let _ = writeln!(
            text,
            "{},{},{},{},{}",
            paid["pos"],
            paid["kind"].as_str().unwrap_or_default(),
            paid["method"].as_str().unwrap_or_default(),
            paid["amount_yen"],
            paid["in_lines"],
        );
    }
    text
}

/// What differs from the script.
pub(super) fn differences(rows: &[Row], night: &Night) -> Vec<String> {
    let pairs = rows.iter().zip(&night.calls).filter(|(row, call)| row.differs(&call.expect));
    pairs
        .map(|(row, call)| {
            let Row { number, outcome, flags, .. } = row;
            let (expected, got) = (json!(fields(&call.expect)), json!(fields(outcome)));
            format!("{number} ({}): expected {expected}, got {got}, in doubt: {flags:?}", call.title)
        })
        .collect()
}

/// The fields of an outcome that are said, by name.
fn fields(outcome: &Expected) -> Value {
    json!({
        "outcome": outcome.outcome, "technician": outcome.technician, "arrival_minutes": outcome.arrival_minutes,
        "worked": outcome.worked, "yen": outcome.yen, "paid": outcome.paid, "written_off": outcome.written_off,
        "referral": outcome.referral, "offers": outcome.offers,
    })
}
