//! Facts from the site.

use std::borrow::Cow;

use axum::{Json, extract::State};
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    app::{
        self,
        facts::{RefusalCode, ReportOutcome, Unreadable},
    },
    domain::{
        facts::{BATCH_MAX, DEVICE_SEQ_MAX, Fact, FactKind, Flag, ShortCode},
        ids::{FactId, JobId, TechnicianId},
        jobs::JobState,
        ledger::Settlement,
        refusal::Refusal,
    },
    http::{
        Service,
        extract::{Caller, Path, Plain, Query},
        reply::{Answer, Page, PageQuery},
    },
};

/// The largest body of a batch: 500 reports with everything a report can say.
pub(super) const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Reports of one device on one job: several as `facts`, or one as `fact`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FactBatch {
    /// Whose work is reported; a technician reports the own work and need not say so.
    technician_id: Option<TechnicianId>,
    /// The device, by a name of its own that stays the same for the whole job.
    device: ShortCode,
    /// When this batch is sent, by the device's clock: new for every attempt to send it. May be left out by a device whose
    /// clock is right; with it, a clock may be as wrong as it likes.
    sent_at: Option<DateTime<Utc>>,
    /// The reports, in any order. One of several that cannot be read is refused by itself; a single one with a 422.
    #[schema(min_items = 1, max_items = 500, value_type = Option<Vec<FactReport>>)]
    facts: Option<Vec<Value>>,
    /// The only report.
    #[schema(value_type = Option<FactReport>)]
    fact: Option<Value>,
}

/// The same, read.
#[derive(Debug, Deserialize)]
#[serde(try_from = "FactBatch")]
pub(super) struct Reports {
    technician_id: Option<TechnicianId>,
    device: ShortCode,
    sent_at: Option<DateTime<Utc>>,
    facts: Vec<Sent>,
    /// Whether it was sent as `fact`.
    is_single: bool,
}

impl TryFrom<FactBatch> for Reports {
    type Error = &'static str;

    fn try_from(batch: FactBatch) -> Result<Self, &'static str> {
        let is_single = batch.fact.is_some();
        let facts = match (batch.facts, batch.fact) {
            (Some(facts), None) => facts,
            (None, Some(fact)) => vec![fact],
            (None, None) => return Err("missing field `facts`"),
            (Some(_), Some(_)) => return Err("give either `facts` or `fact`"),
        };
        let FactBatch { technician_id, device, sent_at, .. } = batch;
        let facts =
            facts.into_iter().enumerate().map(|(place, sent)| Sent::read(place, sent, sent_at)).collect();
        Ok(Self { technician_id, device, sent_at, facts, is_single })
    }
}

impl Validate for Reports {
    type Context = ();

    /// A single report that cannot be read is the request that cannot be read.
    fn validate_into(&self, _: &(), root: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        if let Some(Err(error)) = self.sent_at.as_ref().map(|at| moment(at, &())) {
            report.append(root().join("sent_at"), error);
        }
        match self.facts.as_slice() {
            [Sent::Unreadable(unreadable, message)] => {
                let path =
                    if self.is_single { root().join("fact") } else { root().join("facts").join(0_usize) };
                let field = Some(&unreadable.field).filter(|field| !field.is_empty());
                let path = field.map_or(path.clone(), |field| path.join(field.as_str()));
                report.append(path, garde::Error::new(message));
            }
            facts if !(1..=BATCH_MAX).contains(&facts.len()) => {
                let message = format!("must be 1 to {BATCH_MAX} reports");
                report.append(root().join("facts"), garde::Error::new(message));
            }
            _ => {}
        }
    }
}

/// A report as it was sent.
#[derive(Debug)]
enum Sent {
    /// It can be read.
    Report(FactReport),
    /// It cannot: why, in words.
    Unreadable(Unreadable, String),
}

impl Sent {
    fn read(place: usize, sent: Value, sent_at: Option<DateTime<Utc>>) -> Self {
        let id = sent.get("id").and_then(|id| FactId::deserialize(id).ok());
        let sha256 = hex::encode(Sha256::digest(sent.to_string()));
        match FactReport::read(sent, sent_at) {
            Ok(report) => Self::Report(report),
            Err((field, message)) => Self::Unreadable(Unreadable { place, id, field, sha256 }, message),
        }
    }
}

