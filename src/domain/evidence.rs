//! Evidence: pictures from the site, and which of them are wanted (S-10, 3.3). There is no kind for a residence card:
//! what it says is checked by eye and never photographed (Y-06, Y-07).

mod orientation;
mod picture;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ids::{EvidenceId, FirmId, JobId, TechnicianId},
    jobs::JobState,
    offers::{Assignment, ReleaseCode},
    text_enum::text_enum,
    trade::Trade,
};
pub use picture::{Picture, clean};

/// Largest picture taken, in bytes.
pub const BYTES_MAX: usize = 10 * 1024 * 1024;
/// Pictures of one job at most, erased ones included.
pub const OF_JOB_MAX: usize = 60;

text_enum! {
    /// What a picture shows.
    pub enum EvidenceKind("kind of evidence") {
        /// The place before the work (S-10).
        PhotoBefore = "photo_before",
        /// The place after the work (S-10).
        PhotoAfter = "photo_after",
        /// The water meter (S-10).
        Meter = "meter",
        /// The damage or the finding (3.3).
        Damage = "damage",
        /// The signature at the end.
        Signature = "signature",
        /// Something else of the place.
        Other = "other",
    }
}

text_enum! {
    /// How a picture is written.
    pub enum MediaType("media type") {
        /// JPEG.
        Jpeg = "image/jpeg",
        /// PNG.
        Png = "image/png",
        /// WebP.
        Webp = "image/webp",
    }
}

impl MediaType {
    /// The ending of a file's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

text_enum! {
    /// Why nobody has signed at the end of a job.
    pub enum AbsenceReason("reason") {
        /// The resident would not.
        Refused = "refused",
        /// Nobody was there.
        NobodyThere = "nobody_there",
        /// The resident cannot.
        CannotSign = "cannot_sign",
        /// It was signed on paper.
        SignedOnPaper = "signed_on_paper",
        /// Something else.
        Other = "other",
    }
}

text_enum! {
    /// Why a picture is there no more.
    pub enum ErasedFor("cause of an erasure") {
        /// Its time was over (7.2).
        Retention = "retention",
        /// The person has asked.
        Request = "request",
    }
}

/// A picture on file: what is known about it, not its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// Its id, made by the device.
    pub id: EvidenceId,
    /// The job it belongs to.
    pub job_id: JobId,
    /// The firm whose it is; absent where the desk has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firm_id: Option<FirmId>,
    /// Who has taken it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technician_id: Option<TechnicianId>,
    /// What it shows.
    pub kind: EvidenceKind,
    /// How it is written.
    pub media_type: MediaType,
    /// Its size as kept.
    pub bytes: i64,
    /// SHA-256 of what is kept, in hexadecimal.
    pub sha256: String,
    /// When it was taken, by the device's clock.
    pub device_time: DateTime<Utc>,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When its bytes were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<DateTime<Utc>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_for: Option<ErasedFor>,
    /// The name of its file: never shown.
    #[serde(skip)]
    pub file: Uuid,
}

impl Evidence {
    /// Whether it proves anything of the job with this crew: what the desk has kept does, and what somebody has sent who was on
    /// it then, or has done their part. What whoever was taken off sends afterwards is kept, and proves nothing (G-02).
    #[must_use]
    pub fn proves(&self, crew: &[Assignment]) -> bool {
        let Some(firm) = self.firm_id else { return true };
        let is_theirs = |one: &&Assignment| {
            one.firm_id == firm && self.technician_id.is_none_or(|technician| technician == one.technician_id)
        };
        crew.iter().filter(is_theirs).any(|one| match one.release_code() {
            None | Some(ReleaseCode::Completed | ReleaseCode::VisitOver) => true,
            Some(_) => one.released_at().is_some_and(|over| self.received_at <= over),
        })
    }
}

text_enum! {
    /// Something that should be on file of a job.
    pub enum Wanted("wanted evidence") {
        /// A picture of the place before the work.
        PhotoBefore = "photo_before",
        /// A picture of the place after the work.
        PhotoAfter = "photo_after",
        /// A picture of the water meter.
        Meter = "meter",
        /// A picture of what is referred to the landlord.
        Finding = "finding",
        /// A signature, or why there is none.
        Signature = "signature",
    }
}

text_enum! {
    /// From when on something is wanted.
    pub enum From("stage") {
        /// Since the technician is at the site.
        OnSite = "on_site",
        /// Since the job is done.
        Completed = "completed",
    }
}

text_enum! {
    /// For which jobs something is wanted.
    pub enum For("kind of job") {
        /// All of them.
        Every = "every",
        /// Water jobs.
        Water = "water",
        /// Lock jobs.
        Lock = "lock",
        /// Jobs with a referral made on site (3.3).
        ReferredOnSite = "referred_on_site",
    }
}

/// Something that is wanted: when, of which jobs, and by which kinds of picture it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// What.
    pub what: Wanted,
    /// Of which jobs.
    pub of: For,
    /// From when on.
    pub from: From,
    /// One of these is enough.
    pub by: Vec<EvidenceKind>,
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

/// What is known of a job when its evidence is looked through.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// What kind of work it is.
    pub trade: Trade,
    /// Where it is.
    pub state: JobState,
    /// Whether a referral was made on site.
    pub referred_on_site: bool,
    /// Whether it is written down why nobody has signed.
    pub signature_settled: bool,
}

impl Need {
    fn applies(&self, job: Circumstances) -> bool {
        let of = match self.of {
            For::Every => true,
            For::Water => job.trade == Trade::Water,
            For::Lock => job.trade == Trade::Lock,
            For::ReferredOnSite => job.referred_on_site,
        };
        let from = match self.from {
            From::OnSite => matches!(
                job.state,
                JobState::OnSite
                    | JobState::Working
                    | JobState::Paused
                    | JobState::AwaitingReturn
                    | JobState::Completed
            ),
            From::Completed => job.state == JobState::Completed,
        };
        of && from && !(self.what == Wanted::Signature && job.signature_settled)
    }
}

/// What is wanted and not there. It blocks nothing: the work at the site goes on.
#[must_use]
pub fn missing<'n>(needs: &'n [Need], job: Circumstances, there: &BTreeSet<EvidenceKind>) -> Vec<&'n Need> {
    let is_there = |need: &Need| need.by.iter().any(|kind| there.contains(kind));
    needs.iter().filter(|need| need.applies(job) && !is_there(need)).collect()
}
