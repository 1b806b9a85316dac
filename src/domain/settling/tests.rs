//! What follows from a job's facts for its money.

mod another;
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
    /// What follows from these facts.
    fn settling(&self, world: &World, ending: Ending<'_>, facts: &[Fact]) -> Settling {
        self.settling_of(world, ending, &FieldRecord::of(facts))
    }

    fn settling_of(&self, world: &World, ending: Ending<'_>, record: &FieldRecord) -> Settling {
        let given = Given {
            job: JobId(Uuid::from_u128(1)),
            ending,
            record,
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
    fn complete(&mut self, world: &World, facts: &[Fact]) -> Settling {
        let is_complete = FieldRecord::of(facts).completed_at.is_some();
        let ending = if is_complete { Ending::Complete(&world.terms) } else { Ending::UnderWay };
        let settling = self.settling(world, ending, facts);
        self.take(&settling);
        settling
    }
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
fn cash_of_a_job_under_way_is_a_payment_when_the_job_is_over() {
    let facts = paid_in_part();
    let world = World::new();
    let nothing = Books::default().settling(&world, Ending::UnderWay, &facts);
    assert_eq!((nothing.payments, nothing.review, nothing.settlement), (vec![], None, None));
    let over = Books::default().settling(&world, Ending::Complete(&world.terms), &facts);
    let [payment] = &over.payments[..] else { panic!("one payment: {over:?}") };
    assert_eq!((payment.amount_yen, payment.received_at), (Yen(1_100), at("11:19:00")));
    assert_eq!((payment.fact_id, payment.settlement_id), (Some(facts[facts.len() - 1].id), None));
}

#[test]
fn an_end_that_counts_no_more_is_asked_about_and_nothing_is_settled() {
    let mut facts = paid_in_part();
    // A number is missing, and so is the end.
    facts.remove(1);
    facts.retain(|fact| fact.what.code() != "completion");
    let world = World::new();
    let settling = Books::default().settling(&world, Ending::Contradicted, &facts);
    let Some(ReviewChange::Open(review)) = settling.review else { panic!("no review: {settling:?}") };
    assert_eq!(review.flags, settling.flags);
    assert!(!review.flags.is_empty() && settling.settlement.is_none());
}

#[test]
fn a_complete_job_is_settled_with_the_cash_of_the_same_batch_inside_its_lines() {
    let facts = paid_in_part();
    let (world, mut books) = (World::new(), Books::default());
    let settling = books.complete(&world, &facts);
    let (settlement, lines) = settling.settlement.unwrap();
    assert_eq!((settlement.number, settlement.basis), (1, SettlementBasis::Completed));
    let [line] = &lines[..] else { panic!("one line: {lines:?}") };
    assert_eq!((line.settlement_id, line.line), (settlement.id, 1));
    assert_eq!((line.charge.amount_yen, line.collected_yen), (Yen(2_200), Yen(1_100)));
    assert_eq!(line.charge.proof["engine"], ENGINE_VERSION);
    // Told again, it is known.
    let again = books.complete(&world, &facts);
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
    let settling = books.complete(&world, &facts);
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
    books.complete(&world, &facts);
    facts.push(Device::numbered(1, 2).tell("11:21:00", cash(500)));
    let late = books.complete(&world, &facts);
    assert_eq!(late.payments[0].settlement_id, Some(books.settlements[0].id));
    assert_eq!(late.settlement, None);
}

#[test]
fn a_doubt_opens_a_review_changes_it_and_closes_it() {
    let (world, mut books) = (World::new(), Books::default());
    let (mut phone, mut tablet) = (Device::of(1), Device::numbered(1, 1));
    let mut facts = plain_job(&mut phone, &[("10:00:00", "11:20:00")]);
    let lost = phone.tell("11:21:00", simple("position"));
    facts.push(phone.tell("11:22:00", simple("position")));
    let first = books.complete(&world, &facts);
    let Some(ReviewChange::Open(opened)) = first.review else { panic!("{first:?}") };
    assert_eq!((opened.number, opened.version, &opened.flags), (1, 1, &first.flags));
    assert_eq!(first.settlement, None);
    assert_eq!(books.complete(&world, &facts).review, None, "the same doubt is one question");

    let lost_too = tablet.tell("11:23:00", simple("position"));
    facts.push(tablet.tell("11:24:00", simple("position")));
    let second = books.complete(&world, &facts);
    let Some(ReviewChange::Changed(changed)) = second.review else { panic!("{second:?}") };
    assert_eq!((changed.id, changed.flags.len()), (opened.id, 2));

    facts.extend([lost, lost_too]);
    let third = books.complete(&world, &facts);
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
    books.complete(&world, &facts);
    assert_eq!(books.reviews.len(), 1);
    for (reason, basis) in [
        (CancelReason::NoAccess, SettlementBasis::NoAccess),
        (CancelReason::ResidentWithdrew, SettlementBasis::Cancelled),
    ] {
        let settling = books.settling(&world, Ending::CalledOff(called_off(reason)), &facts);
        let (settlement, lines) = settling.settlement.unwrap();
        assert_eq!((settlement.basis, lines), (basis, vec![]));
        assert!(matches!(settling.review, Some(ReviewChange::Gone(_))));
    }
}

#[test]
fn a_decision_settles_the_doubt_and_takes_back_what_was_charged() {
    let (world, mut books) = (World::new(), Books::default());
    let facts = paid_in_part();
    books.complete(&world, &facts);
    books.decisions.push(decision(vec![], Ruling::WriteOff));
    let settling = books.complete(&world, &facts);
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
    let settling = books.complete(&world, &facts);
    assert!(settling.over_limits.is_some());
    assert!(settling.flags.contains(&Flag::whole(FlagCode::OverLimits)), "{:?}", settling.flags);
    assert_eq!(settling.settlement, None);
    assert!(matches!(settling.review, Some(ReviewChange::Open(_))));
}

/// A bill of 2,200 yen, and cash of these amounts taken at these times.
fn with_cash(taken: &[(&str, i64)]) -> Vec<Fact> {
    let mut facts = paid_in_part();
    facts.retain(|fact| fact.what.code() != "payment");
    let mut till = Device::numbered(1, 2);
    facts.extend(taken.iter().map(|(time, yen)| till.tell(time, cash(*yen))));
    facts
}

#[test]
fn cash_that_cannot_be_right_is_no_payment_before_a_supervisor_has_said_so() {
    let world = World::new();
    for (taken, code) in [
        (&[("11:19:00", 5_000)][..], FlagCode::PaymentOverpaid),
        (&[("11:10:00", 1_100), ("11:19:00", 1_100)][..], FlagCode::PaymentRepeated),
    ] {
        let (mut books, facts) = (Books::default(), with_cash(taken));
        let asked = books.complete(&world, &facts);
        let codes: Vec<_> = asked.flags.iter().map(|flag| flag.code).collect();
        assert_eq!((codes, asked.payments.len()), (vec![code], taken.len() - 1));
        assert_eq!(asked.settlement, None);
        for ruling in [Ruling::Accept, Ruling::WriteOff, Ruling::Rescind] {
            // Whatever the job costs then, it was taken.
            let mut books = books.clone();
            books.decisions.push(decision(asked.flags.clone(), ruling));
            let settled = books.complete(&world, &facts);
            assert_eq!((settled.payments.len(), settled.flags), (1, vec![]), "{code} {ruling}");
            assert!(settled.settlement.is_some());
        }
    }
    // More than ten minutes later it is another one; and of a job that is settled it is asked at once.
    let mut books = Books::default();
    let facts = with_cash(&[("11:00:00", 1_100), ("11:11:00", 1_100)]);
    assert_eq!(books.complete(&world, &facts).payments.len(), 2);
    let facts = with_cash(&[("11:00:00", 1_100), ("11:11:00", 1_100), ("11:40:00", 100)]);
    let late = books.complete(&world, &facts);
    assert_eq!((late.payments.len(), late.flags[0].code), (0, FlagCode::PaymentOverpaid));
    assert!(matches!(late.review, Some(ReviewChange::Open(_))));
    assert_eq!(late.due, Some(Yen(0)));
}

#[test]
fn cash_that_is_told_later_is_compared_with_all_that_is_recorded() {
    // Recorded and settled; then another phone tells the same of a minute before.
    let (world, mut books) = (World::new(), Books::default());
    let mut facts = with_cash(&[("11:10:00", 1_100)]);
    books.complete(&world, &facts);
    facts.push(Device::numbered(1, 3).tell("11:09:00", cash(1_100)));
    let again = books.complete(&world, &facts);
    assert_eq!((again.payments.len(), again.flags[0].code), (0, FlagCode::PaymentRepeated));
    // So is more than is due, whenever it is said to have been taken.
    facts.pop();
    facts.push(Device::numbered(1, 3).tell("10:59:00", cash(1_200)));
    let more = books.complete(&world, &facts);
    assert_eq!((more.payments.len(), more.flags[0].code), (0, FlagCode::PaymentOverpaid));
    assert_eq!(more.due, Some(Yen(1_100)));
}

#[test]
fn cash_for_a_job_that_costs_nothing_is_asked_about() {
    let world = World::new();
    let facts = with_cash(&[("11:19:00", 500)]);
    let called_off = Books::default().settling(&world, Ending::CalledOff(SettlementBasis::NoAccess), &facts);
    assert_eq!(called_off.flags[0].code, FlagCode::PaymentForNothing);
    assert!(called_off.payments.is_empty() && matches!(called_off.review, Some(ReviewChange::Open(_))));
    // It was taken all the same, and is to be paid back, once a supervisor has said so.
    let decisions = vec![decision(called_off.flags, Ruling::Accept)];
    let books = Books { decisions, ..Books::default() };
    let paid_back = books.settling(&world, Ending::CalledOff(SettlementBasis::NoAccess), &facts);
    assert_eq!((paid_back.payments.len(), paid_back.due), (1, Some(Yen(-500))));
}

#[test]
fn what_a_payer_pays_too_much_is_for_the_lines_of_the_others() {
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:50:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked::units(1)));
    facts.push(office.consent("11:05:00", &Asked { payer: "host_company", ..Asked::units(5) }));
    facts.push(office.tell("11:48:00", cash(5_500)));
    let (world, mut books) = (World::new(), Books::default());
    books.complete(&world, &facts);
    let lines: Vec<_> = books.lines.iter().map(|line| (line.charge.payer, line.collected_yen.0)).collect();
    assert_eq!(lines, [(Payer::Worker, 1_100), (Payer::HostCompany, 4_400)]);
    books.decisions.push(decision(vec![], Ruling::WriteOff));
    books.complete(&world, &facts);
    let back: Vec<_> = books.lines[2..4].iter().map(|line| line.collected_yen.0).collect();
    assert_eq!(back, [-1_100, -4_400]);
    assert_eq!(ledger::wrong_collection(&books.lines, &books.payments), None);
}

