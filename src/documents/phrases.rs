//! The words of notices in their three languages. "Appears to be", never "is", and never who pays.

use chrono::{DateTime, Datelike as _, Timelike as _};
use chrono_tz::Tz;

use crate::domain::{
    referrals::{Component, DeskHours, Language, LesseeKind, Part, ReferralReason},
    span::{Instant, tokyo},
};

/// One word in the three languages.
type Words = [&'static str; 3];

impl Language {
    fn of(self, words: Words) -> &'static str {
        let [ja, en, easy] = words;
        match self {
            Self::Ja => ja,
            Self::En => en,
            Self::Easy => easy,
        }
    }

    /// What nobody knows.
    #[must_use]
    pub fn unknown(self) -> &'static str {
        self.of(["不明", "unknown", "わかりません"])
    }

    /// Nothing was done.
    #[must_use]
    pub fn nothing_done(self) -> &'static str {
        self.of(["なし", "none", "なにも して いません"])
    }

    /// The room, said once as a room.
    #[must_use]
    pub fn room(self, room: &str) -> String {
        let number = room.trim_end_matches("号室").trim_end_matches('室').trim_end_matches('号');
        match self {
            Self::En => number.to_owned(),
            _ if room.contains('階') => room.to_owned(),
            _ => format!("{number}号室"),
        }
    }

    /// A moment in Tokyo.
    #[must_use]
    pub fn moment(self, at: Instant) -> String {
        let at: DateTime<Tz> = tokyo(at);
        let (year, month, day, hour, minute) = (at.year(), at.month(), at.day(), at.hour(), at.minute());
        match self {
            Self::Ja => format!("{year}年{month}月{day}日 {hour}時{minute:02}分"),
            Self::En => format!("{} (Japan time)", at.format("%-d %B %Y, %H:%M")),
            Self::Easy => {
                format!("{year}年(ねん) {month}月(がつ) {day}日(にち) {hour}時(じ) {minute:02}分(ふん)")
            }
        }
    }

    /// What is broken.
    #[must_use]
    pub fn component(self, component: Component) -> &'static str {
        self.of(match component {
            Component::Tap => ["蛇口", "tap", "蛇口(じゃぐち)"],
            Component::Toilet => ["トイレ", "toilet", "トイレ"],
            Component::WasherTap => {
                ["洗濯機用水栓", "washing-machine tap", "洗濯機(せんたくき)の 蛇口(じゃぐち)"]
            }
            Component::UnitPipe => {
                ["室内の給水管", "water pipe in the room", "部屋(へや)の 水(みず)の 管(くだ)"]
            }
            Component::HiddenPipe => [
                "壁・床・天井裏の配管",
                "pipe in the wall, floor or ceiling",
                "かべや 床(ゆか)の 中(なか)の 管(くだ)",
            ],
            Component::Meter => ["水道メーターまわり", "water meter", "水道(すいどう)の メーター"],
            Component::BranchDrain => {
                ["排水管(横枝管)", "branch drain", "部屋(へや)の 排水(はいすい)の 管(くだ)"]
            }
            Component::Stack => ["排水立て管", "drain stack", "建物(たてもの)の 排水(はいすい)の 管(くだ)"],
            Component::Ceiling => ["天井(上からの水漏れ)", "ceiling (water from above)", "天井(てんじょう)"],
            Component::DoorLock => ["玄関の錠", "lock of the room's door", "玄関(げんかん)の かぎ"],
            Component::Door => ["玄関扉", "door of the room", "玄関(げんかん)の ドア"],
            Component::Entrance => {
                ["共用玄関・オートロック", "entrance of the building", "建物(たてもの)の 入口(いりぐち)"]
            }
            Component::Window => ["窓", "window", "窓(まど)"],
            Component::Equipment => {
                ["備え付けの設備", "built-in equipment", "部屋(へや)に ついている 機械(きかい)"]
            }
            Component::Other => ["その他", "other", "ほかの もの"],
        })
    }

    /// Whose part it seems to be.
    #[must_use]
    pub fn part(self, part: Part) -> &'static str {
        self.of(match part {
            Part::Private => {
                ["専有部分と思われる", "appears to be private", "部屋(へや)の 中(なか)の もの のようです"]
            }
            Part::Common => {
                ["共用部分と思われる", "appears to be common", "みんなで 使(つか)う もの のようです"]
            }
            Part::Unknown => {
                ["専有・共用の別は不明", "private or common: unknown", "だれの ものか わかりません"]
            }
        })
    }

    /// Why.
    #[must_use]
    pub fn reason(self, reason: ReferralReason) -> &'static str {
        self.of(match reason {
            ReferralReason::Wear => {
                ["経年劣化と思われるため", "it appears to be wear", "古(ふる)く なった から のようです"]
            }
            ReferralReason::CommonArea => [
                "共用部分と思われるため",
                "it appears to be in the common area",
                "みんなで 使(つか)う ところ のようです",
            ],
            ReferralReason::Both => [
                "共用部分の経年劣化と思われるため",
                "it appears to be wear in the common area",
                "みんなで 使(つか)う ところが 古(ふる)く なった から のようです",
            ],
            ReferralReason::BuildingDefect => [
                "建物の不具合と思われるため",
                "it appears to be a defect of the building",
                "建物(たてもの)が こわれて いる から のようです",
            ],
            ReferralReason::Unknown => [
                "原因が不明で、ご確認をお願いしたいため",
                "the cause is unknown and should be looked at",
                "理由(りゆう)は まだ わかりません。見(み)て もらいます",
            ],
        })
    }

    /// What kind of lessee.
    #[must_use]
    pub fn lessee(self, kind: LesseeKind) -> &'static str {
        self.of(match kind {
            LesseeKind::Worker => ["入居者本人", "the resident", "住(す)んでいる 人(ひと)"],
            LesseeKind::HostCompany => ["受入企業", "the host company", "会社(かいしゃ)"],
            LesseeKind::HostOwned => {
                ["受入企業の所有", "owned by the host company", "会社(かいしゃ)の 建物(たてもの)"]
            }
            LesseeKind::Unknown => ["不明", "unknown", "わかりません"],
        })
    }

    /// Hours of a desk.
    #[must_use]
    pub fn hours(self, hours: &DeskHours) -> String {
        if hours.are_always() {
            return self.of(["24時間", "24 hours", "24時間(じかん)"]).to_owned();
        }
        let windows = hours.windows().map(|(days, from, to)| {
            let days: Vec<_> = days.into_iter().map(|day| self.day(day)).collect();
            format!("{} {from}–{}", days.join(self.of(["・", ", ", "、"])), self.closing(to))
        });
        let windows: Vec<_> = windows.collect();
        if windows.is_empty() { self.unknown().to_owned() } else { windows.join(" / ") }
    }

    fn closing(self, to: &str) -> String {
        match to.strip_suffix("+1") {
            Some(time) => format!("{}{time}", self.of(["翌", "next day ", "つぎの 日(ひ) "])),
            None => to.to_owned(),
        }
    }

    fn day(self, class: &str) -> &'static str {
        self.of(match class {
            "weekday" => ["平日", "weekdays", "月曜日(げつようび)から 金曜日(きんようび)"],
            "sat" => ["土曜", "Saturdays", "土曜日(どようび)"],
            "sun" => ["日曜", "Sundays", "日曜日(にちようび)"],
            "holiday" => ["祝日", "holidays", "祝日(しゅくじつ)"],
            _ => ["年末年始", "year-end", "年末年始(ねんまつねんし)"],
        })
    }
}
