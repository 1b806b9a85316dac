//! What a report names is on record, or the report is doubtful: each name, in each way of being wrong.

use std::sync::LazyLock;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::{
    ids::{CallId, InterpretationId, JobId},
    interpretations::{Interpretation, InterpretationStage, Line, NotJoined},
    reference::{Reference, job_codes::Licence},
};

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::embedded().unwrap());

/// The signature that is there.
const SIGNATURE: Uuid = Uuid::from_u128(0x51);

/// An interpreter of Nepali who was on the line from ten to a quarter past, from the site.
fn interpreter() -> Interpretation {
    Interpretation {
        id: InterpretationId(Uuid::from_u128(0x1A)),
        line: Line::Job(JobId(Uuid::from_u128(1))),
        language: "ne".to_owned(),
        interpreter: "int-07".to_owned(),
        requested_at: at("09:58:00"),
        stage: InterpretationStage::Left { joined_at: at("10:00:00"), at: at("10:15:00") },
    }
}

/// What a report lacks that says `changes` beside a yes at ten past ten, understood through that interpreter.
fn lack(changes: &[(&str, Value)]) -> Option<Unresolved> {
    lack_beside(&[interpreter()], changes)
}

fn lack_beside(interpretations: &[Interpretation], changes: &[(&str, Value)]) -> Option<Unresolved> {
    let mut yes = Asked::units(2).json(at("10:10:00"));
    (yes["interpreter"], yes["text_version"]) = (json!("int-07"), json!("C-1.1"));
    for (field, value) in changes {
        yes[*field] = value.clone();
    }
    let speaks = ["en".to_owned()];
    let on_record = OnRecord {
        reference: &REFERENCE,
        interpretations,
        speaks: &speaks,
        proofs: &[SIGNATURE],
        job_code: "",
        warrants: &[],
        unlicensed: &[],
    };
    on_record.lacks(&what(yes), TimeDelta::zero()).map(|lack| lack.unresolved)
}

fn changed(change: impl FnOnce(&mut Interpretation)) -> Vec<Interpretation> {
    let mut one = interpreter();
    change(&mut one);
    vec![one]
}

#[test]
fn g_05_a_consent_names_a_language_a_text_and_how_it_was_understood() {
    use Unresolved::*;
    let none = json!(null);
    let own = |language: &str| vec![("language", json!(language)), ("interpreter", none.clone())];
    let screen = |language: &str| {
        vec![("language", json!(language)), ("interpreter", none.clone()), ("understood", json!("screen"))]
    };
    for (changes, lacks) in [
        (vec![], None),
        (vec![("language", json!("ne-NP"))], None),
        (vec![("language", json!("klingon"))], Some(Language)),
        (vec![("language", json!("yue"))], Some(Language)),
        (vec![("text_version", json!("whatever"))], Some(Text)),
        // Another text is none before a charge.
        (vec![("text_version", json!("D-1.1"))], Some(Text)),
        (vec![("interpreter", json!("int-08"))], Some(Understanding)),
        (vec![("interpreter", json!(interpreter().id.0))], None),
        (vec![("language", json!("vi"))], Some(Understanding)),
        // The technician's own language, in which the text was issued.
        (own("en"), None),
        (own("ja"), None),
        (own("ja-x-easy"), None),
        (own("ne"), Some(Text)),
        (screen("en"), None),
        (screen("ja-x-easy"), None),
        (screen("ne"), Some(Text)),
        (vec![("evidence", json!(SIGNATURE))], None),
        (vec![("evidence", json!("REC-1"))], Some(Evidence)),
        (vec![("evidence", json!(Uuid::from_u128(0x52)))], Some(Evidence)),
        // A no charges nobody.
        (vec![("language", json!("klingon")), ("answer", json!("no"))], None),
    ] {
        assert_eq!(lack(&changes), lacks, "{changes:?}");
    }
}

