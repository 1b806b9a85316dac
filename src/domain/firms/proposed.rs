//! What of what a firm says of its own staff waits for the office (G-10). What only takes something away counts at once, and so
//! do the shifts: nobody becomes a candidate by them who was not confirmed for the work.

use serde::{Deserialize, Serialize};

use super::{Standing, Technician};
use crate::domain::{
    phone::Phone,
    place::{GeoPoint, Point},
    reference::JobCode,
    span::Instant,
    tools::{OpeningAuthority, Tool},
    trade::Trade,
};

/// What a firm has said of a technician and nobody has confirmed. Only what differs is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Proposed {
    /// Name as on the badge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Where the technician starts from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GeoPoint>)]
    pub base: Option<Point>,
    /// What the technician does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trades: Option<Vec<Trade>>,
    /// The only kinds of trouble the technician is sent for; empty: every one of the trades.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_codes: Option<Vec<JobCode>>,
    /// Tools carried that not everybody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// That tools for opening locks may be carried (S-07).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening_tools: Option<OpeningAuthority>,
    /// Number of the badge shown at the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub badge_number: Option<String>,
    /// Languages spoken with residents (BCP 47).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// That the technician is in service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Standing>,
}

/// What a firm says of one field: what of it counts at once is in `now` afterwards, and what waits is the answer. What it says
/// as it is leaves standing what it has said before.
fn field<T: PartialEq>(
    now: &mut T,
    said: T,
    before: Option<T>,
    takes_away: impl Fn(&T, &T) -> bool,
) -> Option<T> {
    if said == *now {
        return before.filter(|before| before != now);
    }
    if takes_away(now, &said) {
        *now = said;
        return None;
    }
    Some(said)
}

fn never<T>(_: &T, _: &T) -> bool {
    false
}

fn fewer<T: PartialEq>(now: &[T], said: &[T]) -> bool {
    said.iter().all(|one| now.contains(one))
}

/// No code at all stands for all of them.
fn fewer_codes(now: &[JobCode], said: &[JobCode]) -> bool {
    !said.is_empty() && (now.is_empty() || fewer(now, said))
}

impl Proposed {
    /// What of what a firm says of somebody waits, beside the technician as what counts at once leaves it.
    #[must_use]
    pub fn beyond(mut now: Technician, said: Technician) -> (Technician, Self) {
        if now.confirmed_at.is_none() {
            // Nothing of somebody whom nobody has confirmed counts, and so all of it may stand there.
            let proposed = Self::whole(&said);
            return (Technician { state: Standing::Suspended, proposed: None, ..said }, proposed);
        }
        let before = now.proposed.take().unwrap_or_default();
        let badge = before.badge_number.map(Some);
        let proposed = Self {
            name: field(&mut now.name, said.name, before.name, never),
            phone: field(&mut now.phone, said.phone, before.phone, never),
            base: field(&mut now.base, said.base, before.base, never),
            trades: field(&mut now.trades, said.trades, before.trades, |now, said| fewer(now, said)),
            job_codes: field(&mut now.job_codes, said.job_codes, before.job_codes, |now, said| {
                fewer_codes(now, said)
            }),
            tools: field(&mut now.tools, said.tools, before.tools, |now, said| fewer(now, said)),
            opening_tools: field(
                &mut now.opening_tools,
                said.opening_tools,
                before.opening_tools,
                |_, said| *said == OpeningAuthority::NotAuthorised,
            ),
            badge_number: field(&mut now.badge_number, said.badge_number, badge, |_, said| said.is_none())
                .flatten(),
            languages: field(&mut now.languages, said.languages, before.languages, |now, said| {
                fewer(now, said)
            }),
            state: field(&mut now.state, said.state, before.state, |_, said| *said == Standing::Suspended),
        };
        now.shifts = said.shifts;
        now.key = said.key;
        (now, proposed)
    }

