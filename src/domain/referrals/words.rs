//! The vocabularies of a referral (section 3).

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Why a trouble is the landlord's or management company's.
    pub enum ReferralReason("reason of a referral") {
        /// 経年劣化.
        Wear = "wear",
        /// 共用部分.
        CommonArea = "common_area",
        /// Both.
        Both = "both",
        /// A defect of the building.
        BuildingDefect = "building_defect",
        /// Not known yet.
        Unknown = "unknown",
    }
}

text_enum! {
    /// When it was decided.
    pub enum Stage("stage of a referral") {
        /// At the desk.
        Triage = "triage",
        /// By who was sent.
        OnSite = "on_site",
    }
}

text_enum! {
    /// Whose part of the building it seems to be (3.2); never who pays.
    pub enum Part("part of a building") {
        /// 専有部分.
        Private = "private",
        /// 共用部分.
        Common = "common",
        /// Not known.
        Unknown = "unknown",
    }
}

text_enum! {
    /// Who is told.
    pub enum RecipientKind("kind of recipient") {
        /// 家主.
        Landlord = "landlord",
        /// 管理会社.
        ManagementCompany = "management_company",
        /// 受入企業.
        HostCompany = "host_company",
        /// 水道局: the meter and what is before it.
        Waterworks = "waterworks",
    }
}

text_enum! {
    /// Whether the centre may contact landlord or host for the worker (script D-2).
    pub enum ContactConsent("consent to contact") {
        /// He said yes.
        Yes = "yes",
        /// He said no: he contacts them himself.
        No = "no",
        /// He was not asked: as if he had said no, until he is.
        NotAsked = "not_asked",
    }
}

text_enum! {
    /// By what an attempt was made.
    pub enum NoticeChannel("channel of a notice") {
        /// Telephone.
        Phone = "phone",
        /// E-mail.
        Email = "email",
        /// Letter.
        Post = "post",
        /// A short message or a form.
        Message = "message",
        /// The worker himself: a call-back asks him whether he has.
        ByWorker = "by_worker",
    }
}

text_enum! {
    /// What became of an attempt.
    pub enum DeliveryStatus("delivery status") {
        /// Sent; no more is known.
        Sent = "sent",
        /// Reached somebody.
        Delivered = "delivered",
        /// Came back.
        Failed = "failed",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// The worker says that he has told them.
        Confirmed = "confirmed",
    }
}

text_enum! {
    /// Where a referral is.
    pub enum ReferralState("state of a referral") {
        /// Somebody is still to be told.
        Open = "open",
        /// Everybody who must know has acknowledged; what is done about it is not known yet.
        Acknowledged = "acknowledged",
        /// The outcome is known.
        Closed = "closed",
    }
}

text_enum! {
    /// What came of it.
    pub enum ReferralOutcome("outcome of a referral") {
        /// Repaired.
        RepairedByLandlord = "repaired_by_landlord",
        /// Refused.
        Refused = "refused",
        /// No answer.
        NoAnswer = "no_answer",
        /// It is ours after all.
        ReturnedToUs = "returned_to_us",
    }
}

text_enum! {
    /// The languages of notices.
    pub enum Language("language of notices") {
        /// 日本語.
        Ja = "ja",
        /// English.
        En = "en",
        /// やさしい日本語.
        Easy = "ja-x-easy",
    }
}
