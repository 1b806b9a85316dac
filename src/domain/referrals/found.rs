//! The referral that a finding at the site asks for (3.4).

use super::{
    After, ContactConsent, LesseeKind, OF_CASE_MAX, Recipient, Referral, ReferralState, Stage, Texts, due,
};
use crate::domain::{calendar::Holidays, facts::FoundReferral, ids::ReferralId, jobs::Job, span::Instant};

/// What was referred of a case so far.
#[derive(Debug, Clone, Copy)]
pub struct Referred<'a> {
    /// Who rents, as the case says.
    pub lessee_kind: LesseeKind,
    /// Its referrals, oldest first.
    pub referrals: &'a [Referral],
    /// Who is told of the last of them.
    pub recipients: &'a [Recipient],
}

/// The referral under the id of its report, with what it says. Whom to tell, and whether the centre may, is taken over from
/// the last referral of the case, or told later by the desk. A case that has as many as it can have keeps the finding in its
/// job's record; so does one that has referred the same component already.
#[must_use]
pub fn opened(
    found: &FoundReferral,
    job: &Job,
    case: Referred<'_>,
    now: Instant,
    holidays: &Holidays,
) -> Option<(Referral, Texts)> {
    let (id, finding) = (ReferralId(found.fact_id.0), &found.finding);
    let is_same = |known: &Referral| {
        known.id == id || (known.component == finding.component && known.state != ReferralState::Closed)
    };
    if case.referrals.len() >= OF_CASE_MAX || case.referrals.iter().any(is_same) {
        return None;
    }
    let (consent_to_contact, lessee_kind) = match case.referrals.last() {
        Some(last) => (last.consent_to_contact, last.lessee_kind),
        None => (ContactConsent::NotAsked, case.lessee_kind),
    };
    let due = due(After::Decision, lessee_kind, case.recipients, None, now, holidays);
    let referral = Referral {
        id,
        version: 1,
        case_id: job.case_id,
        job_id: Some(job.id),
        job_code: Some(job.job_code.clone()),
        reason: finding.reason,
        stage: Stage::OnSite,
        component: finding.component,
        private_or_common: finding.private_or_common.unwrap_or(finding.component.part()),
        lessee_kind,
        consent_to_contact,
        evidence: finding.evidence.clone(),
        stop_gap_at: finding.made_safe.then_some(found.at),
        state: ReferralState::Open,
        decided_at: now,
        follow_up_due: Some(due.due),
        follow_up_assumed: due.assumed,
        outcome: None,
        closed_at: None,
    };
    let texts = Texts {
        symptom: match &finding.note {
            Some(note) => format!("現地の作業で判明しました(所見コード: {})。", note.as_str()),
            None => "現地の作業で判明しました。".to_owned(),
        },
        age_hint: None,
        basis_text: finding.component.basis().to_owned(),
        stop_gap: finding.made_safe.then(|| "現地で応急の安全措置をとりました。".to_owned()),
        stop_gap_by: None,
    };
    Some((referral, texts))
}
