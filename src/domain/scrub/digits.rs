//! Groups of digits, what stands between them, and the numbers they make.

use super::{
    Cut, Secret,
    glyph::{Glyph, Kind},
};

/// Separators between two groups of one number at most, as in `1234 - 5678`.
const BETWEEN_MAX: usize = 3;
/// Digits of a telephone number at most (E.164).
const PHONE_DIGITS_MAX: usize = 15;
/// Digits of a telephone number in Japan, the 0 included, and groups it is written in at most.
const HOME_PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=11;
const HOME_PHONE_GROUPS_MAX: usize = 4;
const MY_NUMBER_DIGITS: usize = 12;
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
const RESIDENCE_DIGITS: usize = 8;

/// Digits without anything between them; indices of glyphs.
struct Group {
    from: usize,
    to: usize,
    digits: Vec<u8>,
}

/// The groups of a text, in order.
pub(super) struct Groups(Vec<Group>);

impl Groups {
    pub(super) fn of(glyphs: &[Glyph]) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for (at, glyph) in glyphs.iter().enumerate() {
            let Kind::Digit(digit) = glyph.kind else { continue };
            match groups.last_mut() {
                Some(last) if last.to + 1 == at => {
                    last.to = at;
                    last.digits.push(digit);
                }
                _ => groups.push(Group { from: at, to: at, digits: vec![digit] }),
            }
        }
        Self(groups)
    }

    /// Whether nothing but a few separators stands between a group and the next one.
    fn joined(&self, glyphs: &[Glyph], group: usize) -> bool {
        let (Some(one), Some(next)) = (self.0.get(group), self.0.get(group + 1)) else { return false };
        let between = &glyphs[one.to + 1..next.from];
        between.len() <= BETWEEN_MAX && between.iter().all(|glyph| glyph.kind.is_separator())
    }

    /// The last group of everything that begins at a group and has so many digits at most, longest first.
    fn runs(&self, glyphs: &[Glyph], first: usize, digits_max: usize) -> Vec<usize> {
        let mut runs = Vec::new();
        let (mut last, mut count) = (first, self.0[first].digits.len());
        while count <= digits_max {
            runs.push(last);
            if !self.joined(glyphs, last) {
                break;
            }
            last += 1;
            count += self.0[last].digits.len();
        }
        runs.reverse();
        runs
    }

    /// My Numbers and payment cards.
    pub(super) fn numbers(&self, glyphs: &[Glyph]) -> Vec<Cut> {
        let mut cuts = Vec::new();
        let mut first = 0;
        while first < self.0.len() {
            if let Some(last) = self.phone_until(glyphs, first) {
                first = last + 1;
                continue;
            }
            let runs = self.runs(glyphs, first, *CARD_DIGITS.end());
            let found = runs
                .into_iter()
                .filter(|last| self.evenly_spaced(glyphs, first, *last))
                .find_map(|last| Some((last, number(&self.0[first..=last])?)));
            match found {
                Some((last, what)) => {
                    cuts.push(Cut { from: self.0[first].from, to: self.0[last].to, what });
                    first = last + 1;
                }
                None => first += 1,
            }
        }
        cuts
    }

    /// Whether the same stands between all groups from the first to the last: a number is written in one way.
    fn evenly_spaced(&self, glyphs: &[Glyph], first: usize, last: usize) -> bool {
        let gap = |group: usize| {
            glyphs[self.0[group].to + 1..self.0[group + 1].from].iter().map(|glyph| glyph.kind)
        };
        (first + 1..last).all(|group| gap(group).eq(gap(first)))
    }

    /// The last group of a telephone number that begins at a group: with a plus sign, up to 15 digits; with a 0, ten or
    /// eleven digits in four groups at most.
    fn phone_until(&self, glyphs: &[Glyph], first: usize) -> Option<usize> {
        let group = &self.0[first];
        let runs = self.runs(glyphs, first, PHONE_DIGITS_MAX);
        if group.from.checked_sub(1).is_some_and(|before| glyphs[before].kind == Kind::Plus) {
            return runs.first().copied();
        }
        let domestic = |last: &usize| {
            HOME_PHONE_DIGITS.contains(&count(&self.0[first..=*last]))
                && last - first < HOME_PHONE_GROUPS_MAX
                && self.evenly_spaced(glyphs, first, *last)
        };
        runs.into_iter().find(domestic).filter(|_| group.digits.first() == Some(&0))
    }

    /// Residence cards: eight digits between two letters and two letters.
    pub(super) fn residence_cards(&self, glyphs: &[Glyph]) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for first in 0..self.0.len() {
            for last in self.runs(glyphs, first, RESIDENCE_DIGITS) {
                let groups = &self.0[first..=last];
                let size = groups[0].digits.len();
                if count(groups) != RESIDENCE_DIGITS || groups.iter().any(|group| group.digits.len() != size)
                {
                    continue;
                }
                let before: Vec<_> = glyphs[..groups[0].from].iter().rev().take(4).collect();
                let after: Vec<_> = glyphs[self.0[last].to + 1..].iter().take(4).collect();
                if let Some((before, after)) = pair(&before).zip(pair(&after)) {
                    cuts.push(Cut {
                        from: groups[0].from - before,
                        to: self.0[last].to + after,
                        what: Secret::ResidenceCard,
                    });
                }
            }
        }
        cuts
    }
}

