//! Cases, and apart from them whom they are about and where.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    cases::{Case, Resident, Site},
    ids::CaseId,
    place::Point,
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    number: String,
    programme: String,
    language: String,
    eligibility: String,
    liability_flag: String,
    state: String,
    opened_at: Instant,
    closed_at: Option<Instant>,
}

impl Row {
    fn into_case(self, categories: Vec<(String,)>) -> Result<Case, Error> {
        let corrupt = |column| move |error| Error::corrupt("case_file", column, error);
        Ok(Case {
            id: self.id.into(),
            version: self.version,
            number: self.number,
            programme: self.programme,
            categories: categories
                .iter()
                .map(|(code,)| {
                    code.parse().map_err(|error| Error::corrupt("case_category", "category", error))
                })
                .collect::<Result<_, _>>()?,
            language: self.language,
            eligibility: self.eligibility.parse().map_err(corrupt("eligibility"))?,
            liability_flag: self.liability_flag.parse().map_err(corrupt("liability_flag"))?,
            state: self.state.parse().map_err(corrupt("state"))?,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
        })
    }
}

/// Keeps a new case with whom it is about and where.
pub async fn insert(tx: &mut Tx, case: &Case, resident: &Resident, site: &Site) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_file (id, version, number, programme, language, eligibility, liability_flag, state, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        case.id.0,
        case.version,
        &case.number,
        &case.programme,
        &case.language,
        case.eligibility.as_str(),
        case.liability_flag.as_str(),
        case.state.as_str(),
        case.opened_at
    )?;
    for category in &case.categories {
        query!(
            tx,
            execute,
            "INSERT INTO case_category (case_id, category) VALUES ($1, $2)",
            case.id.0,
            category.as_str()
        )?;
    }
    query!(
        tx,
        execute,
        "INSERT INTO case_person (case_id, name, phone) VALUES ($1, $2, $3)",
        case.id.0,
        &resident.name,
        &resident.phone
    )?;
    insert_site(tx, case.id, site).await
}

async fn insert_site(tx: &mut Tx, case: CaseId, site: &Site) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_place (case_id, postal_code, jis_code, town, address, building, room, access_notes,
                                 lat_e6, lon_e6, precision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        case.0,
        site.postal_code.as_str(),
        site.jis_code.as_str(),
        &site.town,
        &site.address,
        site.building.as_deref(),
        site.room.as_deref(),
        site.access_notes.as_deref(),
        site.point.lat_e6(),
        site.point.lon_e6(),
        site.precision.as_str()
    )?;
    Ok(())
}

/// The case of an id.
pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<Case>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, number, programme, language, eligibility, liability_flag, state, opened_at, closed_at
         FROM case_file WHERE id = $1",
        id.0
    )?;
    let Some(row) = row else { return Ok(None) };
    let categories = query!(
        tx,
        all One<String>,
        "SELECT category FROM case_category WHERE case_id = $1 ORDER BY category",
        id.0
    )?;
    row.into_case(categories).map(Some)
}

/// The case, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: CaseId) -> Result<Option<Case>, Error> {
    query!(tx, execute, "UPDATE case_file SET version = version + 1 WHERE id = $1", id.0)?;
    find(tx, id).await
}

#[derive(FromRow)]
struct SiteRow {
    postal_code: String,
    jis_code: String,
    town: String,
    address: String,
    building: Option<String>,
    room: Option<String>,
    access_notes: Option<String>,
    lat_e6: i64,
    lon_e6: i64,
    precision: String,
}

impl TryFrom<SiteRow> for Site {
    type Error = Error;

    fn try_from(row: SiteRow) -> Result<Self, Error> {
        Ok(Self {
            postal_code: row
                .postal_code
                .parse()
                .map_err(|error| Error::corrupt("case_place", "postal_code", error))?,
            jis_code: row
                .jis_code
                .parse()
                .map_err(|error| Error::corrupt("case_place", "jis_code", error))?,
            town: row.town,
            address: row.address,
            building: row.building,
            room: row.room,
            access_notes: row.access_notes,
            point: Point::from_e6(row.lat_e6, row.lon_e6)
                .map_err(|error| Error::corrupt("case_place", "lat_e6", error))?,
            precision: row
                .precision
                .parse()
                .map_err(|error| Error::corrupt("case_place", "precision", error))?,
        })
    }
}

/// Where the case is; nowhere once erased.
pub async fn site(tx: &mut Tx, id: CaseId) -> Result<Option<Site>, Error> {
    let row = query!(
        tx,
        optional SiteRow,
        "SELECT postal_code, jis_code, town, address, building, room, access_notes, lat_e6, lon_e6, precision
         FROM case_place WHERE case_id = $1",
        id.0
    )?;
    row.map(Site::try_from).transpose()
}

/// Whom the case is about; nobody once erased.
pub async fn resident(tx: &mut Tx, id: CaseId) -> Result<Option<Resident>, Error> {
    let row =
        query!(tx, optional(String, String), "SELECT name, phone FROM case_person WHERE case_id = $1", id.0)?;
    Ok(row.map(|(name, phone)| Resident { name, phone }))
}

/// The next value of a counter, from 1. Concurrent callers wait for each other.
pub async fn next_number(tx: &mut Tx, counter: &str) -> Result<i64, Error> {
    let (value,) = query!(
        tx,
        one One<i64>,
        "INSERT INTO counter (name, value) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value",
        counter
    )?;
    Ok(value)
}
