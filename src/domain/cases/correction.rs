//! The place of a case corrected by the desk: what becomes of the pin that a person has put.

use super::Site;
use crate::domain::place::{JisCode, Point, Precision};

/// What a correction says of the pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinMove {
    /// Nothing: one that a person has put stays, as long as the place stays in its municipality.
    Keep,
    /// A person has put it here.
    At(Point),
    /// Given up for the point of the gazetteer.
    Lookup,
}

/// How a place has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The pin it has now.
    pub pin: Option<Point>,
    /// The municipality it was in, when it is another one now.
    pub from: Option<JisCode>,
    /// What became of a pin of which nothing was said.
    pub fate: Option<Fate>,
}

/// What became of a pin of which nothing was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Kept,
    /// It was given up: it belongs to another municipality.
    Dropped,
}

impl Site {
    /// How the place moves to the one that the gazetteer has for the corrected address.
    #[must_use]
    pub fn moved(&self, to: &Self, pin: PinMove) -> Moved {
        let from = (self.jis_code != to.jis_code).then(|| self.jis_code.clone());
        let fate = match (pin, self.precision, &from) {
            (PinMove::Keep, Precision::Pin, None) => Some(Fate::Kept),
            (PinMove::Keep, Precision::Pin, Some(_)) => Some(Fate::Dropped),
            _ => None,
        };
        let pin = match (pin, fate) {
            (PinMove::At(point), _) => Some(point),
            (PinMove::Keep, Some(Fate::Kept)) => Some(self.point),
            (PinMove::Keep | PinMove::Lookup, _) => None,
        };
        Moved { pin, from, fate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cases::tests::site;

    #[test]
    fn a_pin_stays_in_its_municipality_unless_a_person_says_otherwise() {
        let (old, new) = (Point::in_japan(35.01, 137.01).unwrap(), Point::in_japan(35.02, 137.02).unwrap());
        let [here, there]: [JisCode; 2] = ["23106", "23101"].map(|code| code.parse().unwrap());
        let (keep, at, lookup) = (PinMove::Keep, PinMove::At(new), PinMove::Lookup);
        for (precision, is_there, said, pin, fate) in [
            (Precision::Pin, false, keep, Some(old), Some(Fate::Kept)),
            (Precision::Pin, true, keep, None, Some(Fate::Dropped)),
            (Precision::Pin, false, at, Some(new), None),
            (Precision::Pin, true, at, Some(new), None),
            (Precision::Pin, false, lookup, None, None),
            (Precision::Pin, true, lookup, None, None),
            // What the gazetteer said is no pin that could stay.
            (Precision::Town, false, keep, None, None),
            (Precision::Town, true, keep, None, None),
            (Precision::Town, false, at, Some(new), None),
            (Precision::Municipality, true, lookup, None, None),
        ] {
            let before = Site { point: old, ..site(precision) };
            let to = if is_there { &there } else { &here };
            let to = Site { jis_code: to.clone(), ..site(Precision::Town) };
            let moved = before.moved(&to, said);
            let from = is_there.then(|| here.clone());
            assert_eq!(moved, Moved { pin, from, fate }, "{precision}, {is_there}, {said:?}");
        }
    }
}
