//! Reports that can contradict themselves: refused by their field when they do.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{IdKind, IdWay, PriceYen, ShortCode, TakenMethod, words::BadWord};
use crate::domain::{
    reference::programme::Payer,
    referrals::{Component, Part, ReferralReason},
};

/// Photos and videos of one finding at most.
pub const EVIDENCE_MAX: usize = 20;

/// Somebody's identity and residence were checked: the result only, never a number or a picture (S-02, Y-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "IdCheckForm")]
pub struct IdCheck {
    /// In which way (S-03).
    pub way: IdWay,
    /// What was shown; nothing, where somebody else vouched.
    pub id_kind: Option<IdKind>,
    /// The picture shows this person.
    pub face_ok: bool,
    /// The name is the one of the case.
    pub name_ok: bool,
    /// The address is the one of the case.
    pub address_ok: bool,
    /// The pledge is signed (S-01).
    pub pledge_signed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdCheckForm {
    way: IdWay,
    id_kind: Option<IdKind>,
    face_ok: bool,
    name_ok: bool,
    address_ok: bool,
    pledge_signed: bool,
}

impl IdCheck {
    /// Whether the door may be opened (S-01, S-02): this person, living here, with the pledge signed. Whoever vouches in
    /// place of a card stands for the face.
    #[must_use]
    pub fn passed(self) -> bool {
        let is_person = self.face_ok || matches!(self.way, IdWay::CallBack | IdWay::Police);
        is_person && self.name_ok && self.address_ok && self.pledge_signed
    }
}

impl TryFrom<IdCheckForm> for IdCheck {
    type Error = BadWord;

    fn try_from(form: IdCheckForm) -> Result<Self, BadWord> {
        let needs_card = matches!(form.way, IdWay::CardAtDoor | IdWay::Inside);
        if needs_card && form.id_kind.is_none() && form.face_ok {
            return Err(BadWord::of("id_kind", "say what was shown"));
        }
        let IdCheckForm { way, id_kind, face_ok, name_ok, address_ok, pledge_signed } = form;
        Ok(Self { way, id_kind, face_ok, name_ok, address_ok, pledge_signed })
    }
}

/// Money taken at the site, or that none was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "PaymentForm")]
pub struct SitePayment {
    /// How.
    pub method: TakenMethod,
    /// How much, tax included; 0 when none was taken.
    pub amount_yen: PriceYen,
    /// Who paid; the worker, when not said. Never the programme: it is not at the door (G-07).
    #[schema(required = false, default = "worker")]
    pub payer: Payer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentForm {
    method: TakenMethod,
    amount_yen: Option<PriceYen>,
    payer: Option<Payer>,
}

impl TryFrom<PaymentForm> for SitePayment {
    type Error = BadWord;

    fn try_from(form: PaymentForm) -> Result<Self, BadWord> {
        let amount = form.amount_yen.map_or(0, PriceYen::yen);
        let payer = form.payer.unwrap_or(Payer::Worker);
        if payer == Payer::Programme {
            return Err(BadWord::of("payer", "the programme pays nothing at the site"));
        }
        match form.method {
            TakenMethod::Cash if amount == 0 => {
                Err(BadWord::of("amount_yen", "say how much was taken in cash"))
            }
            TakenMethod::None if amount > 0 => {
                Err(BadWord::of("amount_yen", "must be 0 when none was taken"))
            }
            method => Ok(Self { method, amount_yen: amount.try_into()?, payer }),
        }
    }
}

/// What was found at the site to be the landlord's or the management company's matter (3.4): a finding of fact, never who
/// pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "FindingForm")]
pub struct Finding {
    /// Why: wear, common area.
    pub reason: ReferralReason,
    /// What is broken.
    pub component: Component,
    /// Whose part it seems to be; the component's usual one, when not said.
    pub private_or_common: Option<Part>,
    /// A code of what was seen, as in `valve_corroded`; no free text.
    pub note: Option<ShortCode>,
    /// It was made safe: the valve closed, the pipe taped, the door secured.
    pub made_safe: bool,
    /// Photos and videos.
    #[schema(max_items = 20)]
    pub evidence: Vec<Uuid>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingForm {
    reason: ReferralReason,
    component: Component,
    private_or_common: Option<Part>,
    note: Option<ShortCode>,
    #[serde(default)]
    made_safe: bool,
    #[serde(default)]
    evidence: Vec<Uuid>,
}

impl TryFrom<FindingForm> for Finding {
    type Error = BadWord;

    fn try_from(form: FindingForm) -> Result<Self, BadWord> {
        let FindingForm { reason, component, private_or_common, note, made_safe, evidence } = form;
        if evidence.len() > EVIDENCE_MAX {
            return Err(BadWord::of("evidence", &format!("must have at most {EVIDENCE_MAX} entries")));
        }
        Ok(Self { reason, component, private_or_common, note, made_safe, evidence })
    }
}
