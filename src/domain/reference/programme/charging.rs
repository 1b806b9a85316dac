//! What is free, what is charged, and the rules the source leaves open (C-01 to C-20).

use serde::{Deserialize, Serialize};

use crate::domain::charging::{AllowanceScope, CrewTime, OvertimeRounding};
use crate::domain::money::Yen;
use crate::domain::reference::basis::Basis;
use crate::domain::reference::document::Findings;
use crate::domain::text_enum::text_enum;
use crate::domain::trade::Trade;

/// The charging terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charging {
    /// Always yen.
    pub currency: Currency,
    /// What is free, as printed.
    pub free_items_ja: Vec<String>,
    /// What is free.
    pub free_items: Vec<FreeItem>,
    /// Minutes of work that are free.
    pub free_minutes: u32,
    /// The trades these terms are for (C-06).
    pub applies_to: Vec<Trade>,
    /// What is charged, as printed.
    pub chargeable_items_ja: Vec<String>,
    /// What is charged.
    pub chargeable_items: Vec<ChargeableItem>,
    /// Minutes of one unit of overtime.
    pub overtime_unit_minutes: u32,
    /// Price of a unit, tax included.
    pub overtime_unit_price_incl_tax: Yen,
    /// Price of a unit without tax.
    pub overtime_unit_price_excl_tax: Yen,
    /// Tax of a unit.
    pub overtime_unit_tax: Yen,
    /// Consumption tax, in per cent.
    pub tax_rate_percent: i64,
    /// How special work is priced (C-05).
    pub special_work_price: SpecialWorkPrice,
    /// How parts are priced (C-05).
    pub parts_price: PartsPrice,
    /// Where this comes from.
    pub basis: Basis,
    /// What the source leaves open.
    pub policy: Policy,
}

/// The rules the source leaves open, each a configuration value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether a started or a completed unit is charged (C-08).
    pub overtime_rounding: OvertimeRounding,
    /// Seconds of excess that start no unit (C-09).
    pub grace_seconds: u32,
    /// What the free minutes are counted over (C-15).
    pub allowance_scope: AllowanceScope,
    /// How two technicians at once are counted (C-16).
    pub crew_time: CrewTime,
    /// When the clock starts (C-10).
    pub clock_starts_at: ClockStart,
    /// Whether pauses count as work (C-11).
    pub pauses_count: bool,
    /// Whether quoted special work uses up the free minutes (C-13).
    pub special_work_consumes_allowance: bool,
    /// Whether rework uses up the free minutes (C-14).
    pub rework_consumes_allowance: bool,
    /// Who pays unless somebody else consents.
    pub default_payer: Payer,
    /// Who may pay.
    pub allowed_payers: Vec<Payer>,
    /// Whether nothing is charged without prior consent (C-18).
    pub require_consent_before_charge: bool,
    /// What becomes of units beyond the cap (C-20).
    pub unconsented_overrun: UnconsentedOverrun,
    /// Price of a cancellation (C-25).
    pub cancellation_fee: Yen,
    /// Limit on the number of uses (E-06).
    pub callout_frequency_limit: FrequencyLimit,
    /// Cash amount from which a statutory document is due.
    pub statutory_document_threshold_cash: Yen,
    /// How tax is rounded, once per rate per invoice (C-28).
    pub invoice_tax_rounding: TaxRounding,
    /// Whether prices on an invoice include tax (C-29).
    pub invoice_price_basis: PriceBasis,
}

text_enum! {
    /// Currency of every amount.
    pub enum Currency("currency") {
        /// Yen.
        Jpy = "JPY",
    }
}

text_enum! {
    /// Something that is free (C-01).
    pub enum FreeItem("free item") {
        /// 基本料金.
        BaseFee = "base_fee",
        /// 出張料金.
        CallOutFee = "call_out_fee",
        /// 夜間料金.
        NightFee = "night_fee",
        /// 休日料金.
        HolidayFee = "holiday_fee",
        /// 作業料金(60分以内の作業).
        WorkWithin60Minutes = "work_within_60_minutes",
    }
}

text_enum! {
    /// Something that is charged (C-02).
    pub enum ChargeableItem("chargeable item") {
        /// 超過作業料金.
        Overtime = "overtime",
        /// 特殊作業料金.
        SpecialWork = "special_work",
        /// 部品代金.
        Parts = "parts",
    }
}

text_enum! {
    /// How special work is priced.
    pub enum SpecialWorkPrice("price of special work") {
        /// Quoted and agreed beforehand.
        Quote = "quote",
    }
}

