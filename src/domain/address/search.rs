//! Looking a place up: [prefecture] [municipality] town [block building room], read from the left in every way the
//! gazetteer allows; the best readings first.

use std::{cmp::Reverse, collections::HashMap};

use super::{
    folded::Folded,
    index::{Keys, PlaceIndex},
    name, reading,
    rest::Rest,
};
use crate::domain::{place::Place, refusal::Refusal, text_enum::text_enum};

/// Characters of a query at most.
pub const QUERY_CHARS_MAX: usize = 200;
/// Digits of a postal code at least.
const POSTAL_DIGITS_MIN: usize = 3;
const POSTAL_DIGITS: usize = 7;
/// Letters of a reading at least.
const LETTERS_MIN: usize = 2;

text_enum! {
    /// How a place was found.
    pub enum Match("kind of match") {
        /// By its postal code.
        PostalCode = "postal_code",
        /// By the first digits of its postal code.
        PostalPrefix = "postal_prefix",
        /// The town is named.
        Town = "town",
        /// The town is named as far as typed.
        TownPrefix = "town_prefix",
        /// Its municipality, or the parent city of that, is named.
        Municipality = "municipality",
        /// Its municipality or prefecture is named as far as typed.
        MunicipalityPrefix = "municipality_prefix",
    }
}

/// A place found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The place.
    pub place: Place,
    /// How it was found.
    pub matched: Match,
    /// What was said beyond it.
    pub rest: Rest,
}

/// How well a row fits: less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    class: Class,
    /// Characters of the query that are explained.
    explained: Reverse<usize>,
    /// Characters of the key beyond the query.
    beyond: usize,
}

/// Classes of fit, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// Municipality and town are named.
    TownOfNamed,
    /// The query is a municipality: its row without a town.
    Municipality,
    /// The town is named, its municipality is not.
    Town,
    /// The municipality is named, the town as far as typed.
    PrefixOfNamed,
    /// The municipality is named, and something that is no town of it.
    AddressIn,
    /// The town as far as typed.
    Prefix,
    /// A town of the municipality that is the query.
    Within,
    /// The municipality as far as typed, or a prefecture.
    Typing,
}

/// Whether a name is written as it was typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    AsTyped,
    Variant,
}

impl Class {
    fn matched(self) -> Match {
        match self {
            Self::TownOfNamed | Self::Town => Match::Town,
            Self::PrefixOfNamed | Self::Prefix => Match::TownPrefix,
            Self::Municipality | Self::AddressIn | Self::Within => Match::Municipality,
            Self::Typing => Match::MunicipalityPrefix,
        }
    }
}

/// Where towns are looked for.
#[derive(Clone, Copy)]
enum Scope<'m> {
    Anywhere,
    Prefecture([u8; 2]),
    Municipalities(&'m [u16], Option<[u8; 2]>),
}

/// One look-up.
struct Search<'i> {
    index: &'i PlaceIndex,
    keys: &'i Keys,
    query: Folded,
    is_reading: bool,
    /// The best fit of each row, and where in the query what follows it begins.
    found: HashMap<u32, (Fit, usize)>,
}

impl PlaceIndex {
    /// The places that fit best, best first. Refuses what is too short to tell anything.
    pub fn search(&self, field: &'static str, text: &str, limit: usize) -> Result<Vec<Hit>, Refusal> {
        let text = name::normalised(text);
        let text = text.trim().trim_start_matches('〒').trim();
        if text.chars().count() > QUERY_CHARS_MAX {
            return Err(Refusal::field(field, format!("must have at most {QUERY_CHARS_MAX} characters")));
        }
        let (digits, after) = postal_digits(text);
        if after.is_empty() && !digits.is_empty() {
            return self.by_digits(field, &digits, limit);
        }
        if digits.len() == POSTAL_DIGITS {
            let after = after.trim();
            let of_code = self.of_postal_code(&digits);
            let hits = self.named(field, after, usize::MAX).unwrap_or_default();
            let within: Vec<Hit> =
                hits.into_iter().filter(|hit| hit.place.postal_code.as_str() == digits).take(limit).collect();
            if within.is_empty() && !of_code.is_empty() {
                return Ok(self.hits(of_code, Match::PostalCode, &Rest::split(after), limit));
            }
            return Ok(within);
        }
        self.named(field, text, limit)
    }

