//! The order note (出動指示書): what a contractor is ordered to do, on which terms (C-26), and why he carries opening
//! tools (S-07). Shown on the technician's device; the Japanese text is the order, the English one explains it.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use crate::domain::{fitness::WorkScope, span::tokyo, trade::Trade};

/// The terms printed on every note; a new text is a new version.
pub const TERMS_VERSION: &str = "terms-1";

/// What a note says.
#[derive(Debug, Clone)]
pub struct OrderNoteFacts {
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The case's number.
    pub case_number: String,
    /// The contractor.
    pub firm: String,
    /// Who goes.
    pub technician: String,
    /// Which trade it takes.
    pub trade: Trade,
    /// What is to be done, in Japanese.
    pub work_ja: String,
    /// The same in English.
    pub work_en: String,
    /// How much of it may be done.
    pub scope: WorkScope,
    /// Where; nothing once erased, or once the technician is off the job.
    pub address: Option<String>,
    /// When the technician promised to be there.
    pub arrival_due_at: Option<DateTime<Utc>>,
}

/// The note in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNoteText {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

/// Writes the note.
#[must_use]
pub fn write(facts: &OrderNoteFacts) -> OrderNoteText {
    OrderNoteText { ja: japanese(facts), en: english(facts) }
}

fn japanese(facts: &OrderNoteFacts) -> String {
    let clock = |at: DateTime<Utc>| tokyo(at).format("%Y年%-m月%-d日 %H:%M").to_string();
    let mut text = format!(
        "出動指示書　{}\n発行：{}\n受付番号：{}\n\n出動先の業者：{}　担当：{}\n作業内容：{}\n",
        facts.number,
        clock(facts.issued_at),
        facts.case_number,
        facts.firm,
        facts.technician,
        facts.work_ja,
    );
    if facts.scope == WorkScope::StopGap {
        text.push_str(concat!(
            "作業範囲：応急処置のみ（止水など）。この地域の指定給水装置工事事業者ではないため、",
            "給水装置の工事は行わないでください（水道法第16条の2）。\n",
        ));
    }
    line(&mut text, "訪問先", facts.address.as_deref());
    line(&mut text, "到着予定", facts.arrival_due_at.map(clock).as_deref());
    text.push_str(concat!(
        "\n条件\n",
        "・基本料金、出張料金、夜間・休日料金、60分以内の作業は利用者に請求しません。\n",
        "・60分を超える作業は10分につき1,100円（税込）です。超過作業・部品・特殊作業は、事前に説明し、記録された同意を得たものだけを請求できます。\n",
        "・報酬は、作業が完了した日から60日以内に支払います。\n",
        "・氏名・住所・電話番号は、この出動のためだけに使い、終了後に消去します。\n",
    ));
    if facts.trade == Trade::Lock {
        text.push_str(concat!(
            "\n開錠用具の携帯について\n",
            "担当者は、本指示書による開錠業務のため、特殊開錠用具を携帯しています",
            "（特殊開錠用具の所持の禁止等に関する法律に定める、業務その他正当な理由による携帯）。",
            "開錠の前に、本人と居住を確認します。\n",
        ));
    }
    text
}

fn english(facts: &OrderNoteFacts) -> String {
    let clock = |at: DateTime<Utc>| tokyo(at).format("%Y-%m-%d %H:%M (Tokyo)").to_string();
    let mut text = format!(
        "Order note {}\nIssued: {}\nCase: {}\n\nContractor: {}, technician: {}\nWork: {}\n",
        facts.number,
        clock(facts.issued_at),
        facts.case_number,
        facts.firm,
        facts.technician,
        facts.work_en,
    );
    if facts.scope == WorkScope::StopGap {
        text.push_str(concat!(
            "Scope: make safe only (close the water). Not designated by the water utility there: no work on the supply ",
            "system (Water Supply Act, art. 16-2).\n",
        ));
    }
    english_line(&mut text, "Site", facts.address.as_deref());
    english_line(&mut text, "Arrival promised", facts.arrival_due_at.map(clock).as_deref());
    text.push_str(concat!(
        "\nTerms\n",
        "- Base, call-out, night and holiday fees and up to 60 minutes of work are not charged to the resident.\n",
        "- Beyond 60 minutes: 1,100 yen (tax included) per 10 minutes. Overtime, parts and special work are charged ",
        "only after they were explained and the consent was recorded.\n",
        "- Payment is made within 60 days of the day the work is completed.\n",
        "- Name, address and telephone number are used for this order only and erased afterwards.\n",
    ));
    if facts.trade == Trade::Lock {
        text.push_str(concat!(
            "\nOpening tools\n",
            "The technician carries special opening tools for the work ordered by this note (a business reason under ",
            "the Act on Prohibition of Possession of Special Unlocking Tools). Person and right of residence are ",
            "checked before anything is opened.\n",
        ));
    }
    text
}

fn line(text: &mut String, label: &str, value: Option<&str>) {
    if let Some(value) = value {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label}：{value}");
    }
}

fn english_line(text: &mut String, label: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = writeln!(text, "{label}: {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(trade: Trade) -> OrderNoteFacts {
        OrderNoteFacts {
            number: "O-261122-0003".to_owned(),
            issued_at: "2026-11-22T12:00:00Z".parse().unwrap(),
            case_number: "261122-0007".to_owned(),
            firm: "架空設備".to_owned(),
            technician: "架空 太郎".to_owned(),
            trade,
            work_ja: "鍵の紛失".to_owned(),
            work_en: "Key lost".to_owned(),
            scope: WorkScope::Lasting,
            address: None,
            arrival_due_at: None,
        }
    }

    #[test]
    fn s_07_a_lock_order_is_the_proof_for_opening_tools_and_a_water_order_is_not() {
        assert!(write(&facts(Trade::Lock)).ja.contains("特殊開錠用具を携帯"));
        assert!(!write(&facts(Trade::Water)).ja.contains("特殊開錠用具"));
    }

    #[test]
    fn c_26_the_terms_say_what_is_paid_and_when_and_never_that_all_is_free() {
        let text = write(&facts(Trade::Water));
        assert!(text.ja.contains("60日以内に支払います") && text.en.contains("within 60 days"));
        assert!(!text.en.contains("always free") && !text.ja.contains("すべて無料"), "C-21");
        assert!(!text.ja.contains("訪問先"), "what is erased leaves no empty line");
    }
}
