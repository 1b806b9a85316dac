//! Attempts to sign in that failed: what slows down who guesses, and nobody else. A login as such is never locked, so
//! that a stranger who keeps guessing cannot keep its owner out.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

use chrono::TimeDelta;

use super::{ids::SessionId, span::Instant, users::Login};

/// Failures of one login from one address that cost nothing: people mistype.
const FREE_OF_LOGIN: u32 = 4;
/// Failures from one address, whichever login, that cost nothing: an office has one address.
const FREE_OF_ADDRESS: u32 = 30;
/// The first delay; each further failure doubles it.
const DELAY_FIRST: TimeDelta = TimeDelta::seconds(2);
/// The longest delay.
const DELAY_MAX: TimeDelta = TimeDelta::seconds(60);
/// A failure is forgotten when none has followed for so long.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::minutes(15);
/// Pairs and addresses remembered at most; beyond that the oldest are forgotten.
const REMEMBERED_MAX: usize = 20_000;

/// So many failures of one login, from whichever addresses, are told to the operator, and every time as many again.
const TOLD_EVERY: u32 = 20;

/// Where an attempt comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An address, of which nothing more is known.
    Address(IpAddr),
    /// A browser in which this login was signed in before: whoever guesses at the same address does not slow it down.
    Browser(SessionId),
}

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        Self::Address(address)
    }
}

/// Who tries: one login from one address or known browser, an address whichever the login, or a login wherever from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Login(Login, IpAddr),
    Browser(Login, SessionId),
    Address(IpAddr),
    /// Slows nobody down: it is counted to be told.
    Anywhere(Login),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

/// What has failed lately.
#[derive(Debug, Default)]
pub struct Attempts(HashMap<Who, Failures>);

