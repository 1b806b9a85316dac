//! What is stored of offers and assignments reads back to itself; what contradicts itself is refused.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::{facts::script::at, flat::rows};

const AT: &str = "2026-11-22T12:00:00Z";

fn offer_row() -> Value {
    let id = Uuid::from_u128(1);
    json!({
        "id": id, "version": 1, "job_id": id, "decision_id": id, "firm_id": id, "technician_id": id,
        "addressee": "technician", "role": "lead", "rank": 1, "round": 1, "rung": 0, "state": "open",
        "offered_at": AT, "deadline": AT, "answered_at": null, "decline_code": null, "arrival_promised_at": null,
        "answered_via": null, "withdraw_code": null, "naming_due_at": null,
        "agreed_at": null,
    })
}

#[test]
fn offers_read_back() {
    rows::come_back::<Offer>(
        &offer_row(),
        &[
            json!({}),
            json!({"addressee": "firm"}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "self"}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "phone", "arrival_promised_at": AT}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "phone", "agreed_at": AT}),
            json!({"addressee": "firm", "state": "accepted", "answered_at": AT, "answered_via": "self",
                   "naming_due_at": AT}),
            json!({"state": "declined", "answered_at": AT, "answered_via": "phone", "decline_code": "busy"}),
            json!({"state": "expired", "answered_at": AT}),
            json!({"state": "withdrawn", "answered_at": AT, "withdraw_code": "held"}),
            json!({"addressee": "firm", "state": "withdrawn", "answered_at": AT, "withdraw_code": "held"}),
            json!({"state": "withdrawn", "answered_at": AT, "withdraw_code": "no_show", "answered_via": "self",
                   "arrival_promised_at": AT}),
            json!({"addressee": "firm", "state": "withdrawn", "answered_at": AT, "withdraw_code": "not_named",
                   "answered_via": "self", "naming_due_at": AT}),
        ],
    );
}

#[test]
fn offers_that_contradict_themselves_are_refused() {
    rows::contradict::<Offer>(
        &offer_row(),
        &[
            json!({"answered_at": AT}),
            json!({"answered_via": "self"}),
            json!({"arrival_promised_at": AT}),
            json!({"decline_code": "busy"}),
            json!({"withdraw_code": "desk"}),
            json!({"addressee": "firm", "naming_due_at": AT}),
            json!({"state": "accepted"}),
            json!({"state": "accepted", "answered_at": AT}),
            json!({"state": "accepted", "answered_via": "self"}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "self", "naming_due_at": AT}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "self", "agreed_at": AT}),
            json!({"agreed_at": AT}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "self", "decline_code": "busy"}),
            json!({"state": "accepted", "answered_at": AT, "answered_via": "self", "withdraw_code": "desk"}),
            json!({"addressee": "firm", "state": "accepted", "answered_at": AT, "answered_via": "self"}),
            json!({"state": "declined", "answered_at": AT, "answered_via": "self"}),
            json!({"state": "declined", "answered_at": AT, "decline_code": "busy"}),
            json!({"state": "declined", "answered_via": "self", "decline_code": "busy"}),
            json!({"state": "declined", "answered_at": AT, "answered_via": "self", "decline_code": "busy",
                   "arrival_promised_at": AT}),
            json!({"state": "expired"}),
            json!({"state": "expired", "answered_at": AT, "answered_via": "self"}),
            json!({"state": "expired", "answered_at": AT, "arrival_promised_at": AT}),
            json!({"state": "withdrawn", "answered_at": AT}),
            json!({"state": "withdrawn", "withdraw_code": "held"}),
            json!({"state": "withdrawn", "answered_at": AT, "withdraw_code": "held", "arrival_promised_at": AT}),
            json!({"state": "withdrawn", "answered_at": AT, "withdraw_code": "held", "decline_code": "busy"}),
            json!({"addressee": "firm", "state": "withdrawn", "answered_at": AT, "withdraw_code": "held",
                   "answered_via": "self"}),
        ],
    );
}

fn assignment_row() -> Value {
    let id = Uuid::from_u128(1);
    json!({
        "id": id, "version": 1, "job_id": id, "offer_id": id, "firm_id": id, "technician_id": id, "slot": "queued",
        "assigned_at": AT, "counts_from": AT, "arrival_due_at": null, "released_at": null, "release_code": null, "current_since": null,
        "heard_danger": 0, "heard_check": 0,
    })
}

