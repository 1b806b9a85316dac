//! The municipalities a firm serves.

use std::sync::Arc;

use crate::domain::place::JisCode;

/// Municipality codes, of wards or parent cities. Cloning shares them: a firm's technicians have one list.
///
/// Kept as sorted numbers side by side: everybody a search looks at is asked, and a set of texts would cost the
/// search half its time in waiting for memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Areas(Arc<[u32]>);

impl Areas {
    /// How many codes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is served.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// O(log n).
    #[must_use]
    pub fn contain(&self, code: &JisCode) -> bool {
        self.0.binary_search(&number(code)).is_ok()
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.iter().copied()
    }
}

impl FromIterator<JisCode> for Areas {
    fn from_iter<I: IntoIterator<Item = JisCode>>(codes: I) -> Self {
        let mut numbers: Vec<u32> = codes.into_iter().map(|code| number(&code)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self(numbers.into())
    }
}

/// The five digits of a code as a number.
pub(super) fn number(code: &JisCode) -> u32 {
    code.as_str().bytes().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use crate::dispatch::samples::{areas, jis};

    #[test]
    fn contains_what_was_given() {
        let served = areas(&["47201", "01100", "23106", "01100"]);
        assert_eq!(served.len(), 3);
        for code in ["01100", "23106", "47201"] {
            assert!(served.contain(&jis(code)), "{code}");
        }
        for code in ["00000", "01101", "23100", "99999"] {
            assert!(!served.contain(&jis(code)), "{code}");
        }
        assert!(!areas(&[]).contain(&jis("00000")));
    }
}