#[test]
fn a_language_that_the_technician_does_not_speak_is_not_understood_by_speaking() {
    // Every language of the programme in which a text could be issued; this technician speaks English.
    let reference = &*REFERENCE;
    let charge = reference.consent_texts().get("C-1.1").unwrap();
    for language in charge.wording.keys() {
        let own = [("language", json!(language)), ("interpreter", json!(null))];
        let mut yes = Asked::units(2).json(at("10:10:00"));
        yes["text_version"] = json!("C-1.1");
        own.iter().for_each(|(field, value)| yes[*field] = value.clone());
        let on_record = OnRecord {
            reference,
            interpretations: &[],
            speaks: &[],
            proofs: &[],
            job_code: "",
            warrants: &[],
            unlicensed: &[],
        };
        let lacks = on_record.lacks(&what(yes), TimeDelta::zero()).map(|lack| lack.unresolved);
        let is_japanese = language.as_str().starts_with("ja");
        assert_eq!(lacks, (!is_japanese).then_some(Unresolved::Understanding), "{language}");
    }
}

#[test]
fn i_06_an_interpreter_counts_while_on_the_line() {
    let understands = |interpretations: &[Interpretation]| lack_beside(interpretations, &[]).is_none();
    assert!(!understands(&[]));
    let ten = at("10:00:00");
    let not_joined = |why| InterpretationStage::NotJoined { at: ten, why };
    for (stage, counts) in [
        (InterpretationStage::Requested, false),
        (InterpretationStage::Joined { at: ten }, true),
        (not_joined(NotJoined::NoAnswer), false),
        (not_joined(NotJoined::Refused), false),
        (not_joined(NotJoined::NotSettled), false),
        (InterpretationStage::Left { joined_at: ten, at: at("10:15:00") }, true),
    ] {
        let there = changed(|one| one.stage = stage);
        assert_eq!(understands(&there), counts, "{stage:?}");
    }
    // Asked at 10:09:55 and answered at 10:10, give or take two minutes.
    for (joined, left, counts) in [
        ("10:12:00", "10:20:00", true),
        ("10:12:01", "10:20:00", false),
        ("09:00:00", "10:07:55", true),
        ("09:00:00", "10:07:54", false),
    ] {
        let there = changed(|one| {
            one.stage = InterpretationStage::Left { joined_at: at(joined), at: at(left) };
        });
        assert_eq!(understands(&there), counts, "{joined} to {left}");
    }
    let of_a_call = changed(|one| one.line = Line::Call(CallId(Uuid::from_u128(2))));
    assert!(understands(&of_a_call), "a call of the case");
}

#[test]
fn the_times_of_a_consent_are_those_of_its_device() {
    let mut yes = Asked::units(2).json(at("09:10:00"));
    (yes["interpreter"], yes["text_version"]) = (json!("int-07"), json!("C-1.1"));
    let there = [interpreter()];
    let on_record = OnRecord {
        reference: &REFERENCE,
        interpretations: &there,
        speaks: &[],
        proofs: &[],
        job_code: "",
        warrants: &[],
        unlicensed: &[],
    };
    assert_eq!(on_record.lacks(&what(yes.clone()), TimeDelta::hours(1)), None, "an hour behind");
    assert!(on_record.lacks(&what(yes), TimeDelta::zero()).is_some());
}

#[test]
fn s_11_a_special_work_has_a_code() {
    let on_record = OnRecord {
        reference: &REFERENCE,
        interpretations: &[],
        speaks: &[],
        proofs: &[],
        job_code: "",
        warrants: &[],
        unlicensed: &[],
    };
    let lacks = |code: &str| {
        let work = json!({ "kind": "special_work", "item": item(1), "code": code, "price_yen": 50_000 });
        on_record.lacks(&what(work), TimeDelta::zero()).map(|lack| lack.unresolved)
    };
    for work in REFERENCE.job_codes().special_works() {
        // The lock is the landlord's, and nobody has asked them here (S-06).
        let asks_first = work.landlord_consent_required.then_some(Unresolved::Landlord);
        assert_eq!(lacks(work.code.as_str()), asks_first, "{}", work.code);
    }
    assert_eq!(lacks("made_up_work"), Some(Unresolved::Work));
}

