//! The rules a charge is computed by: the printed terms, and a value for every question they leave open.

use serde::{Deserialize, Serialize};

use super::super::{money::Yen, refusal::Refusal, text_enum::text_enum};
use super::limits::{PRICE_YEN_MAX, within};

text_enum! {
    /// Which overtime unit is charged (C-08; not printed).
    pub enum OvertimeRounding("overtime rounding") {
        /// Every unit that has begun.
        Started = "started",
        /// Only units worked to their end.
        Completed = "completed",
    }
}

text_enum! {
    /// What the free work time is given to (C-15; not printed).
    pub enum AllowanceScope("allowance scope") {
        /// Once to the job: a second visit continues the clock.
        Job = "job",
        /// Anew to each visit.
        Visit = "visit",
    }
}

text_enum! {
    /// How the time of several technicians counts (C-16).
    pub enum CrewTime("crew time") {
        /// Union of their intervals.
        WallClock = "wall_clock",
        /// Sum over the persons.
        PersonTime = "person_time",
    }
}

/// A complete, validated set of charging rules. The default is programme 000's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ChargePolicy {
    free_seconds: i64,
    unit_seconds: i64,
    unit_price_yen: Yen,
    tax_rate_percent: i64,
    overtime_rounding: OvertimeRounding,
    grace_seconds: i64,
    allowance_scope: AllowanceScope,
    crew_time: CrewTime,
}

/// The `[charging]` table of a programme, as far as it decides the arithmetic. Other keys are for other readers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChargingTerms {
    /// Free work time, 0 to 1,440 minutes (C-01).
    pub free_minutes: i64,
    /// Length of an overtime unit, 1 to 60 minutes (C-02).
    pub overtime_unit_minutes: i64,
    /// Price of a unit in yen, tax included (C-02).
    pub overtime_unit_price_incl_tax: i64,
    /// Price of a unit without tax, where stated: must agree with the other two (C-04).
    pub overtime_unit_price_excl_tax: Option<i64>,
    /// Tax inside the price of a unit, where stated (C-04).
    pub overtime_unit_tax: Option<i64>,
    /// Consumption tax, 0 to 100 per cent.
    pub tax_rate_percent: i64,
    /// What the printed terms leave open.
    pub policy: PolicyTerms,
}

/// The `[charging.policy]` table: the answers to what is not printed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PolicyTerms {
    /// Started or completed units (C-08).
    pub overtime_rounding: OvertimeRounding,
    /// Seconds of a begun unit that are not counted (C-09).
    pub grace_seconds: i64,
    /// Free time per job or visit (C-15).
    pub allowance_scope: AllowanceScope,
    /// Wall clock or person time (C-16).
    pub crew_time: CrewTime,
    /// Only `work_start` is built (C-10).
    pub clock_starts_at: String,
    /// Only `false` is built (C-11).
    pub pauses_count: bool,
    /// Only `false` is built (C-13).
    pub special_work_consumes_allowance: bool,
    /// Only `false` is built (C-14).
    pub rework_consumes_allowance: bool,
    /// Only `true` is built (C-18).
    pub require_consent_before_charge: bool,
    /// Only `write_off` is built (C-20).
    pub unconsented_overrun: String,
}

/// Another answer to some of the open questions, for an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PolicyOverride {
    /// Started or completed units (C-08).
    pub overtime_rounding: Option<OvertimeRounding>,
    /// Seconds of a begun unit that are not counted, 0 to 599 (C-09).
    pub grace_seconds: Option<i64>,
    /// Free time per job or visit (C-15).
    pub allowance_scope: Option<AllowanceScope>,
    /// Wall clock or person time (C-16).
    pub crew_time: Option<CrewTime>,
}

impl Default for ChargePolicy {
    fn default() -> Self {
        Self {
            free_seconds: 3_600,
            unit_seconds: 600,
            unit_price_yen: Yen(1_100),
            tax_rate_percent: 10,
            overtime_rounding: OvertimeRounding::Started,
            grace_seconds: 0,
            allowance_scope: AllowanceScope::Job,
            crew_time: CrewTime::WallClock,
        }
    }
}

