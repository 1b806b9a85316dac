//! What came of the night: a table, the billing file, and whether it is what the script expects.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    play::Stage,
    script::{Call, Expected, Night},
};

/// What came of one call.
#[derive(Debug)]
pub(super) struct Row {
    number: String,
    language: String,
    job_code: String,
    outcome: Expected,
    minutes_to_arrival: Option<i64>,
}

/// Reads what came of every call.
pub(super) async fn read(stage: &Stage, night: &Night) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (index, call) in night.calls.iter().enumerate() {
        let opened = stage.opened(index)?;
        let job = stage.dispatcher.get(&format!("/v1/jobs/{}", opened.job)).await?;
        let statement = stage.dispatcher.get(&format!("/v1/jobs/{}/statement", opened.job)).await?;
        rows.push(row(stage, call, &opened.number, &job, &statement));
    }
    Ok(rows)
}

fn row(stage: &Stage, call: &Call, number: &str, job: &Value, statement: &Value) -> Row {
    let last = job["assignments"].as_array().and_then(|all| all.last());
    let technician = last.and_then(|one| one["technician_id"].as_str()).and_then(|id| stage.keys.get(id));
    let instant = |value: &Value| value.as_str()?.parse::<DateTime<Utc>>().ok();
    let arrived = instant(&statement["record"]["arrived_at"]).zip(instant(&job["created_at"]));
    let lines = statement["lines"].as_array().cloned().unwrap_or_default();
    let written_off = lines.iter().filter(|line| line["kind"] == "write_off");
    let units = written_off.filter_map(|line| line["quantity"].as_str()?.parse::<i64>().ok()).sum();
    Row {
        number: number.to_owned(),
        language: call.language.clone(),
        job_code: call.job_code.clone(),
        outcome: Expected {
            state: job["state"].as_str().unwrap_or_default().to_owned(),
            technician: technician.cloned().unwrap_or_default(),
            worked_minutes: statement["worked_seconds"].as_i64().unwrap_or_default() / 60,
            yen: statement["total_yen"].as_i64().unwrap_or_default(),
            written_off_units: units,
        },
        minutes_to_arrival: arrived.map(|(arrived, created)| (arrived - created).num_minutes()),
    }
}

/// The table, as printed.
pub(super) fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<12} {:<5} {:<14} {:<10} {:<10} {:>8} {:>7} {:>7}\n",
        "case", "lang", "job", "outcome", "technician", "arrival", "worked", "yen"
    );
    for row in rows {
        let Expected { state, technician, worked_minutes, yen, .. } = &row.outcome;
        let arrival = row.minutes_to_arrival.map_or("-".to_owned(), |minutes| format!("{minutes} min"));
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "{:<12} {:<5} {:<14} {state:<10} {technician:<10} {arrival:>8} {worked_minutes:>3} min {yen:>7}",
            row.number, row.language, row.job_code
        );
    }
    text
}

/// The billing file: one line a ledger line, with its proof.
pub(super) fn billing(lines: &[Value]) -> String {
    let mut text = "pos,kind,quantity,amount_yen,proof_en\n".to_owned();
    for line in lines {
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
    text
}

/// What differs from the script.
pub(super) fn differences(rows: &[Row], night: &Night) -> Vec<String> {
    let pairs = rows.iter().zip(&night.calls).filter(|(row, call)| row.outcome != call.expect);
    pairs
        .map(|(row, call)| format!("{}: expected {:?}, got {:?}", row.number, call.expect, row.outcome))
        .collect()
}