    /// All that is said of somebody who is new.
    fn whole(said: &Technician) -> Self {
        Self {
            name: Some(said.name.clone()),
            phone: Some(said.phone.clone()),
            base: Some(said.base),
            trades: Some(said.trades.clone()),
            job_codes: Some(said.job_codes.clone()),
            tools: Some(said.tools.clone()),
            opening_tools: Some(said.opening_tools),
            badge_number: said.badge_number.clone(),
            languages: Some(said.languages.clone()),
            state: Some(said.state),
        }
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether all of it stands with the technician.
    #[must_use]
    pub fn is_of(&self, technician: &Technician) -> bool {
        let confirmed = self.clone().confirmed(technician.clone(), technician.created_at);
        let now = technician.confirmed_at.or(confirmed.confirmed_at);
        confirmed == Technician { proposed: None, confirmed_at: now, ..technician.clone() }
    }

    /// The technician as the proposal says, confirmed as a whole.
    #[must_use]
    pub fn confirmed(self, now: Technician, at: Instant) -> Technician {
        Technician {
            name: self.name.unwrap_or(now.name),
            phone: self.phone.unwrap_or(now.phone),
            base: self.base.unwrap_or(now.base),
            trades: self.trades.unwrap_or(now.trades),
            job_codes: self.job_codes.unwrap_or(now.job_codes),
            tools: self.tools.unwrap_or(now.tools),
            opening_tools: self.opening_tools.unwrap_or(now.opening_tools),
            badge_number: self.badge_number.or(now.badge_number),
            languages: self.languages.unwrap_or(now.languages),
            state: self.state.unwrap_or(now.state),
            confirmed_at: now.confirmed_at.or(Some(at)),
            proposed: None,
            ..now
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        ids::{FirmId, TechnicianId},
        roster::Roster,
    };

    fn at(second: i64) -> Instant {
        Instant::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    fn codes(all: &[&str]) -> Vec<JobCode> {
        all.iter().map(|code| code.parse().unwrap()).collect()
    }

    fn known() -> Technician {
        Technician {
            id: TechnicianId(Uuid::from_u128(1)),
            version: 3,
            firm_id: FirmId(Uuid::from_u128(2)),
            name: "佐藤".to_owned(),
            phone: Phone::try_from("+819055500100".to_owned()).unwrap(),
            base: Point::from_e6(35_170_000, 136_900_000).unwrap(),
            trades: vec![Trade::Water, Trade::Lock],
            job_codes: codes(&["L-KEY-LOST", "W-TOILET-CLOG"]),
            tools: vec![Tool::OpeningTools, Tool::KeyMachine],
            opening_tools: OpeningAuthority::Authorised,
            badge_number: Some("N-1".to_owned()),
            key: None,
            languages: vec!["en".to_owned(), "ja".to_owned()],
            shifts: Roster::default(),
            state: Standing::Active,
            created_at: at(0),
            confirmed_at: Some(at(1)),
            proposed: None,
        }
    }

    /// One thing that a firm says: how it changes a technician.
    type Says = fn(&mut Technician);

    #[test]
    fn what_takes_something_away_counts_at_once() {
        let all: [Says; 8] = [
            |one| one.trades = vec![Trade::Lock],
            |one| one.job_codes = codes(&["L-KEY-LOST"]),
            |one| one.tools.clear(),
            |one| one.opening_tools = OpeningAuthority::NotAuthorised,
            |one| one.badge_number = None,
            |one| one.languages = vec!["ja".to_owned()],
            |one| one.state = Standing::Suspended,
            |_| {},
        ];
        for (case, says) in all.into_iter().enumerate() {
            let mut said = known();
            says(&mut said);
            assert_eq!(Proposed::beyond(known(), said.clone()), (said, Proposed::default()), "{case}");
        }
    }

    #[test]
    fn everything_else_waits_as_a_whole() {
        let all: [Says; 11] = [
            |one| "田中".clone_into(&mut one.name),
            |one| one.phone = Phone::try_from("+819055500199".to_owned()).unwrap(),
            |one| one.base = Point::from_e6(35_100_000, 136_900_000).unwrap(),
            |one| one.job_codes = codes(&["W-FAUCET-DRIP"]),
            // No code at all stands for all of them.
            |one| one.job_codes.clear(),
            |one| one.tools = vec![Tool::LeakDetector],
            |one| one.tools.push(Tool::LeakDetector),
            |one| one.badge_number = Some("N-2".to_owned()),
            |one| one.languages.push("ne".to_owned()),
            // What was narrower is widened again.
            |one| one.opening_tools = OpeningAuthority::Authorised,
            |one| one.state = Standing::Active,
        ];
        for (case, says) in all.into_iter().enumerate() {
            let narrow = || Technician {
                opening_tools: OpeningAuthority::NotAuthorised,
                state: Standing::Suspended,
                ..known()
            };
            let mut said = narrow();
            says(&mut said);
            let (now, proposed) = Proposed::beyond(narrow(), said.clone());
            assert_eq!(now, narrow(), "{case}: nothing of it counts");
            assert!(!proposed.is_empty() && !proposed.is_of(&now), "{case}");
            assert_eq!(proposed.confirmed(now, at(9)), said, "{case}: confirmed, all of it does");
        }
    }

    #[test]
    fn what_was_said_before_stands_until_something_else_is_said_of_the_same() {
        let said = Technician { badge_number: Some("N-2".to_owned()), name: "田中".to_owned(), ..known() };
        let (now, first) = Proposed::beyond(known(), said);
        let now = Technician { proposed: Some(first.clone()), ..now };
        // A change of shifts says nothing of the name.
        let (same, again) = Proposed::beyond(now.clone(), now.clone());
        assert_eq!((same.proposed, again), (None, first));
        let (_, other) = Proposed::beyond(now.clone(), Technician { name: "鈴木".to_owned(), ..now.clone() });
        assert_eq!((other.name.as_deref(), other.badge_number.as_deref()), (Some("鈴木"), Some("N-2")));
        // Without a badge at once: the one that was proposed is not wanted any more.
        let (now, without) = Proposed::beyond(now.clone(), Technician { badge_number: None, ..now });
        assert_eq!((now.badge_number, without.badge_number), (None, None));
        assert_eq!(without.name.as_deref(), Some("田中"));
    }

    #[test]
    fn of_somebody_new_nothing_counts() {
        let new = Technician { confirmed_at: None, ..known() };
        let (kept, proposed) = Proposed::beyond(new.clone(), new.clone());
        assert_eq!((kept.state, kept.confirmed_at), (Standing::Suspended, None));
        assert_eq!(proposed.confirmed(kept, at(9)), Technician { confirmed_at: Some(at(9)), ..new });
    }
}
