//! What follows from a job's facts for its money.

mod properties;

use serde_json::json;

use super::*;
use crate::domain::{
    charging::ChargePolicy,
    facts::{Fact, script::*},
    ids::{ReviewDecisionId, ReviewId},
    ledger::{ENGINE_VERSION, EntryKind},
    reference::programme::Payer,
    reviews::{About, Correction, DecisionReason},
};

/// Terms of the programme, and technicians 1 and 2 of the firms of the same number.
struct World {
    terms: Terms,
    firms: BTreeMap<TechnicianId, FirmId>,
}

impl World {
    fn new() -> Self {
        let terms = Terms { version: 1, policy: ChargePolicy::default(), special_works: BTreeMap::new() };
        Self { terms, firms: (1..3).map(|number| (technician(number), firm(number))).collect() }
    }
}

/// All that was written about a job so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Books {
    decisions: Vec<Decision>,
    settlements: Vec<Settlement>,
    lines: Vec<LedgerLine>,
    payments: Vec<Payment>,
    reviews: Vec<Review>,
    ids: u128,
}

impl Books {
    /// What follows from these facts when those are new.
    fn settling(&self, world: &World, ending: Ending<'_>, facts: &[Fact], new: &[FactId]) -> Settling {
        let record = FieldRecord::of(facts);
        let given = Given {
            job: JobId(Uuid::from_u128(1)),
            ending,
            record: &record,
            new,
            decisions: &self.decisions,
            firms: &world.firms,
            settlements: &self.settlements,
            lines: &self.lines,
            payments: &self.payments,
            reviews: &self.reviews,
            now: at("15:00:00"),
        };
        let mut last = self.ids;
        let mut ids = || {
            last += 1;
            Uuid::from_u128(0x5E77 << 64 | last)
        };
        settle(&given, &mut ids).unwrap()
    }

    /// Carries it out as the service does.
    fn take(&mut self, settling: &Settling) {
        self.ids += 1_000;
        self.payments.extend(settling.payments.clone());
        match &settling.review {
            Some(ReviewChange::Open(review)) => self.reviews.push(review.clone()),
            Some(ReviewChange::Changed(review) | ReviewChange::Gone(review)) => {
                let known = self.reviews.iter_mut().find(|known| known.id == review.id).unwrap();
                *known = Review { version: known.version + 1, ..review.clone() };
            }
            None => {}
        }
        if let Some((settlement, lines)) = settling.settlement.clone() {
            self.settlements.push(settlement);
            self.lines.extend(lines);
        }
    }

    /// Settles the job by these facts, complete when they say so.
    fn complete(&mut self, world: &World, facts: &[Fact], new: &[FactId]) -> Settling {
        let is_complete = FieldRecord::of(facts).completed_at.is_some();
        let ending = if is_complete { Ending::Complete(&world.terms) } else { Ending::UnderWay };
        let settling = self.settling(world, ending, facts, new);
        self.take(&settling);
        settling
    }
}

fn ids_of(facts: &[Fact]) -> Vec<FactId> {
    facts.iter().map(|fact| fact.id).collect()
}

fn cash(yen: i64) -> crate::domain::facts::FactKind {
    what(json!({ "kind": "payment", "method": "cash", "amount_yen": yen }))
}

/// 80 minutes of work, two units agreed to by the worker, and 1,100 yen taken in cash.
fn paid_in_part() -> Vec<Fact> {
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked::units(2)));
    facts.push(office.tell("11:19:00", cash(1_100)));
    facts
}

fn decision(flags: Vec<Flag>, ruling: Ruling) -> Decision {
    Decision {
        id: ReviewDecisionId(Uuid::from_u128(9)),
        job_id: JobId(Uuid::from_u128(1)),
        number: 1,
        about: About::Review(ReviewId(Uuid::from_u128(8))),
        ruling,
        reason: DecisionReason::Goodwill,
        flags,
        correction: Correction::default(),
        decided_at: at("14:00:00"),
        decided_by: None,
    }
}

