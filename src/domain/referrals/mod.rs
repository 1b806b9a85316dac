//! Referrals: the hand-over of wear and common-area troubles to landlord or management company (section 3). The record
//! is the proof of notice; it never says who pays.

pub mod component;
pub mod follow_up;
pub mod found;
pub mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    component::Component,
    follow_up::{After, DeskHours, FollowUp},
    words::{
        ContactConsent, DeliveryStatus, Language, NoticeChannel, Part, RecipientKind, ReferralOutcome,
        ReferralReason, ReferralState, Stage,
    },
};
pub use super::cases::LesseeKind;
use super::{
    calendar::Holidays,
    ids::{CaseId, JobId, ReferralId},
    refusal::{ReferralRefused, Refusal},
    span::Instant,
};

/// Attempts after which a side that does not answer may be left.
pub const ATTEMPTS_MIN: usize = 3;
/// Attempts kept of one referral.
pub const ATTEMPTS_MAX: usize = 100;
/// Referrals of one case at most.
pub const OF_CASE_MAX: usize = 20;

/// A referral. Texts and whom to tell are kept apart: they are personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The case.
    pub case_id: CaseId,
    /// The job it came from.
    pub job_id: Option<JobId>,
    /// What was to be done, as in `W-CEILING-LEAK`.
    pub job_code: Option<String>,
    /// Why.
    pub reason: ReferralReason,
    /// When it was decided.
    pub stage: Stage,
    /// What is broken.
    pub component: Component,
    /// Whose part it seems to be.
    pub private_or_common: Part,
    /// Who rents the room.
    pub lessee_kind: LesseeKind,
    /// Whether the centre may contact them.
    pub consent_to_contact: ContactConsent,
    /// Photos and videos.
    pub evidence: Vec<Uuid>,
    /// When something was done meanwhile.
    pub stop_gap_at: Option<DateTime<Utc>>,
    /// Where it is.
    pub state: ReferralState,
    /// When it was decided.
    pub decided_at: DateTime<Utc>,
    /// When somebody looks at it again; absent once closed.
    pub follow_up_due: Option<DateTime<Utc>>,
    /// Whether that was reckoned with hours nobody knows: weekdays from nine are assumed.
    pub follow_up_assumed: bool,
    /// What came of it.
    pub outcome: Option<ReferralOutcome>,
    /// When that was known.
    pub closed_at: Option<DateTime<Utc>>,
}

/// The texts of a referral: may hold personal data, erasable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Texts {
    /// What happens.
    pub symptom: String,
    /// Year on the equipment, year of the building.
    pub age_hint: Option<String>,
    /// The norms behind it.
    pub basis_text: String,
    /// What was done meanwhile.
    pub stop_gap: Option<String>,
    /// Who did it.
    pub stop_gap_by: Option<String>,
}

/// Who is told: personal data, erasable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// What they are.
    pub kind: RecipientKind,
    /// Name.
    pub name: Option<String>,
    /// Telephone number (E.164).
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// When they can be reached.
    pub hours: DeskHours,
    /// Telephone number at night.
    pub emergency_phone: Option<String>,
}

/// One attempt to tell somebody, or one call-back to the worker who does so himself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attempt {
    /// When.
    pub at: DateTime<Utc>,
    /// Whom; everybody, when the worker tells them himself.
    pub recipient: Option<RecipientKind>,
    /// By what.
    pub channel: NoticeChannel,
    /// Language of the notice.
    pub language: String,
    /// Version of its template.
    pub template_version: String,
    /// What became of it.
    pub delivery_status: DeliveryStatus,
}

/// That somebody has acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Acknowledged {
    /// Who.
    pub recipient: RecipientKind,
    /// When.
    pub at: DateTime<Utc>,
}

/// Those who must know, as one side each.
const LANDLORD_SIDE: &[RecipientKind] = &[RecipientKind::Landlord, RecipientKind::ManagementCompany];
const HOST_SIDE: &[RecipientKind] = &[RecipientKind::HostCompany];

impl LesseeKind {
    /// The sides that must be told: each is a list of those who can be told for it.
    #[must_use]
    pub fn sides(self) -> &'static [&'static [RecipientKind]] {
        match self {
            Self::Worker | Self::Unknown => &[LANDLORD_SIDE],
            Self::HostCompany => &[LANDLORD_SIDE, HOST_SIDE],
            Self::HostOwned => &[HOST_SIDE],
        }
    }

    /// Refuses recipients among whom a side is missing or somebody is twice.
    pub fn check(self, recipients: &[RecipientKind]) -> Result<(), Refusal> {
        if (1..recipients.len()).any(|at| recipients[..at].contains(&recipients[at])) {
            return Err(Refusal::field("recipients", "name each kind of recipient once"));
        }
        let missing = self.sides().iter().find(|side| !side.iter().any(|kind| recipients.contains(kind)));
        let Some(side) = missing else { return Ok(()) };
        let names: Vec<_> = side.iter().map(|kind| kind.as_str()).collect();
        let message = format!("R-04: with the lessee {self}, {} must be told too", names.join(" or "));
        Err(Refusal::field("recipients", message))
    }
}

