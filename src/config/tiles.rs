//! Where map tiles come from, as the operator sets it.

use super::{Key, Reader, value};
use crate::http::Tiles;

/// Reads and checks what belongs to the map; none inside where no server of tiles is named.
pub(super) fn read(reader: &mut Reader) -> Option<Option<Tiles>> {
    let attribution = reader.take(Key::TileAttribution, value::optional);
    let tiles = reader.take(Key::TileUrl, |text| match value::optional(text)? {
        Some(url) => Tiles::new(&url, "").map(Some),
        None => Ok(None),
    });
    let attribution = attribution?.unwrap_or_default();
    Some(tiles?.map(|tiles| Tiles { attribution, ..tiles }))
}

/// What to tell the operator about the map.
pub(super) fn warnings(tiles: Option<&Tiles>) -> Vec<String> {
    let unnamed = tiles.filter(|tiles| tiles.attribution.is_empty());
    let warning = |tiles: &Tiles| {
        format!(
            "tile_attribution: nobody is named as the source of the tiles of {}; most servers demand it",
            tiles.origin
        )
    };
    unnamed.map(warning).into_iter().collect()
}
