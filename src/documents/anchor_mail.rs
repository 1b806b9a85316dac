//! The e-mail that has the head of the log kept outside (G-12). Both languages in one letter.

use chrono::{DateTime, Utc};

use super::{Language, offer_mail::Letter};

/// The head of the log as it was at `at`, in the form that `verify --expect` takes.
#[must_use]
pub fn letter(at: DateTime<Utc>, pos: i64, hash: &str) -> Letter {
    let (ja, en) = (Language::Ja.moment(at), Language::En.moment(at));
    Letter {
        subject: format!("【記録の控え】{ja} {pos} / End of the log"),
        text: format!(
            "{ja}の記録の末尾です。この控えと合わない記録は、あとから書き換えられたものです。保管してください。\n\n{pos}:{hash}\n\n\
             確認：kaketsuke verify --expect {pos}:{hash}\n\n----\n\n\
             This is where the log ended at {en}. Keep it: a log that does not agree with it was changed afterwards.\n\n\
             To check: kaketsuke verify --expect {pos}:{hash}\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_says_what_verify_takes_in_both_languages() {
        let letter = letter("2026-11-22T18:00:00Z".parse().unwrap(), 120, "ab12");
        assert!(
            letter.subject.starts_with("【記録の控え】") && letter.subject.contains(" 120 "),
            "{}",
            letter.subject
        );
        assert_eq!(letter.text.matches("verify --expect 120:ab12\n").count(), 2, "{}", letter.text);
    }
}