impl Attempts {
    /// Begins an attempt, which counts as failed until `succeeded` says otherwise: many at once gain nothing. An attempt
    /// that comes too early is not made; the answer is when it may be.
    pub fn begin(&mut self, login: &Login, from: impl Into<Origin>, now: Instant) -> Result<(), Instant> {
        let (own, shared) = counted(login, from.into());
        let slowed = [(Some(&own), FREE_OF_LOGIN), (shared.as_ref(), FREE_OF_ADDRESS)];
        let due = slowed.iter().filter_map(|(who, free)| self.due((*who)?, *free, now)).max();
        if let Some(due) = due {
            return Err(due);
        }
        self.make_room(now);
        for who in [own, Who::Anywhere(login.clone())].into_iter().chain(shared) {
            let failures = self.0.entry(who).or_insert(Failures { count: 0, last: now });
            if failures.last + FORGOTTEN_AFTER <= now {
                failures.count = 0;
            }
            *failures = Failures { count: failures.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The attempt succeeded: what went before of this login from there is forgotten.
    pub fn succeeded(&mut self, login: &Login, from: impl Into<Origin>) {
        let (own, shared) = counted(login, from.into());
        self.0.remove(&own);
        for who in [Who::Anywhere(login.clone())].into_iter().chain(shared) {
            self.forgive(&who);
        }
    }

    /// The attempt was not made after all: we were too busy, which is nobody's wrong password.
    pub fn not_made(&mut self, login: &Login, from: impl Into<Origin>) {
        let (own, shared) = counted(login, from.into());
        for who in [own, Who::Anywhere(login.clone())].into_iter().chain(shared) {
            self.forgive(&who);
        }
    }

    /// How often a login has failed lately, wherever from, when that is to be told now.
    #[must_use]
    pub fn to_tell(&self, login: &Login) -> Option<u32> {
        let failures = self.0.get(&Who::Anywhere(login.clone()))?.count;
        (failures > 0 && failures.is_multiple_of(TOLD_EVERY)).then_some(failures)
    }

    fn forgive(&mut self, who: &Who) {
        if let Some(failures) = self.0.get_mut(who) {
            failures.count = failures.count.saturating_sub(1);
            if failures.count == 0 {
                self.0.remove(who);
            }
        }
    }

    /// When the next attempt may be made, if not now.
    fn due(&self, who: &Who, free: u32, now: Instant) -> Option<Instant> {
        let failures = self.0.get(who)?;
        if failures.last + FORGOTTEN_AFTER <= now || failures.count < free {
            return None;
        }
        let doublings = (failures.count - free).min(10);
        let due = failures.last + (DELAY_FIRST * (1 << doublings)).min(DELAY_MAX);
        (now < due).then_some(due)
    }

    fn make_room(&mut self, now: Instant) {
        if self.0.len() + 3 <= REMEMBERED_MAX {
            return;
        }
        self.0.retain(|_, failures| now < failures.last + FORGOTTEN_AFTER);
        if self.0.len() + 3 > REMEMBERED_MAX {
            // Many at once, so that a flood of addresses does not make every attempt a search for the oldest.
            let mut times: Vec<_> = self.0.values().map(|failures| failures.last).collect();
            let middle = times.len() / 2;
            let (_, median, _) = times.select_nth_unstable(middle);
            let median = *median;
            self.0.retain(|_, failures| failures.last > median);
        }
    }
}

/// Under whom an attempt is counted: the login from there, and the address it shares with others.
fn counted(login: &Login, from: Origin) -> (Who, Option<Who>) {
    match from {
        Origin::Address(address) => {
            let address = network(address);
            (Who::Login(login.clone(), address), Some(Who::Address(address)))
        }
        Origin::Browser(session) => (Who::Browser(login.clone(), session), None),
    }
}

/// What one customer of a provider has: one IPv4 address, or an IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        "2026-11-22T12:00:00Z".parse::<Instant>().unwrap() + TimeDelta::seconds(second)
    }

    fn login(text: &str) -> Login {
        text.parse().unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn guessing_gets_slower_and_slower() {
        let (mut attempts, sato, here) = (Attempts::default(), login("sato"), address("192.0.2.1"));
        for _ in 0..4 {
            assert_eq!(attempts.begin(&sato, here, at(0)), Ok(()));
        }
        assert_eq!(attempts.begin(&sato, here, at(0)), Err(at(2)));
        assert_eq!(attempts.begin(&sato, here, at(2)), Ok(()));
        assert_eq!(attempts.begin(&sato, here, at(3)), Err(at(6)));
        let mut now = 6;
        for _ in 0..20 {
            now = match attempts.begin(&sato, here, at(now)) {
                Ok(()) => now,
                Err(due) => (due - at(0)).num_seconds(),
            };
        }
        // An hour of guessing is sixty guesses, not more.
        let made =
            (0..3600).filter(|second| attempts.begin(&sato, here, at(now + 60 + second)).is_ok()).count();
        assert_eq!(made, 60);
    }

    #[test]
    fn the_owner_elsewhere_and_the_neighbour_are_not_slowed_down() {
        let (mut attempts, sato, there) = (Attempts::default(), login("sato"), address("192.0.2.1"));
        while attempts.begin(&sato, there, at(0)).is_ok() {}
        assert_eq!(attempts.begin(&sato, address("198.51.100.7"), at(0)), Ok(()));
        assert_eq!(attempts.begin(&login("suzuki"), there, at(0)), Ok(()));
    }

    #[test]
    fn a_browser_that_is_known_is_slowed_down_by_itself_alone() {
        let (mut attempts, sato, here) = (Attempts::default(), login("sato"), address("192.0.2.1"));
        for n in 0..100 {
            attempts.begin(&login(&format!("user{n}")), here, at(0)).ok();
        }
        assert!(attempts.begin(&sato, here, at(0)).is_err());
        let known = Origin::Browser(SessionId(uuid::Uuid::from_u128(1)));
        for _ in 0..4 {
            assert_eq!(attempts.begin(&sato, known, at(0)), Ok(()));
        }
        assert_eq!(attempts.begin(&sato, known, at(0)), Err(at(2)));
        attempts.succeeded(&sato, known);
        assert_eq!(attempts.begin(&sato, known, at(0)), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_every_login() {
        let (mut attempts, there) = (Attempts::default(), address("192.0.2.1"));
        let tried = (0..100).filter(|n| attempts.begin(&login(&format!("user{n}")), there, at(0)).is_ok());
        assert_eq!(tried.count(), 30);
    }

    #[test]
    fn success_and_time_forget() {
        let (mut attempts, sato, here) = (Attempts::default(), login("sato"), address("192.0.2.1"));
        while attempts.begin(&sato, here, at(0)).is_ok() {}
        attempts.succeeded(&sato, here);
        assert_eq!(attempts.begin(&sato, here, at(0)), Ok(()));
        while attempts.begin(&sato, here, at(1)).is_ok() {}
        assert_eq!(attempts.begin(&sato, here, at(1 + 15 * 60)), Ok(()));
        assert_eq!(attempts.begin(&sato, here, at(1 + 15 * 60)), Ok(()));
    }

    #[test]
    fn what_was_not_tried_is_no_failure() {
        let (mut attempts, sato, here) = (Attempts::default(), login("sato"), address("192.0.2.1"));
        for second in 0..100 {
            assert_eq!(attempts.begin(&sato, here, at(second)), Ok(()), "{second}");
            attempts.not_made(&sato, here);
        }
        assert!(attempts.0.is_empty());
        // What failed before stays as it was.
        for _ in 0..3 {
            attempts.begin(&sato, here, at(100)).unwrap();
        }
        attempts.begin(&sato, here, at(100)).unwrap();
        attempts.not_made(&sato, here);
        assert_eq!(attempts.begin(&sato, here, at(100)), Ok(()));
        assert_eq!(attempts.begin(&sato, here, at(100)), Err(at(102)));
    }

    #[test]
    fn many_failures_of_one_login_are_told_wherever_they_come_from() {
        let (mut attempts, sato) = (Attempts::default(), login("sato"));
        let told = (1..=60_u32).filter(|n| {
            attempts.begin(&sato, IpAddr::V4(n.to_be().into()), at(0)).unwrap();
            attempts.to_tell(&sato).is_some()
        });
        assert_eq!(told.collect::<Vec<_>>(), [20, 40, 60]);
        assert_eq!(attempts.to_tell(&login("suzuki")), None);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let (mut attempts, sato) = (Attempts::default(), login("sato"));
        let of = |host: u16| address(&format!("2001:db8:1:2::{host:x}"));
        let made = (1..100).filter(|host| attempts.begin(&sato, of(*host), at(0)).is_ok()).count();
        assert_eq!(made, 4);
        assert_eq!(attempts.begin(&sato, address("2001:db8:1:3::1"), at(0)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let mut attempts = Attempts::default();
        let sato = login("sato");
        for n in 0..15_000_u32 {
            let there = IpAddr::V4(n.into());
            attempts.begin(&sato, there, at(i64::from(n) / 1000)).ok();
        }
        assert!(attempts.0.len() <= REMEMBERED_MAX, "{}", attempts.0.len());
    }
}