/// How far a referral has come: what has been tried and answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// Who has acknowledged.
    pub acknowledged: Vec<Acknowledged>,
}

impl Progress {
    fn acknowledged_by(&self, side: &[RecipientKind]) -> bool {
        self.acknowledged.iter().any(|acknowledged| side.contains(&acknowledged.recipient))
    }

    fn attempts_at(&self, side: &[RecipientKind]) -> usize {
        let concerns = |attempt: &&Attempt| attempt.recipient.is_none_or(|kind| side.contains(&kind));
        self.attempts.iter().filter(concerns).count()
    }

    fn confirmed_by_worker(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.delivery_status == DeliveryStatus::Confirmed)
    }
}

impl Referral {
    /// Refuses an attempt that the consent does not allow, or that says what cannot be.
    pub fn check_attempt(
        &self,
        channel: NoticeChannel,
        status: DeliveryStatus,
        recipient: Option<RecipientKind>,
        known: &[RecipientKind],
    ) -> Result<(), Refusal> {
        match channel {
            NoticeChannel::ByWorker => self.must_not_be_closed()?,
            _ => self.may_be_told()?,
        }
        match (channel, recipient) {
            (NoticeChannel::ByWorker, Some(_)) => {
                Err(Refusal::field("recipient", "leave it out: the worker tells everybody himself"))
            }
            (NoticeChannel::ByWorker, None) => Ok(()),
            (_, None) => Err(Refusal::field("recipient", "say who was told")),
            (_, Some(kind)) if !known.contains(&kind) => {
                Err(Refusal::field("recipient", "is none of the recipients of this referral"))
            }
            (_, Some(_)) if status == DeliveryStatus::Confirmed => {
                Err(Refusal::field("delivery_status", "only the worker confirms; use delivered"))
            }
            (_, Some(_)) => Ok(()),
        }
    }

    /// Refuses that the centre tells somebody, when it may not, or need not any more.
    pub fn may_be_told(&self) -> Result<(), Refusal> {
        self.must_not_be_closed()?;
        if self.consent_to_contact != ContactConsent::Yes {
            return Err(ReferralRefused::NoConsent.into());
        }
        Ok(())
    }

    /// The referral after an attempt.
    #[must_use]
    pub fn attempted(self, follow_up: FollowUp) -> Self {
        self.followed_up(follow_up)
    }

    /// The referral after an acknowledgement.
    pub fn acknowledge(self, progress: &Progress, follow_up: FollowUp) -> Result<Self, Refusal> {
        self.must_not_be_closed()?;
        let all = self.lessee_kind.sides().iter().all(|side| progress.acknowledged_by(side));
        let state = if all { ReferralState::Acknowledged } else { ReferralState::Open };
        Ok(Self { state, ..self.followed_up(follow_up) })
    }

    fn followed_up(self, follow_up: FollowUp) -> Self {
        Self { follow_up_due: Some(follow_up.due), follow_up_assumed: follow_up.assumed, ..self }
    }

    /// Whether a side need not be followed up any more.
    #[must_use]
    pub fn is_settled(&self, side: &[RecipientKind], progress: &Progress) -> bool {
        progress.acknowledged_by(side)
            || progress.attempts_at(side) >= ATTEMPTS_MIN
            || (self.consent_to_contact != ContactConsent::Yes && progress.confirmed_by_worker())
    }

    /// The closed referral, when R-09 allows it.
    pub fn close(self, outcome: ReferralOutcome, progress: &Progress, now: Instant) -> Result<Self, Refusal> {
        self.must_not_be_closed()?;
        if let Some(side) = self.lessee_kind.sides().iter().find(|side| !self.is_settled(side, progress)) {
            let left = ATTEMPTS_MIN - progress.attempts_at(side);
            return Err(match self.consent_to_contact {
                ContactConsent::Yes => ReferralRefused::NotAcknowledged(side, left).into(),
                _ => ReferralRefused::NotConfirmed(left).into(),
            });
        }
        Ok(Self {
            state: ReferralState::Closed,
            outcome: Some(outcome),
            closed_at: Some(now),
            follow_up_due: None,
            follow_up_assumed: false,
            ..self
        })
    }

    fn must_not_be_closed(&self) -> Result<(), Refusal> {
        if self.state == ReferralState::Closed {
            return Err(ReferralRefused::Closed.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

/// When to follow up: at the first opening of those who are still to be told.
#[must_use]
pub fn due(
    after: After,
    lessee: LesseeKind,
    recipients: &[Recipient],
    told: Option<(&Referral, &Progress)>,
    now: Instant,
    holidays: &Holidays,
) -> FollowUp {
    let open: Vec<_> = lessee
        .sides()
        .iter()
        .filter(|side| told.is_none_or(|(referral, progress)| !referral.is_settled(side, progress)))
        .flat_map(|side| recipients.iter().filter(|recipient| side.contains(&recipient.kind)))
        .collect();
    let all: Vec<_> = if open.is_empty() { recipients.iter().collect() } else { open };
    follow_up::follow_up(after, now, all.into_iter().map(|recipient| &recipient.hours), holidays)
}
