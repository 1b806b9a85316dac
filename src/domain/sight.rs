//! What of a job somebody may see: the desk everything, a contractor what the own work needs, and no longer than that.

use chrono::TimeDelta;

use super::{
    actor::{Actor, Scope},
    cases::{Resident, Site},
    firms::Standing,
    jobs::Job,
    offers::{Assignment, ReleaseCode},
    refusal::{JobRefused, Refusal},
    span::Instant,
};

/// For how long whoever has completed a job sees whom it was for: the invoice is written meanwhile (G-11).
pub const INVOICE_FOR: TimeDelta = TimeDelta::days(30);

/// How much of a job somebody sees; each sees what the ones before see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// Not that there is one.
    Nothing,
    /// What was done and what it costs, without whom for and where.
    Record,
    /// Whom for and where as well, without how to get in; and the own pictures.
    Invoice,
    /// All that the work needs (Y-03).
    Whole,
}

impl Sight {
    /// Of a job with this crew.
    #[must_use]
    pub fn of(actor: &Actor, crew: &[Assignment], now: Instant) -> Self {
        if actor.scope() == Scope::All {
            return Self::Whole;
        }
        let own = crew.iter().filter(|one| is_own(actor, one)).map(|one| under(one, now));
        own.max().unwrap_or(Self::Nothing)
    }

    /// The job without what holds it: a danger of the case is for the desk and who is on the job (Y-04).
    #[must_use]
    pub fn job(self, job: Job) -> Job {
        if self == Self::Whole { job } else { job.without_hold() }
    }

    /// What is left of whom to help.
    #[must_use]
    pub fn resident(self, resident: Option<Resident>) -> Option<Resident> {
        resident.filter(|_| self >= Self::Invoice)
    }

    /// What is left of where to help.
    #[must_use]
    pub fn site(self, site: Option<Site>) -> Option<Site> {
        match self {
            Self::Whole => site,
            Self::Invoice => site.map(|site| Site { access_notes: None, ..site }),
            Self::Record | Self::Nothing => None,
        }
    }
}

/// Whether an assignment is the actor's to see: of whoever is suspended, only while it lasts (G-10).
#[must_use]
pub fn is_own(actor: &Actor, one: &Assignment) -> bool {
    actor.scope().covers(one.firm_id, one.technician_id)
        && (actor.standing() == Standing::Active || !one.is_over())
}

/// Whoever was taken off the job neither speaks nor says for it any more.
pub fn must_be_on_it(actor: &Actor, crew: &[Assignment]) -> Result<(), Refusal> {
    match crew.iter().any(|one| is_own(actor, one) && !one.is_over()) {
        true => Ok(()),
        false => Err(JobRefused::NobodyOnIt.into()),
    }
}

/// Whether an assignment lets its contractor say how the work ended: while it lasts, and once the work was done under it. Whoever was
/// taken off settles nothing (G-02).
#[must_use]
pub fn says_the_end(actor: &Actor, one: &Assignment) -> bool {
    is_own(actor, one) && matches!(one.release_code(), None | Some(ReleaseCode::Completed))
}

/// What an assignment lets its contractor see (G-11).
fn under(one: &Assignment, now: Instant) -> Sight {
    match (one.released_at(), one.release_code()) {
        (None, _) | (_, None) => Sight::Whole,
        (Some(at), Some(ReleaseCode::Completed)) if now < at + INVOICE_FOR => Sight::Invoice,
        _ => Sight::Record,
    }
}