#[test]
fn cash_of_a_job_under_way_is_taken_over_and_nothing_is_settled() {
    let facts = paid_in_part();
    let world = World::new();
    let settling = Books::default().settling(&world, Ending::UnderWay, &facts, &ids_of(&facts));
    let [payment] = &settling.payments[..] else { panic!("one payment: {settling:?}") };
    assert_eq!((payment.amount_yen, payment.received_at), (Yen(1_100), at("11:19:00")));
    assert_eq!((payment.fact_id, payment.settlement_id), (Some(facts[facts.len() - 1].id), None));
    assert_eq!((settling.review, settling.settlement, settling.flags), (None, None, vec![]));
}

#[test]
fn an_end_that_counts_no_more_is_asked_about_and_nothing_is_settled() {
    let mut facts = paid_in_part();
    // A number is missing, and so is the end.
    facts.remove(1);
    facts.retain(|fact| fact.what.code() != "completion");
    let world = World::new();
    let settling = Books::default().settling(&world, Ending::Contradicted, &facts, &[]);
    let Some(ReviewChange::Open(review)) = settling.review else { panic!("no review: {settling:?}") };
    assert_eq!(review.flags, settling.flags);
    assert!(!review.flags.is_empty() && settling.settlement.is_none());
}

#[test]
fn a_complete_job_is_settled_with_the_cash_of_the_same_batch_inside_its_lines() {
    let facts = paid_in_part();
    let (world, mut books) = (World::new(), Books::default());
    let settling = books.complete(&world, &facts, &ids_of(&facts));
    let (settlement, lines) = settling.settlement.unwrap();
    assert_eq!((settlement.number, settlement.basis), (1, SettlementBasis::Completed));
    let [line] = &lines[..] else { panic!("one line: {lines:?}") };
    assert_eq!((line.settlement_id, line.line), (settlement.id, 1));
    assert_eq!((line.charge.amount_yen, line.collected_yen), (Yen(2_200), Yen(1_100)));
    assert_eq!(line.charge.proof["engine"], ENGINE_VERSION);
    // Told again, it is known.
    let again = books.complete(&world, &facts, &[]);
    assert_eq!((again.payments, again.settlement, again.review), (vec![], None, None));
}

#[test]
fn cash_goes_to_the_lines_of_whoever_paid_it() {
    // The worker agrees to one unit, the employer to four more; both pay the technician.
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:50:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked::units(1)));
    facts.push(office.consent("11:05:00", &Asked { payer: "host_company", ..Asked::units(5) }));
    let by =
        |payer, yen| what(json!({ "kind": "payment", "method": "cash", "amount_yen": yen, "payer": payer }));
    facts.push(office.tell("11:48:00", by("host_company", 4_400)));
    facts.push(office.tell("11:49:00", by("worker", 1_000)));
    let (world, mut books) = (World::new(), Books::default());
    let settling = books.complete(&world, &facts, &ids_of(&facts));
    let paid: Vec<_> = settling.payments.iter().map(|one| (one.payer, one.amount_yen.0)).collect();
    assert_eq!(paid, [(Payer::HostCompany, 4_400), (Payer::Worker, 1_000)]);
    let brief = |line: &LedgerLine| (line.charge.payer, line.charge.amount_yen.0, line.collected_yen.0);
    let lines: Vec<_> = books.lines.iter().map(brief).collect();
    assert_eq!(lines, [(Payer::Worker, 1_100, 1_000), (Payer::HostCompany, 4_400, 4_400)]);
}

#[test]
fn cash_that_is_told_after_the_settlement_stands_beside_its_lines() {
    let mut facts = paid_in_part();
    let (world, mut books) = (World::new(), Books::default());
    books.complete(&world, &facts, &ids_of(&facts));
    facts.push(Device::numbered(1, 2).tell("11:21:00", cash(500)));
    let late = books.complete(&world, &facts, &ids_of(&facts[facts.len() - 1..]));
    assert_eq!(late.payments[0].settlement_id, Some(books.settlements[0].id));
    assert_eq!(late.settlement, None);
}