text_enum! {
    /// How parts are priced.
    pub enum PartsPrice("price of parts") {
        /// What they cost, agreed beforehand.
        Actual = "actual",
    }
}

text_enum! {
    /// When the clock of the free minutes starts.
    pub enum ClockStart("start of the clock") {
        /// Hands on.
        WorkStart = "work_start",
    }
}

text_enum! {
    /// Who pays (section 2.7).
    pub enum Payer("payer") {
        /// The worker.
        Worker = "worker",
        /// The employer.
        HostCompany = "host_company",
        /// The landlord.
        Landlord = "landlord",
        /// The programme.
        Programme = "programme",
    }
}

text_enum! {
    /// What becomes of units beyond the consented cap.
    pub enum UnconsentedOverrun("unconsented overrun") {
        /// Nobody is billed.
        WriteOff = "write_off",
        /// A supervisor looks.
        SupervisorReview = "supervisor_review",
    }
}

text_enum! {
    /// Limit on the number of uses.
    pub enum FrequencyLimit("limit on uses") {
        /// No limit is printed.
        None = "none",
    }
}

text_enum! {
    /// How tax is rounded to whole yen.
    pub enum TaxRounding("tax rounding") {
        /// Down.
        Floor = "floor",
        /// Half up.
        HalfUp = "half_up",
        /// Up.
        Ceil = "ceil",
    }
}

text_enum! {
    /// Whether prices include tax.
    pub enum PriceBasis("price basis") {
        /// They do.
        TaxInclusive = "tax_inclusive",
        /// They do not.
        TaxExclusive = "tax_exclusive",
    }
}

/// A day of free work, or a unit as long, is a mistake.
const MINUTES_MAX: u32 = 24 * 60;

impl Charging {
    pub(super) fn check(&self, findings: &mut Findings<'_>) {
        for (key, minutes) in [
            ("charging.free_minutes", self.free_minutes),
            ("charging.overtime_unit_minutes", self.overtime_unit_minutes),
        ] {
            if minutes == 0 || minutes > MINUTES_MAX {
                findings.refuse(key, format!("is {minutes}; expected 1 to {MINUTES_MAX} minutes"));
            }
        }
        let (with_tax, without_tax) = (self.overtime_unit_price_incl_tax, self.overtime_unit_price_excl_tax);
        if with_tax <= Yen::ZERO || without_tax.checked_add(self.overtime_unit_tax) != Some(with_tax) {
            findings.refuse(
                "charging.overtime_unit_price_incl_tax",
                format!("is {}; expected the price without tax plus the tax", with_tax.0),
            );
        }
        if !(0..=100).contains(&self.tax_rate_percent) {
            findings.refuse("charging.tax_rate_percent", "expected 0 to 100");
        } else if with_tax.0.abs() > PRICE_MAX
            || with_tax.tax_included(self.tax_rate_percent) != self.overtime_unit_tax
        {
            findings
                .refuse("charging.overtime_unit_tax", "is not the tax inside the price at tax_rate_percent");
        }
        refuse_mismatch(findings, "charging.free_items", self.free_items.len(), self.free_items_ja.len());
        let (codes, printed) = (self.chargeable_items.len(), self.chargeable_items_ja.len());
        refuse_mismatch(findings, "charging.chargeable_items", codes, printed);
        self.policy.check(findings);
    }
}

/// Ten million yen for ten minutes is a mistake; it also keeps products within an `i64`.
const PRICE_MAX: i64 = 10_000_000;

fn refuse_mismatch(findings: &mut Findings<'_>, key: &str, codes: usize, printed: usize) {
    if codes != printed {
        findings.refuse(key, format!("has {codes} codes for {printed} printed items; expected one each"));
    }
}

impl Policy {
    fn check(&self, findings: &mut Findings<'_>) {
        if !self.allowed_payers.contains(&self.default_payer) {
            let message = format!("'{}' is not in allowed_payers; expected one of them", self.default_payer);
            findings.refuse("charging.policy.default_payer", message);
        }
        if self.cancellation_fee < Yen::ZERO {
            findings.refuse("charging.policy.cancellation_fee", "is negative; expected 0 or more");
        }
        if self.statutory_document_threshold_cash < Yen::ZERO {
            findings.refuse("charging.policy.statutory_document_threshold_cash", "expected 0 or more");
        }
        if self.grace_seconds >= GRACE_SECONDS_LIMIT {
            findings.refuse("charging.policy.grace_seconds", "expected less than a unit of 600 seconds");
        }
    }
}

/// A grace of a whole unit would be another price.
const GRACE_SECONDS_LIMIT: u32 = 600;