/// What happened, as a device reports it.
#[derive(Debug, Serialize, Validate, utoipa::ToSchema)]
struct FactReport {
    /// Made by the device; the same for every attempt to send it.
    #[garde(custom(not_nil))]
    id: FactId,
    /// Running number of the device on this job: 1, 2, 3 …
    #[garde(range(min = 1, max = DEVICE_SEQ_MAX))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    device_seq: i64,
    /// When it happened, by the device's clock.
    #[garde(custom(moment))]
    device_time: DateTime<Utc>,
    /// What happened.
    #[garde(skip)]
    #[serde(flatten)]
    what: FactKind,
}

/// A field that cannot be accepted, by our name for it or empty for the whole, and why.
type Wrong = (String, String);

impl FactReport {
    /// The fields every report has are taken out; what is left is the kind's own, and nothing else. Which of these is wrong
    /// is in the words only.
    fn read(sent: Value, sent_at: Option<DateTime<Utc>>) -> Result<Self, Wrong> {
        let whole = |message: String| (String::new(), message);
        let Value::Object(mut fields) = sent else {
            return Err(whole("must be an object with named fields".to_owned()));
        };
        let report = Self {
            id: take(&mut fields, "id")?,
            device_seq: take(&mut fields, "device_seq")?,
            device_time: take(&mut fields, "device_time")?,
            what: serde_json::from_value(Value::Object(fields)).map_err(|error| whole(error.to_string()))?,
        };
        if let Err(broken) = report.validate() {
            let first = broken.iter().next().map(|(path, error)| (path.to_string(), error.to_string()));
            return Err(first.unwrap_or_default());
        }
        if sent_at.is_none() {
            // Nothing tells how wrong the clock is.
            super::instant(&report.device_time, &())
                .map_err(|error| ("device_time".to_owned(), error.to_string()))?;
        }
        match report.what {
            FactKind::Position { point: None } => {
                Err(("point".to_owned(), "missing field `point`".to_owned()))
            }
            _ => Ok(report),
        }
    }
}

fn take<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<T, Wrong> {
    let value = fields.remove(name).ok_or_else(|| (name.to_owned(), format!("missing field `{name}`")))?;
    serde_json::from_value(value).map_err(|error| (name.to_owned(), error.to_string()))
}

/// Years a device's clock may show: one that has never been set begins in 1970 or 1980.
const DEVICE_YEARS: std::ops::Range<i32> = 1900..2200;

/// An instant by a device's clock, and not a leap second: no database keeps one.
fn moment(value: &DateTime<Utc>, _: &()) -> garde::Result {
    if !DEVICE_YEARS.contains(&value.year()) || value.nanosecond() >= 1_000_000_000 {
        return Err(garde::Error::new("must be from 1900 to 2199, and not a leap second"));
    }
    Ok(())
}

/// The nil id is where every page begins.
fn not_nil(value: &FactId, _: &()) -> garde::Result {
    if value.0.is_nil() { Err(garde::Error::new("must not be the nil UUID")) } else { Ok(()) }
}

impl From<Reports> for app::facts::Batch {
    fn from(batch: Reports) -> Self {
        let Reports { technician_id, device, sent_at, facts, .. } = batch;
        let (mut reports, mut unreadable) = (Vec::with_capacity(facts.len()), Vec::new());
        for sent in facts {
            match sent {
                Sent::Report(FactReport { id, device_seq, device_time, what }) => {
                    reports.push(app::facts::Report { id, device_seq, device_time, what });
                }
                Sent::Unreadable(one, _) => unreadable.push(one),
            }
        }
        Self { technician_id, device, sent_at, reports, unreadable }
    }
}

/// What became of a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Receipt {
    /// What became of each report, in the order of the batch.
    facts: Vec<FactOutcome>,
    /// Where the job is now.
    job_state: JobState,
    /// What is doubtful or missing; while there is anything, the job is not billed.
    flags: Vec<Flag>,
    /// The settlement that followed from this batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement: Option<Settlement>,
}

/// What became of one report.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FactOutcome {
    /// The report; absent where its id cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<FactId>,
    /// What became of it.
    outcome: ReportOutcome,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<RefusalCode>,
    /// The field that cannot be accepted, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'static, str>>,
}

impl From<app::facts::FactOutcome> for FactOutcome {
    fn from(app::facts::FactOutcome { id, outcome, code }: app::facts::FactOutcome) -> Self {
        let message = code.map(|code| code.message().into());
        Self { id: Some(id), outcome, code, field: None, message }
    }
}

