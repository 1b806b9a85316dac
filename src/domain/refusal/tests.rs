//! Every refusal there is, with arguments as they come: its code, its rule and its words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{TimeZone as _, Utc};
use uuid::Uuid;

use super::*;
use crate::domain::{
    alarms::AlarmState,
    calls::CallState,
    fitness::{InTheWay, Reason},
    ids::{JobId, ShiftSwapId},
    interpretations::InterpretationState,
    jobs::{Action, Hold, JobState},
    messages::MessageState,
    money::Yen,
    offers::{OfferState, WithdrawCode},
    proposals::ProposalState,
    reference::{
        out_of_scope::{Topic, TopicKind},
        programme::Payer,
    },
    referrals::RecipientKind,
    retention::Need,
    trade::Priority,
};

/// Examples of a family; fails where one of its refusals has none.
macro_rules! examples {
    ($family:ident: $($variant:ident $(($($argument:expr),+))?),+ $(,)?) => {{
        let given: BTreeSet<_> = [$(stringify!($variant)),+].into();
        let known: BTreeSet<_> = $family::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(given, known, stringify!($family));
        vec![$((stringify!($variant), Refusal::from($family::$variant $(($($argument),+))?))),+]
    }};
}

/// Codes that stand for several refusals: what the caller can do is the same, the words are more exact.
const SHARED: &[&str] = &[
    "call_has_case",
    "call_not_answered",
    "call_not_ringing",
    "case_closed",
    "case_on_hold",
    "instructions_not_given",
    "job_state",
    "offer_not_open",
    "referral_not_settled",
    "too_many_attempts",
];

fn topic(kind: TopicKind) -> Box<Topic> {
    let [ja, en, addressee_ja, addressee_en] =
        ["家電", "Appliances", "販売店", "The shop"].map(str::to_owned);
    Box::new(Topic {
        code: "appliance".to_owned(),
        kind,
        ja,
        en,
        addressee_ja,
        addressee_en,
        job_codes: vec![],
    })
}

fn of_dispatch() -> Vec<(&'static str, Refusal)> {
    let at = Utc.with_ymd_and_hms(2026, 2, 3, 4, 5, 0).unwrap();
    let mut all = examples!(OfferRefused:
        NotOpen(OfferState::Declined), NotToTakeBack(OfferState::Accepted), Expired, NotDue,
        NotAccepted(OfferState::Open), ToFirm, NotToFirm, TechnicianBusy, AssignmentReleased,
    );
    all.extend(examples!(JobRefused:
        Cannot(Action::Book, JobState::Held), CannotHold(JobState::Working), CannotClear(JobState::Offered),
        CannotAskFor(JobState::Held), CannotOfferAnew(JobState::Cancelled), CannotAccept(JobState::Booked),
        CannotGiveUp(JobState::Offered), NobodyToName(JobState::Offered), NothingToPlan(JobState::Completed),
        Held(Hold::Identity), DangersNotNamed(vec!["H-GAS".to_owned()]), Urgent(Priority::P0), CrewFull(6),
        SameUnderWay(JobId(Uuid::from_u128(3))), NobodyOnIt, NotBooked,
        VisitStays(Priority::P2), WindowTaken, NoIdentityCheck,
        TooManyPlans,
    ));
    let visit = InTheWay { reason: Reason::Booked, visit: Some((JobId(Uuid::from_u128(1)), at)) };
    all.extend(examples!(FitnessRefused:
        Suspended, Trade, Licence, Authority, Blocked, Unconfirmed(vec![visit]),
    ));
    all
}

fn of_intake() -> Vec<(&'static str, Refusal)> {
    let hazards = || vec!["H-GAS".to_owned(), "H-FIRE".to_owned()];
    let mut all = examples!(CallRefused:
        CannotAnswer(CallState::Ended), CannotAbandon(CallState::Ended), CannotEnd(CallState::Offered),
        CannotWrapUp(CallState::Answered), CannotJoin(CallState::Ended), NotSpokenWith, HasCase, HasNoCase, OpenedItsCase,
        NoDraft,
        NoCallBackDue, HandoverConnected, HandoverEnded, HandoverUnderWay, TooManyHandovers,
        InterpretationSettled(InterpretationState::Joined),
        InterpreterNotOnTheLine(InterpretationState::Left), InterpreterOnTheLine, TooManyInterpreters,
    );
    all.extend(examples!(CaseRefused:
        Closed, ClosedAlready, Open, Erased, PlaceErased, PinFarFromTown(5_700, 1_800), OpenAlready,
        StillNeeded(vec![Need::MoneyDue, Need::DisputeOpen]), OnHold, OnHoldAlready, NotOnHold, OutOfScope(topic(TopicKind::Service)),
        NotEntitled, TooManyWarrants, WorkerNotSpokenWith, ProgrammeNotInService, HazardsUnanswered(hazards()),
        InstructionsNotGiven(hazards()), NoInstruction, HazardNotOpen, ClearanceNotAllowed,
    ));
    all.extend(examples!(ReferralRefused:
        Closed, UnderWay, NoConsent, NotAcknowledged(&[RecipientKind::Landlord], 2), NotConfirmed(1),
        AcknowledgedAlready, TooMany, TooManyAttempts,
    ));
    all
}