    fn by_digits(&self, field: &'static str, digits: &str, limit: usize) -> Result<Vec<Hit>, Refusal> {
        if !(POSTAL_DIGITS_MIN..=POSTAL_DIGITS).contains(&digits.len()) {
            let message =
                format!("a postal code has {POSTAL_DIGITS} digits; type at least {POSTAL_DIGITS_MIN}");
            return Err(Refusal::field(field, message));
        }
        let matched = if digits.len() == POSTAL_DIGITS { Match::PostalCode } else { Match::PostalPrefix };
        Ok(self.hits(self.of_postal_code(digits), matched, &Rest::default(), limit))
    }

    fn hits(&self, rows: &[u32], matched: Match, rest: &Rest, limit: usize) -> Vec<Hit> {
        let hit = |place| Hit { place, matched, rest: rest.clone() };
        rows.iter().take(limit).filter_map(|row| self.place(*row)).map(hit).collect()
    }

    fn named(&self, field: &'static str, text: &str, limit: usize) -> Result<Vec<Hit>, Refusal> {
        let is_reading = !name::has_kanji(text);
        let query = if is_reading { reading::fold(text) } else { name::fold(text) };
        if query.len() < if is_reading { LETTERS_MIN } else { 1 } {
            return Err(Refusal::field(
                field,
                "is too short: type a postal code from its third digit on, one kanji, one kana or two letters",
            ));
        }
        let keys = if is_reading { &self.readings } else { &self.names };
        let mut search = Search { index: self, keys, query, is_reading, found: HashMap::new() };
        search.run();
        Ok(search.best(limit))
    }

    /// The parts of a whole address line; nothing when no municipality of the gazetteer is named in it.
    #[must_use]
    pub fn parse(&self, line: &str) -> Option<Hit> {
        let hit = self.search("line", line, 1).ok()?.into_iter().next()?;
        matches!(hit.matched, Match::Town | Match::Municipality | Match::PostalCode).then_some(hit)
    }
}

/// The digits of a postal code at the start, and what follows them. 460-0008 is one; 3-15 is none.
fn postal_digits(text: &str) -> (String, &str) {
    let is_hyphen = |char: char| matches!(char, '-' | '‐' | '−' | '–' | 'ー' | '―');
    let head = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (first, rest) = text.split_at(head);
    if first.len() == POSTAL_DIGITS_MIN && rest.starts_with(is_hyphen) {
        let tail = rest.trim_start_matches(is_hyphen);
        let end = tail.find(|char: char| !char.is_ascii_digit()).unwrap_or(tail.len());
        return (format!("{first}{}", &tail[..end]), &tail[end..]);
    }
    (first.to_owned(), rest)
}

