//! Cases, and apart from them whom they are about and where.

use sqlx::{FromRow, Row};
use uuid::Uuid;

use super::{
    Db, Error, Tx,
    codec::{List, consistent, row},
    db::{One, id_list, query},
    search::Search,
};
use crate::domain::{
    cases::{Background, Case, CaseState, FlatCase, Resident, Site},
    ids::CaseId,
    phone::Phone,
    retention::HoldReason,
    span::Instant,
};

row! {
    FlatCase: id, version, number, programme, categories: List, language, reading_language, eligibility,
    eligibility_basis, lessee_kind, spoken_with_worker, topic, liability_flag, state, opened_at, closed_at
}

impl<'r, R: Row> FromRow<'r, R> for Case
where
    FlatCase: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        consistent(FlatCase::from_row(row)?, "state")
    }
}

/// Of a case, with its categories in order, apart by commas.
macro_rules! columns {
    () => {
        "SELECT c.id, c.version, c.number, c.programme, c.language, c.reading_language, c.eligibility,
                c.eligibility_basis, c.lessee_kind, c.spoken_with_worker, c.topic, c.liability_flag, c.state,
                c.opened_at, c.closed_at,
                COALESCE((SELECT string_agg(k.category, ',' ORDER BY k.category) FROM case_category k
                          WHERE k.case_id = c.id), '') AS categories"
    };
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
        case.id,
        case.version,
        &case.number,
        &case.programme,
        &case.language,
        case.reading_language.as_deref(),
        case.eligibility,
        case.eligibility_basis,
        case.lessee_kind,
        case.spoken_with_worker,
        case.topic.as_deref(),
        case.liability_flag,
        case.state(),
        case.opened_at
    )?;
    insert_categories(tx, case).await?;
    query!(
        tx,
        execute,
        "INSERT INTO case_person (case_id, name, name_kana, phone, host_company, language_wish)
         VALUES ($1, $2, $3, $4, $5, $6)",
        case.id,
        &resident.name,
        resident.name_kana.as_deref(),
        resident.phone.as_ref(),
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
            case.id,
            category
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
        case.id,
        case.version,
        &case.language,
        case.reading_language.as_deref(),
        case.eligibility,
        case.eligibility_basis,
        case.lessee_kind,
        case.spoken_with_worker,
        case.topic.as_deref(),
        case.liability_flag,
        case.state(),
        case.closed_at()
    )?;
    query!(tx, execute, "DELETE FROM case_category WHERE case_id = $1", case.id)?;
    insert_categories(tx, case).await
}

/// Writes what else is personal about a case; nothing once erased.
pub async fn save_background(tx: &mut Tx, id: CaseId, background: &Background) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE case_person SET host_company = $2, language_wish = $3 WHERE case_id = $1",
        id,
        background.host_company.as_deref(),
        background.language_wish.as_deref()
    )?;
    Ok(())
}

/// Notes when a locked case was opened again.
pub async fn note_reopening(tx: &mut Tx, id: CaseId, now: Instant) -> Result<(), Error> {
    query!(tx, execute, "UPDATE case_file SET reopened_at = $2 WHERE id = $1", id, now)?;
    Ok(())
}

/// Keeps the resident's number; nothing once erased.
pub async fn save_phone(tx: &mut Tx, id: CaseId, phone: &Phone) -> Result<(), Error> {
    query!(tx, execute, "UPDATE case_person SET phone = $2 WHERE case_id = $1", id, phone)?;
    Ok(())
}

/// What else is personal about a case; nothing once erased.
pub async fn background(tx: &mut Tx, id: CaseId) -> Result<Option<Background>, Error> {
    query!(
        tx,
        optional Background,
        "SELECT host_company, language_wish FROM case_person WHERE case_id = $1",
        id
    )
}

row! { Background: host_company, language_wish }

/// The cases after `after`, in a state if one is given, oldest first.
pub async fn page(
    tx: &mut Tx,
    state: Option<CaseState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Case>, Error> {
    let search = Search::of(tx, concat!(columns!(), " FROM case_file c WHERE c.id > $1")).bind(after);
    search.and("c.state = $", state).all(tx, "ORDER BY c.id LIMIT $", limit).await
}

/// The cases of some ids, oldest first.
pub async fn several(tx: &mut Tx, ids: &[CaseId]) -> Result<Vec<Case>, Error> {
    query!(
        tx,
        all Case,
        {
            sqlite: concat!(columns!(), " FROM case_file c
                WHERE c.id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY c.id"),
            postgres: concat!(columns!(), " FROM case_file c
                WHERE c.id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))
                ORDER BY c.id")
        },
        id_list(ids.iter().map(|id| id.0))
    )
}

async fn insert_site(tx: &mut Tx, case: CaseId, site: &Site) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO case_place (case_id, postal_code, jis_code, town, address, building, room, access_notes,
                                 lat_e6, lon_e6, precision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        case,
        &site.postal_code,
        &site.jis_code,
        &site.town,
        &site.address,
        site.building.as_deref(),
        site.room.as_deref(),
        site.access_notes.as_deref(),
        site.point.lat_e6(),
        site.point.lon_e6(),
        site.precision
    )?;
    Ok(())
}

