//! A real mail server on this machine (aiosmtpd), which keeps what it is handed in a Maildir.

use std::process::{Child, Command, Stdio};

use kaketsuke::notify::{MailBy, Smtp, SmtpTls};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

/// Reads a letter with the library of another language, so that nothing of ours says what is right.
const READER: &str = "
import email, email.policy, json, sys
letter = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
raw = open(sys.argv[1], 'rb').read()
print(json.dumps({
    'subject': letter['Subject'], 'from': letter['From'], 'to': letter['To'], 'date': letter['Date'],
    'message_id': letter['Message-ID'], 'type': letter.get_content_type(), 'charset': letter.get_content_charset(),
    'text': letter.get_content(), 'names': letter.keys(), 'ascii_head': raw.split(b'\\n\\n')[0].isascii(),
}))
";

/// A running mail server.
pub(crate) struct MailServer {
    python: String,
    folder: TempDir,
    port: u16,
    child: Child,
}

impl MailServer {
    /// Starts one. Without `KAKETSUKE_TEST_SMTP_PYTHON` (see `.ci/smtp`) it says so and there is none, unless
    /// `KAKETSUKE_REQUIRE_SMTP=1`: then the test fails.
    pub(crate) async fn start() -> Option<Self> {
        let Ok(python) = std::env::var("KAKETSUKE_TEST_SMTP_PYTHON") else {
            let required = std::env::var("KAKETSUKE_REQUIRE_SMTP").is_ok_and(|value| value == "1");
            assert!(!required, "KAKETSUKE_REQUIRE_SMTP=1, but KAKETSUKE_TEST_SMTP_PYTHON is not set");
            eprintln!("no mail server: skipped");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = free_port().await;
        let child = spawn(&python, &folder, port);
        let mut server = Self { python, folder, port, child };
        server.listening().await;
        Some(server)
    }

    /// How to reach it.
    pub(crate) fn settings(&self) -> MailBy {
        MailBy::Smtp(Smtp {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            tls: SmtpTls::None,
            login: None,
            from: "center@example.jp".to_owned().try_into().unwrap(),
        })
    }

    /// Stops it; letters stay.
    pub(crate) fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again at the same place.
    pub(crate) async fn start_again(&mut self) {
        self.child = spawn(&self.python, &self.folder, self.port);
        self.listening().await;
    }

    async fn listening(&mut self) {
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(self.child.try_wait().unwrap().is_none(), "the mail server has ended");
            tokio::task::yield_now().await;
        }
    }

    /// The letters it was handed, oldest first.
    pub(crate) fn letters(&self) -> Vec<Value> {
        let new = self.folder.path().join("mail/new");
        let Ok(entries) = std::fs::read_dir(new) else { return Vec::new() };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let read = |path: std::path::PathBuf| {
            let read = Command::new(&self.python).args(["-c", READER]).arg(path).output().unwrap();
            serde_json::from_slice(&read.stdout)
                .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&read.stderr)))
        };
        paths.into_iter().map(read).collect()
    }

    /// How many letters it was handed.
    pub(crate) fn count(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("mail/new")).map_or(0, Iterator::count)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

fn spawn(python: &str, folder: &TempDir, port: u16) -> Child {
    Command::new(python)
        .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}"), "-c", "aiosmtpd.handlers.Mailbox"])
        .arg(folder.path().join("mail"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
