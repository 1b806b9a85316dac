//! Cases, and apart from them whom they are about and where.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    cases::{Background, Case, CaseState, EligibilityBasis, Resident, Site, SpokenWithWorker},
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
    reading_language: Option<String>,
    eligibility: String,
    eligibility_basis: Option<String>,
    lessee_kind: String,
    spoken_with_worker: Option<String>,
    topic: Option<String>,
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
            reading_language: self.reading_language,
            eligibility: self.eligibility.parse().map_err(corrupt("eligibility"))?,
            eligibility_basis: self
                .eligibility_basis
                .map(|code| code.parse())
                .transpose()
                .map_err(corrupt("eligibility_basis"))?,
            lessee_kind: self.lessee_kind.parse().map_err(corrupt("lessee_kind"))?,
            spoken_with_worker: self
                .spoken_with_worker
                .map(|code| code.parse())
                .transpose()
                .map_err(corrupt("spoken_with_worker"))?,
            topic: self.topic,
            liability_flag: self.liability_flag.parse().map_err(corrupt("liability_flag"))?,
            state: self.state.parse().map_err(corrupt("state"))?,
            opened_at: self.opened_at,
            closed_at: self.closed_at,
        })
    }
}

/// Keeps a new case with whom it is about and where.
pub async fn insert(
    tx: &mut Tx,
    case: &Case,
    resident: &Resident,
    background: &Background,
    site: &Site,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_file (id, version, number, programme, language, reading_language, eligibility,
                                eligibility_basis, lessee_kind, spoken_with_worker, topic, liability_flag, state,
                                opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        case.id.0,
        case.version,
        &case.number,
        &case.programme,
        &case.language,
        case.reading_language.as_deref(),
        case.eligibility.as_str(),
        case.eligibility_basis.map(EligibilityBasis::as_str),
        case.lessee_kind.as_str(),
        case.spoken_with_worker.map(SpokenWithWorker::as_str),
        case.topic.as_deref(),
        case.liability_flag.as_str(),
        case.state.as_str(),
        case.opened_at
    )?;
    insert_categories(tx, case).await?;
    query!(
        tx,
        execute,
        "INSERT INTO case_person (case_id, name, name_kana, phone, host_company, language_wish)
         VALUES ($1, $2, $3, $4, $5, $6)",
        case.id.0,
        &resident.name,
        resident.name_kana.as_deref(),
        &resident.phone,
        background.host_company.as_deref(),
        background.language_wish.as_deref()
    )?;
    insert_site(tx, case.id, site).await
}

async fn insert_categories(tx: &mut Tx, case: &Case) -> Result<(), Error> {
    for category in &case.categories {
        query!(
            tx,
            execute,
            "INSERT INTO case_category (case_id, category) VALUES ($1, $2)",
            case.id.0,
            category.as_str()
        )?;
    }
    Ok(())
}

/// Writes what may change of a locked case.
pub async fn save(tx: &mut Tx, case: &Case) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE case_file SET language = $3, reading_language = $4, eligibility = $5, eligibility_basis = $6,
                              lessee_kind = $7, spoken_with_worker = $8, topic = $9, liability_flag = $10, state = $11,
                              closed_at = $12
         WHERE id = $1 AND version = $2",
        case.id.0,
        case.version,
        &case.language,
        case.reading_language.as_deref(),
        case.eligibility.as_str(),
        case.eligibility_basis.map(EligibilityBasis::as_str),
        case.lessee_kind.as_str(),
        case.spoken_with_worker.map(SpokenWithWorker::as_str),
        case.topic.as_deref(),
        case.liability_flag.as_str(),
        case.state.as_str(),
        case.closed_at
    )?;
    query!(tx, execute, "DELETE FROM case_category WHERE case_id = $1", case.id.0)?;
    insert_categories(tx, case).await
}

/// Writes what else is personal about a case; nothing once erased.
pub async fn save_background(tx: &mut Tx, id: CaseId, background: &Background) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE case_person SET host_company = $2, language_wish = $3 WHERE case_id = $1",
        id.0,
        background.host_company.as_deref(),
        background.language_wish.as_deref()
    )?;
    Ok(())
}

/// What else is personal about a case; nothing once erased.
pub async fn background(tx: &mut Tx, id: CaseId) -> Result<Option<Background>, Error> {
    let row = query!(
        tx,
        optional BackgroundRow,
        "SELECT host_company, language_wish FROM case_person WHERE case_id = $1",
        id.0
    )?;
    Ok(row.map(|row| Background { host_company: row.host_company, language_wish: row.language_wish }))
}

#[derive(FromRow)]
struct BackgroundRow {
    host_company: Option<String>,
    language_wish: Option<String>,
}

/// The ids of the cases after `after`, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<CaseState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<CaseId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT id FROM case_file WHERE id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3",
        after,
        state.map_or("", CaseState::as_str),
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
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
        "SELECT id, version, number, programme, language, reading_language, eligibility, eligibility_basis, lessee_kind,
                spoken_with_worker, topic, liability_flag, state, opened_at, closed_at
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

/// The case, locked for this transaction at the version it has: what is made beside it does not change what somebody
/// has seen of it.
pub async fn guard(tx: &mut Tx, id: CaseId) -> Result<Option<Case>, Error> {
    query!(tx, execute, "UPDATE case_file SET version = version WHERE id = $1", id.0)?;
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
    let row = query!(
        tx,
        optional ResidentRow,
        "SELECT name, name_kana, phone FROM case_person WHERE case_id = $1",
        id.0
    )?;
    Ok(row.map(|row| Resident { name: row.name, name_kana: row.name_kana, phone: row.phone }))
}

#[derive(FromRow)]
struct ResidentRow {
    name: String,
    name_kana: Option<String>,
    phone: String,
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
