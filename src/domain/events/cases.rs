//! Events of cases and of their referrals.

use crate::domain::{
    cases::{Eligibility, LiabilityFlag, ReopenReason},
    events::payload::payloads,
    ids::{CallId, CaseId, JobId, ReferralId},
    place::{JisCode, Precision},
    referrals::{
        Component, ContactConsent, DeliveryStatus, Language, NoticeChannel, RecipientKind, ReferralOutcome,
        ReferralReason, Stage,
    },
    retention::{ErasureReason, HoldReason, LegalGround},
    warrants::WarrantReason,
};

payloads! {
    /// A case was opened from a call.
    CaseOpened of case: CaseId, row "case_file" of case {
        /// The call.
        call: CallId,
    }

    /// The desk corrected where a case is.
    CasePlaceChanged of case: CaseId {
        /// The municipality.
        jis_code: JisCode,
        /// How well the place is known.
        precision: Precision,
        /// The municipality it was in before, when that was another one.
        moved_from: Option<JisCode>,
    }

    /// A person has confirmed a pin far from its town.
    CasePinConfirmed of case: CaseId {
        /// How far, in metres.
        metres: i64,
    }

    /// What is on file of a case was corrected.
    CaseCorrected of case: CaseId {
        /// Whether somebody else was harmed.
        liability_flag: LiabilityFlag,
        /// Whether the person is entitled.
        eligibility: Eligibility,
    }

    /// Somebody answers for what a rule asks first.
    CaseWarranted of case: CaseId {
        /// Why it is right.
        reason: WarrantReason,
    }

    /// A case was closed.
    CaseClosed of case: CaseId {}

    /// A closed case was opened again.
    CaseReopened of case: CaseId {
        /// Why.
        reason: ReopenReason,
    }

    /// The people and the place of a case are known no more.
    CaseErased of case: CaseId {
        /// Why.
        reason: ErasureReason,
        /// How many pictures it had.
        pictures: usize,
        /// What demanded it while something of the case was still open.
        despite: Option<LegalGround>,
    }

    /// Nothing of a case is erased until somebody lifts that.
    CaseHoldPlaced of case: CaseId {
        /// Why.
        reason: HoldReason,
    }

    /// What is kept of a case may be erased again.
    CaseHoldLifted of case: CaseId {}

    /// A trouble was referred to landlord or management company.
    ReferralMade of referral: ReferralId, row "referral" of referral {
        /// The case.
        case: CaseId,
        /// The job it came from.
        job: Option<JobId>,
        /// Why.
        reason: ReferralReason,
        /// What is broken.
        component: Component,
        /// When it was decided.
        stage: Stage,
        /// Whether the centre may contact them.
        consent_to_contact: ContactConsent,
    }

    /// It was said whom to tell.
    ReferralAddressed of referral: ReferralId {
        /// Whom.
        recipients: Vec<RecipientKind>,
        /// Whether the centre may contact them.
        consent_to_contact: ContactConsent,
    }

    /// Somebody tried to tell them.
    ReferralAttempted of referral: ReferralId {
        /// Whom.
        recipient: Option<RecipientKind>,
        /// By what.
        channel: NoticeChannel,
        /// What became of it.
        delivery_status: DeliveryStatus,
        /// Version of the template.
        template_version: String,
    }

    /// The notice is to go to a recipient by e-mail.
    ReferralMailRequested of referral: ReferralId {
        /// To whom.
        recipient: RecipientKind,
        /// In which language.
        language: Language,
    }

    /// They have acknowledged.
    ReferralAcknowledged of referral: ReferralId {
        /// Who.
        recipient: RecipientKind,
    }

    /// What came of it is known.
    ReferralClosed of referral: ReferralId {
        /// What.
        outcome: ReferralOutcome,
    }
}
