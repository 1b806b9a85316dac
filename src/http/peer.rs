//! Where a request comes from. A proxy in front of the service runs on this machine: what it says is believed, and what
//! anybody else says of himself is not.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

/// Where it comes from, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer {
    /// Whose address it is.
    pub(super) address: IpAddr,
    /// Whether it came by TLS, as the proxy says.
    pub(super) tls: bool,
}

impl Peer {
    /// Of a request.
    pub(super) fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        let connected = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        Self::from(connected.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), headers)
    }

    fn from(connected: IpAddr, headers: &HeaderMap) -> Self {
        if !connected.to_canonical().is_loopback() {
            return Self { address: connected, tls: false };
        }
        // The last entry is the proxy's own; those before it are whatever the client sent.
        let last = |name: &str| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').next().map(str::trim)
        };
        let address = last("x-forwarded-for").and_then(|text| text.parse().ok()).unwrap_or(connected);
        Self { address, tls: last("x-forwarded-proto").is_some_and(|scheme| scheme == "https") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let of = |connected: &str| Peer::from(connected.parse().unwrap(), &headers);
        assert_eq!(of("127.0.0.1"), Peer { address: "198.51.100.7".parse().unwrap(), tls: true });
        assert_eq!(of("192.0.2.1"), Peer { address: "192.0.2.1".parse().unwrap(), tls: false });
        let plain = Peer::from("::1".parse().unwrap(), &HeaderMap::new());
        assert_eq!(plain, Peer { address: "::1".parse().unwrap(), tls: false });
    }
}
