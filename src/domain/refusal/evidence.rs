//! What is refused of pictures and signatures.

use super::family::refusals;

refusals! {
    /// Why a picture, or word of a missing signature, is not taken.
    pub enum EvidenceRefused {
        /// The upload took so long that its file is gone.
        UploadTooSlow = "upload_too_slow",
        /// The id stands for another picture.
        IdReused = "evidence_id_reused",
        /// The job has as many pictures as this, the most there may be.
        TooManyPictures(usize) = "too_many_pictures",
        /// Why nobody has signed is known.
        AbsenceKnown = "signature_absence_known",
    }
}
