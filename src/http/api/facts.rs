//! Facts from the site.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    app::{
        self,
        facts::{RefusalCode, ReportOutcome},
    },
    domain::{
        facts::{BATCH_MAX, DEVICE_SEQ_MAX, Fact, FactKind, Flag, ShortCode},
        ids::{FactId, JobId, TechnicianId},
        jobs::JobState,
        ledger::Settlement,
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
    /// clock is right.
    sent_at: Option<DateTime<Utc>>,
    /// The reports, in any order.
    #[schema(min_items = 1, max_items = 500)]
    facts: Option<Vec<FactReport>>,
    /// The only report.
    fact: Option<FactReport>,
}

/// The same, read.
#[derive(Debug, Deserialize, Validate)]
#[serde(try_from = "FactBatch")]
pub(super) struct Reports {
    #[garde(skip)]
    technician_id: Option<TechnicianId>,
    #[garde(skip)]
    device: ShortCode,
    #[garde(inner(custom(moment)))]
    sent_at: Option<DateTime<Utc>>,
    #[garde(length(min = 1, max = BATCH_MAX), dive)]
    facts: Vec<FactReport>,
}

impl TryFrom<FactBatch> for Reports {
    type Error = &'static str;

    fn try_from(batch: FactBatch) -> Result<Self, &'static str> {
        let facts = match (batch.facts, batch.fact) {
            (Some(facts), None) => facts,
            (None, Some(fact)) => vec![fact],
            (None, None) => return Err("missing field `facts`"),
            (Some(_), Some(_)) => return Err("give either `facts` or `fact`"),
        };
        let FactBatch { technician_id, device, sent_at, .. } = batch;
        Ok(Self { technician_id, device, sent_at, facts })
    }
}

/// What happened, as a device reports it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(try_from = "Map<String, Value>")]
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

/// The fields every report has are taken out; what is left is the kind's own, and nothing else.
impl TryFrom<Map<String, Value>> for FactReport {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let report = Self {
            id: take(&mut fields, "id")?,
            device_seq: take(&mut fields, "device_seq")?,
            device_time: take(&mut fields, "device_time")?,
            what: serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?,
        };
        match report.what {
            FactKind::Position { point: None } => Err("missing field `point`".to_owned()),
            _ => Ok(report),
        }
    }
}

fn take<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<T, String> {
    let value = fields.remove(name).ok_or_else(|| format!("missing field `{name}`"))?;
    serde_json::from_value(value).map_err(|error| format!("{name}: {error}"))
}

/// An instant of this century, and not a leap second: no database keeps one.
fn moment(value: &DateTime<Utc>, context: &()) -> garde::Result {
    if chrono::Timelike::nanosecond(value) >= 1_000_000_000 {
        return Err(garde::Error::new("must not be a leap second"));
    }
    super::instant(value, context)
}

/// The nil id is where every page begins.
fn not_nil(value: &FactId, _: &()) -> garde::Result {
    if value.0.is_nil() { Err(garde::Error::new("must not be the nil UUID")) } else { Ok(()) }
}

impl From<Reports> for app::facts::Batch {
    fn from(batch: Reports) -> Self {
        let report = |report: FactReport| app::facts::Report {
            id: report.id,
            device_seq: report.device_seq,
            device_time: report.device_time,
            what: report.what,
        };
        Self {
            technician_id: batch.technician_id,
            device: batch.device,
            sent_at: batch.sent_at,
            reports: batch.facts.into_iter().map(report).collect(),
        }
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
    /// The report.
    id: FactId,
    /// What became of it.
    outcome: ReportOutcome,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<RefusalCode>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

impl From<app::facts::FactOutcome> for FactOutcome {
    fn from(app::facts::FactOutcome { id, outcome, code }: app::facts::FactOutcome) -> Self {
        Self { id, outcome, code, message: code.map(RefusalCode::message) }
    }
}

impl From<app::facts::Receipt> for Receipt {
    fn from(receipt: app::facts::Receipt) -> Self {
        Self {
            facts: receipt.facts.into_iter().map(Into::into).collect(),
            job_state: receipt.job_state,
            flags: receipt.flags,
            settlement: receipt.settlement,
        }
    }
}

/// Report what happened at the site
///
/// By the technician, the firm, or a dispatcher on behalf. Late, repeated and out-of-order reports are normal; each is
/// recorded, a duplicate, or refused by itself, so a repetition is harmless and no Idempotency-Key is needed. The job's
/// state and its charge follow from all of its reports together.
///
/// A report counts by itself when its time lies, give or take two minutes, between `counts_from` of its assignment and the
/// release, not before the job was made, and it is received within 48 hours of it. After a completion payments count for 24
/// hours, and so does the end of work that had begun; who goes and comes then says nothing any more. The end of a visit needs an
/// arrival or begun work of the same visit. A yes counts when its device's other reports agree with its time and it is received
/// before the job is billed; in the name of another payer than the resident it only proposes them (G-06). Cash that cannot be right
/// is no payment before a supervisor has decided (G-07). What does not count is recorded and in `flags`, and a person decides;
/// what the desk reports on behalf counts, and is asked about.
#[utoipa::path(post, path = "/v1/jobs/{id}/facts", tag = "field", params(("id" = JobId, Path)),
    request_body = FactBatch, responses((status = 200, body = Receipt)))]
pub(super) async fn report(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Plain(command): Plain<Reports>,
) -> Answer<Json<Receipt>> {
    Ok(Json(app::facts::report(&service.ctx, job, command.map(Into::into)).await?.into()))
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
