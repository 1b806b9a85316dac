//! Where a case is, corrected.

use super::{Error, Tx, db::query};
use crate::domain::{cases::Site, ids::CaseId};

/// Takes the case to its next version; whether it was at this one.
pub async fn claim(tx: &mut Tx, id: CaseId, version: i64) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE case_file SET version = version + 1 WHERE id = $1 AND version = $2",
        id,
        version
    )?;
    Ok(changed == 1)
}

/// Writes where a claimed case is.
pub async fn save(tx: &mut Tx, id: CaseId, site: &Site) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE case_place SET postal_code = $2, jis_code = $3, town = $4, address = $5, building = $6, room = $7,
                               access_notes = $8, lat_e6 = $9, lon_e6 = $10, precision = $11
         WHERE case_id = $1",
        id,
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
