//! Where a request comes from. What a proxy of ours says is believed, and what anybody else says of himself is not. A
//! proxy on this machine is one of ours; others are named by the operator.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::HeaderMap;

use super::lines::Client;

/// Networks whose proxies are believed; this machine always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// The addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Proxies {
    /// Of addresses and networks, comma-separated, as in `10.0.0.7, 10.1.0.0/16, fd00::/8`; none of an empty text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(Network::parse).collect::<Result<_, _>>().map(Self)
    }

    fn believes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.0.iter().any(|network| network.holds(address))
    }
}

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected addresses and networks as in 10.0.0.7, 10.1.0.0/16, got '{text}'");
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(bits_max), str::parse).map_err(|_| wrong())?;
        // A network of everybody would believe everybody.
        if bits > bits_max || bits == 0 {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }

    fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits.into()
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits.into()
            }
            _ => false,
        }
    }
}

/// Where it comes from, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer {
    /// Whose address it is.
    pub(super) address: IpAddr,
    /// Whether it came by TLS, as the proxy says.
    pub(super) tls: bool,
}

impl Peer {
    /// Of a request that was `observe`d: this machine, where nobody has said.
    #[cfg(feature = "console")]
    pub(super) fn of(extensions: &axum::http::Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self { address: Ipv4Addr::LOCALHOST.into(), tls: false })
    }

    /// Finds out where a request comes from.
    pub(super) fn find(client: Option<&Client>, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let connected = client.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |client| client.address.ip());
        Self::from(connected, headers, proxies)
    }

    fn from(connected: IpAddr, headers: &HeaderMap, proxies: &Proxies) -> Self {
        if !proxies.believes(connected) {
            return Self { address: connected, tls: false };
        }
        let values = |name: &'static str| {
            // What cannot be read is nobody's address.
            let lines = headers.get_all(name).iter().rev().map(|line| line.to_str().unwrap_or("?"));
            lines.flat_map(|line| line.rsplit(',').map(str::trim))
        };
        // Each proxy adds whom it was asked by: from the end on, the first who is none of ours. Those before him are
        // whatever he sent.
        let mut address = connected;
        for said in values("x-forwarded-for") {
            let Some(said) = address_of(said) else { break };
            address = said;
            if !proxies.believes(said) {
                break;
            }
        }
        Self { address, tls: values("x-forwarded-proto").next() == Some("https") }
    }
}

/// Some proxies write the port as well: `198.51.100.7:5678`, `[2001:db8::7]:5678`, `[2001:db8::7]`.
fn address_of(said: &str) -> Option<IpAddr> {
    let bare = said.strip_prefix('[').and_then(|said| said.strip_suffix(']')).unwrap_or(said);
    bare.parse().ok().or_else(|| said.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
        headers.append("x-forwarded-for", "10.1.2.3".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        headers
    }

    fn of(connected: &str, proxies: &str) -> Peer {
        Peer::from(connected.parse().unwrap(), &headers(), &Proxies::parse(proxies).unwrap())
    }

    fn plain(address: &str) -> Peer {
        Peer { address: address.parse().unwrap(), tls: false }
    }

    fn by_tls(address: &str) -> Peer {
        Peer { tls: true, ..plain(address) }
    }

    #[test]
    fn only_proxies_of_ours_are_believed() {
        assert_eq!(of("127.0.0.1", ""), by_tls("10.1.2.3"));
        assert_eq!(of("127.0.0.1", "10.0.0.0/8"), by_tls("198.51.100.7"));
        assert_eq!(of("10.200.0.1", "10.0.0.0/8"), by_tls("198.51.100.7"));
        assert_eq!(of("::ffff:10.200.0.1", "10.0.0.0/8"), by_tls("198.51.100.7"));
        assert_eq!(of("192.0.2.1", ""), plain("192.0.2.1"));
        assert_eq!(of("192.0.2.1", "10.0.0.0/8, 192.0.2.2"), plain("192.0.2.1"));
        assert_eq!(of("192.0.2.2", "10.1.2.3,192.0.2.2"), by_tls("198.51.100.7"));
        let unsaid = Peer::from("::1".parse().unwrap(), &HeaderMap::new(), &Proxies::default());
        assert_eq!(unsaid, plain("::1"));
    }

    #[test]
    fn an_address_may_bear_its_port() {
        for (said, address) in [
            ("198.51.100.7", Some("198.51.100.7")),
            ("198.51.100.7:5678", Some("198.51.100.7")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("[2001:db8::7]:5678", Some("2001:db8::7")),
            ("unknown", None),
            ("198.51.100.7:port", None),
            ("", None),
        ] {
            assert_eq!(address_of(said), address.map(|address| address.parse().unwrap()), "{said}");
        }
    }

    #[test]
    fn a_network_is_written_by_its_bits() {
        let holds =
            |network: &str, address: &str| Network::parse(network).unwrap().holds(address.parse().unwrap());
        assert!(holds("10.1.0.0/16", "10.1.255.255") && !holds("10.1.0.0/16", "10.2.0.0"));
        assert!(
            holds("fd00::/8", "fd12::1") && !holds("fd00::/8", "fe80::1") && !holds("fd00::/8", "10.1.0.0")
        );
        assert!(holds("192.0.2.1", "192.0.2.1") && !holds("192.0.2.1", "192.0.2.0"));
        for wrong in
            ["x", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0"]
        {
            assert!(Proxies::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Proxies::parse(" "), Ok(Proxies::default()));
    }
}