#[test]
fn a_doubt_opens_a_review_changes_it_and_closes_it() {
    let (world, mut books) = (World::new(), Books::default());
    let (mut phone, mut tablet) = (Device::of(1), Device::numbered(1, 1));
    let mut facts = plain_job(&mut phone, &[("10:00:00", "11:20:00")]);
    let lost = phone.tell("11:21:00", cash(300));
    facts.push(phone.tell("11:22:00", cash(200)));
    let first = books.complete(&world, &facts, &[]);
    let Some(ReviewChange::Open(opened)) = first.review else { panic!("{first:?}") };
    assert_eq!((opened.number, opened.version, &opened.flags), (1, 1, &first.flags));
    assert_eq!(first.settlement, None);
    assert_eq!(books.complete(&world, &facts, &[]).review, None, "the same doubt is one question");

    let lost_too = tablet.tell("11:23:00", cash(100));
    facts.push(tablet.tell("11:24:00", cash(150)));
    let second = books.complete(&world, &facts, &[]);
    let Some(ReviewChange::Changed(changed)) = second.review else { panic!("{second:?}") };
    assert_eq!((changed.id, changed.flags.len()), (opened.id, 2));

    facts.extend([lost, lost_too]);
    let third = books.complete(&world, &facts, &[]);
    let Some(ReviewChange::Gone(gone)) = third.review else { panic!("{third:?}") };
    assert_eq!((gone.id, gone.state, gone.closed_at), (opened.id, ReviewState::Gone, Some(at("15:00:00"))));
    assert!(third.settlement.is_some());
}

#[test]
fn what_was_called_off_costs_nothing_says_why_and_asks_nothing() {
    let (world, mut books) = (World::new(), Books::default());
    let mut facts = paid_in_part();
    let mut office = Device::numbered(1, 3);
    office.lose_one();
    facts.push(office.tell("11:30:00", cash(100)));
    books.complete(&world, &facts, &[]);
    assert_eq!(books.reviews.len(), 1);
    for (reason, basis) in [
        (CancelReason::NoAccess, SettlementBasis::NoAccess),
        (CancelReason::ResidentWithdrew, SettlementBasis::Cancelled),
    ] {
        let settling = books.settling(&world, Ending::CalledOff(reason), &facts, &[]);
        let (settlement, lines) = settling.settlement.unwrap();
        assert_eq!((settlement.basis, lines), (basis, vec![]));
        assert!(matches!(settling.review, Some(ReviewChange::Gone(_))));
    }
}

#[test]
fn a_decision_settles_the_doubt_and_takes_back_what_was_charged() {
    let (world, mut books) = (World::new(), Books::default());
    let facts = paid_in_part();
    books.complete(&world, &facts, &ids_of(&facts));
    books.decisions.push(decision(vec![], Ruling::WriteOff));
    let settling = books.complete(&world, &facts, &[]);
    let (settlement, lines) = settling.settlement.unwrap();
    assert_eq!((settlement.number, settlement.basis), (2, SettlementBasis::WrittenOff));
    assert_eq!(settlement.decision_id, Some(books.decisions[0].id));
    let brief: Vec<_> = lines.iter().map(|line| (line.charge.kind, line.collected_yen.0)).collect();
    assert_eq!(brief, [(EntryKind::Reversal, -1_100), (EntryKind::WriteOff, 0)]);
}

#[test]
fn a_record_beyond_the_limits_is_a_question_and_not_a_bill() {
    let (world, mut books) = (World::new(), Books::default());
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    let mut office = Device::numbered(1, 1);
    let stranger = technician(7);
    // Nobody knows whose firm that is.
    for fact in &mut facts {
        fact.technician_id = stranger;
    }
    facts.push(office.consent("10:50:00", &Asked::units(2)));
    let settling = books.complete(&world, &facts, &[]);
    assert!(settling.over_limits.is_some());
    assert!(settling.flags.contains(&Flag::whole(FlagCode::OverLimits)), "{:?}", settling.flags);
    assert_eq!(settling.settlement, None);
    assert!(matches!(settling.review, Some(ReviewChange::Open(_))));
}