fn of_the_rest() -> Vec<(&'static str, Refusal)> {
    let mut all = examples!(EvidenceRefused: UploadTooSlow, IdReused, TooManyPictures(60), AbsenceKnown);
    all.extend(examples!(MoneyRefused:
        NotSettled, DisputeResolved, TooManyDisputes, TooManyPayments, TooManyReceipts, ReceiptDatedLater(chrono::NaiveDate::MAX), CoolingOffOver(chrono::NaiveDate::MIN), ReviewOver,
        TooManyDecisions, RecordOverLimits, Rescinded, NothingToCorrect, PaymentForNothing,
        PaymentOverpaid(Yen(1)), PaymentRepeated, PayerNotOnBill(Payer::Landlord), DisputeOpen, NoReferral, PayerAuthorised, ConsumerExists, AcknowledgementBack(7),
        AcknowledgementAhead(9),
    ));
    all.extend(examples!(RosterRefused:
        EntryOverlaps, EntryOfSwap(ShiftSwapId(Uuid::from_u128(2))), EntryCancelled, SwapUndone, SwapOver,
        SwapPassedOn, ShiftTakenOver, OwnShift, NoGiver, NoTaker, WindowGivenAway,
    ));
    all.extend(examples!(OfficeRefused:
        OwnAccount, LastAdministrator, UserDisabled, TooManyWebhooks, MessageNotDead(MessageState::Pending), BlockEnded,
        TooManyTechnicians(500), TooManyProposals(50), ProposalsTooFast(100), ProposalNotWaiting(ProposalState::Refused),
        AlarmNotRinging(AlarmState::Waiting), Contended,
    ));
    all
}

fn obstacles() -> Vec<Obstacle> {
    vec![
        Obstacle::LiabilityUnknown,
        Obstacle::HazardOpen("H-GAS".to_owned()),
        Obstacle::InstructionNotGiven("H-GAS".to_owned()),
        Obstacle::JobNotFinal("W-TOILET-CLOG".to_owned(), JobState::Working),
        Obstacle::ReferralDue("W-CEILING-LEAK".to_owned()),
    ]
}

/// Every refusal by name, with example arguments.
fn every() -> Vec<(&'static str, Refused)> {
    let closing = obstacles().into_iter().map(|one| ("Closing", Closing::check(vec![one]).unwrap_err()));
    let all = of_dispatch().into_iter().chain(of_intake()).chain(of_the_rest()).chain(closing);
    let refused = |(name, refusal)| match refusal {
        Refusal::State(refused) => (name, refused),
        Refusal::Invalid(fields) => panic!("{name}: {fields:?}"),
    };
    all.map(refused).collect()
}

/// The code of every refusal.
pub(crate) fn codes() -> BTreeSet<&'static str> {
    every().iter().map(|(_, refused)| refused.code()).collect()
}

fn is_one_sentence(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.contains(['\n', '\r', '{', '}']) && !text.contains("  ")
}

#[test]
fn a_refusal_has_a_code_and_one_line_of_words() {
    let mut sentences = BTreeSet::new();
    for (name, refused) in every() {
        let (code, sentence) = (refused.code(), refused.to_string());
        let plain = |char: char| char.is_ascii_lowercase() || char == '_';
        assert!(!code.is_empty() && code.chars().all(plain), "{name}: {code}");
        assert!(is_one_sentence(&sentence), "{name}: {sentence}");
        assert_eq!(Refusal::State(refused).to_string(), sentence);
        assert!(sentences.insert(sentence.clone()), "{name}: others say so as well: {sentence}");
    }
}