#[test]
fn cash_that_has_paid_the_lines_of_another_is_not_there_a_second_time() {
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked { payer: "host_company", ..Asked::units(2) }));
    facts.push(office.consent("11:00:00", &Asked::items(&[(1, 480)])));
    facts.push(office.tell("11:19:00", cash(1_100)));
    let (world, mut books) = (World::new(), Books::default());
    books.complete(&world, &facts);
    // A part for the worker is told when the employer's line has taken the worker's cash.
    facts.push(office.tell("11:21:00", part(1, 480)));
    books.complete(&world, &facts);
    let lines: Vec<_> = books.lines.iter().map(|line| (line.charge.payer, line.collected_yen.0)).collect();
    assert_eq!(lines, [(Payer::HostCompany, 1_100), (Payer::Worker, 0)]);
    assert_eq!(ledger::wrong_collection(&books.lines, &books.payments), None);
}

#[test]
fn what_another_payer_is_to_pay_waits_for_their_answer_and_then_for_a_supervisor() {
    let world = World::new();
    for (payer, days) in [("host_company", 14), ("landlord", 14), ("programme", 0)] {
        let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:50:00")]);
        let mut office = Device::numbered(1, 1);
        facts.push(office.consent("10:50:00", &Asked::units(1)));
        facts.push(office.consent("11:05:00", &Asked { payer, ..Asked::units(5) }));
        let proposed = facts[facts.len() - 1].id;
        let agreed = FieldRecord::of(&facts);
        let since = ProposedPayer {
            fact_id: proposed,
            technician_id: technician(1),
            payer: payer.parse().unwrap(),
            since: at("11:05:00"),
        };
        let record = FieldRecord { proposed_payers: vec![since], ..agreed.clone() };
        let settled = Settled::of(&record, &[]);
        let judged = |settled: &Settled, after: chrono::TimeDelta| {
            let (priced, open) = priced(settled, &world.terms, &world.firms, at("11:05:00") + after);
            let priced = priced.unwrap();
            let held: Yen = priced.held.iter().map(|item| item.charge.amount_yen).sum();
            (priced.total().0, held.0, open.into_iter().map(|flag| flag.code).collect::<Vec<_>>())
        };
        let day = chrono::TimeDelta::days(days);
        if days > 0 {
            let second = chrono::TimeDelta::seconds(1);
            assert_eq!(judged(&settled, day - second), (1_100, 4_400, vec![]), "{payer}");
        }
        assert_eq!(judged(&settled, day), (1_100, 4_400, vec![FlagCode::PayerUnconfirmed]), "{payer}");
        // A supervisor lets them pay; or they have agreed themselves.
        let flag = Flag {
            code: FlagCode::PayerUnconfirmed,
            technician_id: Some(technician(1)),
            fact_id: Some(proposed),
            missing: None,
        };
        let accepted = Settled::of(&record, &[decision(vec![flag], Ruling::Accept)]);
        assert_eq!(judged(&accepted, day), (5_500, 0, vec![]), "{payer}");
        let settled = Settled::of(&agreed, &[]);
        assert_eq!(judged(&settled, day), (5_500, 0, vec![]), "{payer}");
    }
}
