//! A job as it is looked at: what every view of it begins with, and its page, each in one snapshot.

use uuid::Uuid;

use super::{
    Ctx, Error, case_file,
    decisions::{self, Record},
    evidence::{self, AboutPictures, Listed},
    histories::{self, Happening},
    in_hand::QueueClock,
    messages, queue, records, seen,
    statements::{self, Known, Money, Statement},
};
use crate::{
    domain::{
        actor::{Actor, Scope},
        alarms::AlarmKind,
        cases::{Resident, Site},
        facts::{Fact, FieldRecord, FieldState, Guard, JobOutcome, TechnicianAtSite, is_about},
        firms::Standing,
        guidance::Caution,
        ids::{JobId, TechnicianId},
        interpretations::Interpretation,
        jobs::{Action, Around, Job, JobState},
        messages::JobMessage,
        offers::{Assignment, Offer},
        perils::{Perils, SafetyRules, codes},
        referrals::Stage,
        sight::{Sight, is_own},
    },
    store::{self, cases::OnFile},
};

pub use crate::store::technicians::Names;

/// Reports shown on a page at most.
const FACTS_MAX: usize = 1_000;

/// A job with its offers and who is on it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The job.
    pub job: Job,
    /// Language to speak with the resident.
    pub language: String,
    /// Whom to help, as far as the actor may know (Y-03, G-11).
    pub resident: Option<Resident>,
    /// Where it is; for the same.
    pub site: Option<Site>,
    /// Everybody who was asked.
    pub offers: Vec<Offer>,
    /// Everybody who accepted.
    pub assignments: Vec<Assignment>,
    /// Where those who have reported from it are.
    pub technicians: Vec<TechnicianAtSite>,
    /// How it ended at the site.
    pub outcome: Option<JobOutcome>,
    /// What is dangerous about it, or unchecked; for the desk and who is on it (Y-04).
    pub perils: Perils,
    /// What can be done with it now.
    pub open: Vec<Action>,
}

impl Whole {
    /// What comes before whatever else is to be done, for whoever of those who are on it is seen.
    #[must_use]
    pub fn caution(&self) -> Caution {
        let on_it = self.assignments.iter().filter(|one| !one.is_over());
        Caution::of(&self.perils, on_it.map(|one| one.heard))
    }

    /// The dangers that an assignment's technician has yet to acknowledge.
    #[must_use]
    pub fn unheard(&self, assignment: &Assignment) -> Vec<String> {
        if assignment.is_over() { Vec::new() } else { codes(self.perils.unheard(assignment.heard)) }
    }

    /// Where the technician of an assignment is; nothing before the first report under it.
    #[must_use]
    pub fn field_state(&self, assignment: &Assignment) -> Option<FieldState> {
        let own = self.assignments.iter().filter(|one| one.technician_id == assignment.technician_id);
        let is_last = own.max_by_key(|one| one.id).is_some_and(|last| last.id == assignment.id);
        let told = self.technicians.iter().find(|told| told.technician_id == assignment.technician_id)?;
        let is_about_it = told.state.is_present()
            || assignment.is_over()
            || is_about(assignment, &self.assignments, told.since);
        (is_last && is_about_it).then_some(told.state)
    }
}

