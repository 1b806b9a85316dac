//! What a free text must not keep: residence-card numbers and My Number (Y-08), payment-card numbers (Y-09). They are
//! taken out before anything is stored, and whoever typed them is told.
//!
//! Telephone numbers and postal codes stay: a number after a plus sign is a telephone number, and grouped digits count
//! only where they are grouped as such a number is printed.

mod digits;
mod glyph;

use std::collections::BTreeSet;

use super::text_enum::text_enum;
use digits::Groups;
use glyph::Glyph;

text_enum! {
    /// What was taken out of a text.
    pub enum Secret("kind of number") {
        /// The number of a residence card: two letters, eight digits, two letters (Y-06).
        ResidenceCard = "residence_card",
        /// A number of twelve digits whose last one is the check digit of a My Number (Y-07).
        MyNumber = "my_number",
        /// A number of 13 to 19 digits whose last one is the check digit of a payment card (Y-09).
        PaymentCard = "payment_card",
    }
}

/// What stands where a number was. Shorter than any of them: a text never grows.
pub const MARK: &str = "［削除済］";

/// A text that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrubbed {
    /// The text, with a mark in place of each number.
    pub text: String,
    /// What was taken out.
    pub found: BTreeSet<Secret>,
}

/// Takes out what must not be kept; nothing when there is nothing to take out.
#[must_use]
pub fn scrub(text: &str) -> Option<Scrubbed> {
    let glyphs = glyph::of(text);
    let groups = Groups::of(&glyphs);
    let mut cuts = groups.numbers(&glyphs);
    cuts.extend(groups.residence_cards(&glyphs));
    if cuts.is_empty() {
        return None;
    }
    cuts.sort_by_key(|cut| cut.from);
    let found = cuts.iter().map(|cut| cut.what).collect();
    Some(Scrubbed { text: replaced(text, &glyphs, &cuts), found })
}

/// Glyphs to be taken out, from the first to the last.
struct Cut {
    from: usize,
    to: usize,
    what: Secret,
}

fn replaced(text: &str, glyphs: &[Glyph], cuts: &[Cut]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for cut in cuts {
        let (start, end) = (glyphs[cut.from].start, glyphs[cut.to].end);
        if start >= at {
            kept.push_str(&text[at..start]);
            kept.push_str(MARK);
        }
        at = at.max(end);
    }
    kept.push_str(&text[at..]);
    kept
}

#[cfg(test)]
mod tests;
