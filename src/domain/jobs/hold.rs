//! What holds a job.

use serde::{Deserialize, Serialize};

/// What holds a job: nobody is asked for it until that is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Hold {
    /// There is no way to check the identity (S-04).
    Identity,
    /// A danger of its case that nobody has cleared (section 4.1), by its code as in `H-GAS`.
    Hazard(String),
}

/// The code of the one that is no hazard.
const IDENTITY: &str = "identity";

impl Hold {
    /// The code as stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Identity => IDENTITY,
            Self::Hazard(code) => code,
        }
    }
}

impl From<String> for Hold {
    fn from(code: String) -> Self {
        if code == IDENTITY { Self::Identity } else { Self::Hazard(code) }
    }
}

impl From<Hold> for String {
    fn from(hold: Hold) -> Self {
        match hold {
            Hold::Identity => IDENTITY.to_owned(),
            Hold::Hazard(code) => code,
        }
    }
}
