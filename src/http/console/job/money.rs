//! What it costs, line by line with its proof; what is on file of the site.

use chrono::NaiveDate;

use crate::{
    app::{evidence::Listed, statements::Statement},
    domain::{
        facts::ConsentCover,
        ids::{EvidenceId, ReferralId},
        known::Known,
        money::Yen,
        payers::HeldItem,
        reference::programme::Payer,
        referrals::Referral,
    },
    http::console::{figures, page::Page, words},
};

/// Charges, work and consents.
pub(super) struct MoneyView {
    pub(super) settled: bool,
    pub(super) worked: Option<String>,
    pub(super) total: String,
    pub(super) due: Option<String>,
    pub(super) lines: Vec<LineView>,
    pub(super) work: Vec<WorkView>,
    pub(super) consents: Vec<ConsentView>,
    pub(super) doubts: Vec<String>,
    pub(super) payments: Vec<(String, String, String)>,
    pub(super) disputes: Vec<(String, String, bool)>,
    /// What waits for the answer of a payer (G-06).
    pub(super) held: Vec<HeldView>,
    /// Those of them whose answer the desk records.
    pub(super) awaited: Vec<(Payer, String)>,
    /// Day of receipt and last day of cooling-off, where they apply; either may not be known.
    pub(super) cooling_off: Option<(Option<String>, Option<String>)>,
}

/// A line of the ledger.
pub(super) struct LineView {
    pub(super) kind: String,
    pub(super) quantity: String,
    pub(super) unit_price: String,
    pub(super) amount: String,
    pub(super) payer: String,
    pub(super) proof: String,
    pub(super) rule: String,
}

/// What has no line before its payer has agreed.
pub(super) struct HeldView {
    pub(super) what: String,
    pub(super) amount: String,
    pub(super) payer: String,
    /// Until when the answer is awaited; absent where a supervisor decides.
    pub(super) until: Option<String>,
}

/// Hands on.
pub(super) struct WorkView {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) length: String,
    pub(super) kind: String,
}

/// The payer's answer.
pub(super) struct ConsentView {
    pub(super) answered: String,
    pub(super) answer: String,
    pub(super) yes: bool,
    pub(super) cap: String,
    pub(super) language: String,
    pub(super) interpreter: String,
    pub(super) text_version: String,
}

fn day(known: Known<NaiveDate>) -> Option<String> {
    match known {
        Known::Known(day) => Some(day.to_string()),
        Known::Unspecified => None,
    }
}

impl MoneyView {
    pub(super) fn of(statement: &Statement, page: &Page) -> Self {
        let pick = |ja: &str, en: &str| if page.is_japanese() { ja.to_owned() } else { en.to_owned() };
        let lines = statement.lines.iter().map(|line| LineView {
            kind: page.code("line", line.charge.kind),
            quantity: line.charge.quantity.normalize().to_string(),
            unit_price: page.yen(line.charge.unit_price_yen),
            amount: page.yen(line.charge.amount_yen),
            payer: page.code("payer", line.charge.payer),
            proof: pick(&line.charge.text_ja, &line.charge.text_en),
            rule: line.charge.rule.clone(),
        });
        let work = statement.record.work().map(|span| WorkView {
            from: words::moment(span.from),
            to: words::moment(span.to),
            length: figures::length((span.to - span.from).num_seconds()),
            kind: page.code("work", span.work),
        });
        let payments = statement.payments.iter().map(|paid| {
            (words::moment(paid.received_at), page.code("payment-kind", paid.kind), page.yen(paid.amount_yen))
        });
        let disputes = statement.disputes.iter().map(|one| {
            let open = one.state == crate::domain::disputes::DisputeState::Open;
            (words::moment(one.opened_at), page.code("dispute-reason", one.reason), open)
        });
        Self {
            settled: !statement.settlements.is_empty(),
            worked: statement.worked_seconds.map(figures::length),
            total: page.yen(statement.total_yen),
            due: statement.due_yen.map(|yen| page.yen(yen)),
            lines: lines.collect(),
            work: work.collect(),
            consents: consents(statement, page),
            doubts: statement.open.iter().map(|flag| page.code("flag", flag.code)).collect(),
            payments: payments.collect(),
            disputes: disputes.collect(),
            held: held(statement, page),
            awaited: awaited(statement, page),
            cooling_off: statement.cooling_off.map(|one| (day(one.document_received_on), day(one.ends_on))),
        }
    }
}

