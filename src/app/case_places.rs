//! Where a case is, corrected by the desk. Who has accepted a job there must be told; who has not is looked for anew.

use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, dockets, places};
pub use crate::domain::cases::PinMove;
use crate::{
    domain::{
        cases::{Fate, Pin, Site},
        events,
        ids::CaseId,
        place::{JisCode, PinWord},
    },
    store,
};

/// A correction.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The address as it is now; its own pin is not read.
    pub address: places::Address,
    /// Where the pin goes.
    pub pin: PinMove,
    /// What that person says of it.
    pub word: Option<PinWord>,
}

/// A case's place after a correction.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Corrected {
    /// The version of the case.
    pub version: i64,
    /// Where it is now.
    pub site: Site,
    /// The municipality it was in, when it is another one now.
    pub moved_from: Option<JisCode>,
    /// Whether the old pin was given up: it belongs to another municipality.
    pub pin_dropped: bool,
    /// Metres from the kept pin to the point the gazetteer has for the new address.
    pub kept_pin_off_m: Option<i64>,
}

/// Corrects the place of a case the caller has seen at `version`.
pub async fn correct(
    ctx: &Ctx,
    id: CaseId,
    version: i64,
    command: Command<Correction>,
) -> Result<Corrected, Error> {
    let command = command.map(|correction| (id, version, correction));
    ctx.transact(command, |unit, (id, version, correction)| {
        Box::pin(correct_in(unit, *id, *version, correction))
    })
    .await
}

async fn correct_in(
    unit: &mut Unit,
    id: CaseId,
    version: i64,
    correction: &Correction,
) -> Result<Corrected, Error> {
    let case = store::cases::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if !store::case_places::claim(&mut unit.tx, id, version).await? {
        return Err(Error::VersionMismatch { what: "case", current: case.version });
    }
    case.must_be_open()?;
    let before = store::cases::site(&mut unit.tx, id).await?.ok_or(Error::NotFound("place of this case"))?;
    let looked_up = places::locate(unit, "", &correction.address).await?;
    let found = looked_up.point;
    let moved = before.moved(&looked_up, correction.pin);
    let site = match moved.pin {
        Some(at) => places::pin(unit, id, looked_up, Pin { at, word: correction.word })?,
        None => looked_up,
    };
    let corrected = Corrected {
        version: version + 1,
        pin_dropped: moved.fate == Some(Fate::Dropped),
        kept_pin_off_m: (moved.fate == Some(Fate::Kept)).then(|| site.point.whole_metres_to(found)),
        moved_from: moved.from,
        site,
    };
    if corrected.site != before {
        store::case_places::save(&mut unit.tx, id, &corrected.site).await?;
        tell(unit, id, &corrected).await?;
    }
    Ok(corrected)
}

async fn tell(unit: &mut Unit, id: CaseId, corrected: &Corrected) -> Result<(), Error> {
    unit.emit(events::CasePlaceChanged {
        case: id,
        jis_code: corrected.site.jis_code.clone(),
        precision: corrected.site.precision,
        moved_from: corrected.moved_from.clone(),
    });
    for mut docket in dockets::of_case(unit, id.0).await? {
        docket.place_changed();
        dockets::close(unit, docket).await?;
    }
    Ok(())
}