impl ChargePolicy {
    /// From a programme's terms. A value outside its range, or one that is not built, is refused by its key: terms
    /// that would silently be ignored are worse than none.
    pub fn from_terms(terms: &ChargingTerms) -> Result<Self, Refusal> {
        let unit_minutes = within("charging.overtime_unit_minutes", terms.overtime_unit_minutes, 1, 60)?;
        let policy = Self {
            free_seconds: 60 * within("charging.free_minutes", terms.free_minutes, 0, 1_440)?,
            unit_seconds: 60 * unit_minutes,
            unit_price_yen: unit_price(terms)?,
            tax_rate_percent: within("charging.tax_rate_percent", terms.tax_rate_percent, 0, 100)?,
            overtime_rounding: terms.policy.overtime_rounding,
            grace_seconds: grace(
                "charging.policy.grace_seconds",
                terms.policy.grace_seconds,
                60 * unit_minutes,
            )?,
            allowance_scope: terms.policy.allowance_scope,
            crew_time: terms.policy.crew_time,
        };
        only_what_is_built(&terms.policy)?;
        Ok(policy)
    }

    /// The same rules with some open questions answered otherwise.
    pub fn with(self, other: &PolicyOverride) -> Result<Self, Refusal> {
        Ok(Self {
            overtime_rounding: other.overtime_rounding.unwrap_or(self.overtime_rounding),
            grace_seconds: match other.grace_seconds {
                Some(seconds) => grace("policy.grace_seconds", seconds, self.unit_seconds)?,
                None => self.grace_seconds,
            },
            allowance_scope: other.allowance_scope.unwrap_or(self.allowance_scope),
            crew_time: other.crew_time.unwrap_or(self.crew_time),
            ..self
        })
    }

    /// Free work time in seconds.
    #[must_use]
    pub fn free_seconds(&self) -> i64 {
        self.free_seconds
    }

    /// Length of an overtime unit in seconds, 60 to 3,600.
    #[must_use]
    pub fn unit_seconds(&self) -> i64 {
        self.unit_seconds
    }

    /// Price of one unit, tax included.
    #[must_use]
    pub fn unit_price_yen(&self) -> Yen {
        self.unit_price_yen
    }

    /// Consumption tax in per cent.
    #[must_use]
    pub fn tax_rate_percent(&self) -> i64 {
        self.tax_rate_percent
    }

    /// Started or completed units.
    #[must_use]
    pub fn overtime_rounding(&self) -> OvertimeRounding {
        self.overtime_rounding
    }

    /// Seconds of a begun unit that are not counted; without effect on completed units.
    #[must_use]
    pub fn grace_seconds(&self) -> i64 {
        self.grace_seconds
    }

    /// Free time per job or visit.
    #[must_use]
    pub fn allowance_scope(&self) -> AllowanceScope {
        self.allowance_scope
    }

    /// Wall clock or person time.
    #[must_use]
    pub fn crew_time(&self) -> CrewTime {
        self.crew_time
    }
}

fn unit_price(terms: &ChargingTerms) -> Result<Yen, Refusal> {
    let field = "charging.overtime_unit_price_incl_tax";
    let price = within(field, terms.overtime_unit_price_incl_tax, 0, PRICE_YEN_MAX)?;
    if let (Some(without), Some(tax)) = (terms.overtime_unit_price_excl_tax, terms.overtime_unit_tax)
        && without.checked_add(tax) != Some(price)
    {
        return Err(Refusal::field(field, format!("{price} is not {without} + {tax} of tax")));
    }
    Ok(Yen(price))
}

fn grace(field: &str, seconds: i64, unit_seconds: i64) -> Result<i64, Refusal> {
    within(field, seconds, 0, (unit_seconds - 1).min(599))
}