/// The job of an id, as much of it as is the actor's to see: a contractor sees the own offers and assignments.
pub async fn find(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<Whole, Error> {
    let mut tx = ctx.db().read().await?;
    let (job, crew) = seen::seen(&mut tx, actor, id).await?;
    let case = store::cases::on_file(&mut tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let offers = store::offers::of_job(&mut tx, id).await?;
    let perils = records::perils(ctx, &mut tx, id).await?;
    let facts = store::facts::of_job(&mut tx, id).await?;
    let record = FieldRecord::guarded(&facts, &Guard::of(&job, &crew, &perils));
    let sight = Sight::of(actor, &crew, ctx.now());
    Ok(whole(actor, job, &case, About { sight, offers, crew: &crew, record: &record, perils }))
}

/// What is known of a job besides its case.
struct About<'a> {
    sight: Sight,
    offers: Vec<Offer>,
    crew: &'a [Assignment],
    record: &'a FieldRecord,
    perils: Perils,
}

/// The job, as much of it as is the actor's to see.
fn whole(actor: &Actor, job: Job, case: &OnFile, about: About<'_>) -> Whole {
    let About { sight, mut offers, crew, record, perils } = about;
    let (scope, holding) = (actor.scope(), perils.holding());
    offers.retain(|offer| scope.covers(offer.firm_id, offer.technician_id));
    let assignments = seen::own(actor, crew);
    let around = Around { crew, case: case.case.state(), holding: holding.as_ref() };
    let is_open = |action: &Action| action.may(&job, around).is_ok();
    Whole {
        language: case.case.language.clone(),
        resident: sight.resident(case.resident.clone()),
        site: sight.site(case.site.clone()),
        open: Action::ALL.iter().copied().filter(is_open).collect(),
        offers,
        assignments,
        technicians: record.technicians.clone(),
        outcome: record.outcome,
        perils: if sight == Sight::Whole { perils } else { Perils::default() },
        job: sight.job(job),
    }
}

/// The jobs after `after` that are the actor's to see, oldest first; of whoever is suspended, those in hand (G-10).
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<JobState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let mut tx = ctx.db().read().await?;
    if actor.standing() == Standing::Suspended {
        return Ok(store::job_lists::in_hand(&mut tx, actor.scope(), state, after, limit).await?);
    }
    let jobs = store::job_lists::list(&mut tx, actor.scope(), state, after, limit).await?;
    // Nobody is on a job that is held: what holds it is the desk's alone.
    let sight = if actor.scope() == Scope::All { Sight::Whole } else { Sight::Record };
    Ok(jobs.into_iter().map(|job| sight.job(job)).collect())
}

/// Everything on file of a job, for the desk.
pub struct File {
    /// The job.
    pub job: Whole,
    /// Its case.
    pub case: case_file::Page,
    /// The one clock that matters now; none once it is over.
    pub clock: Option<QueueClock>,
    /// What a person must know about it.
    pub alarms: Vec<AlarmKind>,
    /// Why it was offered to whom.
    pub decisions: Vec<Record>,
    /// What happened to it and its case.
    pub happenings: Vec<Happening>,
    /// What was reported from the site; the first [`FACTS_MAX`].
    pub facts: Vec<Fact>,
    /// What it costs so far.
    pub statement: Statement,
    /// Its pictures.
    pub evidence: Listed,
    /// Who was told of it.
    pub messages: Vec<JobMessage>,
    /// The interpreter who is asked to join from the site, or is on that line.
    pub interpreter: Option<Interpretation>,
    /// What everybody in it is called.
    pub names: Names,
}

impl File {
    /// Name of a technician and of the firm; empty where they are not known.
    #[must_use]
    pub fn name(&self, id: TechnicianId) -> (String, String) {
        self.names.get(&id).cloned().unwrap_or_default()
    }
}

/// A job as its contractor sees it.
pub struct OwnFile {
    /// The job, with the own offers and assignments.
    pub job: Whole,
    /// Name of the municipality; only where the place may be known.
    pub municipality: Option<String>,
    /// What the own technicians on it are called.
    pub names: Names,
}

