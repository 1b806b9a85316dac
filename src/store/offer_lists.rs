//! Lists of offers, each with what may be known of its job before it is accepted: one statement for however many. A text
//! for each scope, so that no list reads other people's offers.

use uuid::Uuid;

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    actor::Scope,
    ids::OfferId,
    offers::{Offer, OfferState},
    trade::Priority,
};

/// An offer with what may be known before it is accepted: what, how urgent, in which district, in which language.
#[derive(Debug, Clone)]
pub struct Offered {
    /// The offer.
    pub offer: Offer,
    /// What is to be done.
    pub job_code: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Language to speak with the resident.
    pub language: String,
    /// Municipality and town; no address, no name.
    pub district: Option<String>,
}

struct Row {
    offer: Offer,
    job_code: String,
    priority: Priority,
    language: String,
    municipality: Option<String>,
    town: Option<String>,
}

row! { Row: offer: flat, job_code, priority, language, municipality, town }

impl From<Row> for Offered {
    fn from(row: Row) -> Self {
        Self {
            offer: row.offer,
            job_code: row.job_code,
            priority: row.priority,
            language: row.language,
            district: row.municipality.zip(row.town).map(|(municipality, town)| municipality + &town),
        }
    }
}

fn offered(rows: Vec<Row>) -> Vec<Offered> {
    rows.into_iter().map(Offered::from).collect()
}

/// What is shown of an offer. The join is in this order: the offers of a page are found first.
macro_rules! columns {
    () => {
        "SELECT o.id, o.version, o.job_id, o.decision_id, o.firm_id, o.technician_id, o.addressee, o.role, o.rank,
                o.round, o.rung, o.state, o.offered_at, o.deadline, o.answered_at, o.decline_code,
                o.arrival_promised_at, o.answered_via, o.withdraw_code, o.naming_due_at, o.agreed_at, j.job_code, j.priority,
                c.language, m.name AS municipality, p.town "
    };
}

/// What an offer is about.
macro_rules! about {
    () => {
        " JOIN job j ON j.id = o.job_id JOIN case_file c ON c.id = j.case_id
         LEFT JOIN case_place p ON p.case_id = j.case_id LEFT JOIN municipality m ON m.jis_code = p.jis_code "
    };
}

/// The offer of an id.
pub async fn find(tx: &mut Tx, id: OfferId) -> Result<Option<Offered>, Error> {
    let row = query!(tx, optional Row, concat!(columns!(), "FROM offer o", about!(), "WHERE o.id = $1"), id)?;
    Ok(row.map(Offered::from))
}

/// The offers after `after` within the scope, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    state: Option<OfferState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Offered>, Error> {
    let Some(state) = state else { return of_any_state(tx, scope, after, limit).await };
    if state == OfferState::Open {
        return open(tx, scope, after, limit).await;
    }
    let rows = match scope {
        Scope::All => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.state = $1 AND o.id > $2 ORDER BY o.id LIMIT $3"),
            state,
            after,
            limit
        )?,
        Scope::Firm(firm) => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.firm_id = $1 AND o.id > $2 AND o.state = $3 ORDER BY o.id LIMIT $4"),
            firm,
            after,
            state,
            limit
        )?,
        Scope::Technician(_, technician) => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.technician_id = $1 AND o.id > $2 AND o.state = $3 ORDER BY o.id LIMIT $4"),
            technician,
            after,
            state,
            limit
        )?,
        Scope::Nothing => return Ok(Vec::new()),
    };
    Ok(offered(rows))
}

async fn of_any_state(tx: &mut Tx, scope: Scope, after: Uuid, limit: i64) -> Result<Vec<Offered>, Error> {
    let rows = match scope {
        Scope::All => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(), "WHERE o.id > $1 ORDER BY o.id LIMIT $2"),
            after,
            limit
        )?,
        Scope::Firm(firm) => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.firm_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3"),
            firm,
            after,
            limit
        )?,
        Scope::Technician(_, technician) => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.technician_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3"),
            technician,
            after,
            limit
        )?,
        Scope::Nothing => return Ok(Vec::new()),
    };
    Ok(offered(rows))
}

/// The open ones, which every telephone asks for: few, and found by the indexes of the open ones alone.
async fn open(tx: &mut Tx, scope: Scope, after: Uuid, limit: i64) -> Result<Vec<Offered>, Error> {
    let rows = match scope {
        Scope::All => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.state = 'open' AND o.id > $1 ORDER BY o.id LIMIT $2"),
            after,
            limit
        )?,
        Scope::Firm(firm) => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.state = 'open' AND o.firm_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3"),
            firm,
            after,
            limit
        )?,
        Scope::Technician(_, technician) => query!(
            tx,
            all Row,
            concat!(columns!(), "FROM offer o", about!(),
                    "WHERE o.state = 'open' AND o.technician_id = $1 AND o.id > $2 ORDER BY o.id LIMIT $3"),
            technician,
            after,
            limit
        )?,
        Scope::Nothing => return Ok(Vec::new()),
    };
    Ok(offered(rows))
}

/// The accepted offers for which the firm has still to name its technician, the most pressing first. Sought among the
/// unfinished jobs, which are few.
pub async fn to_be_named(tx: &mut Tx, scope: Scope, limit: i64) -> Result<Vec<Offered>, Error> {
    let (firm, technician) = match scope {
        Scope::All => (None, None),
        Scope::Firm(firm) => (Some(firm), None),
        Scope::Technician(_, technician) => (None, Some(technician)),
        Scope::Nothing => return Ok(Vec::new()),
    };
    let rows = query!(
        tx,
        all Row,
        concat!(columns!(),
                "FROM job j CROSS JOIN offer o JOIN case_file c ON c.id = j.case_id
                 LEFT JOIN case_place p ON p.case_id = j.case_id LEFT JOIN municipality m ON m.jis_code = p.jis_code
                 WHERE j.wake_at IS NOT NULL AND o.job_id = j.id AND o.state = 'accepted' AND o.addressee = 'firm'
                   AND (o.firm_id = $1 OR CAST($1 AS UUID) IS NULL)
                   AND (o.technician_id = $2 OR CAST($2 AS UUID) IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.offer_id = o.id)
                 ORDER BY o.naming_due_at, o.id LIMIT $3"),
        firm,
        technician,
        limit
    )?;
    Ok(offered(rows))
}