#[test]
fn assignments_read_back() {
    rows::come_back::<Assignment>(
        &assignment_row(),
        &[
            json!({}),
            json!({"arrival_due_at": AT}),
            json!({"heard_danger": 2, "heard_check": 1}),
            json!({"slot": "current", "current_since": AT}),
            json!({"slot": "released", "released_at": AT, "release_code": "breakdown"}),
            json!({"slot": "released", "released_at": AT, "release_code": "completed", "current_since": AT}),
        ],
    );
}

#[test]
fn assignments_that_contradict_themselves_are_refused() {
    rows::contradict::<Assignment>(
        &assignment_row(),
        &[
            json!({"current_since": AT}),
            json!({"released_at": AT}),
            json!({"release_code": "desk"}),
            json!({"slot": "current"}),
            json!({"slot": "current", "current_since": AT, "released_at": AT}),
            json!({"slot": "current", "current_since": AT, "release_code": "desk"}),
            json!({"slot": "released"}),
            json!({"slot": "released", "released_at": AT}),
            json!({"slot": "released", "release_code": "desk"}),
        ],
    );
}

/// Some instant.
fn instant() -> impl Strategy<Value = Instant> {
    (0_i64..86_400).prop_map(|seconds| at("00:00:00") + chrono::TimeDelta::seconds(seconds))
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

fn acceptance(addressee: Addressee) -> impl Strategy<Value = Acceptance> {
    let said = (prop::option::of(instant()), prop::option::of(instant()));
    (one_of(Via::ALL), said, instant()).prop_map(move |(via, (arrival_promised_at, agreed_at), due)| {
        Acceptance {
            via,
            arrival_promised_at,
            naming_due_at: (addressee == Addressee::Firm).then_some(due),
            agreed_at: agreed_at.filter(|_| via == Via::Phone),
        }
    })
}

fn stage(addressee: Addressee) -> impl Strategy<Value = OfferStage> {
    let yes = move || acceptance(addressee);
    prop_oneof![
        Just(OfferStage::Open),
        (instant(), yes()).prop_map(|(at, acceptance)| OfferStage::Accepted { at, acceptance }),
        (instant(), one_of(Via::ALL), one_of(DeclineCode::ALL))
            .prop_map(|(at, via, code)| OfferStage::Declined { at, via, code }),
        instant().prop_map(|at| OfferStage::Expired { at }),
        (instant(), one_of(WithdrawCode::ALL), prop::option::of(yes()))
            .prop_map(|(at, code, acceptance)| OfferStage::Withdrawn { at, code, acceptance }),
    ]
}

fn assignment_stage() -> impl Strategy<Value = AssignmentStage> {
    prop_oneof![
        Just(AssignmentStage::Queued),
        instant().prop_map(|since| AssignmentStage::Current { since }),
        (instant(), one_of(ReleaseCode::ALL), prop::option::of(instant()))
            .prop_map(|(at, code, current_since)| AssignmentStage::Released { at, code, current_since }),
    ]
}

proptest! {
    #[test]
    fn every_assignment_reads_back_to_itself(stage in assignment_stage()) {
        let assignment: Assignment = serde_json::from_value(assignment_row()).unwrap();
        let assignment = Assignment { stage, ..assignment };
        let text = serde_json::to_string(&assignment).unwrap();
        prop_assert_eq!(serde_json::from_str::<Assignment>(&text).unwrap(), assignment.clone());
        prop_assert_eq!(Assignment::try_from(FlatAssignment::from(assignment.clone())), Ok(assignment));
    }

    #[test]
    fn every_offer_reads_back_to_itself(
        (addressee, stage) in one_of(Addressee::ALL).prop_flat_map(|who| (Just(who), stage(who))),
    ) {
        let offer: Offer = serde_json::from_value(offer_row()).unwrap();
        let offer = Offer { addressee, stage, ..offer };
        let text = serde_json::to_string(&offer).unwrap();
        prop_assert_eq!(serde_json::from_str::<Offer>(&text).unwrap(), offer.clone());
        prop_assert_eq!(Offer::try_from(FlatOffer::from(offer.clone())), Ok(offer));
    }
}