/// A job as its contractor sees it, in one snapshot.
pub async fn own_file(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<OwnFile, Error> {
    let mut tx = ctx.db().read().await?;
    let (job, crew) = seen::seen(&mut tx, actor, id).await?;
    let mut case = store::cases::on_file(&mut tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let offers = store::offers::of_job(&mut tx, id).await?;
    let perils = records::perils(ctx, &mut tx, id).await?;
    let facts = store::facts::of_job(&mut tx, id).await?;
    let record = FieldRecord::guarded(&facts, &Guard::of(&job, &crew, &perils));
    let sight = Sight::of(actor, &crew, ctx.now());
    let job = whole(actor, job, &case, About { sight, offers, crew: &crew, record: &record, perils });
    let goers = job.assignments.iter().map(|assignment| assignment.technician_id);
    let names = store::technicians::names(&mut tx, goers).await?;
    let municipality = case.municipality.take().filter(|_| job.site.is_some());
    Ok(OwnFile { job, municipality, names })
}

/// Everything on file of a job: in one snapshot, and in as many statements however much there is.
pub async fn file(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<File, Error> {
    let mut tx = ctx.db().read().await?;
    let tx = &mut tx;
    let jobs = store::job_lists::beside(tx, id).await?;
    let job = jobs.iter().find(|job| job.id == id).cloned().ok_or(Error::NotFound("job"))?;
    let crew = store::assignments::of_job(tx, id).await?;
    seen::must_see(actor, &crew)?;
    let on_file = store::cases::on_file(tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let offers = store::offers::of_job(tx, id).await?;
    let facts = store::facts::of_job(tx, id).await?;
    let mut facts = records::signed(tx, facts, |_| &crew).await?;
    let papers = seen::papers(tx, id).await?;
    let marks = store::job_file::marks(tx, job.case_id).await?;
    let perils = marks.perils(id, &SafetyRules::of(&ctx.reference()));
    let guard = seen::guard(&job, &crew, &papers, &perils);
    let record = records::own(ctx, &job, &guard, &facts);
    let sight = Sight::of(actor, &crew, ctx.now());
    let about = About { sight, offers, crew: &crew, record: &record, perils };
    let whole = whole(actor, job.clone(), &on_file, about);
    let case = case_file::page_of(ctx, tx, on_file, jobs, marks).await?;
    let runs = decisions::runs(tx, id).await?;
    let names = {
        let offered = whole.offers.iter().map(|offer| offer.technician_id);
        let assigned = whole.assignments.iter().map(|one| one.technician_id);
        let reported = facts.iter().map(|fact| fact.technician_id);
        let considered = runs.iter().flat_map(decisions::Run::people);
        store::technicians::names(tx, offered.chain(assigned).chain(reported).chain(considered)).await?
    };
    let pictures = AboutPictures {
        all: papers.evidence.clone(),
        absence: papers.absence,
        is_referred: case.referrals.iter().any(|one| one.job_id == Some(id) && one.stage == Stage::OnSite),
    };
    let counts = |facts: &[Fact]| FieldRecord::guarded(facts, &guard);
    let (clock, alarms) =
        (queue::clock_of(ctx, &job, &crew, (&facts, counts), papers.starts_at), papers.alarms.clone());
    let record = records::beside(tx, id, record).await?;
    let known = Known { job: job.clone(), crew: &crew, record };
    let file = File {
        clock,
        alarms,
        decisions: runs.into_iter().map(|run| run.record(None, &names)).collect(),
        happenings: histories::of_job(tx, id, job.case_id).await?,
        statement: statements::stated(ctx, tx, actor, known, Money::of(papers)).await?,
        evidence: evidence::listed(ctx, actor, &job, &crew, &facts, pictures),
        messages: messages::about_job(tx, actor, id).await?,
        interpreter: match crew.iter().find(|one| !one.is_over()) {
            Some(_) => {
                let attempts = store::interpretations::of_job(tx, id).await?;
                attempts.into_iter().find(Interpretation::is_under_way)
            }
            // Whoever is let off leaves no interpreter on the line.
            None => None,
        },
        facts: {
            facts.retain(|fact| is_own_report(actor, &crew, fact));
            facts.truncate(FACTS_MAX);
            facts
        },
        job: whole,
        case,
        names,
    };
    Ok(file)
}

/// Whether a fact was reported under an assignment of the actor's.
fn is_own_report(actor: &Actor, crew: &[Assignment], fact: &Fact) -> bool {
    crew.iter().find(|one| one.id == fact.assignment_id).is_some_and(|one| is_own(actor, one))
}
