//! What a caller is told about a hazard, in Japanese and English, with the number to dial.

use serde::{Deserialize, Serialize};

use super::{
    emergencies::EmergencyService,
    reference::hazards::{EmergencyNumbers, Hazard, HazardAction},
};

/// What a caller is told about a hazard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Instruction {
    /// The hazard.
    pub hazard: String,
    /// The hazard in Japanese.
    pub title_ja: String,
    /// The hazard in English.
    pub title_en: String,
    /// What to say, in Japanese, in this order.
    pub ja: Vec<String>,
    /// What to say, in English, in this order.
    pub en: Vec<String>,
    /// Whom to hand the caller over to first.
    pub service: Option<EmergencyService>,
    /// The number to dial; of the gas company none is known here: it is on the meter and on the bill.
    pub dial: Option<String>,
    /// The number to dial when the first one is not known or not answered.
    pub otherwise_dial: Option<String>,
    /// Whether nobody is sent until somebody has cleared the hazard.
    pub holds_offers: bool,
    /// What follows, for the dispatcher.
    pub then: String,
}

impl Instruction {
    /// What is told about this hazard: whom to call comes first, but for gas, where leaving does.
    #[must_use]
    pub fn of(hazard: &Hazard, numbers: &EmergencyNumbers) -> Self {
        let service = EmergencyService::first_for(hazard.action);
        let (mut ja, mut en) = (hazard.instructions_ja.clone(), hazard.instructions_en.clone());
        if let Some((call_ja, call_en)) = whom_to_call(hazard.action, numbers) {
            let at = if hazard.action == HazardAction::GasCompanyEmergencyLine { ja.len() } else { 0 };
            ja.insert(at, call_ja);
            let at = if at == 0 { 0 } else { en.len() };
            en.insert(at, call_en);
        }
        let gas = service == Some(EmergencyService::Gas);
        Self {
            hazard: hazard.id.as_str().to_owned(),
            title_ja: hazard.ja.clone(),
            title_en: hazard.en.clone(),
            ja,
            en,
            service,
            dial: service.and_then(|service| service.number(numbers)).map(str::to_owned),
            otherwise_dial: gas.then(|| numbers.fire_ambulance_rescue.clone()),
            holds_offers: hazard.holds_offers,
            then: hazard.then.clone(),
        }
    }
}

fn whom_to_call(action: HazardAction, numbers: &EmergencyNumbers) -> Option<(String, String)> {
    let (fire, police, advice) =
        (&numbers.fire_ambulance_rescue, &numbers.police, &numbers.police_consultation);
    Some(match action {
        HazardAction::Call119First => (
            format!(
                "まず{fire}番(消防・救急)へ電話してください。外国語の通訳が必要なときは、そう伝えてください。"
            ),
            format!("Call {fire} (fire, ambulance, rescue) first. If you need an interpreter, say so."),
        ),
        HazardAction::Call110First => (
            format!(
                "まず安全な場所へ移り、{police}番(警察)へ電話してください。警察が来るまで部屋に入らないでください。"
            ),
            format!(
                "Go to a safe place first and call {police} (police). Do not go in before the police are there."
            ),
        ),
        HazardAction::GasCompanyEmergencyLine => (
            format!(
                "外へ出てから、ガス会社の緊急連絡先(メーターや検針票に記載)へ電話してください。つながらないとき、火災や体調不良があるときは{fire}番へ電話してください。"
            ),
            format!(
                "Once outside, call the gas company's emergency line (on the meter or the bill). If nobody answers, \
                 or if there is fire or somebody feels ill, call {fire}."
            ),
        ),
        HazardAction::RefuseDispatch => (
            format!(
                "ご本人のお部屋と確認できない場合は、鍵を開けることができません。急ぎのときは{police}番、そうでなければ{advice}または最寄りの警察署と、管理会社へご相談ください。"
            ),
            format!(
                "We cannot open a room that is not confirmed to be the caller's own. Call {police} if it is urgent; \
                 otherwise {advice} or the nearest police station, and the management company."
            ),
        ),
        HazardAction::Instruct => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    #[test]
    fn every_hazard_is_told_in_both_languages_and_dangers_to_life_have_a_number() {
        let reference = Reference::embedded().unwrap();
        for hazard in reference.hazards().all() {
            let told = Instruction::of(hazard, reference.hazards().numbers());
            assert!(!told.ja.is_empty() && told.ja.len() == told.en.len(), "{}", told.hazard);
            let expected = match hazard.action {
                HazardAction::Call119First => Some("119"),
                HazardAction::Call110First | HazardAction::RefuseDispatch => Some("110"),
                HazardAction::GasCompanyEmergencyLine | HazardAction::Instruct => None,
            };
            assert_eq!(told.dial.as_deref(), expected, "{}", told.hazard);
            if let Some(number) = expected {
                assert!(told.ja[0].contains(number) && told.en[0].contains(number), "{}", told.hazard);
            }
        }
        let gas = Instruction::of(reference.hazards().get("H-GAS").unwrap(), reference.hazards().numbers());
        assert_eq!(gas.ja[0], "火を使わない");
        assert_eq!(gas.otherwise_dial.as_deref(), Some("119"));
    }
}
