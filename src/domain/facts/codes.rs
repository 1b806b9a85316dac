//! The vocabularies of the reports from the site.

use crate::domain::{offers::WithdrawCode, text_enum::text_enum};

text_enum! {
    /// Whose word a report is.
    pub enum Reporter("reporter") {
        /// A device's of the technician, or of the technician's firm.
        Device = "device",
        /// The desk's, in the technician's name.
        Desk = "desk",
        /// A device's of somebody suspended, of a job that they do not have any more.
        Suspended = "suspended",
    }
}

text_enum! {
    /// How the payer has understood what was asked (G-05).
    pub enum Understood("way of understanding") {
        /// The technician speaks the language.
        Technician = "technician",
        /// An interpreter was on the line.
        Interpreter = "interpreter",
        /// The stored text was shown or played on a screen, and answered there.
        Screen = "screen",
    }
}

text_enum! {
    /// What a report names and nobody has on record.
    pub enum Unresolved("unresolved name") {
        /// A language that the programme does not serve.
        Language = "language",
        /// A version of the text that was not issued in that language, nor in one that an interpreter was read.
        Text = "text",
        /// Nobody knows how the payer has understood it.
        Understanding = "understanding",
        /// A signature or a recorded call that is not there.
        Evidence = "evidence",
        /// No such special work.
        Work = "work",
        /// The landlord's consent, or whoever takes it on themselves to replace something without (S-06).
        Landlord = "landlord",
        /// The licence of the firm for lasting work there (S-08).
        Licence = "licence",
    }
}

text_enum! {
    /// What kind of identification was shown (S-02).
    pub enum IdKind("kind of identification") {
        /// 在留カード.
        ResidenceCard = "residence_card",
        /// 特定在留カード: its back bears the My Number (Y-07).
        SpecialResidenceCard = "special_residence_card",
        /// Passport.
        Passport = "passport",
        /// 運転免許証.
        DrivingLicence = "driving_licence",
        /// Something else with a picture.
        Other = "other",
    }
}

text_enum! {
    /// In which way somebody's identity was confirmed (S-03).
    pub enum IdWay("way of an identity check") {
        /// A card with a picture, shown at the door.
        CardAtDoor = "card_at_door",
        /// The host company or the landlord, called back under a number the desk holds.
        CallBack = "call_back",
        /// The police, who are there.
        Police = "police",
        /// A card shown inside, immediately after opening, with the technician at the door.
        Inside = "inside",
    }
}

text_enum! {
    /// Why nobody could get in. Costs nothing (C-25).
    pub enum NoAccessReason("reason of no access") {
        /// Nobody is there, nobody answers.
        NobodyThere = "nobody_there",
        /// Somebody is there and does not let the technician in.
        EntryRefused = "entry_refused",
        /// The building or its site is closed.
        BuildingClosed = "building_closed",
        /// There is no such address, room or name.
        AddressNotFound = "address_not_found",
        /// The way is blocked: flood, snow, police line.
        WayBlocked = "way_blocked",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Why hands were off (C-11). No pause counts as work.
    pub enum PauseReason("reason of a pause") {
        /// Waiting for somebody else.
        WaitingThirdParty = "waiting_third_party",
        /// Parts are being fetched.
        PartsFetch = "parts_fetch",
        /// The resident is away.
        CustomerUnavailable = "customer_unavailable",
        /// Stopped for safety.
        SafetyStop = "safety_stop",
        /// A break.
        Break = "break",
        /// The police are there.
        Police = "police",
        /// A quote is being discussed.
        QuoteDiscussion = "quote_discussion",
    }
}

text_enum! {
    /// Why another visit is needed.
    pub enum ReturnReason("reason of a return") {
        /// A part must be ordered.
        PartsToOrder = "parts_to_order",
        /// The landlord or the host company must agree first (S-06).
        ApprovalNeeded = "approval_needed",
        /// It needs a machine, a licence or a second pair of hands.
        OtherMeans = "other_means",
        /// The resident asked for another time.
        ResidentWish = "resident_wish",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Why a technician who has accepted cannot go on.
    pub enum Hindrance("hindrance") {
        /// The vehicle broke down.
        Breakdown = "breakdown",
        /// An accident.
        Accident = "accident",
        /// Ill.
        Illness = "illness",
        /// The job before takes longer.
        Delayed = "delayed",
        /// Something else.
        Other = "other",
    }
}

impl From<Hindrance> for WithdrawCode {
    fn from(hindrance: Hindrance) -> Self {
        match hindrance {
            Hindrance::Breakdown => Self::Breakdown,
            Hindrance::Accident => Self::Accident,
            Hindrance::Illness => Self::Illness,
            Hindrance::Delayed => Self::Delayed,
            Hindrance::Other => Self::Other,
        }
    }
}

text_enum! {
    /// How money was taken at the site.
    pub enum TakenMethod("method of payment") {
        /// Cash.
        Cash = "cash",
        /// None: it is billed later.
        None = "none",
    }
}

text_enum! {
    /// How a job ended at the site.
    pub enum JobOutcome("outcome of a job") {
        /// The trouble is over.
        Completed = "completed",
        /// Made safe or repaired for the time being; the rest is the landlord's (3.4).
        CompletedWithReferral = "completed_with_referral",
        /// Nothing useful could be done: it is the landlord's (3.4, R-06).
        StoppedReferred = "stopped_referred",
        /// Given up because going on was dangerous.
        AbortedUnsafe = "aborted_unsafe",
        /// Not opened: identity or residence could not be confirmed (S-04).
        RefusedOpening = "refused_opening",
    }
}

impl JobOutcome {
    /// Whether the job was stopped: time and inspection are not charged then.
    #[must_use]
    pub fn is_stopped(self) -> bool {
        matches!(self, Self::StoppedReferred | Self::AbortedUnsafe | Self::RefusedOpening)
    }

    /// Whether it rests on something that was found to be the landlord's matter.
    #[must_use]
    pub fn is_referral(self) -> bool {
        matches!(self, Self::CompletedWithReferral | Self::StoppedReferred)
    }
}

text_enum! {
    /// What is reported of a site.
    pub enum FactCode("kind of fact") {
        /// On the way to the site.
        Departure = "departure",
        /// Where the technician is.
        Position = "position",
        /// It takes longer than promised.
        Delay = "delay",
        /// At the door.
        Arrival = "arrival",
        /// Nobody could get in, and the technician leaves.
        NoAccess = "no_access",
        /// Somebody's identity was checked.
        IdCheck = "id_check",
        /// Hands on.
        WorkStart = "work_start",
        /// Hands off for a while.
        Pause = "pause",
        /// Hands on again.
        Resume = "resume",
        /// Hands off.
        WorkEnd = "work_end",
        /// A part was used up.
        Part = "part",
        /// Special work at a quoted price began.
        SpecialWork = "special_work",
        /// The payer was asked, and answered.
        Consent = "consent",
        /// It was found to be the landlord's or the management company's matter.
        ReferralFinding = "referral_finding",
        /// Money was taken at the site, or none.
        Payment = "payment",
        /// The technician cannot go on.
        Withdrawal = "withdrawal",
        /// Away from the site, and the job is not complete.
        Leaving = "leaving",
        /// The job is over at the site.
        Completion = "completion",
    }
}
