//! Cooling-off: the eight days in which a contract made at the home may be rescinded (Y-11). They are counted from the
//! day on which the customer received the statutory document; until then they have not begun.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{JobId, StatutoryReceiptId},
    known::Known,
    refusal::{MoneyRefused, Refusal},
    span::{Instant, tokyo},
    text_enum::text_enum,
};

/// How many days it lasts; the day of receipt is the first of them (Y-11).
pub const DAYS: u64 = 8;
/// Receipts of one job at most: one, and what was typed wrongly.
pub const RECEIPTS_PER_JOB_MAX: usize = 20;

/// That the customer has received the statutory document. Never edited: a later one of the job takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StatutoryReceipt {
    /// Its id.
    pub id: StatutoryReceiptId,
    /// The job whose document it was.
    pub job_id: JobId,
    /// Which one of the job it is; the last one counts.
    pub number: i64,
    /// The day in Tokyo on which the customer received the document.
    pub received_on: NaiveDate,
    /// When that was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Until when a contract may be rescinded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CoolingOff {
    /// The day in Tokyo on which the customer received the document; `unspecified` while nobody has recorded it.
    #[schema(value_type = String, examples("2026-11-23", "unspecified"))]
    pub document_received_on: Known<NaiveDate>,
    /// The eighth day, to whose end a notice may be sent; `unspecified` while the day of receipt is: the eight days have
    /// not begun.
    #[schema(value_type = String, examples("2026-11-30", "unspecified"))]
    pub ends_on: Known<NaiveDate>,
}

impl CoolingOff {
    /// Counted from the last receipt.
    #[must_use]
    pub fn of(receipts: &[StatutoryReceipt]) -> Self {
        let last = receipts.iter().max_by_key(|receipt| receipt.number);
        let received_on = last.map_or(Known::Unspecified, |receipt| Known::Known(receipt.received_on));
        Self { document_received_on: received_on, ends_on: received_on.map(last_day) }
    }
}

/// The last day of cooling-off (Y-11).
#[must_use]
pub fn last_day(received_on: NaiveDate) -> NaiveDate {
    received_on.checked_add_days(Days::new(DAYS - 1)).unwrap_or(NaiveDate::MAX)
}

text_enum! {
    /// What is doubtful about a day of receipt.
    pub enum ReceiptDoubt("doubt about a receipt") {
        /// It is later than the one on record, so that the eight days would begin anew.
        DatedLater = "dated_later",
    }
}

/// Whether a document of a job made at an instant can have been received on that day: not before there was anything to
/// agree to, and not in the future. A later day than the one on record is asked back: the eight days begin once, unless that one
/// was wrong.
pub fn check(
    received_on: NaiveDate,
    job_made_at: Instant,
    known: &[StatutoryReceipt],
    now: Instant,
    confirmed: &[ReceiptDoubt],
) -> Result<(), Refusal> {
    if known.len() >= RECEIPTS_PER_JOB_MAX {
        return Err(MoneyRefused::TooManyReceipts.into());
    }
    if received_on > tokyo(now).date_naive() {
        return Err(Refusal::field("received_on", "must not be in the future"));
    }
    if received_on < tokyo(job_made_at).date_naive() {
        return Err(Refusal::field("received_on", "must not be before the job was made"));
    }
    if let Known::Known(on_record) = CoolingOff::of(known).document_received_on
        && received_on > on_record
        && !confirmed.contains(&ReceiptDoubt::DatedLater)
    {
        return Err(MoneyRefused::ReceiptDatedLater(on_record).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn receipt(number: i64, received_on: &str) -> StatutoryReceipt {
        StatutoryReceipt {
            id: StatutoryReceiptId(Uuid::from_u128(1)),
            job_id: JobId(Uuid::from_u128(2)),
            number,
            received_on: day(received_on),
            recorded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn y_11_the_day_of_receipt_is_the_first_of_eight() {
        for (received, ends) in [
            ("2026-11-23", "2026-11-30"),
            ("2026-11-24", "2026-12-01"),
            ("2026-12-28", "2027-01-04"),
            ("2028-02-23", "2028-03-01"),
        ] {
            assert_eq!(last_day(day(received)), day(ends), "{received}");
        }
    }

    #[test]
    fn y_11_without_a_receipt_the_eight_days_have_not_begun() {
        let none = CoolingOff { document_received_on: Known::Unspecified, ends_on: Known::Unspecified };
        assert_eq!(CoolingOff::of(&[]), none);
        let corrected = CoolingOff::of(&[receipt(2, "2026-11-25"), receipt(1, "2026-11-23")]);
        let known = |text| Known::Known(day(text));
        let expected = CoolingOff { document_received_on: known("2026-11-25"), ends_on: known("2026-12-02") };
        assert_eq!(corrected, expected, "the last one recorded counts");
    }

    #[test]
    fn days_are_those_of_tokyo() {
        // 23:30 on the 22nd in Tokyo; recorded at 00:30 on the 24th.
        let (made, now) = (at("2026-11-22T14:30:00Z"), at("2026-11-23T15:30:00Z"));
        for (received, fits) in
            [("2026-11-21", false), ("2026-11-22", true), ("2026-11-24", true), ("2026-11-25", false)]
        {
            assert_eq!(check(day(received), made, &[], now, &[]).is_ok(), fits, "{received}");
        }
        let many = vec![receipt(1, "2026-11-23"); RECEIPTS_PER_JOB_MAX];
        assert!(check(day("2026-11-23"), made, &many, now, &[]).is_err());
    }

    #[test]
    fn the_eight_days_begin_once_unless_the_day_on_record_was_wrong() {
        let (made, now) = (at("2026-11-22T14:30:00Z"), at("2026-12-20T15:30:00Z"));
        let known = [receipt(1, "2026-11-24")];
        for (received, fits) in
            [("2026-11-23", true), ("2026-11-24", true), ("2026-11-25", false), ("2026-12-20", false)]
        {
            assert_eq!(check(day(received), made, &known, now, &[]).is_ok(), fits, "{received}");
            assert!(
                check(day(received), made, &known, now, &[ReceiptDoubt::DatedLater]).is_ok(),
                "{received}"
            );
        }
    }
}
