//! Cases, and apart from them whom they are about and where.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, id_list, query},
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
    categories: String,
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

impl TryFrom<Row> for Case {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column| move |error| Error::corrupt("case_file", column, error);
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            number: row.number,
            programme: row.programme,
            categories: row
                .categories
                .split(',')
                .filter(|code| !code.is_empty())
                .map(|code| code.parse().map_err(|error| Error::corrupt("case_category", "category", error)))
                .collect::<Result<_, _>>()?,
            language: row.language,
            reading_language: row.reading_language,
            eligibility: row.eligibility.parse().map_err(corrupt("eligibility"))?,
            eligibility_basis: row
                .eligibility_basis
                .map(|code| code.parse())
                .transpose()
                .map_err(corrupt("eligibility_basis"))?,
            lessee_kind: row.lessee_kind.parse().map_err(corrupt("lessee_kind"))?,
            spoken_with_worker: row
                .spoken_with_worker
                .map(|code| code.parse())
                .transpose()
                .map_err(corrupt("spoken_with_worker"))?,
            topic: row.topic,
            liability_flag: row.liability_flag.parse().map_err(corrupt("liability_flag"))?,
            state: row.state.parse().map_err(corrupt("state"))?,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
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

/// The cases after `after`, in a state if one is given, oldest first.
pub async fn page(
    tx: &mut Tx,
    state: Option<CaseState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Case>, Error> {
    let rows = match state {
        None => query!(
            tx,
            all Row,
            concat!(columns!(), " FROM case_file c WHERE c.id > $1 ORDER BY c.id LIMIT $2"),
            after,
            limit
        )?,
        Some(state) => query!(
            tx,
            all Row,
            concat!(columns!(), " FROM case_file c WHERE c.state = $1 AND c.id > $2 ORDER BY c.id LIMIT $3"),
            state.as_str(),
            after,
            limit
        )?,
    };
    rows.into_iter().map(Case::try_from).collect()
}

/// The cases of some ids, oldest first.
pub async fn several(tx: &mut Tx, ids: &[CaseId]) -> Result<Vec<Case>, Error> {
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: "SELECT c.id, c.version, c.number, c.programme, c.language, c.reading_language, c.eligibility,
                            c.eligibility_basis, c.lessee_kind, c.spoken_with_worker, c.topic, c.liability_flag, c.state,
                            c.opened_at, c.closed_at,
                            COALESCE((SELECT string_agg(k.category, ',' ORDER BY k.category) FROM case_category k
                                      WHERE k.case_id = c.id), '') AS categories
                     FROM case_file c WHERE c.id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY c.id",
            postgres: "SELECT c.id, c.version, c.number, c.programme, c.language, c.reading_language, c.eligibility,
                              c.eligibility_basis, c.lessee_kind, c.spoken_with_worker, c.topic, c.liability_flag,
                              c.state, c.opened_at, c.closed_at,
                              COALESCE((SELECT string_agg(k.category, ',' ORDER BY k.category) FROM case_category k
                                        WHERE k.case_id = c.id), '') AS categories
                       FROM case_file c WHERE c.id IN (SELECT CAST(value AS UUID)
                                                       FROM json_array_elements_text(CAST($1 AS JSON)))
                       ORDER BY c.id"
        },
        id_list(ids.iter().map(|id| id.0))
    )?;
    rows.into_iter().map(Case::try_from).collect()
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
    let row = query!(tx, optional Row, concat!(columns!(), " FROM case_file c WHERE c.id = $1"), id.0)?;
    row.map(Case::try_from).transpose()
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
    /// Last position of the feed.
    pub pos: i64,
}

/// A person and a place as they are joined to a case: there as a whole, or not at all.
#[derive(FromRow)]
struct OnFileRow {
    #[sqlx(flatten)]
    case: Row,
    name: Option<String>,
    name_kana: Option<String>,
    phone: Option<String>,
    host_company: Option<String>,
    language_wish: Option<String>,
    postal_code: Option<String>,
    jis_code: Option<String>,
    town: Option<String>,
    address: Option<String>,
    building: Option<String>,
    room: Option<String>,
    access_notes: Option<String>,
    lat_e6: Option<i64>,
    lon_e6: Option<i64>,
    precision: Option<String>,
    municipality: Option<String>,
    pos: i64,
}

/// What is joined to a case.
macro_rules! on_file {
    () => {
        ", p.name, p.name_kana, p.phone, p.host_company, p.language_wish, s.postal_code, s.jis_code, s.town, s.address,
           s.building, s.room, s.access_notes, s.lat_e6, s.lon_e6, s.precision, m.name AS municipality,
           COALESCE((SELECT MAX(f.pos) FROM feed f), 0) AS pos
         FROM case_file c LEFT JOIN case_person p ON p.case_id = c.id LEFT JOIN case_place s ON s.case_id = c.id
              LEFT JOIN municipality m ON m.jis_code = s.jis_code "
    };
}

impl TryFrom<OnFileRow> for OnFile {
    type Error = Error;

    fn try_from(row: OnFileRow) -> Result<Self, Error> {
        let (host_company, language_wish) = (row.host_company, row.language_wish);
        let person = row.name.zip(row.phone);
        let background = person.is_some().then_some(Background { host_company, language_wish });
        let name_kana = row.name_kana;
        let point = row.lat_e6.zip(row.lon_e6);
        let place = (row.postal_code, row.jis_code, row.town, row.address, point, row.precision);
        let site = match place {
            (
                Some(postal_code),
                Some(jis_code),
                Some(town),
                Some(address),
                Some((lat_e6, lon_e6)),
                Some(precision),
            ) => {
                let (building, room, access_notes) = (row.building, row.room, row.access_notes);
                let row = SiteRow {
                    postal_code,
                    jis_code,
                    town,
                    address,
                    building,
                    room,
                    access_notes,
                    lat_e6,
                    lon_e6,
                    precision,
                };
                Some(Site::try_from(row)?)
            }
            _ => None,
        };
        Ok(Self {
            case: row.case.try_into()?,
            resident: person.map(|(name, phone)| Resident { name, name_kana, phone }),
            background,
            site,
            municipality: row.municipality,
            pos: row.pos,
        })
    }
}

/// Everything on file of a case that there is once.
pub async fn on_file(tx: &mut Tx, id: CaseId) -> Result<Option<OnFile>, Error> {
    let row = query!(tx, optional OnFileRow, concat!(columns!(), on_file!(), "WHERE c.id = $1"), id.0)?;
    row.map(OnFile::try_from).transpose()
}
