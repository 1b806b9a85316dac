//! Parts and special work: itemised quotes, no price list is printed (C-05).

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive as _};

use super::super::{ids::FactId, money::Yen, refusal::Refusal, span::Instant};
use super::limits::{PRICE_YEN_MAX, QUANTITY_MAX, name, within};

/// A quantity above 0 and at most 1,000, with at most 3 decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(Decimal);

/// A part and its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    name: String,
    quantity: Quantity,
    unit_price_yen: Yen,
}

/// Special work at a lump price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialWork {
    code: String,
    name_ja: String,
    name_en: String,
    price_yen: Yen,
}

/// A part or special work as it happened at the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered<T> {
    /// The report of it: one id, one content.
    pub id: FactId,
    /// The key a consent must have named.
    pub item: String,
    /// When it was used up or begun: consent must have been answered by then (C-18).
    pub at: Instant,
    /// What it is.
    pub what: T,
}

impl Quantity {
    /// From plain digits with at most one point, as in `1.5`: no sign, exponent, separator.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let plain = (1..=16).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && text.starts_with(|first: char| first.is_ascii_digit())
            && text.ends_with(|last: char| last.is_ascii_digit());
        let parsed = if plain { Decimal::from_str_exact(text).ok() } else { None };
        parsed.and_then(Self::new).ok_or_else(|| {
            let message =
                format!("'{text}' is not a quantity above 0 up to {QUANTITY_MAX} with at most 3 decimals");
            Refusal::field(field, message)
        })
    }

    /// The quantity, or `None` when it is out of range or too fine.
    #[must_use]
    pub fn new(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        (value > Decimal::ZERO && value <= Decimal::from(QUANTITY_MAX) && value.scale() <= 3)
            .then_some(Self(value))
    }

    /// Without trailing zeros.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl Part {
    /// Refuses by `name` or `unit_price_yen`.
    pub fn new(part_name: &str, quantity: Quantity, unit_price_yen: i64) -> Result<Self, Refusal> {
        Ok(Self {
            name: name("name", part_name)?,
            quantity,
            unit_price_yen: Yen(within("unit_price_yen", unit_price_yen, 0, PRICE_YEN_MAX)?),
        })
    }

    /// What it is called on the quote.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How much of it.
    #[must_use]
    pub fn quantity(&self) -> Decimal {
        self.quantity.0
    }

    /// Price of one, tax included.
    #[must_use]
    pub fn unit_price_yen(&self) -> Yen {
        self.unit_price_yen
    }

    /// Quantity times price, exact.
    #[must_use]
    pub fn exact_amount(&self) -> Decimal {
        // At most 1,000 x 1,000,000 with 3 decimals: 13 digits of the 28 there are.
        self.quantity.0 * Decimal::from(self.unit_price_yen.0)
    }

    /// The exact amount to the whole yen (C-04), once per line, half a yen up (四捨五入). The domain rules name floor,
    /// half-up and ceil for tax only (C-28) and leave prices open: half-up is what both sides of a quote expect. It
    /// never binds on whole quantities.
    #[must_use]
    pub fn amount_yen(&self) -> Yen {
        let whole = self.exact_amount().round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        Yen(whole.to_i64().unwrap_or(PRICE_YEN_MAX * QUANTITY_MAX))
    }
}

impl SpecialWork {
    /// Refuses by `code` or `price_yen`.
    pub fn new(code: &str, price_yen: i64) -> Result<Self, Refusal> {
        let code = name("code", code)?;
        Ok(Self {
            name_ja: code.clone(),
            name_en: code.clone(),
            code,
            price_yen: Yen(within("price_yen", price_yen, 0, PRICE_YEN_MAX)?),
        })
    }

    /// The same by its names, where they are known: a payer reads a name, not a code.
    #[must_use]
    pub fn named(self, ja: &str, en: &str) -> Self {
        Self { name_ja: ja.to_owned(), name_en: en.to_owned(), ..self }
    }

    /// Its name in Japanese; its code where that has none.
    #[must_use]
    pub fn name_ja(&self) -> &str {
        &self.name_ja
    }

    /// Its name in English; its code where that has none.
    #[must_use]
    pub fn name_en(&self) -> &str {
        &self.name_en
    }

    /// Its code on the quote.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Lump price, tax included.
    #[must_use]
    pub fn price_yen(&self) -> Yen {
        self.price_yen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(quantity: &str, price: i64) -> i64 {
        Part::new("パッキン", Quantity::parse("quantity", quantity).unwrap(), price).unwrap().amount_yen().0
    }

    #[test]
    fn amounts_are_rounded_half_up_once() {
        assert_eq!(amount("1", 480), 480);
        assert_eq!(amount("3", 480), 1_440);
        assert_eq!(amount("1.5", 333), 500, "499.5");
        assert_eq!(amount("0.333", 100), 33, "33.3");
        assert_eq!(amount("0.001", 500), 1, "0.5");
        assert_eq!(amount("0.001", 499), 0, "0.499");
        assert_eq!(amount("1000", 1_000_000), 1_000_000_000);
    }

    #[test]
    fn quantities_are_plain_and_within_limits() {
        for good in ["1", "0.001", "1000", "1000.000", "1.500", "007"] {
            assert!(Quantity::parse("quantity", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "0",
            "0.000",
            "-1",
            "+1",
            "1e2",
            "1_0",
            "1,5",
            ".5",
            "1.",
            "1.2.3",
            "0.0001",
            "1000.001",
            "１",
            " 1",
            "NaN",
            "99999999999999999",
        ] {
            assert!(Quantity::parse("quantity", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn prices_are_within_limits() {
        let one = Quantity::parse("quantity", "1").unwrap();
        assert!(Part::new("栓", one, 0).is_ok());
        assert!(Part::new("栓", one, 1_000_000).is_ok());
        assert!(Part::new("栓", one, -1).is_err());
        assert!(Part::new("栓", one, 1_000_001).is_err());
        assert!(Part::new(" ", one, 1).is_err());
        assert!(SpecialWork::new("HP", 1_000_001).is_err());
        assert!(SpecialWork::new("", 1).is_err());
    }
}
