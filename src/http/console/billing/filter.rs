//! Which lines are shown. It stands in the address.

use chrono::{Datelike as _, NaiveDate};
use garde::Validate;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::billing::LineFilter,
    domain::{ledger::EntryKind, reference::programme::Payer, span::tokyo_instant},
    http::console::page::Page,
};

/// What is shown; nothing said, everything.
#[derive(Debug, Clone, Copy, Default, Deserialize, Validate)]
pub(super) struct Filter {
    #[garde(skip)]
    pub(super) kind: Option<EntryKind>,
    #[garde(skip)]
    pub(super) payer: Option<Payer>,
    /// First day, in Tokyo.
    #[serde(default, deserialize_with = "day")]
    #[garde(skip)]
    pub(super) from: Option<NaiveDate>,
    /// Last day.
    #[serde(default, deserialize_with = "day")]
    #[garde(skip)]
    pub(super) to: Option<NaiveDate>,
    /// Only what is older than this line.
    #[garde(skip)]
    pub(super) before: Option<Uuid>,
}

/// A day of a form, which sends an empty field as well; what is no day of this century is none.
fn day<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Option<NaiveDate>, D::Error> {
    let text = Option::<String>::deserialize(reader)?;
    let day = text.and_then(|text| text.parse::<NaiveDate>().ok());
    Ok(day.filter(|day| (2000..2100).contains(&day.year())))
}

/// A switch.
pub(super) struct Chip {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) on: bool,
}

impl Filter {
    /// The lines it chooses.
    pub(super) fn lines(&self) -> LineFilter {
        LineFilter {
            kind: self.kind,
            payer: self.payer,
            job_id: None,
            from: self.from.map(|day| tokyo_instant(day, 0)),
            to: self.to.and_then(|day| day.succ_opt()).map(|day| tokyo_instant(day, 0)),
        }
    }

    fn path(&self) -> String {
        let pairs = [
            ("kind", self.kind.map(|kind| kind.to_string())),
            ("payer", self.payer.map(|payer| payer.to_string())),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("before", self.before.map(|id| id.to_string())),
        ];
        let said: Vec<_> =
            pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
        if said.is_empty() { "/billing".to_owned() } else { format!("/billing?{}", said.join("&")) }
    }

    /// The way to what is older than a line.
    pub(super) fn older(&self, than: Uuid) -> String {
        Self { before: Some(than), ..*self }.path()
    }

    /// Switches for the kinds of lines.
    pub(super) fn kinds(&self, page: &Page) -> Vec<Chip> {
        let chip = |kind: Option<EntryKind>, name: String| Chip {
            name,
            path: Self { kind, before: None, ..*self }.path(),
            on: self.kind == kind,
        };
        let kinds = EntryKind::ALL.iter().map(|&kind| chip(Some(kind), page.code("line", kind)));
        std::iter::once(chip(None, page.text("billing-all"))).chain(kinds).collect()
    }

    /// Switches for the payers.
    pub(super) fn payers(&self, page: &Page) -> Vec<Chip> {
        let chip = |&payer: &Payer| {
            let on = self.payer == Some(payer);
            let to = Self { payer: (!on).then_some(payer), before: None, ..*self };
            Chip { name: page.code("payer", payer), path: to.path(), on }
        };
        Payer::ALL.iter().map(chip).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_its_address() {
        assert_eq!(Filter::default().path(), "/billing");
        let filter = Filter {
            kind: Some(EntryKind::Overtime),
            payer: Some(Payer::Worker),
            from: NaiveDate::from_ymd_opt(2026, 11, 22),
            ..Filter::default()
        };
        assert_eq!(filter.path(), "/billing?kind=overtime&payer=worker&from=2026-11-22");
        assert_eq!(filter.lines().from.unwrap().to_rfc3339(), "2026-11-21T15:00:00+00:00");
    }
}
