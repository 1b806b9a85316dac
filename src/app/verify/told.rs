//! What events tell of: it is there, and each row that is written once is told of once. Whoever repeats an event, or makes one up,
//! needs no seal for it.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::{
    domain::events::{Event, Subject},
    store::{self, Tx, sealed_rows},
};

/// Reads every event; `is_sealed` says whether there is a seal of a row.
pub(super) async fn check(
    tx: &mut Tx,
    is_sealed: impl Fn(&'static str, String) -> bool,
    found: &mut Vec<String>,
) -> Result<(), store::Error> {
    let (mut told, mut reported) = (HashSet::new(), Reported::of(tx).await?);
    sealed_rows::events(tx, |ord, event| {
        let (subject, id) = event.subject();
        if table(subject).is_some_and(|table| !is_sealed(table, id.to_string())) {
            found.push(format!("event {ord} is about {subject} {id}, which nobody has written"));
        }
        if let Some((name, row)) = event.row() {
            if !is_sealed(name, row.to_string()) {
                found.push(format!("event {ord} tells of {name} {row}, which nobody has written"));
            } else if !told.insert((name, row)) {
                found.push(format!("event {ord} tells of {name} {row} once more"));
            }
        }
        if let Event::FactRecorded(facts) = event {
            reported.take(&ord, id, facts.count, found);
        }
    })
    .await
}

/// Reports of each job of which no event has told yet.
struct Reported(HashMap<String, usize>);

impl Reported {
    async fn of(tx: &mut Tx) -> Result<Self, store::Error> {
        let mut jobs = HashMap::new();
        sealed_rows::jobs_of_facts(tx, |job| *jobs.entry(job).or_default() += 1).await?;
        Ok(Self(jobs))
    }

    /// An event tells of so many of a job.
    fn take(&mut self, ord: &str, job: Uuid, count: usize, found: &mut Vec<String>) {
        let left = self.0.entry(job.to_string()).or_default();
        if count == 0 || count > *left {
            found.push(format!(
                "event {ord} tells of {count} facts of job {job}, of which only {left} are left to tell of"
            ));
        }
        *left = left.saturating_sub(count);
    }
}

/// Where a thing is kept that stays for ever. The others come and go.
fn table(subject: Subject) -> Option<&'static str> {
    Some(match subject {
        Subject::Call => "call",
        Subject::Case => "case_file",
        Subject::Job => "job",
        Subject::Firm => "firm",
        Subject::Technician => "technician",
        Subject::Consumer => "consumer",
        Subject::Token => "token",
        Subject::Shift => "hand_over",
        Subject::Referral => "referral",
        Subject::Review => "review",
        Subject::Dispute => "dispute",
        Subject::User => "user_account",
        Subject::Retention => "retention_run",
        Subject::Reference
        | Subject::Alarm
        | Subject::Webhook
        | Subject::Message
        | Subject::Log
        | Subject::Machine => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::events,
        store::seals::{FACETS, Goes},
    };

    #[test]
    fn what_is_told_of_is_sealed_once() {
        let names = |name| FACETS.iter().find(|facet| facet.name == name);
        let mut kinds = HashSet::new();
        for (kind, subject, data) in events::stored() {
            let event = Event::read(kind, subject, Uuid::from_u128(7), data).unwrap();
            if let Some((name, _)) = event.row() {
                let facet = names(name).unwrap_or_else(|| panic!("{kind} tells of {name}"));
                assert_eq!((facet.goes, facet.key.len()), (Goes::Nowhere, 1), "{kind}");
                kinds.insert(kind);
            }
            assert!(table(subject).is_none_or(|table| names(table).is_some()), "{subject}");
        }
        // What changes a bill or is paid, at least.
        for &kind in events::Kind::ALL.iter().filter(|kind| kind.topic().is_some()) {
            assert!(kinds.contains(&kind), "{kind}");
        }
    }
}
