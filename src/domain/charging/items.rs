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
    price_yen: Yen,
    /// What the price does not include yet, in percent.
    tax_to_add: Option<i64>,
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
            price_yen: Yen(within("unit_price_yen", unit_price_yen, 0, PRICE_YEN_MAX)?),
            tax_to_add: None,
        })
    }

    /// The same at a price that does not include tax of `percent` yet (C-29).
    #[must_use]
    pub fn without_tax(self, percent: i64) -> Self {
        Self { tax_to_add: Some(percent), ..self }
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

    /// Price of one as it was told, and the tax it does not include, in percent.
    #[must_use]
    pub fn told_price(&self) -> (Yen, Option<i64>) {
        (self.price_yen, self.tax_to_add)
    }

    /// Price of one, tax included, in whole yen: of a price without tax what is shown, never what is multiplied.
    #[must_use]
    pub fn unit_price_yen(&self) -> Yen {
        Yen(self.price_yen.0 * (100 + self.tax_to_add.unwrap_or_default()) / 100)
    }

    /// Quantity times price, with the tax that the price does not include, exact.
    #[must_use]
    pub fn exact_amount(&self) -> Decimal {
        // At most 1,000 x 1,000,000 x 2 with 5 decimals: 16 digits of the 28 there are.
        let percent = 100 + self.tax_to_add.unwrap_or_default();
        self.quantity.0 * Decimal::from(self.price_yen.0) * Decimal::new(percent, 2)
    }

    /// The exact amount to the whole yen (C-04), once per line. Of prices with tax, half a yen up (四捨五入): the domain
    /// rules name floor, half-up and ceil for tax only (C-28) and leave prices open, and half-up is what both sides of a
    /// quote expect; it never binds on whole quantities. Where tax is added (C-29) the line is cut down, as the tax of a
    /// bill is: nobody pays a fraction of a yen of tax.
    #[must_use]
    pub fn amount_yen(&self) -> Yen {
        let strategy = match self.tax_to_add {
            None => RoundingStrategy::MidpointAwayFromZero,
            Some(_) => RoundingStrategy::ToZero,
        };
        let whole = self.exact_amount().round_dp_with_strategy(0, strategy);
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
    use proptest::prelude::*;

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
    fn c_29_tax_is_added_to_the_line_and_cut_down_once() {
        for (quantity, price, amount, of_one) in [
            ("1", 4_000, 4_400, 4_400),
            ("1000", 9, 9_900, 9),
            ("3", 105, 346, 115),
            ("2", 999, 2_197, 1_098),
            ("1", 12_345, 13_579, 13_579),
            ("0.5", 12_345, 6_789, 13_579),
            ("0.001", 909, 0, 999),
            ("1000", 1_000_000, 1_100_000_000, 1_100_000),
        ] {
            let part = Part::new("栓", Quantity::parse("quantity", quantity).unwrap(), price).unwrap();
            let part = part.without_tax(10);
            let got = (part.amount_yen().0, part.unit_price_yen().0);
            assert_eq!(got, (amount, of_one), "{quantity} x {price}");
        }
    }

    proptest! {
        /// Thousandths of a piece, whole yen and whole percent are whole hundred-thousandths of a yen.
        #[test]
        fn a_line_is_its_exact_amount_rounded_once(
            thousandths in 1..=1_000_000_i128, price in 0..=1_000_000_i64, percent in prop::option::of(0..=100_i64),
        ) {
            let quantity = Quantity::new(Decimal::from_i128_with_scale(thousandths, 3)).unwrap();
            let part = Part::new("栓", quantity, price).unwrap();
            let part = match percent {
                Some(percent) => part.without_tax(percent),
                None => part,
            };
            let exact = thousandths * i128::from(price) * i128::from(100 + percent.unwrap_or_default());
            let rounded = match percent {
                Some(_) => exact / 100_000,
                None => (exact + 50_000) / 100_000,
            };
            prop_assert_eq!(i128::from(part.amount_yen().0), rounded);
        }
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
