//! Where map tiles come from, when the operator names a server of them. Without one the map draws the outlines that are
//! part of the program, and needs no internet.

/// A server of map tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiles {
    /// Address of a tile, with `{z}`, `{x}` and `{y}`.
    pub url: String,
    /// Scheme, host and port of it: browsers may load pictures from there.
    pub origin: String,
    /// Whom to name on the map.
    pub attribution: String,
}

impl Tiles {
    /// Reads the address of a tile. It becomes a part of a header, so that nothing that ends a word there may stand in it.
    pub fn new(url: &str, attribution: &str) -> Result<Self, String> {
        let expected = || "expected https://HOST/PATH with {z}, {x} and {y} in it, as in https://tile.example/{z}/{x}/{y}.png";
        let (scheme, rest) = url
            .split_once("://")
            .filter(|(scheme, _)| ["http", "https"].contains(scheme))
            .ok_or_else(expected)?;
        let (host, path) = rest.split_once('/').ok_or_else(expected)?;
        let is_host = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
        let is_path = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\".contains(&byte));
        if !is_host || !is_path || ["{z}", "{x}", "{y}"].iter().any(|part| !path.contains(part)) {
            return Err(expected().to_owned());
        }
        let (url, attribution) = (url.to_owned(), attribution.to_owned());
        Ok(Self { url, origin: format!("{scheme}://{host}"), attribution })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_a_tile_is_its_scheme_host_and_port() {
        let origin = |url| Tiles::new(url, "").map(|tiles| tiles.origin).ok();
        let origins = [
            ("https://tile.example/{z}/{x}/{y}.png", Some("https://tile.example")),
            ("http://127.0.0.1:8081/t/{z}/{x}/{y}?key=a", Some("http://127.0.0.1:8081")),
            ("https://tile.example/{z}/{x}.png", None),
            ("https://{s}.tile.example/{z}/{x}/{y}.png", None),
            ("https://a@tile.example/{z}/{x}/{y}.png", None),
            ("https://tile.example; script-src *; /{z}/{x}/{y}", None),
            ("ftp://tile.example/{z}/{x}/{y}", None),
            ("//tile.example/{z}/{x}/{y}", None),
            ("", None),
        ];
        for (url, expected) in origins {
            assert_eq!(origin(url).as_deref(), expected, "{url}");
        }
    }
}
