//! One thing after the other is missing on a case, or keeps it from being closed: each is told, and nothing else.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::{
    cases::sample::case,
    dangers::{Answered, Given, HazardAnswer, standing},
    facts::script::at,
    identity::Method,
    ids::{CallId, CaseId},
    jobs::tests::job_but,
    refusal::Closing,
    span::Instant,
    warrants::{WarrantReason, tests::warrant},
};

/// A case with nothing missing, and what is changed of that.
struct Known {
    fields: Value,
    jobs: Vec<Job>,
    hazards: Vec<CaseHazard>,
    answers: Vec<Answered>,
    given: Vec<Given>,
    checks: BTreeMap<JobId, Vec<PlannedCheck>>,
    warrants: Vec<Warrant>,
    referred: BTreeSet<String>,
}

fn job(code: &str, trade: &str, fields: &Value) -> Job {
    let mut fields = fields.clone();
    (fields["job_code"], fields["trade"]) = (json!(code), json!(trade));
    job_but(&fields)
}

fn over() -> Value {
    json!({ "state": "completed", "wake_at": null, "closed_at": "2026-11-22T12:00:00Z" })
}

impl Known {
    fn complete() -> Self {
        Self {
            fields: json!({ "categories": ["water"], "eligibility": "eligible", "eligibility_basis": "worker_statement" }),
            jobs: vec![job("W-TOILET-CLOG", "water", &over())],
            hazards: Vec::new(),
            answers: vec![answered("H-GAS", HazardAnswer::No)],
            given: Vec::new(),
            checks: BTreeMap::new(),
            warrants: Vec::new(),
            referred: BTreeSet::new(),
        }
    }

    fn told(&self) -> (Vec<&'static str>, Vec<Missing>) {
        let reference = Reference::embedded().unwrap();
        let case = case(&self.fields);
        let file = CaseFile {
            case: &case,
            jobs: &self.jobs,
            hazards: &self.hazards,
            interview: Interview::of([standing(reference.hazards(), &self.answers, &self.given)]),
            checks: &self.checks,
            warrants: &self.warrants,
            referred: &self.referred,
            idle: &BTreeSet::new(),
            needs: &BTreeSet::new(),
        };
        let obstacles = file.obstacles(&reference);
        let codes: Vec<_> = obstacles.iter().map(Obstacle::code).collect();
        assert_eq!(Closing::check(obstacles.clone()).is_ok(), codes.is_empty());
        assert_eq!(case.clone().closed(obstacles, at("12:00:00")).is_ok(), codes.is_empty());
        (codes, file.missing(None, &[CallerRole::Worker], &reference))
    }
}

fn answered(hazard: &str, answer: HazardAnswer) -> Answered {
    Answered { number: 1, hazard: hazard.to_owned(), answer, answered_at: at("10:00:00") }
}

fn danger(cleared_at: Option<Instant>) -> CaseHazard {
    let at = at("10:00:00");
    CaseHazard {
        case_id: CaseId(Uuid::from_u128(7)),
        number: 1,
        hazard: "H-GAS".to_owned(),
        call_id: CallId(Uuid::from_u128(1)),
        raised_at: at,
        cleared_at,
        cleared_by: None,
        note_code: None,
    }
}

/// What is told of a complete case with one change.
fn told(change: impl FnOnce(&mut Known)) -> (Vec<&'static str>, Vec<Missing>) {
    let mut known = Known::complete();
    change(&mut known);
    known.told()
}

#[test]
fn nothing_is_told_of_a_case_that_is_complete() {
    assert_eq!(Known::complete().told(), (vec![], vec![]));
}

#[test]
fn an_open_question_of_the_case_is_missing_and_liability_keeps_it_open() {
    let with = |name: &'static str, value: Value| told(move |known| known.fields[name] = value);
    assert_eq!(
        with("liability_flag", json!("unknown")),
        (vec!["liability_unknown"], vec![Missing::Liability])
    );
    assert_eq!(with("eligibility", json!("unverified")), (vec![], vec![Missing::Eligibility]));
    assert_eq!(with("lessee_kind", json!("unknown")), (vec![], vec![Missing::Lessee]));
    assert_eq!(with("eligibility", json!("not_eligible")), (vec![], vec![Missing::Goodwill]));
    let answered_for = told(|known| {
        known.fields["eligibility"] = json!("not_eligible");
        known.warrants = vec![warrant(WarrantReason::Danger, None)];
    });
    assert_eq!(answered_for, (vec![], vec![]));
}

