//! The secrets of the demo's tokens, kept beside its database until it has ended: the service shows a secret once. With
//! them an interrupted demo goes on: it sends every request again under the same key, and what was done before is
//! answered as it was then.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::store::DatabaseUrl;

/// What is kept of the demo on one database.
pub(super) struct Journal {
    path: PathBuf,
    secrets: BTreeMap<String, String>,
}

impl Journal {
    /// What is kept of the demo on this database; nothing, when none was played on it.
    pub(super) fn of(database: &DatabaseUrl) -> anyhow::Result<Self> {
        let path = path(&database.to_string());
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        // A line without its end was being written when the demo was interrupted: it was not used yet.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let secrets = whole.lines().filter_map(|line| line.split_once('\t'));
        let secrets = secrets.map(|(key, secret)| (key.to_owned(), secret.to_owned()));
        Ok(Self { secrets: secrets.collect(), path })
    }

    /// Whether nothing is kept.
    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    pub(super) fn secret(&self, key: &str) -> Option<&str> {
        self.secrets.get(key).map(String::as_str)
    }

    /// Forgets everything: the database is a new one.
    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        self.secrets.clear();
        self.remove()
    }

    /// Keeps a secret, before it is used.
    pub(super) fn keep(&mut self, key: &str, secret: &str) -> anyhow::Result<()> {
        let open = || -> std::io::Result<File> {
            let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)?;
            if file.metadata()?.len() > 0 && !ends_with_line(&self.path)? {
                file.write_all(b"\n")?;
            }
            file.write_all(format!("{key}\t{secret}\n").as_bytes())?;
            Ok(file)
        };
        open().with_context(|| format!("cannot write {}", self.path.display()))?;
        self.secrets.insert(key.to_owned(), secret.to_owned());
        Ok(())
    }

    /// The demo has ended.
    pub(super) fn remove(&self) -> anyhow::Result<()> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed.with_context(|| format!("cannot remove {}", self.path.display())),
        }
    }
}

fn ends_with_line(path: &Path) -> std::io::Result<bool> {
    Ok(std::fs::read(path)?.ends_with(b"\n"))
}

/// Beside the file of SQLite; of a server's database, with the temporary files of this machine.
fn path(database: &str) -> PathBuf {
    match database.strip_prefix("sqlite:") {
        Some(file) => PathBuf::from(format!("{file}.demo")),
        None => {
            let name = hex::encode(&Sha256::digest(database)[..8]);
            std::env::temp_dir().join(format!("kaketsuke-demo-{name}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_survive_and_half_a_line_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let url: DatabaseUrl = format!("sqlite:{}/a.db", folder.path().display()).parse().unwrap();
        let mut journal = Journal::of(&url).unwrap();
        assert!(journal.is_empty());
        journal.keep("administrator", "kkt_one").unwrap();
        let file = folder.path().join("a.db.demo");
        let mut half = OpenOptions::new().append(true).open(&file).unwrap();
        half.write_all(b"dispatcher\tkkt_t").unwrap();
        let mut journal = Journal::of(&url).unwrap();
        assert_eq!(journal.secret("administrator"), Some("kkt_one"));
        assert_eq!(journal.secret("dispatcher"), None);
        journal.keep("dispatcher", "kkt_three").unwrap();
        let journal = Journal::of(&url).unwrap();
        assert_eq!(journal.secret("dispatcher"), Some("kkt_three"));
        journal.remove().unwrap();
        assert!(!file.exists());
        journal.remove().unwrap();
    }

    #[test]
    fn a_servers_database_has_a_file_of_its_own() {
        let one = path("postgres://localhost:5432/one");
        assert_eq!(one, path("postgres://localhost:5432/one"));
        assert_ne!(one, path("postgres://localhost:5432/two"));
    }
}