impl Search<'_> {
    fn run(&mut self) {
        let (keys, len) = (self.keys, self.query.len());
        self.from(0, None);
        for to in 1..=len {
            if let Some(prefecture) = keys.prefectures.get(self.query.slice(0, to)).copied() {
                if to < len {
                    self.from(to, Some(prefecture));
                } else {
                    self.prefecture(prefecture);
                }
            }
        }
        self.settle_by_length();
    }

    /// A town of a municipality that was named, or the municipality with an address in it: whichever explains more of the
    /// line. 大阪市旭区1-1 is the ward, though another ward of the city has a town 旭. Of two that explain as much it is
    /// the municipality where it is written out (越前市1-1 is the city, though 越前町 has a town 市), else the town.
    fn settle_by_length(&mut self) {
        let of_class = |class: Class| self.found.iter().filter(move |(_, (fit, _))| fit.class == class);
        let longest = |class: Class| of_class(class).map(|(_, (fit, _))| fit.explained.0).max();
        let Some(town) = longest(Class::TownOfNamed) else { return };
        let is_municipality = |(row, (fit, _)): (&u32, &(Fit, usize))| {
            let end = fit.explained.0;
            end > town || (end == town && self.is_written_out(*row, end))
        };
        let loser = if of_class(Class::AddressIn).any(is_municipality) {
            Class::TownOfNamed
        } else {
            Class::AddressIn
        };
        self.found.retain(|_, (fit, _)| fit.class != loser);
    }

    /// Whether the municipality of a row is named with its 市, 町, 村 or 区, which end before character `end`.
    fn is_written_out(&self, row: u32, end: usize) -> bool {
        let municipality = self.index.rows[row as usize].municipality;
        let name = &self.index.municipalities[usize::from(municipality)].name;
        end > 0 && name.ends_with(self.query.slice(end - 1, end))
    }

    /// Reads on after the prefecture, if there was one.
    fn from(&mut self, start: usize, prefecture: Option<[u8; 2]>) {
        let (keys, len) = (self.keys, self.query.len());
        for lead in self.leads(start) {
            self.towns(start, lead, prefecture.map_or(Scope::Anywhere, Scope::Prefecture));
            for to in start + 1..=len {
                let form = format!("{lead}{}", self.query.slice(start, to));
                if let Some(meant) = keys.municipalities.get(form.as_str()) {
                    self.within(start, to, Scope::Municipalities(meant, prefecture));
                }
            }
        }
        let typed = self.query.slice(start, len).to_owned();
        let typing: Vec<u16> = keys.municipalities_beginning_with(&typed).collect();
        let fit = Fit { class: Class::Typing, explained: Reverse(len), beyond: 0 };
        self.whole(&typing, prefecture, fit);
    }

    /// Reads on after a municipality.
    fn within(&mut self, start: usize, at: usize, scope: Scope<'_>) {
        let Scope::Municipalities(meant, prefecture) = scope else { return };
        let len = self.query.len();
        let fit = Fit { class: Class::AddressIn, explained: Reverse(at), beyond: len - (at - start) };
        if at < len && self.query.is_boundary(at) {
            self.whole_from(meant, prefecture, fit, at);
        } else if at < len && !self.is_reading {
            // A town the gazetteer does not know: what belongs to it is not told from what follows.
            self.whole(meant, prefecture, fit);
        }
        if at == len {
            self.whole(meant, prefecture, Fit { class: Class::Municipality, ..fit });
            let fit = Fit { class: Class::Within, explained: Reverse(at), beyond: 0 };
            for municipality in self.of_prefecture(meant, prefecture) {
                for row in self.index.rows_of[usize::from(municipality)].clone() {
                    self.offer(row, fit, at);
                }
            }
            return;
        }
        for lead in self.leads(at) {
            self.towns(at, lead, scope);
        }
    }

    /// The municipalities of a prefecture, each by its row without a town.
    fn prefecture(&mut self, prefecture: [u8; 2]) {
        let all = (0..).take(self.index.municipalities.len());
        let within: Vec<u16> = all.filter(|at| self.index.prefecture_of(*at) == prefecture).collect();
        let fit = Fit { class: Class::Typing, explained: Reverse(self.query.len()), beyond: 0 };
        self.whole(&within, Some(prefecture), fit);
    }

    fn of_prefecture(&self, meant: &[u16], prefecture: Option<[u8; 2]>) -> Vec<u16> {
        let fits = |at: &u16| prefecture.is_none_or(|prefecture| self.index.prefecture_of(*at) == prefecture);
        meant.iter().copied().filter(fits).collect()
    }

    fn whole(&mut self, meant: &[u16], prefecture: Option<[u8; 2]>, fit: Fit) {
        self.whole_from(meant, prefecture, fit, self.query.len());
    }

    /// Municipalities, each by its first row: the one without a town where there is one.
    fn whole_from(&mut self, meant: &[u16], prefecture: Option<[u8; 2]>, fit: Fit, rest: usize) {
        for municipality in self.of_prefecture(meant, prefecture) {
            if let Some(row) = self.index.rows_of[usize::from(municipality)].first().copied() {
                self.offer(row, fit, rest);
            }
        }
    }

    /// What a name may begin with that folding has taken away where it meets the one before: ちばあおば is told from
    /// チバ and アオバ, かもうじ from カモ and ウジ.
    fn leads(&self, at: usize) -> Vec<&'static str> {
        let mut leads = vec![""];
        if self.is_reading && at > 0 {
            match self.query.slice(at - 1, at) {
                "a" => leads.push("a"),
                "i" => leads.push("i"),
                "u" => leads.push("u"),
                "e" => leads.push("e"),
                "o" => leads.extend(["o", "u"]),
                "n" => leads.push("n"),
                _ => {}
            }
        }
        leads
    }

    /// The towns that are named from `start` on.
    fn towns(&mut self, start: usize, lead: &str, scope: Scope<'_>) {
        let (keys, len) = (self.keys, self.query.len());
        if start == len {
            return;
        }
        let named = matches!(scope, Scope::Municipalities(..));
        for to in start + 1..=len {
            if !self.may_end(to, scope) {
                continue;
            }
            let key = format!("{lead}{}", self.query.slice(start, to));
            let class = if named { Class::TownOfNamed } else { Class::Town };
            for row in keys.named(&key) {
                if self.is_in(row, scope) {
                    self.offer(row, Fit { class, explained: Reverse(to), beyond: 0 }, to);
                }
            }
        }
        let typed = format!("{lead}{}", self.query.slice(start, len));
        let class = if named { Class::PrefixOfNamed } else { Class::Prefix };
        for (key, row) in keys.beginning_with(&typed) {
            if key.len() > typed.len() && self.is_in(row, scope) {
                let fit = Fit { class, explained: Reverse(len), beyond: key.len() - typed.len() };
                self.offer(row, fit, len);
            }
        }
    }

    /// Whether the name of a town may end before character `to`. Where its municipality is not named, nothing but a
    /// block may follow.
    fn may_end(&self, to: usize, scope: Scope<'_>) -> bool {
        let named = matches!(scope, Scope::Municipalities(..));
        let ends = if self.is_reading { self.query.is_boundary(to) } else { self.query.may_end(to) };
        let rest = self.query.rest(to).trim_start();
        ends && (named || rest.is_empty() || Rest::split(rest).block.is_some())
    }

    fn is_in(&self, row: u32, scope: Scope<'_>) -> bool {
        let municipality = self.index.rows[row as usize].municipality;
        let in_prefecture = |digits: [u8; 2]| self.index.prefecture_of(municipality) == digits;
        match scope {
            Scope::Anywhere => true,
            Scope::Prefecture(digits) => in_prefecture(digits),
            Scope::Municipalities(meant, digits) => {
                meant.contains(&municipality) && digits.is_none_or(in_prefecture)
            }
        }
    }

    fn offer(&mut self, row: u32, fit: Fit, rest: usize) {
        let known = self.found.entry(row).or_insert((fit, rest));
        if fit < known.0 {
            *known = (fit, rest);
        }
    }

    /// Whether a town that was named is written otherwise in the query: 清須市 has both 日之出 and 日の出.
    fn spelling(&self, row: u32, class: Class) -> Spelling {
        let named = matches!(class, Class::TownOfNamed | Class::Town);
        if named && !self.is_reading && !self.query.contains(&name::normalised(self.index.town(row))) {
            Spelling::Variant
        } else {
            Spelling::AsTyped
        }
    }

    /// The best rows; of equal ones those spelled as the query is, then in the order of the gazetteer.
    fn best(self, limit: usize) -> Vec<Hit> {
        let spelled = |row: u32, fit: Fit| (fit, self.spelling(row, fit.class), row);
        let found = self.found.iter().map(|(row, (fit, rest))| (spelled(*row, *fit), *rest));
        let mut found: Vec<_> = found.collect();
        if found.len() > limit {
            found.select_nth_unstable(limit);
            found.truncate(limit);
        }
        found.sort_unstable();
        let hit = |((fit, _, row), rest): ((Fit, Spelling, u32), usize)| {
            let place = self.index.place(row)?;
            Some(Hit { place, matched: fit.class.matched(), rest: Rest::split(self.query.rest(rest)) })
        };
        found.into_iter().filter_map(hit).collect()
    }
}
