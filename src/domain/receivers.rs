//! Where a webhook may go. A URL is typed by somebody outside: it must not make the service speak to its own machine or
//! network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest URL, in characters.
pub const URL_CHARS_MAX: usize = 2_048;

/// Which receivers the operator allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Receivers {
    /// Such as the whole world can reach, by HTTPS.
    #[default]
    Public,
    /// Private networks and this machine too, with or without TLS.
    PrivateToo,
}

/// A URL that nothing is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// Not the URL of a web server.
    #[error(
        "must be a URL as in https://example.jp/hook: no user, no fragment, at most 2048 visible ASCII characters"
    )]
    Malformed,
    /// Not by HTTPS.
    #[error("must begin with https://")]
    NotHttps,
    /// This machine, or a network that is not public.
    #[error("must be a public address, not one of this machine or of a private network")]
    NotPublic,
}

impl Receivers {
    /// Refuses a URL that can be told to be wrong without asking for its address.
    pub fn check(self, url: &str) -> Result<(), BadUrl> {
        let visible = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#\"<>^`{|}".contains(&byte));
        if url.is_empty() || url.len() > URL_CHARS_MAX || !visible {
            return Err(BadUrl::Malformed);
        }
        let (scheme, rest) = url.split_once("://").ok_or(BadUrl::Malformed)?;
        match (scheme.to_ascii_lowercase().as_str(), self) {
            ("https", _) | ("http", Self::PrivateToo) => {}
            ("http", Self::Public) => return Err(BadUrl::NotHttps),
            _ => return Err(BadUrl::Malformed),
        }
        let host = host(authority(rest)).ok_or(BadUrl::Malformed)?;
        if self == Self::Public && !may_be_public(host) {
            return Err(BadUrl::NotPublic);
        }
        Ok(())
    }

    /// Whether something may be sent to this address.
    #[must_use]
    pub fn admit(self, address: IpAddr) -> bool {
        self == Self::PrivateToo || is_public(address)
    }
}

/// The host of a URL that was checked.
#[must_use]
pub fn host_of(url: &str) -> Option<&str> {
    host(authority(url.split_once("://")?.1))
}

/// What follows the scheme, up to the path.
fn authority(rest: &str) -> &str {
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`; nothing where there is a user or anything odd.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<Ipv6Addr>().ok()?;
            (host, port)
        }
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            let (host, port) = authority.split_at(end);
            let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
            if host.is_empty() || !plain {
                return None;
            }
            (host, port)
        }
    };
    let port =
        port.strip_prefix(':').map_or(port.is_empty(), |port| port.parse::<u16>().is_ok_and(|port| port > 0));
    port.then_some(host)
}

/// Whether a host as it is written may turn out to be public. Its addresses are asked again when something is sent.
fn may_be_public(host: &str) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return is_public(address);
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let own = ["localhost", "local", "internal", "home.arpa"];
    let last = host.rsplit('.').next().unwrap_or_default();
    // What ends in a number is read as an address by URL parsers, however it is written: 127.1, 0x7f000001.
    let numeric = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    host.contains('.') && !numeric && own.iter().all(|own| !host.ends_with(&format!(".{own}")))
}

/// Whether the whole world reaches the same machine by this address.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !(reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let octets = address.octets();
    let last_four = Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]);
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    // NAT64: the address behind it counts.
    if address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        return is_public_v4(last_four);
    }
    // Global unicast, without the ways into IPv4 (Teredo, 6to4), what is for documents and what is for benchmarks.
    a & 0xe000 == 0x2000 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x2002 && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_world_can_reach_is_public() {
        for url in [
            "https://example.jp",
            "https://example.jp/",
            "https://hooks.example.jp:8443/a?b=c",
            "HTTPS://example.jp/x",
            "https://203.0.114.9/x",
            "https://[2400:cb00::1]/x",
        ] {
            assert_eq!(Receivers::Public.check(url), Ok(()), "{url}");
        }
        for url in [
            "https://localhost/",
            "https://localhost:1/",
            "https://a.localhost/",
            "https://printer.local/",
            "https://db.internal/",
            "https://intranet/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.0x1/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://224.0.0.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://localhost./",
        ] {
            assert_eq!(Receivers::Public.check(url), Err(BadUrl::NotPublic), "{url}");
        }
        assert_eq!(Receivers::Public.check("http://example.jp/"), Err(BadUrl::NotHttps));
    }

    #[test]
    fn of_a_url_the_host_can_be_shown() {
        assert_eq!(host_of("https://hooks.example.jp:8443/secret?token=1"), Some("hooks.example.jp"));
        assert_eq!(host_of("https://[2001:db8::1]/"), Some("2001:db8::1"));
        assert_eq!(host_of("https://user@example.jp/"), None);
    }

    #[test]
    fn what_is_no_url_is_never_taken() {
        let long = format!("https://example.jp/{}", "a".repeat(URL_CHARS_MAX));
        for url in [
            "",
            "example.jp",
            "https://",
            "https:///x",
            "https://user@example.jp/",
            "https://u:p@example.jp/",
            "https://example.jp/#x",
            "https://example.jp\\@127.0.0.1/",
            "https://exa mple.jp/",
            "https://例え.jp/",
            "https://example.jp:0/",
            "https://example.jp:99999/",
            "https://example.jp:/",
            "https://[::1/",
            "https://[::1]x/",
            "https://example_jp.com/",
            "ftp://example.jp/",
            "file:///etc/passwd",
            "https://example.jp/\r\nHost: x",
            long.as_str(),
        ] {
            for receivers in [Receivers::Public, Receivers::PrivateToo] {
                assert_eq!(receivers.check(url), Err(BadUrl::Malformed), "{url}");
            }
        }
    }

    #[test]
    fn private_ones_are_taken_where_the_operator_allows() {
        for url in
            ["http://127.0.0.1:8080/hook", "http://localhost/", "https://intranet/x", "http://[::1]:80/"]
        {
            assert_eq!(Receivers::PrivateToo.check(url), Ok(()), "{url}");
        }
        assert!(Receivers::PrivateToo.admit(Ipv4Addr::LOCALHOST.into()));
        assert!(!Receivers::Public.admit(Ipv4Addr::LOCALHOST.into()));
    }
}
