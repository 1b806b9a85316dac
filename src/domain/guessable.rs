//! Passwords that are guessed first: well-known words with some digits behind them, walks over the keyboard, the same
//! again and again. A small list of our own; whoever guesses has a long one, so that it only stops the worst.

/// Words of every list of leaked passwords, of this product, and of what it is about.
const WORDS: [&str; 46] = [
    "password",
    "passwd",
    "passcode",
    "pass",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "default",
    "changeme",
    "secret",
    "login",
    "master",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "dragon",
    "monkey",
    "superman",
    "qwerty",
    "asdf",
    "zxcv",
    "abc",
    "kaketsuke",
    "dispatcher",
    "dispatch",
    "supervisor",
    "operator",
    "desk",
    "sakura",
    "pokemon",
    "doraemon",
    "nippon",
    "nihon",
    "japan",
    "tokyo",
    "osaka",
    "nagoya",
    "パスワード",
    "かけつけ",
];

/// What a finger walks along, and the alphabet.
const WALKS: [&str; 6] = [
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
    "1q2w3e4r5t6y7u8i9o0p",
];

/// Pieces of walks that a password may be made of, at most, and still be guessed.
const PIECES_MAX: usize = 2;

/// Whether a password is among the first that somebody would try.
#[must_use]
pub(super) fn is_guessable(password: &str) -> bool {
    let signs = |char| match char {
        '@' => 'a',
        '$' => 's',
        other => other,
    };
    let typed = password.to_lowercase();
    let typed: Vec<char> = typed.chars().map(signs).filter(|char| char.is_alphanumeric()).collect();
    typed.iter().all(char::is_ascii_digit)
        || repeats(&typed)
        || pieces(&typed) <= PIECES_MAX
        || is_of_words(&letters(&typed))
        || is_of_words(&letters(&without_ends(&typed).iter().map(|char| plain(*char)).collect::<Vec<_>>()))
}

/// The text without the digits before and behind it.
fn without_ends(typed: &[char]) -> &[char] {
    let is_letter = |char: &char| !char.is_numeric();
    match (typed.iter().position(is_letter), typed.iter().rposition(is_letter)) {
        (Some(first), Some(last)) => &typed[first..=last],
        _ => &[],
    }
}

/// The letter that a digit or sign stands for.
fn plain(char: char) -> char {
    match char {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

fn letters(typed: &[char]) -> String {
    typed.iter().filter(|char| !char.is_numeric()).collect()
}

/// The same few characters again and again.
fn repeats(typed: &[char]) -> bool {
    (1..=4)
        .any(|unit| typed.len() > unit * 2 && typed.iter().zip(&typed[unit..]).all(|(one, next)| one == next))
}

/// Into how few pieces of walks it falls; each as long as it can be.
fn pieces(typed: &[char]) -> usize {
    let (mut pieces, mut rest) = (0, typed);
    while !rest.is_empty() {
        rest = &rest[walked(rest)..];
        pieces += 1;
    }
    pieces
}

/// How many characters from the start are a walk, to and fro.
fn walked(typed: &[char]) -> usize {
    let walk = |walk: &str| {
        let length = (1..=typed.len()).take_while(|length| {
            let there: String = typed[..*length].iter().collect();
            let back: String = typed[..*length].iter().rev().collect();
            walk.contains(&there) || walk.contains(&back)
        });
        length.last().unwrap_or(1)
    };
    WALKS.iter().map(|one| walk(one)).max().unwrap_or(1)
}

/// Whether a text is one of the words, or several of them.
fn is_of_words(text: &str) -> bool {
    text.is_empty() || WORDS.iter().any(|word| text.strip_prefix(word).is_some_and(is_of_words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_first_is_known() {
        for guessed in [
            "123456789012",
            "password1234",
            "kaketsuke1234",
            "qwertyuiopas",
            "P@ssw0rd2026!",
            "Password-Password",
            "2026-11-22-12",
            "abcabcabcabc",
            "qwerty123456",
            "abcdef654321",
            "1qaz2wsx3edc",
            "adminadmin123",
            "Welcome2Japan!",
            "Nagoya-2026-11",
            "パスワード1234567",
            "0987654321098",
            "kaketsukedesk1",
        ] {
            assert!(is_guessable(guessed), "{guessed}");
        }
        for fine in [
            "correct horse battery",
            "一番列車は四時五十三分発",
            "my other password",
            "かけつけ受付窓口の合言葉です",
            "xK9-mvt2-Qw7r",
            "tokyo station 3 am",
        ] {
            assert!(!is_guessable(fine), "{fine}");
        }
    }
}