#[test]
fn s_11_a_special_work_is_one_of_the_jobs_own_trade() {
    for (job_code, code, unresolved) in [
        ("W-TOILET-CLOG", "toilet_removal", None),
        ("W-TOILET-CLOG", "pipe_repair", None),
        ("W-TOILET-CLOG", "second_technician", None),
        ("W-TOILET-CLOG", "destructive_opening", Some(Unresolved::Work)),
        ("W-TOILET-CLOG", "cylinder_replacement", Some(Unresolved::Work)),
        ("L-KEY-LOST", "destructive_opening", None),
        ("L-KEY-LOST", "cylinder_replacement", Some(Unresolved::Landlord)),
        ("L-KEY-LOST", "toilet_removal", Some(Unresolved::Work)),
    ] {
        let on_record = OnRecord {
            reference: &REFERENCE,
            interpretations: &[],
            speaks: &[],
            proofs: &[],
            job_code,
            warrants: &[],
            unlicensed: &[],
        };
        let work = json!({ "kind": "special_work", "item": item(1), "code": code, "price_yen": 50_000 });
        let lack = on_record.lacks(&what(work), TimeDelta::zero()).map(|lack| lack.unresolved);
        assert_eq!(lack, unresolved, "{code} on {job_code}");
    }
}

#[test]
fn what_names_nothing_on_record_is_flagged_and_counts_until_a_person_decides() {
    for unresolved in Unresolved::ALL {
        let mut phone = Device::of(1);
        let mut facts = plain_job(&mut phone, &[("10:00:00", "11:00:00")]);
        let mut yes = phone.consent("10:10:00", &Asked::units(2));
        yes.unresolved = Some(*unresolved);
        facts.push(yes.clone());
        let record = FieldRecord::of(&facts);
        assert_eq!((codes(&record), record.consents.len()), (vec![FlagCode::from(*unresolved)], 1));
        assert_eq!(record.flags[0].fact_id, Some(yes.id));
        assert!(!record.may_settle(), "{unresolved}");
    }
}

#[test]
fn s_08_lasting_work_takes_the_designation() {
    let work =
        |code: &str| json!({ "kind": "special_work", "item": item(1), "code": code, "price_yen": 50_000 });
    let ends = |outcome: &str| json!({ "kind": "completion", "outcome": outcome });
    for (job_code, told, lacks) in [
        ("W-PIPE-EXPOSED", work("pipe_repair"), true),
        ("W-FROZEN", work("pipe_repair"), true),
        ("W-TOILET-CLOG", work("pipe_repair"), true),
        ("W-TOILET-CLOG", work("toilet_removal"), false),
        // To replace a single tap is minor.
        ("W-FAUCET-BURST", work("fixture_replacement"), false),
        ("W-FAUCET-BURST", ends("completed"), false),
        ("W-PIPE-EXPOSED", ends("completed"), true),
        ("W-PIPE-EXPOSED", ends("completed_with_referral"), false),
        ("W-PIPE-EXPOSED", ends("stopped_referred"), false),
        ("W-TOILET-CLOG", ends("completed"), false),
    ] {
        for (unlicensed, doubts) in [(Licence::ALL, lacks), (&[], false)] {
            let on_record = OnRecord {
                reference: &REFERENCE,
                interpretations: &[],
                speaks: &[],
                proofs: &[],
                job_code,
                warrants: &[],
                unlicensed,
            };
            let lack = on_record.lacks(&what(told.clone()), TimeDelta::zero()).map(|lack| lack.unresolved);
            assert_eq!(lack, doubts.then_some(Unresolved::Licence), "{told} on {job_code}");
        }
    }
}
