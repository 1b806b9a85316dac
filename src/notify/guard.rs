//! Keeps webhooks off this machine and its networks, also where a public name has a private address, or gets one between
//! two look-ups: the addresses that are connected to are the ones that were looked at.

use std::{error::Error, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::receivers::Receivers;

/// Looks names up and leaves out the addresses that nothing may be sent to.
pub(super) struct Guard(pub(super) Receivers);

/// A name without any address that something may be sent to.
#[derive(Debug, thiserror::Error)]
#[error("no address of this name may be sent to")]
pub(super) struct NotAdmitted;

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let receivers = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted: Vec<SocketAddr> = found.filter(|address| receivers.admit(address.ip())).collect();
            if admitted.is_empty() {
                return Err(Box::new(NotAdmitted) as Box<dyn Error + Send + Sync>);
            }
            let addresses: Addrs = Box::new(admitted.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether it was the guard that stopped it.
pub(super) fn stopped(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<NotAdmitted>() {
            return true;
        }
        cause = error.source();
    }
    false
}