#[test]
fn a_danger_keeps_a_case_open_until_it_is_cleared_and_the_caller_told() {
    assert_eq!(told(|known| known.hazards = vec![danger(None)]), (vec!["hazard_open"], vec![]));
    assert_eq!(told(|known| known.hazards = vec![danger(Some(at("11:00:00")))]), (vec![], vec![]));
    let said = |answer, given: &[Given]| {
        let given = given.to_vec();
        told(move |known| (known.answers, known.given) = (vec![answered("H-GAS", answer)], given))
    };
    let instructed = Given { number: 1, given_at: at("10:01:00") };
    assert_eq!(said(HazardAnswer::Yes, &[]), (vec!["instructions_not_given"], vec![]));
    assert_eq!(said(HazardAnswer::Yes, &[instructed]), (vec![], vec![]));
    assert_eq!(said(HazardAnswer::Unknown, &[]), (vec![], vec![Missing::Dangers]), "a danger that holds");
    let harmless = told(|known| known.answers = vec![answered("H-SEWAGE", HazardAnswer::Unknown)]);
    assert_eq!(harmless, (vec![], vec![]), "of one that holds nothing nobody asks again");
}

#[test]
fn k_01_each_category_has_its_job_and_what_is_under_way_keeps_the_case_open() {
    let both = told(|known| known.fields["categories"] = json!(["water", "lock"]));
    assert_eq!(both, (vec![], vec![Missing::Job]));
    let talk = told(|known| {
        known.fields["categories"] = json!(["consultation"]);
        known.jobs.clear();
    });
    assert_eq!(talk, (vec![], vec![]), "nobody is sent for a consultation");
    for (fields, obstacles) in [
        (json!({}), vec!["job_not_final"]),
        (json!({ "state": "held", "hold": "H-GAS" }), vec!["job_not_final"]),
        (json!({ "state": "on_site" }), vec!["job_not_final"]),
        // Whoever closes it ends the wait (K-04).
        (json!({ "state": "no_coverage" }), vec![]),
        (json!({ "state": "cancelled", "wake_at": null, "closed_at": "2026-11-22T12:00:00Z" }), vec![]),
    ] {
        let state = fields.clone();
        let told = told(|known| known.jobs = vec![job("W-TOILET-CLOG", "water", &fields)]);
        assert_eq!(told, (obstacles, vec![]), "{state}");
    }
}

#[test]
fn s_01_a_lock_is_not_opened_before_its_check_is_planned() {
    let lock = |fields: &Value, planned: bool| {
        let key = job("L-KEY-LOST", "lock", fields);
        told(|known| {
            known.fields["categories"] = json!(["lock"]);
            let plan = PlannedCheck { number: 1, method: Method::CardOnPerson, planned_at: at("10:00:00") };
            known.checks = planned.then(|| (key.id, vec![plan])).into_iter().collect();
            known.jobs = vec![key];
        })
    };
    assert_eq!(lock(&json!({}), false), (vec!["job_not_final"], vec![Missing::IdentityPlan]));
    assert_eq!(lock(&json!({}), true), (vec!["job_not_final"], vec![]));
    assert_eq!(lock(&over(), false), (vec![], vec![]), "it is open by now");
}

#[test]
fn r_07_a_landlords_matter_is_referred_or_somebody_says_why_not() {
    let ceiling = |change: fn(&mut Known)| {
        told(|known| {
            known.jobs = vec![job("W-CEILING-LEAK", "water", &over())];
            change(known);
        })
    };
    assert_eq!(ceiling(|_| {}), (vec!["referral_due"], vec![Missing::Referral]));
    assert_eq!(ceiling(|known| known.referred.extend(["W-CEILING-LEAK".to_owned()])), (vec![], vec![]));
    let known_already = ceiling(|known| {
        known.warrants = vec![warrant(WarrantReason::KnownAlready, Some("W-CEILING-LEAK"))];
    });
    assert_eq!(known_already, (vec![], vec![]));
    let of_another = ceiling(|known| {
        known.warrants = vec![warrant(WarrantReason::KnownAlready, Some("W-NO-WATER"))];
    });
    assert_eq!(of_another, (vec!["referral_due"], vec![Missing::Referral]));
}

#[test]
fn s_06_a_replacement_waits_for_the_landlord() {
    let reference = Reference::embedded().unwrap();
    let all = reference.job_codes().all().iter();
    let replaced: Vec<_> =
        all.filter(|kind| kind.landlord_consent_required && kind.trade().is_some()).collect();
    assert!(!replaced.is_empty());
    for kind in replaced {
        let trade = kind.trade().unwrap();
        for (warrants, missing) in [
            (vec![], vec![Missing::LandlordConsent]),
            (vec![warrant(WarrantReason::Danger, None)], vec![Missing::LandlordConsent]),
            (vec![warrant(WarrantReason::TakenOn, Some("of another one"))], vec![Missing::LandlordConsent]),
            (vec![warrant(WarrantReason::TakenOn, Some(kind.code.as_str()))], vec![]),
        ] {
            let (_, told) = told(|known| {
                known.fields["categories"] = json!([Category::of(trade)]);
                let job = job(kind.code.as_str(), trade.as_str(), &json!({}));
                let plan =
                    PlannedCheck { number: 1, method: Method::CardOnPerson, planned_at: at("10:00:00") };
                known.checks.insert(job.id, vec![plan]);
                known.jobs = vec![job];
                known.referred.insert(kind.code.as_str().to_owned());
                known.warrants = warrants;
            });
            assert_eq!(told, missing, "{}", kind.code.as_str());
        }
    }
}
