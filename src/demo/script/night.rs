//! The script as it is written: who calls when, who does what then, and what must come of it.

use serde::Deserialize;
use serde_json::Value;

/// Who calls.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct Call {
    /// What it shows, in a few words.
    pub(in crate::demo) title: String,
    pub(super) at: String,
    #[serde(default = "phone")]
    pub(in crate::demo) channel: String,
    #[serde(default = "worker")]
    pub(in crate::demo) caller_role: String,
    pub(in crate::demo) language: String,
    /// Whether interpreters of the language are there: `open`, `closed` or `unspecified` (I-04, I-05).
    pub(in crate::demo) interpreters: Option<String>,
    /// Which interpreters are asked, in turn, and whether they came.
    #[serde(default)]
    pub(in crate::demo) asked: Vec<Interpreter>,
    pub(in crate::demo) phone: String,
    pub(in crate::demo) resident: String,
    pub(in crate::demo) host_company: Option<String>,
    /// Whether the worker was spoken with, where somebody else calls (K-05).
    pub(in crate::demo) spoken_with_worker: Option<String>,
    /// The dangers that are there (4.1).
    #[serde(default)]
    pub(in crate::demo) dangers: Vec<String>,
    /// To whom the caller is handed over before anything else.
    pub(in crate::demo) hand_over: Option<String>,
    pub(in crate::demo) categories: Vec<String>,
    /// What a consultation is about.
    pub(in crate::demo) topic: Option<String>,
    #[serde(default = "no")]
    pub(in crate::demo) liability: String,
    #[serde(default = "worker")]
    pub(in crate::demo) lessee: String,
    /// What somebody is sent for; nobody is sent without.
    pub(in crate::demo) job: Option<String>,
    /// How urgent it is, where that is not what its job code says.
    pub(in crate::demo) priority: Option<String>,
    pub(in crate::demo) postal_code: String,
    pub(in crate::demo) address: String,
    pub(in crate::demo) building: Option<String>,
    pub(in crate::demo) room: Option<String>,
    pub(in crate::demo) access_notes: Option<String>,
    pub(in crate::demo) expect: Expected,
    #[serde(default, rename = "step")]
    pub(super) steps: Vec<Step>,
}

fn phone() -> String {
    "phone".to_owned()
}

fn worker() -> String {
    "worker".to_owned()
}

fn no() -> String {
    "no".to_owned()
}

/// An interpreter who is asked to join.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct Interpreter {
    pub(in crate::demo) interpreter: String,
    pub(in crate::demo) language: Option<String>,
    pub(in crate::demo) outcome: String,
}

/// What must come of a call. What is not said must not be: no yen, no arrival, no work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct Expected {
    /// How the job ended at the site, or else its state; `referred` or `consultation` where nobody is sent.
    pub(in crate::demo) outcome: String,
    /// Who worked, or else who had the job last; several with `+` between them.
    #[serde(default)]
    pub(in crate::demo) technician: String,
    /// Whole minutes from the call to the first arrival.
    pub(in crate::demo) arrival_minutes: Option<i64>,
    /// Ordinary work, as in `72:00`.
    #[serde(default = "none")]
    pub(in crate::demo) worked: String,
    #[serde(default)]
    pub(in crate::demo) yen: i64,
    /// What has been paid of it when the night is over.
    #[serde(default)]
    pub(in crate::demo) paid: i64,
    #[serde(default)]
    pub(in crate::demo) written_off: i64,
    /// Where its referral is, where there is one.
    pub(in crate::demo) referral: Option<String>,
    /// Everybody who was asked, in this order; not compared when not said.
    pub(in crate::demo) offers: Option<Vec<String>>,
}

fn none() -> String {
    "0:00".to_owned()
}

/// What somebody does.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) at: String,
    /// A technician or an office, by key; the desk, when not said.
    pub(super) by: Option<String>,
    pub(super) accept: Option<Accept>,
    pub(super) decline: Option<String>,
    /// The technician an office sends.
    pub(super) name: Option<String>,
    /// Why a technician withdraws.
    pub(super) withdraw: Option<String>,
    pub(super) fact: Option<Value>,
    /// Reports that come late, each with the time of its own at which it happened, in any order.
    pub(super) late: Option<Vec<Value>>,
    /// The same person calls again, and why.
    pub(super) again: Option<String>,
    /// What the desk does.
    pub(super) desk: Option<String>,
    /// How it does that.
    pub(super) with: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accept {
    pub(super) arrival: String,
    /// A dispatcher has the yes on the telephone.
    #[serde(default)]
    pub(super) by_phone: bool,
}
