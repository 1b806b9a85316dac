//! The licences of a firm, as the matcher asks for them: by kind and municipality.

use std::sync::Arc;

use chrono::NaiveDate;

use super::areas::number;
use crate::domain::{firms::FirmLicence, place::JisCode, reference::job_codes::Licence};

/// Kind, municipality code and the last day it is valid. Cloning shares them: a firm's technicians have one list.
///
/// Kept sorted, each kind and code once with its latest day: everybody a search looks at is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Licences(Arc<[(u8, u32, NaiveDate)]>);

impl Licences {
    /// How many municipalities, by kind.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last day a licence of this kind is valid in any of these municipalities. O(log n).
    #[must_use]
    pub fn valid_to(&self, licence: Licence, codes: &[&JisCode]) -> Option<NaiveDate> {
        let valid_to = |code: &&JisCode| {
            let key = (licence as u8, number(code));
            let at = self.0.binary_search_by_key(&key, |(kind, code, _)| (*kind, *code)).ok()?;
            self.0.get(at).map(|(_, _, day)| *day)
        };
        codes.iter().filter_map(valid_to).max()
    }
}

impl<'a> FromIterator<&'a FirmLicence> for Licences {
    fn from_iter<I: IntoIterator<Item = &'a FirmLicence>>(licences: I) -> Self {
        let mut rows: Vec<_> = licences
            .into_iter()
            .flat_map(|licence| {
                licence.areas.iter().map(|area| (licence.kind as u8, number(area), licence.valid_to))
            })
            .collect();
        // The latest day first, so that it is the one that is kept.
        rows.sort_unstable_by_key(|(kind, code, day)| (*kind, *code, std::cmp::Reverse(*day)));
        rows.dedup_by_key(|(kind, code, _)| (*kind, *code));
        Self(rows.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::samples::jis;

    fn licence(areas: &[&str], valid_to: &str) -> FirmLicence {
        FirmLicence {
            kind: Licence::DesignatedWater,
            utility: "架空市水道局".to_owned(),
            number: "1".to_owned(),
            areas: areas.iter().map(|code| jis(code)).collect(),
            valid_to: valid_to.parse().unwrap(),
        }
    }

    #[test]
    fn the_latest_day_of_any_of_the_codes_counts() {
        let held = [
            licence(&["23106", "23100"], "2026-03-31"),
            licence(&["23106"], "2027-03-31"),
            licence(&["23106"], "2025-03-31"),
        ];
        let licences: Licences = held.iter().collect();
        assert_eq!(licences.len(), 2);
        let valid_to = |codes: &[&str]| {
            let codes: Vec<_> = codes.iter().map(|code| jis(code)).collect();
            licences.valid_to(Licence::DesignatedWater, &codes.iter().collect::<Vec<_>>())
        };
        assert_eq!(valid_to(&["23106", "23100"]), Some("2027-03-31".parse().unwrap()));
        assert_eq!(valid_to(&["23105", "23100"]), Some("2026-03-31".parse().unwrap()));
        assert_eq!(valid_to(&["13101", "13101"]), None);
    }
}
