//! Firms, technicians and weekly shifts from CSV files: every bad row is named with line and column, and a file is
//! taken over whole or not at all.

mod firms;
mod sheet;
mod shifts;
mod technicians;

use crate::{
    app::{
        Ctx, Error,
        imports::{self, Mode, Summary},
    },
    domain::{
        refusal::{FieldError, Refusal},
        text_enum::text_enum,
    },
};

/// Bytes of a file at most.
pub const BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rows of a file at most.
pub const ROWS_MAX: usize = 20_000;

text_enum! {
    /// What a file holds.
    pub enum Content("content of a file") {
        /// Firms, a row each.
        Firms = "firms",
        /// Technicians, a row each.
        Technicians = "technicians",
        /// Weekly shifts, a row each.
        Shifts = "shifts",
    }
}

/// Why a file was not taken over. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What is wrong, place by place.
    #[error("{} problems; nothing was changed", .0.len())]
    Problems(Vec<FieldError>),
    /// It could not be tried.
    #[error(transparent)]
    Failed(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(Refusal::Invalid(fields)) => Self::Problems(fields),
            other => Self::Failed(other),
        }
    }
}

/// Takes a file over, or only says what would come of it.
pub async fn run(ctx: &Ctx, content: Content, file: &[u8], mode: Mode) -> Result<Summary, Failure> {
    Ok(match content {
        Content::Firms => imports::firms(ctx, firms::read(file)?, mode).await?,
        Content::Technicians => imports::technicians(ctx, technicians::read(file)?, mode).await?,
        Content::Shifts => imports::shifts(ctx, shifts::read(file)?, mode).await?,
    })
}