impl FactOutcome {
    fn unreadable(one: &Unreadable, message: &str) -> Self {
        Self {
            id: one.id,
            outcome: ReportOutcome::Refused,
            code: Some(RefusalCode::Invalid),
            field: Some(one.field.clone()).filter(|field| !field.is_empty()),
            message: Some(message.to_owned().into()),
        }
    }
}

/// What became of the reports that cannot be read, each at its place in the batch.
fn unreadable(batch: &Reports) -> Vec<(usize, FactOutcome)> {
    let told = batch.facts.iter().filter_map(|sent| match sent {
        Sent::Report(_) => None,
        Sent::Unreadable(one, message) => Some((one.place, FactOutcome::unreadable(one, message))),
    });
    told.collect()
}

impl Receipt {
    /// The answer; `unreadable` in the order of the batch.
    fn of(receipt: app::facts::Receipt, unreadable: Vec<(usize, FactOutcome)>) -> Self {
        let mut facts: Vec<FactOutcome> = receipt.facts.into_iter().map(Into::into).collect();
        for (place, outcome) in unreadable {
            facts.insert(place, outcome);
        }
        Self { facts, job_state: receipt.job_state, flags: receipt.flags, settlement: receipt.settlement }
    }
}

/// Report what happened at the site
///
/// By the technician, the firm, or a dispatcher on behalf. Late, repeated and out-of-order reports are normal; each is
/// recorded, a duplicate, or refused by itself, so a repetition is harmless and no Idempotency-Key is needed. Of several
/// one that cannot be read is refused with its field and told to the desk (`fact.rejected`), and the others are recorded. The
/// job's state and its charge follow from all of its reports together.
///
/// A report counts by itself when its time lies, give or take two minutes, between `counts_from` of its assignment and the
/// release, not before the job was made, and it is received within 48 hours of it. After a completion payments count for 24
/// hours, and so does the end of work that had begun; who goes and comes then says nothing any more. The end of a visit needs an
/// arrival or begun work of the same visit. A yes counts when its device's other reports agree with its time and it is received
/// before the job is billed; in the name of another payer than the resident it only proposes them (G-06). Cash that cannot be right
/// is no payment before a supervisor has decided (G-07). What does not count is recorded and in `flags`, and a person decides;
/// what the desk reports on behalf counts, and is asked about.
///
/// The last answer given before a unit of overtime begins is the one in force for it, whole: it replaces the earlier ones and
/// is not added to them, in whatever order the answers arrive (C-19). So after a yes to 2 units and a no before the second
/// begins, the first is billed and the second written off; after a yes to 5 and a later yes to 2, two are (C-20). Whoever says
/// less, or no, need not pay for what has not begun; what has begun under a yes stays billed. Parts and special work go by the last
/// answer about their item before they were used up or begun (C-18). A part's price without tax is multiplied first; the tax is
/// added to the line, which is cut down to the whole yen (C-29).
#[utoipa::path(post, path = "/v1/jobs/{id}/facts", tag = "field", params(("id" = JobId, Path)),
    request_body = FactBatch, responses((status = 200, body = Receipt)))]
pub(super) async fn report(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Plain(command): Plain<Reports>,
) -> Answer<Json<Receipt>> {
    let (unreadable, is_single) = (unreadable(&command.body), command.body.is_single);
    let receipt = app::facts::report(&service.ctx, job, command.map(Into::into)).await;
    let receipt = receipt.map_err(|error| if is_single { of_the_only_one(error) } else { error })?;
    Ok(Json(Receipt::of(receipt, unreadable)))
}

/// The refusal of the only report, by the name under which it was sent.
fn of_the_only_one(error: app::Error) -> app::Error {
    let app::Error::Refused(Refusal::Invalid(mut errors)) = error else { return error };
    for wrong in &mut errors {
        if let Some(rest) = wrong.field.strip_prefix("facts[0]") {
            wrong.field = format!("fact{rest}");
        }
    }
    app::Error::Refused(Refusal::Invalid(errors))
}

/// List what was reported of a job
///
/// By id; a contractor sees the own reports.
#[utoipa::path(get, path = "/v1/jobs/{id}/facts", tag = "field", params(("id" = JobId, Path), PageQuery),
    responses((status = 200, body = Page<Fact>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(job): Path<JobId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Fact>>> {
    let facts = app::facts::list(&service.ctx, &actor, job, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, facts, |fact| fact.id.0)))
}