#[test]
fn a_rule_is_named_as_the_domain_rules_number_it() {
    for (name, refused) in every() {
        let numbered = |rule: &str| {
            let (letter, number) = rule.split_once(['-', '.']).unwrap();
            let known = letter.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit());
            known && number.parse::<u8>().is_ok()
        };
        assert!(refused.rule().is_none_or(numbered), "{name}: {:?}", refused.rule());
    }
}

#[test]
fn a_code_stands_for_one_refusal_or_is_known_to_be_shared() {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, refused) in every() {
        users.entry(refused.code()).or_default().push(name);
    }
    let shared: Vec<_> = users.iter().filter(|(_, users)| users.len() > 1).map(|(code, _)| *code).collect();
    assert_eq!(shared, SHARED);
}

#[test]
fn a_shared_code_has_one_rule() {
    let mut rules: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for (name, refused) in every() {
        let rule = *rules.entry(refused.code()).or_insert(refused.rule());
        assert_eq!(rule, refused.rule(), "{name}");
    }
}

#[test]
fn all_that_keeps_a_case_open_is_said_and_the_first_gives_the_code() {
    assert_eq!(Closing::check(vec![]), Ok(()));
    let Err(Refusal::State(refused)) = Closing::check(obstacles()) else { panic!("not refused") };
    assert_eq!((refused.code(), refused.rule()), ("liability_unknown", Some("K-02")));
    assert_eq!(
        refused.to_string(),
        "ask first whether somebody else suffered damage (K-02); H-GAS is not cleared (4.1); \
         the instruction of H-GAS was not given (4.1); the job W-TOILET-CLOG is working (K-01); \
         W-CEILING-LEAK is the landlord's matter: refer it, or record why not (3.4)"
    );
}

#[test]
fn the_words_take_the_arguments_in() {
    let at = Utc.with_ymd_and_hms(2026, 2, 3, 4, 5, 0).unwrap();
    let visit = InTheWay { reason: Reason::Booked, visit: Some((JobId(Uuid::nil()), at)) };
    let off = InTheWay { reason: Reason::OffShift, visit: None };
    assert_eq!(
        FitnessRefused::Unconfirmed(vec![off, visit]).to_string(),
        "the technician is off duty then; the technician has a visit planned from 02-03 13:05 (job \
         00000000-0000-0000-0000-000000000000): send them all the same by confirming it, with the reason"
    );
    let hazard = Hold::Hazard("H-GAS".to_owned());
    assert_eq!(JobRefused::Held(hazard).to_string(), "the job is held by H-GAS; clear it first");
    let side = &[RecipientKind::Landlord, RecipientKind::ManagementCompany];
    assert_eq!(
        ReferralRefused::NotAcknowledged(side, 3).to_string(),
        "R-09: landlord or management_company has not acknowledged; log an acknowledgement or 3 more attempts"
    );
    assert_eq!(
        CaseRefused::OutOfScope(topic(TopicKind::Elsewhere)).to_string(),
        "家電は対象外です。連絡先:販売店 / Appliances: out of scope. Ask: The shop"
    );
}

#[test]
fn every_action_on_a_job_is_refused_in_words() {
    let sentences: BTreeSet<_> =
        Action::ALL.iter().map(|&one| JobRefused::Cannot(one, JobState::Held).to_string()).collect();
    assert_eq!(sentences.len(), Action::ALL.len());
    assert!(sentences.iter().all(|sentence| is_one_sentence(sentence)));
    assert!(sentences.iter().all(|sentence| sentence.starts_with("the job is held, so it cannot be ")));
}

#[test]
fn a_field_that_does_not_fit_is_named_with_words() {
    let every = [
        Unfit::NoSuchOffer,
        Unfit::NotOfTheFirm,
        Unfit::OnItAlready,
        Unfit::ArrivalPassed,
        Unfit::ArrivalTooLate("2026-11-22T15:00:00Z".parse().unwrap()),
        Unfit::AgreedLater,
        Unfit::AgreedBefore("2026-11-22T15:00:00Z".parse().unwrap()),
        Unfit::AgreedNow,
        Unfit::CodeNotAmong(WithdrawCode::CONTRACTOR),
    ];
    for unfit in every {
        assert!(is_one_sentence(&unfit.to_string()), "{unfit:?}");
        assert_eq!(Refusal::from(unfit), Refusal::field(unfit.field(), unfit.to_string()));
    }
    assert_eq!(
        Unfit::CodeNotAmong(WithdrawCode::CONTRACTOR).to_string(),
        "a contractor gives one of: breakdown, accident, illness, delayed, other"
    );
}
