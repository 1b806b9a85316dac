//! What a firm says of its staff waits, is decided once, and makes way for what the firm says next.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::{facts::script::at, firms::Standing, flat::rows};

const AT: &str = "2026-11-22T12:00:00Z";

fn row() -> Value {
    let id = Uuid::from_u128(1);
    json!({
        "id": id, "technician_id": id, "firm_id": id, "proposed": Proposed::default(), "state": "waiting", "made_at": AT,
    })
}

#[test]
fn proposals_read_back() {
    rows::come_back::<TechnicianProposal>(
        &row(),
        &[
            json!({}),
            json!({"state": "confirmed", "decided_at": AT}),
            json!({"state": "refused", "decided_at": AT, "reason": "wrong"}),
            json!({"state": "replaced", "decided_at": AT}),
        ],
    );
}

#[test]
fn proposals_that_contradict_themselves_are_refused() {
    let mut all = vec![
        json!({"decided_at": AT}),
        json!({"reason": "wrong"}),
        json!({"state": "refused"}),
        json!({"state": "refused", "decided_at": AT}),
        json!({"state": "refused", "reason": "wrong"}),
    ];
    for state in ["confirmed", "replaced"] {
        all.push(json!({ "state": state }));
        all.push(json!({"state": state, "decided_at": AT, "reason": "wrong"}));
    }
    rows::contradict::<TechnicianProposal>(&row(), &all);
}

fn said(state: Option<Standing>) -> Proposed {
    Proposed { state, ..Proposed::default() }
}

fn put(proposed: Proposed, before: Option<TechnicianProposal>) -> Put {
    let of = (TechnicianId(Uuid::from_u128(1)), FirmId(Uuid::from_u128(1)));
    let id = TechnicianProposalId(Uuid::from_u128(2));
    TechnicianProposal::put(id, of, proposed, before, at("10:00:00"))
}

#[test]
fn what_a_firm_says_takes_the_place_of_what_it_said() {
    let [nothing, active] = [said(None), said(Some(Standing::Active))];
    let waits = put(active.clone(), None).made.unwrap();
    assert_eq!(waits.state(), ProposalState::Waiting);
    for (proposed, before, is_replaced, is_made) in [
        (&nothing, None, false, false),
        (&active, None, false, true),
        (&active, Some(&waits), false, false),
        (&nothing, Some(&waits), true, false),
        (&said(Some(Standing::Suspended)), Some(&waits), true, true),
    ] {
        let Put { replaced, made } = put(proposed.clone(), before.cloned());
        assert_eq!((replaced.is_some(), made.is_some()), (is_replaced, is_made), "{proposed:?}");
        let replaced = replaced.map(|one| (one.state(), one.decided_at(), one.proposed));
        let over = (ProposalState::Replaced, Some(at("10:00:00")), active.clone());
        assert!(replaced.is_none_or(|replaced| replaced == over));
        assert!(made.is_none_or(|made| made.proposed == *proposed && made.stage == ProposalStage::Waiting));
    }
}

#[test]
fn a_proposal_is_decided_once() {
    let waits = put(said(Some(Standing::Active)), None).made.unwrap();
    let noon = at("12:00:00");
    for (verdict, state) in [
        (Verdict::Confirm, ProposalState::Confirmed),
        (Verdict::Refuse(ProposalRefusal::Wrong), ProposalState::Refused),
    ] {
        let decided = waits.clone().decided(verdict, noon).unwrap();
        assert_eq!((decided.state(), decided.decided_at()), (state, Some(noon)));
        let reason = (state == ProposalState::Refused).then_some(ProposalRefusal::Wrong);
        assert_eq!(decided.reason(), reason);
        assert!(decided.decided(Verdict::Confirm, noon).is_err());
    }
    let replaced = TechnicianProposal { stage: ProposalStage::Replaced { at: noon }, ..waits };
    assert!(replaced.decided(Verdict::Confirm, noon).is_err());
}

#[test]
fn a_firm_says_so_much_and_no_more() {
    let said = Said { technicians: TECHNICIANS_MAX, waiting: WAITING_MAX - 1, lately: RATE_MAX - 1 };
    assert!(said.allows_technician().is_err() && said.allows_proposal(None).is_ok());
    let said = Said { waiting: WAITING_MAX, ..said };
    assert!(said.allows_proposal(None).is_err());
    assert!(said.allows_proposal(Some(&Proposed::default())).is_ok(), "it takes the place of another one");
    let said = Said { lately: RATE_MAX, ..said };
    assert!(said.allows_proposal(Some(&Proposed::default())).is_err());
}
