//! Cash of somebody who was taken off the job and has worked on it: it is for what was done while they had it (G-02).

use super::*;
use crate::domain::span::Span;

/// What technician 1, who had the job until 10:45, and technician 2 after them tell; the first one's cash is for that time.
fn record(facts: &[Fact]) -> FieldRecord {
    let mut record = FieldRecord::of(facts);
    for taken in record.payments.iter_mut().filter(|one| one.technician_id == technician(1)) {
        taken.pays_for = Span::new(at("09:28:00"), at("10:47:00"));
    }
    record
}

/// The first one comes with a part at this price, or none, the second one with one of 3,300 yen at this time; the worker agrees to
/// both.
fn job(own: Option<i64>, second_at: &str) -> Vec<Fact> {
    let (mut phone, mut other) = (Device::of(1), Device::of(2));
    let mut facts = vec![phone.tell("10:00:00", simple("arrival")), phone.tell("10:05:00", start("work"))];
    if let Some(yen) = own {
        facts.push(phone.consent("10:10:00", &Asked::items(&[(1, yen)])));
        facts.push(phone.tell("10:20:00", part(1, yen)));
    }
    facts.extend([
        phone.tell("10:30:00", simple("work_end")),
        other.tell("10:01:00", simple("arrival")),
        other.consent("10:35:00", &Asked::items(&[(2, 3_300)])),
        other.tell(second_at, part(2, 3_300)),
        other.tell("11:30:00", simple("completion")),
    ]);
    facts
}

fn settles(books: &mut Books, world: &World, facts: &[Fact]) -> Settling {
    let record = record(facts);
    let ending =
        if record.completed_at.is_some() { Ending::Complete(&world.terms) } else { Ending::UnderWay };
    let settling = books.settling_of(world, ending, &record);
    books.take(&settling);
    settling
}

#[test]
fn cash_is_for_what_was_done_while_whoever_took_it_had_the_job() {
    use FlagCode::{PaymentOverpaid, PaymentWithoutWork};
    let world = World::new();
    for (own, second_at, taken, code) in [
        (false, "11:00:00", &[("10:40:00", 3_300)][..], Some(PaymentWithoutWork)),
        (true, "11:00:00", &[("10:40:00", 3_300)][..], Some(PaymentOverpaid)),
        (true, "11:00:00", &[("10:30:00", 480), ("10:42:00", 480)][..], Some(PaymentOverpaid)),
        (true, "11:00:00", &[("10:40:00", 480)][..], None),
        // For the crew of the same visit.
        (false, "10:40:00", &[("10:42:00", 3_300)][..], None),
        (true, "10:40:00", &[("10:42:00", 3_780)][..], None),
    ] {
        let case = format!("{own} {second_at} {taken:?}");
        let mut till = Device::numbered(1, 2);
        let cash: Vec<_> = taken.iter().map(|(time, yen)| till.tell(time, cash(*yen))).collect();
        // Told once the other one has billed it.
        let (mut books, mut facts) = (Books::default(), job(own.then_some(480), second_at));
        assert!(settles(&mut books, &world, &facts).settlement.is_some(), "{case}");
        facts.extend(cash.clone());
        let late = settles(&mut books, &world, &facts);
        let codes: Vec<_> = late.flags.iter().map(|flag| flag.code).collect();
        assert_eq!((codes, late.settlement), (Vec::from_iter(code), None), "{case}");
        assert_eq!(matches!(late.review, Some(ReviewChange::Open(_))), code.is_some(), "{case}");
        assert_eq!(books.payments.len(), taken.len() - usize::from(code.is_some()), "{case}");
        // A supervisor says that it was taken.
        books.decisions.push(decision(late.flags, Ruling::Accept));
        settles(&mut books, &world, &facts);
        assert_eq!(books.payments.len(), taken.len(), "{case}");
        // Told at once: it is asked about when it is known what the job costs.
        let mut books = Books::default();
        let end = facts.iter().position(|fact| fact.what.code() == "completion").unwrap();
        let completion = facts.remove(end);
        settles(&mut books, &world, &facts);
        assert_eq!(books.payments.len(), 0, "{case}");
        facts.push(completion);
        let done = settles(&mut books, &world, &facts);
        let codes: Vec<_> = done.flags.iter().map(|flag| flag.code).collect();
        assert_eq!((codes, done.settlement.is_some()), (Vec::from_iter(code), code.is_none()), "{case}");
    }
}
