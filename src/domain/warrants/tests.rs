//! Who answers for what, of which job code, and who is served by it.

use serde_json::{Value, json};

use super::*;
use crate::domain::{cases::sample::case, facts::script::at};

/// That somebody answers for something, of a job code where that is said.
pub(crate) fn warrant(reason: WarrantReason, job_code: Option<&str>) -> Warrant {
    Warrant {
        case_id: case(&json!({})).id,
        number: 1,
        kind: reason.kind(),
        reason,
        job_code: job_code.map(str::to_owned),
        at: at("10:00:00"),
        recorded_by: None,
    }
}

#[test]
fn every_kind_has_reasons_of_its_own() {
    for kind in WarrantKind::ALL {
        assert!(WarrantReason::ALL.iter().any(|reason| reason.kind() == *kind), "{kind}");
    }
}

/// Two landlord's matters and a clogged toilet, of which so much was referred.
fn recorded(
    fields: &Value,
    referred: &[&str],
    warrants: &[Warrant],
    reason: WarrantReason,
    job_code: Option<&str>,
) -> Result<Warrant, Refusal> {
    let codes = ["W-CEILING-LEAK", "W-TOILET-CLOG", "W-PIPE-HIDDEN"].map(str::to_owned);
    let known = OfCase {
        case: &case(fields),
        warrants,
        codes: &codes,
        referred: &referred.iter().map(|code| (*code).to_owned()).collect(),
    };
    let word = Word { reason, job_code: job_code.map(str::to_owned) };
    Warrant::of(&word, known, &Reference::embedded().unwrap(), at("11:00:00"), None)
}

#[test]
fn r_07_what_is_said_of_one_landlords_matter_is_not_said_of_another_one() {
    use WarrantReason::{Danger, InWriting, KnownAlready};
    let (ceiling, pipe) = ("W-CEILING-LEAK", "W-PIPE-HIDDEN");
    let said = |code| vec![warrant(KnownAlready, Some(code))];
    // What was referred, what was answered for, what is said now, and of which code that is kept.
    for (referred, before, reason, named, kept) in [
        (vec![], vec![], KnownAlready, Some(ceiling), Some(Some(ceiling))),
        (vec![ceiling], vec![], KnownAlready, Some(ceiling), Some(Some(ceiling))),
        (vec![], vec![], KnownAlready, Some("W-TOILET-CLOG"), None),
        (vec![], vec![], KnownAlready, Some("W-NO-WATER"), None),
        (vec![], vec![], KnownAlready, None, None),
        (vec![ceiling], vec![], KnownAlready, None, Some(Some(pipe))),
        (vec![], said(pipe), KnownAlready, None, Some(Some(ceiling))),
        (vec![ceiling, pipe], vec![], KnownAlready, None, None),
        (vec![ceiling], said(pipe), KnownAlready, None, None),
        (vec![], vec![], Danger, None, Some(None)),
        (vec![], vec![], InWriting, None, None),
        (vec![], vec![], InWriting, Some(ceiling), None),
        (vec![], vec![], InWriting, Some("cylinder_replacement"), Some(Some("cylinder_replacement"))),
        (vec![], vec![], InWriting, Some("L-CYL-REPLACE"), Some(Some("L-CYL-REPLACE"))),
        (vec![], vec![], Danger, Some(ceiling), None),
    ] {
        let told = recorded(&json!({}), &referred, &before, reason, named).ok();
        let code = told.map(|warrant| warrant.job_code);
        let kept = kept.map(|code| code.map(str::to_owned));
        assert_eq!(code, kept, "{referred:?} {before:?} {reason} {named:?}");
    }
}

#[test]
fn warrants_are_numbered_and_kept_of_an_open_case_fifty_times_at_most() {
    let last = Warrant { number: 8, ..warrant(WarrantReason::Danger, None) };
    let next = recorded(&json!({}), &[], &[last], WarrantReason::SponsorAgreed, None).unwrap();
    assert_eq!((next.number, next.kind, next.at), (9, WarrantKind::Goodwill, at("11:00:00")));
    let first = recorded(&json!({}), &[], &[], WarrantReason::SponsorAgreed, None).unwrap();
    assert_eq!(first.number, 1);
    let closed = json!({ "state": "closed", "closed_at": "2026-11-22T00:00:00Z" });
    assert!(recorded(&closed, &[], &[], WarrantReason::Danger, None).is_err());
    let many = |number| vec![warrant(WarrantReason::Danger, None); number];
    assert!(recorded(&json!({}), &[], &many(49), WarrantReason::Danger, None).is_ok());
    assert!(recorded(&json!({}), &[], &many(50), WarrantReason::Danger, None).is_err());
}

#[test]
fn g_14_whoever_is_not_entitled_is_served_when_somebody_answers_for_it() {
    for eligibility in Eligibility::ALL {
        let case = case(&json!({ "eligibility": eligibility }));
        let is_entitled = *eligibility != Eligibility::NotEligible;
        assert_eq!(may_be_served(&case, &[]).is_ok(), is_entitled, "{eligibility}");
        for &reason in WarrantReason::ALL {
            let is_served = is_entitled || reason.kind() == WarrantKind::Goodwill;
            let warrants = [warrant(reason, None)];
            assert_eq!(may_be_served(&case, &warrants).is_ok(), is_served, "{eligibility}, {reason}");
        }
    }
}
