//! How the identity will be checked before a door is opened (S-01 to S-04). Codes only: no card number anywhere (Y-06).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ids::JobId, refusal::Refusal, text_enum::text_enum};

text_enum! {
    /// How the identity is checked, best first (S-02, S-03).
    pub enum Method("identity method") {
        /// The caller carries the card: it is compared before opening.
        CardOnPerson = "card_on_person",
        /// The host company or the landlord confirms, called back at a number we hold.
        HostOrLandlordCallBack = "host_or_landlord_call_back",
        /// The police are present.
        PolicePresent = "police_present",
        /// Opened, then checked at once inside with the technician at the door.
        CheckInside = "check_inside",
        /// Nothing is possible: the door is not opened (S-04).
        None = "none",
    }
}

text_enum! {
    /// Why a method is not possible.
    pub enum Impossible("reason") {
        /// The card is in the room.
        CardInside = "card_inside",
        /// The card is lost, or there is none.
        NoCard = "no_card",
        /// We hold no number to call back.
        NoNumberHeld = "no_number_held",
        /// Nobody answers.
        NoAnswer = "no_answer",
        /// They do not confirm.
        NotConfirmed = "not_confirmed",
        /// The police do not come for it.
        PoliceNotComing = "police_not_coming",
        /// There is nothing inside that proves it.
        NothingInside = "nothing_inside",
        /// It would not be safe for the technician.
        NotSafe = "not_safe",
        /// The caller does not want it.
        Declined = "declined",
    }
}

/// A method that is not possible, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuledOut {
    /// The method.
    pub method: Method,
    /// Why it is not possible.
    pub reason: Impossible,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IdentityPlan {
    /// The job.
    pub job_id: JobId,
    /// Its number among the plans of the job, from 1; the last one counts.
    pub number: i64,
    /// How it will be checked.
    pub method: Method,
    /// The better methods, and why they are not possible.
    pub impossible: Vec<RuledOut>,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
}

/// What can be offered to a caller whose door is not opened (S-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Alternative {
    /// Its code.
    pub code: &'static str,
    /// In Japanese.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
}

/// What is offered instead of opening (S-04).
pub const ALTERNATIVES: [Alternative; 4] = [
    Alternative {
        code: "wait",
        ja: "身分証を持つ方や同居の方が戻るまで、安全な場所でお待ちいただく",
        en: "wait in a safe place until somebody with the card or a flatmate is back",
    },
    Alternative {
        code: "host",
        ja: "受入企業の担当者に連絡し、こちらで把握している番号へかけ直して確認する",
        en: "contact the host company; we call back at the number we hold to confirm",
    },
    Alternative {
        code: "police",
        ja: "警察(最寄りの交番・警察署)に相談し、立ち会いをお願いする",
        en: "ask the police (nearest police box or station) to be present",
    },
    Alternative {
        code: "landlord",
        ja: "家主・管理会社に連絡し、本人確認または合鍵での開錠をお願いする",
        en: "ask the landlord or management company to confirm, or to open with their key",
    },
];

/// Checks that every better method is ruled out, and nothing else (S-03: in this order).
pub fn check_order(method: Method, impossible: &[RuledOut]) -> Result<(), Refusal> {
    for (at, out) in impossible.iter().enumerate() {
        if out.method >= method {
            let message = format!("only methods that come before '{method}' are ruled out");
            return Err(Refusal::field(format!("impossible[{at}].method"), message));
        }
        if impossible[..at].iter().any(|other| other.method == out.method) {
            return Err(Refusal::field(format!("impossible[{at}].method"), "is ruled out already"));
        }
    }
    let better = Method::ALL.iter().copied().filter(|other| *other < method);
    let open: Vec<_> = better
        .filter(|other| impossible.iter().all(|out| out.method != *other))
        .map(Method::as_str)
        .collect();
    if !open.is_empty() {
        let message = format!("S-03: say first why these are not possible: {}", open.join(", "));
        return Err(Refusal::field("impossible", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn out(method: Method) -> RuledOut {
        RuledOut { method, reason: Impossible::NoAnswer }
    }

    #[test]
    fn a_method_comes_after_the_better_ones_are_ruled_out() {
        use Method::{CardOnPerson, CheckInside, HostOrLandlordCallBack, None, PolicePresent};
        assert!(check_order(CardOnPerson, &[]).is_ok());
        assert!(check_order(PolicePresent, &[out(CardOnPerson), out(HostOrLandlordCallBack)]).is_ok());
        assert!(check_order(PolicePresent, &[out(HostOrLandlordCallBack)]).is_err());
        assert!(check_order(CardOnPerson, &[out(PolicePresent)]).is_err());
        assert!(check_order(HostOrLandlordCallBack, &[out(CardOnPerson), out(CardOnPerson)]).is_err());
        let all = [CardOnPerson, HostOrLandlordCallBack, PolicePresent, CheckInside].map(out);
        assert!(check_order(None, &all).is_ok());
        assert!(check_order(None, &all[1..]).is_err());
    }
}
