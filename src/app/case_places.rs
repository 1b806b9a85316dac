//! Where a case is, corrected by the desk. Who has accepted a job there must be told; who has not is looked for anew.

use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, dockets, places};
use crate::{
    domain::{
        cases::{CaseState, Site},
        events,
        ids::CaseId,
        place::{JisCode, Point, Precision},
        refusal::CaseRefused,
    },
    store,
};

/// What a correction says of the pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// Nothing: one that a person has put stays.
    Keep,
    /// A person has put it here.
    At(Point),
    /// Given up for the point of the gazetteer.
    Lookup,
}

/// A correction.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The address as it is now; its own pin is not read.
    pub address: places::Address,
    /// Where the pin goes.
    pub pin: Pin,
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
    if case.state == CaseState::Closed {
        return Err(Error::Refused(CaseRefused::Closed.into()));
    }
    let before = store::cases::site(&mut unit.tx, id).await?.ok_or(Error::NotFound("place of this case"))?;
    let looked_up = places::locate(unit, "", &correction.address).await?;
    let found = looked_up.point;
    let pin = match correction.pin {
        Pin::At(point) => Some(point),
        Pin::Keep if before.precision == Precision::Pin => Some(before.point),
        Pin::Keep | Pin::Lookup => None,
    };
    let site = match pin {
        Some(point) => Site { point, precision: Precision::Pin, ..looked_up },
        None => looked_up,
    };
    let kept = correction.pin == Pin::Keep && site.precision == Precision::Pin;
    let moved_from = (before.jis_code != site.jis_code).then(|| before.jis_code.clone());
    let corrected = Corrected {
        version: version + 1,
        kept_pin_off_m: kept.then(|| metres(site.point, found)),
        moved_from,
        site,
    };
    if corrected.site != before {
        store::case_places::save(&mut unit.tx, id, &corrected.site).await?;
        tell(unit, id, &corrected).await?;
    }
    Ok(corrected)
}

/// Whole metres between two points of the earth.
fn metres(one: Point, other: Point) -> i64 {
    // At most half the earth's circumference.
    #[allow(clippy::cast_possible_truncation)]
    let metres = one.metres_to(other).round() as i64;
    metres
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
