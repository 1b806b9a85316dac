//! Everything on file of a job.

use uuid::Uuid;

use crate::{
    app::{
        self, Ctx, Error, case_file,
        decisions::Record,
        evidence::Listed,
        histories::{Happening, Names},
        in_hand::InHand,
        jobs::Whole,
        statements::Statement,
    },
    domain::{actor::Actor, calls::Call, facts::Fact, ids::JobId, messages::JobMessage, referrals::Referral},
};

/// Reports shown at most.
const FACTS_MAX: i64 = 1_000;

/// A job with what is known of it.
pub(super) struct File {
    pub(super) job: Whole,
    pub(super) case: case_file::Whole,
    /// How it stands in the queue; nothing once it is over.
    pub(super) in_hand: Option<InHand>,
    pub(super) decisions: Vec<Record>,
    pub(super) happenings: Vec<Happening>,
    pub(super) facts: Vec<Fact>,
    pub(super) statement: Statement,
    pub(super) evidence: Listed,
    pub(super) referrals: Vec<Referral>,
    pub(super) messages: Vec<JobMessage>,
    pub(super) names: Names,
    pub(super) around: Around,
}

impl File {
    pub(super) async fn read(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<Self, Error> {
        let job = app::jobs::find(ctx, actor, id).await?;
        let case = case_file::find(ctx, job.job.case_id).await?;
        let in_hand = app::queue::list(ctx).await?;
        let in_hand = in_hand.iter().find(|one| one.entry.job_id == id).cloned();
        let around = Around::read(ctx, &case).await?;
        let decisions = app::decisions::of_job(ctx, id, None).await?;
        let happenings = app::histories::of_job(ctx, id, job.job.case_id).await?;
        let facts = app::facts::list(ctx, actor, id, Uuid::nil(), FACTS_MAX).await?;
        let statement = app::statements::find(ctx, actor, id).await?;
        let evidence = app::evidence::of_job(ctx, actor, id).await?;
        let (referrals, _) = app::referrals::of_case(ctx, job.job.case_id).await?;
        let messages = app::messages::of_job(ctx, actor, id).await?;
        let offered = job.offers.iter().map(|offer| offer.technician_id.0);
        let assigned = job.assignments.iter().map(|one| one.technician_id.0);
        let reported = facts.iter().map(|fact| fact.technician_id.0);
        let people: Vec<Uuid> = offered.chain(assigned).chain(reported).collect();
        let names = app::histories::names(ctx, &people).await?;
        Ok(Self {
            job,
            case,
            in_hand,
            decisions,
            happenings,
            facts,
            statement,
            evidence,
            referrals,
            messages,
            names,
            around,
        })
    }

    /// Name of a technician and of the firm; empty where they are not known.
    pub(super) fn name(&self, id: crate::domain::ids::TechnicianId) -> (String, String) {
        self.names.get(&id).cloned().unwrap_or_default()
    }
}

/// What a case's card shows that is not of the case itself.
pub(super) struct Around {
    /// Name of its municipality; empty once its place is erased.
    pub(super) municipality: String,
    /// Calls that are being taken and may be about it.
    pub(super) talking: Vec<Call>,
}

impl Around {
    pub(super) async fn read(ctx: &Ctx, case: &case_file::Whole) -> Result<Self, Error> {
        let municipality = match &case.site {
            Some(site) => app::places::municipality(ctx, &site.jis_code).await?.unwrap_or_default(),
            None => String::new(),
        };
        Ok(Self { municipality, talking: app::calls::being_taken(ctx).await? })
    }
}