fn held(statement: &Statement, page: &Page) -> Vec<HeldView> {
    let view = |item: &HeldItem| HeldView {
        what: page.code("line", item.charge.kind),
        amount: page.yen(item.charge.amount_yen),
        payer: page.code("payer", item.charge.payer),
        until: (item.charge.payer != Payer::Programme).then(|| words::moment(item.review_at)),
    };
    statement.held.iter().map(view).collect()
}

fn awaited(statement: &Statement, page: &Page) -> Vec<(Payer, String)> {
    let of = |payer: &&Payer| statement.held.iter().any(|item| item.charge.payer == **payer);
    let asked = [Payer::HostCompany, Payer::Landlord];
    asked.iter().filter(of).map(|payer| (*payer, page.code("payer", *payer))).collect()
}

fn consents(statement: &Statement, page: &Page) -> Vec<ConsentView> {
    let view = |given: &crate::domain::facts::GivenConsent| {
        let consent = &given.consent;
        let units = consent.covers().iter().find_map(|cover| match cover {
            ConsentCover::Overtime { cap_units } => Some(*cap_units),
            ConsentCover::Item { .. } => None,
        });
        let yen = page.with("job-cap-yen", "amount", page.yen(Yen(consent.cap_yen())));
        let cap = match units {
            Some(units) => format!("{} / {yen}", page.with("job-cap-units", "units", units)),
            None => yen,
        };
        ConsentView {
            answered: words::moment(given.answered_at),
            answer: page.code("answer", consent.answer()),
            yes: consent.answer().as_str() == "yes",
            cap,
            language: consent.language().to_owned(),
            interpreter: consent.interpreter().unwrap_or_default().to_owned(),
            text_version: consent.text_version().to_owned(),
        }
    };
    statement.record.consents.iter().map(view).collect()
}

/// Pictures and signatures.
pub(super) struct EvidenceView {
    pub(super) items: Vec<PictureView>,
    pub(super) missing: Vec<String>,
    pub(super) unsigned: Option<String>,
}

/// One picture.
pub(super) struct PictureView {
    pub(super) id: EvidenceId,
    pub(super) kind: String,
    pub(super) at: String,
    pub(super) shown: bool,
}

impl EvidenceView {
    pub(super) fn of(listed: &Listed, page: &Page) -> Self {
        let items = listed.items.iter().map(|one| PictureView {
            id: one.id,
            kind: page.code("evidence", one.kind),
            at: words::moment(one.device_time),
            shown: one.erased_at.is_none(),
        });
        Self {
            items: items.collect(),
            missing: listed
                .missing
                .iter()
                .map(|need| if page.is_japanese() { need.ja.clone() } else { need.en.clone() })
                .collect(),
            unsigned: listed.signature_absence.map(|reason| page.code("unsigned", reason)),
        }
    }
}

/// A referral.
pub(super) struct ReferralView {
    pub(super) id: ReferralId,
    pub(super) at: String,
    pub(super) reason: String,
    pub(super) component: String,
    pub(super) state: String,
    pub(super) open: bool,
}

/// The referrals of a case.
pub(super) fn referrals(referrals: &[Referral], page: &Page) -> Vec<ReferralView> {
    let view = |referral: &Referral| ReferralView {
        id: referral.id,
        at: words::moment(referral.decided_at),
        reason: page.code("referral-reason", referral.reason),
        component: page.code("component", referral.component),
        state: page.code("referral-state", referral.state),
        open: referral.closed_at.is_none(),
    };
    referrals.iter().map(view).collect()
}
