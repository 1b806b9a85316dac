//! What has to be written so that the ledger says what the record proves: reversals and new lines, or nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Charge, EntryKind, LedgerLine, proof};
use crate::domain::{ids::LedgerLineId, money::Yen, reference::programme::Payer};

/// A line to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub charge: Charge,
    /// The line it takes back.
    pub reverses: Option<LedgerLineId>,
}

/// The lines that count: neither reversals nor reversed.
#[must_use]
pub fn live(lines: &[LedgerLine]) -> Vec<&LedgerLine> {
    let reversed: BTreeSet<_> = lines.iter().filter_map(|line| line.reverses).collect();
    let counts = |line: &&LedgerLine| line.reverses.is_none() && !reversed.contains(&line.id);
    lines.iter().filter(counts).collect()
}

/// What the lines that count come to, by payer: that one was taken back again is nobody's sum, not even of nothing.
#[must_use]
pub fn billed(lines: &[LedgerLine]) -> BTreeMap<Payer, Yen> {
    let mut billed: BTreeMap<Payer, Yen> = BTreeMap::new();
    for line in live(lines) {
        billed.entry(line.charge.payer).or_default().0 += line.charge.amount_yen.0;
    }
    billed
}

/// The net difference between all lines written so far and what should be charged: first what is taken back, then what
/// is new. A line that says the same stays.
#[must_use]
pub fn difference(written: &[LedgerLine], wanted: Vec<Charge>) -> Vec<Entry> {
    let mut wanted: Vec<Option<Charge>> = wanted.into_iter().map(Some).collect();
    let mut entries = Vec::new();
    for line in live(written) {
        let stays = wanted
            .iter_mut()
            .find(|charge| charge.as_ref().is_some_and(|charge| charge.says_the_same(&line.charge)));
        match stays {
            Some(charge) => *charge = None,
            None => entries.push(reversal(line)),
        }
    }
    entries.extend(wanted.into_iter().flatten().map(|charge| Entry { charge, reverses: None }));
    entries
}

/// The sentence of a reversal says what it takes back, that it is a reversal, and its amount with its sign.
fn reversal(line: &LedgerLine) -> Entry {
    let charge = &line.charge;
    let amount_yen = -charge.amount_yen;
    let charge = Charge {
        kind: EntryKind::Reversal,
        quantity: -charge.quantity,
        amount_yen,
        tax_included_yen: -charge.tax_included_yen,
        proof: proof::reversal(line.id),
        text_ja: format!(
            "取消 {amount_yen}円(税込)。その後の報告・判断により、次の行を取り消します: {}",
            charge.text_ja
        ),
        text_en: format!(
            "Reversal: {amount_yen} yen (tax included). Later reports or decisions take this line back: {}",
            charge.text_en
        ),
        ..charge.clone()
    };
    Entry { charge, reverses: Some(line.id) }
}

impl Charge {
    /// Whether the other one charges the same for the same work, whichever version of the engine wrote it and whoever decided
    /// so once more: a sentence is its proof in words, and words get better.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let comparable = |charge: &Self| Self {
            proof: proof::of_work(&charge.proof),
            text_ja: String::new(),
            text_en: String::new(),
            ..charge.clone()
        };
        comparable(self) == comparable(other)
    }
}