/// The case of an id.
pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<Case>, Error> {
    query!(tx, optional Case, concat!(columns!(), " FROM case_file c WHERE c.id = $1"), id)
}

/// The case, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: CaseId) -> Result<Option<Case>, Error> {
    query!(tx, execute, "UPDATE case_file SET version = version + 1 WHERE id = $1", id)?;
    find(tx, id).await
}

/// The case, locked for this transaction at the version it has: what is made beside it does not change what somebody
/// has seen of it.
pub async fn guard(tx: &mut Tx, id: CaseId) -> Result<Option<Case>, Error> {
    query!(tx, execute, "UPDATE case_file SET version = version WHERE id = $1", id)?;
    find(tx, id).await
}

row! { Site: postal_code, jis_code, town, address, building, room, access_notes, point: flat, precision }

/// Where the case is; nowhere once erased.
pub async fn site(tx: &mut Tx, id: CaseId) -> Result<Option<Site>, Error> {
    query!(
        tx,
        optional Site,
        "SELECT postal_code, jis_code, town, address, building, room, access_notes, lat_e6, lon_e6, precision
         FROM case_place WHERE case_id = $1",
        id
    )
}

/// Whom the case is about; nobody once erased.
pub async fn resident(tx: &mut Tx, id: CaseId) -> Result<Option<Resident>, Error> {
    query!(
        tx,
        optional Resident,
        "SELECT name, name_kana, phone FROM case_person WHERE case_id = $1",
        id
    )
}

row! { Resident: name, name_kana, phone }

/// The next value of a counter, from 1. Everybody needs it, so nobody holds it: on PostgreSQL it is taken by itself, and a
/// use-case that fails afterwards leaves its number out.
pub async fn next_number(db: &Db, tx: &mut Tx, counter: &str) -> Result<i64, Error> {
    let mut alone = db.alone().await?;
    let tx = alone.as_mut().unwrap_or(tx);
    let (value,) = query!(
        tx,
        one One<i64>,
        "INSERT INTO counter (name, value) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value",
        counter
    )?;
    Ok(value)
}

/// A case with what is kept apart from it, and where the feed was when it was read.
#[derive(Debug, Clone)]
pub struct OnFile {
    /// The case.
    pub case: Case,
    /// Whom it is about; nobody once erased.
    pub resident: Option<Resident>,
    /// What else is personal; nothing once erased.
    pub background: Option<Background>,
    /// Where it is; nowhere once erased.
    pub site: Option<Site>,
    /// Name of its municipality; nothing once its place is erased.
    pub municipality: Option<String>,
    /// Why nothing of it is erased for the time being.
    pub legal_hold: Option<HoldReason>,
    /// Last position of the feed.
    pub pos: i64,
}

row! {
    OnFile: case: flat, resident: maybe name flat, background: maybe name flat, site: maybe postal_code flat,
    municipality, legal_hold, pos
}

/// What is joined to a case.
macro_rules! on_file {
    () => {
        ", p.name, p.name_kana, p.phone, p.host_company, p.language_wish, s.postal_code, s.jis_code, s.town, s.address,
           s.building, s.room, s.access_notes, s.lat_e6, s.lon_e6, s.precision, m.name AS municipality,
           (SELECT h.reason FROM case_hold h WHERE h.case_id = c.id) AS legal_hold,
           COALESCE((SELECT MAX(f.pos) FROM feed f), 0) AS pos
         FROM case_file c LEFT JOIN case_person p ON p.case_id = c.id LEFT JOIN case_place s ON s.case_id = c.id
              LEFT JOIN municipality m ON m.jis_code = s.jis_code "
    };
}

/// Everything on file of a case that there is once.
pub async fn on_file(tx: &mut Tx, id: CaseId) -> Result<Option<OnFile>, Error> {
    query!(tx, optional OnFile, concat!(columns!(), on_file!(), "WHERE c.id = $1"), id)
}