fn only_what_is_built(policy: &PolicyTerms) -> Result<(), Refusal> {
    let built = [
        ("clock_starts_at", policy.clock_starts_at == "work_start", "work_start"),
        ("pauses_count", !policy.pauses_count, "false"),
        ("special_work_consumes_allowance", !policy.special_work_consumes_allowance, "false"),
        ("rework_consumes_allowance", !policy.rework_consumes_allowance, "false"),
        ("require_consent_before_charge", policy.require_consent_before_charge, "true"),
        ("unconsented_overrun", policy.unconsented_overrun == "write_off", "write_off"),
    ];
    match built.iter().find(|(_, accepted, _)| !accepted) {
        Some((key, _, only)) => {
            Err(Refusal::field(format!("charging.policy.{key}"), format!("only {only} is supported")))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"
        free_minutes = 60
        free_items_ja = ["基本料金"]
        overtime_unit_minutes = 10
        overtime_unit_price_incl_tax = 1100
        overtime_unit_price_excl_tax = 1000
        overtime_unit_tax = 100
        tax_rate_percent = 10
        [policy]
        overtime_rounding = "started"
        grace_seconds = 0
        allowance_scope = "job"
        crew_time = "wall_clock"
        clock_starts_at = "work_start"
        pauses_count = false
        special_work_consumes_allowance = false
        rework_consumes_allowance = false
        require_consent_before_charge = true
        unconsented_overrun = "write_off"
        cancellation_fee = 0
    "#;

    fn built(text: &str) -> Result<ChargePolicy, Refusal> {
        ChargePolicy::from_terms(&toml::from_str(text).unwrap())
    }

    #[test]
    fn the_default_is_the_printed_programme() {
        assert_eq!(built(PRINTED).unwrap(), ChargePolicy::default());
    }

    #[test]
    fn what_is_out_of_range_or_not_built_is_refused_by_its_key() {
        for (from, to, key) in [
            ("free_minutes = 60", "free_minutes = -1", "charging.free_minutes"),
            ("unit_minutes = 10", "unit_minutes = 0", "charging.overtime_unit_minutes"),
            ("incl_tax = 1100", "incl_tax = 1200", "charging.overtime_unit_price_incl_tax"),
            ("incl_tax = 1100", "incl_tax = 1000001", "charging.overtime_unit_price_incl_tax"),
            ("percent = 10", "percent = 101", "charging.tax_rate_percent"),
            ("grace_seconds = 0", "grace_seconds = 600", "charging.policy.grace_seconds"),
            ("\"work_start\"", "\"arrival\"", "charging.policy.clock_starts_at"),
            ("pauses_count = false", "pauses_count = true", "charging.policy.pauses_count"),
            (
                "rework_consumes_allowance = false",
                "rework_consumes_allowance = true",
                "charging.policy.rework_consumes_allowance",
            ),
            (
                "before_charge = true",
                "before_charge = false",
                "charging.policy.require_consent_before_charge",
            ),
            ("\"write_off\"", "\"supervisor_review\"", "charging.policy.unconsented_overrun"),
        ] {
            let changed = PRINTED.replacen(from, to, 1);
            assert_ne!(changed, PRINTED, "{from}");
            match built(&changed) {
                Err(Refusal::Invalid(errors)) => assert_eq!(errors[0].field, key),
                other => panic!("{key}: {other:?}"),
            }
        }
    }

    #[test]
    fn grace_is_shorter_than_the_unit() {
        let five = PRINTED.replacen("unit_minutes = 10", "unit_minutes = 5", 1);
        assert!(built(&five.replacen("grace_seconds = 0", "grace_seconds = 299", 1)).is_ok());
        assert!(built(&five.replacen("grace_seconds = 0", "grace_seconds = 300", 1)).is_err());
    }

    #[test]
    fn an_override_changes_only_what_it_names() {
        let other = PolicyOverride { grace_seconds: Some(599), ..PolicyOverride::default() };
        let changed = ChargePolicy::default().with(&other).unwrap();
        assert_eq!(changed, ChargePolicy { grace_seconds: 599, ..ChargePolicy::default() });
        for bad in [-1, 600, i64::MAX] {
            let other = PolicyOverride { grace_seconds: Some(bad), ..PolicyOverride::default() };
            let refusal = ChargePolicy::default().with(&other).unwrap_err();
            assert_eq!(
                refusal,
                Refusal::field("policy.grace_seconds", format!("{bad} is not within 0..=599"))
            );
        }
    }
}