/// How many glyphs next to the digits are the two letters of a card, with the separator, if these are such letters.
/// Small ones must be a word of their own; after a blank only capitals count: `at 5550-0101 or` is a telephone number.
fn pair(next: &[&Glyph]) -> Option<usize> {
    let kind = |at: usize| next.get(at).map(|glyph| glyph.kind);
    let separator = kind(0).filter(|kind| kind.is_separator());
    let skip = usize::from(separator.is_some());
    let (one, other) = (kind(skip)?, kind(skip + 1)?);
    let capitals = one == Kind::Capital && other == Kind::Capital;
    let alone = !kind(skip + 2).is_some_and(Kind::is_letter);
    let fits = match separator {
        None => capitals || alone,
        Some(Kind::Blank) => capitals && alone,
        Some(_) => alone,
    };
    (one.is_letter() && other.is_letter() && fits).then_some(skip + 2)
}

fn count(groups: &[Group]) -> usize {
    groups.iter().map(|group| group.digits.len()).sum()
}

fn number(groups: &[Group]) -> Option<Secret> {
    let sizes: Vec<_> = groups.iter().map(|group| group.digits.len()).collect();
    let digits: Vec<_> = groups.iter().flat_map(|group| group.digits.iter().copied()).collect();
    match digits.len() {
        MY_NUMBER_DIGITS if is_my_number_shape(&sizes) && is_my_number(&digits) => Some(Secret::MyNumber),
        length if CARD_DIGITS.contains(&length) && is_card_shape(&sizes) && is_card(&digits) => {
            Some(Secret::PaymentCard)
        }
        _ => None,
    }
}

/// Twelve digits at once, in fours as on the card, or one by one.
fn is_my_number_shape(sizes: &[usize]) -> bool {
    sizes == [12] || sizes == [4, 4, 4] || sizes.iter().all(|size| *size == 1)
}

/// At once, one by one, in fours with a rest, or as the cards of 15 and 14 digits are printed.
fn is_card_shape(sizes: &[usize]) -> bool {
    let Some((last, before)) = sizes.split_last() else { return false };
    let fours = before.iter().all(|size| *size == 4) && (1..=4).contains(last);
    before.is_empty()
        || fours
        || sizes.iter().all(|size| *size == 1)
        || sizes == [4, 6, 5]
        || sizes == [4, 6, 4]
}

/// Check digit of a My Number: weights 2 to 7 and again 2 to 6 from the right, modulo 11.
fn is_my_number(digits: &[u8]) -> bool {
    let Some((check, rest)) = digits.split_last() else { return false };
    let weights = [2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6];
    let sum: u32 = rest.iter().rev().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    let expected = match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    };
    u32::from(*check) == expected
}

/// Luhn's check digit. No card begins with 0, which a telephone number does.
fn is_card(digits: &[u8]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { doubled(u32::from(*digit)) } else { u32::from(*digit) })
        .sum();
    digits.first() != Some(&0) && sum.is_multiple_of(10)
}
