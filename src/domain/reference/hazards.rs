//! Reads `hazards.toml`: the dangers asked about before anything else (section 4.1).

use serde::{Deserialize, Serialize};

use super::codes::HazardId;
use super::document::{Document, Findings};
use super::error::ReferenceError;
use crate::domain::{jobs::Hold, text_enum::text_enum};

/// A danger, what to say about it, and whether anybody is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazard {
    /// Its id.
    pub id: HazardId,
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
    /// What comes first.
    pub action: HazardAction,
    /// Whether no offer goes out for the case until a person has cleared the hazard (P0).
    pub holds_offers: bool,
    /// What follows, in words for the dispatcher.
    pub then: String,
    /// What to tell the caller, in Japanese.
    #[serde(default)]
    pub instructions_ja: Vec<String>,
    /// The same in English.
    #[serde(default)]
    pub instructions_en: Vec<String>,
    /// Public source of the advice.
    pub source: Option<String>,
}

text_enum! {
    /// What comes first when a hazard is there.
    pub enum HazardAction("action on a hazard") {
        /// Fire brigade and ambulance.
        Call119First = "call_119_first",
        /// Police.
        Call110First = "call_110_first",
        /// The gas company's emergency line.
        GasCompanyEmergencyLine = "gas_company_emergency_line",
        /// Tell the caller what to do.
        Instruct = "instruct",
        /// Nobody is sent.
        RefuseDispatch = "refuse_dispatch",
    }
}

/// Numbers to call, as dialled in Japan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyNumbers {
    /// Fire, ambulance, rescue.
    pub fire_ambulance_rescue: String,
    /// Police.
    pub police: String,
    /// Police, not urgent.
    pub police_consultation: String,
    /// Consumer affairs.
    pub consumer_hotline: String,
    /// What a foreign caller should know about 119.
    pub note_119: String,
}

/// The hazards and the numbers to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazards {
    hazards: Vec<Hazard>,
    numbers: EmergencyNumbers,
}

impl Hazards {
    /// The hazard of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Hazard> {
        self.hazards.iter().find(|hazard| hazard.id.as_str() == id)
    }

    /// What holds a job in words, in Japanese and in English; a hazard that is not known any more by its code.
    #[must_use]
    pub fn words(&self, hold: &Hold) -> (String, String) {
        match hold {
            Hold::Identity => ("本人確認の方法がない".to_owned(), "No way to check the identity".to_owned()),
            Hold::Hazard(code) => self.get(code).map_or_else(
                || (code.clone(), code.clone()),
                |hazard| (hazard.ja.clone(), hazard.en.clone()),
            ),
        }
    }

    /// Every hazard, in the order in which they are asked.
    #[must_use]
    pub fn all(&self) -> &[Hazard] {
        &self.hazards
    }

    /// Numbers to call.
    #[must_use]
    pub fn numbers(&self) -> &EmergencyNumbers {
        &self.numbers
    }
}

pub(super) fn parse(document: Document<'_>) -> Result<Hazards, Vec<ReferenceError>> {
    let file: HazardsFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    let ids = file.hazard.iter().enumerate().map(|(at, hazard)| (format!("hazard[{at}].id"), &hazard.id));
    findings.refuse_repeats(ids);
    for (at, hazard) in file.hazard.iter().enumerate() {
        findings.refuse_blank(format!("hazard[{at}].ja"), &hazard.ja);
        findings.refuse_blank(format!("hazard[{at}].en"), &hazard.en);
        findings.refuse_blank(format!("hazard[{at}].then"), &hazard.then);
        if hazard.action == HazardAction::Instruct && hazard.instructions_ja.is_empty() {
            findings.refuse(format!("hazard[{at}].instructions_ja"), "is missing; expected what to tell");
        }
        if hazard.instructions_en.len() != hazard.instructions_ja.len() {
            let message = "expected as many as instructions_ja: each is told in both languages";
            findings.refuse(format!("hazard[{at}].instructions_en"), message);
        }
        if hazard.action == HazardAction::RefuseDispatch && !hazard.holds_offers {
            findings
                .refuse(format!("hazard[{at}].holds_offers"), "is false, but nobody is sent; expected true");
        }
    }
    check_numbers(&file.emergency_numbers, &mut findings);
    let errors = findings.finish();
    if errors.is_empty() {
        Ok(Hazards { hazards: file.hazard, numbers: file.emergency_numbers })
    } else {
        Err(errors)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HazardsFile {
    hazard: Vec<Hazard>,
    emergency_numbers: EmergencyNumbers,
}

/// A wrong digit here costs a life, so a short number must at least look like one.
fn check_numbers(numbers: &EmergencyNumbers, findings: &mut Findings<'_>) {
    for (key, number) in [
        ("fire_ambulance_rescue", &numbers.fire_ambulance_rescue),
        ("police", &numbers.police),
        ("police_consultation", &numbers.police_consultation),
        ("consumer_hotline", &numbers.consumer_hotline),
    ] {
        let digits = number.strip_prefix('#').unwrap_or(number);
        let is_short = (3..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_short {
            let message = format!("'{number}' is not a short number; expected as in 119 or #9110");
            findings.refuse(format!("emergency_numbers.{key}"), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::reference::Reference;

    #[test]
    fn four_hazards_hold_the_offers() {
        let reference = Reference::embedded().unwrap();
        let holding = reference.hazards().all().iter().filter(|hazard| hazard.holds_offers);
        let holding: Vec<_> = holding.map(|hazard| hazard.id.as_str()).collect();
        assert_eq!(holding, ["H-TRAPPED", "H-GAS", "H-CRIME", "H-NOT-RESIDENT"]);
        assert_eq!(reference.hazards().all().len(), 9);
        assert_eq!(reference.hazards().numbers().police, "110");
        assert_eq!(reference.hazards().numbers().fire_ambulance_rescue, "119");
    }
}
