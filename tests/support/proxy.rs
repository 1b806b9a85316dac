//! A network between a service and PostgreSQL that can be cut: what is sent is swallowed, and neither end is told.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
};

use sqlx::postgres::PgConnectOptions;

use super::db::TestDb;

/// The network. It ends with the process.
pub(crate) struct Proxy {
    address: SocketAddr,
    cut: Arc<Cut>,
}

/// Connections are numbered from 1.
#[derive(Default)]
struct Cut {
    made: AtomicU64,
    /// Up to this one nothing passes any more.
    dead: AtomicU64,
}

impl Proxy {
    pub(crate) fn before(db: &TestDb) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), cut: Arc::default() };
        let (cut, server) = (proxy.cut.clone(), db.url().parse::<PgConnectOptions>().unwrap());
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let number = cut.made.fetch_add(1, SeqCst) + 1;
                let cut = cut.clone();
                let is_dead = move || number <= cut.dead.load(SeqCst);
                match server.get_socket() {
                    Some(folder) => {
                        let name = folder.join(format!(".s.PGSQL.{}", server.get_port()));
                        let far = UnixStream::connect(name).unwrap();
                        let copy = far.try_clone().unwrap();
                        join(near, (far, copy), |far| far.shutdown(Shutdown::Both), is_dead);
                    }
                    None => {
                        let far = TcpStream::connect((server.get_host(), server.get_port())).unwrap();
                        let copy = far.try_clone().unwrap();
                        join(near, (far, copy), |far| far.shutdown(Shutdown::Both), is_dead);
                    }
                }
            }
        });
        proxy
    }

    /// The same database through this network.
    pub(crate) fn url(&self, db: &TestDb) -> String {
        let server: PgConnectOptions = db.url().parse().unwrap();
        let (scheme, rest) = db.url().split_once("://").unwrap();
        let user = rest.split_once('@').map_or("", |(user, _)| user);
        format!("{scheme}://{user}@{}/{}", self.address, server.get_database().unwrap())
    }

    /// From now on nothing comes through, neither on the connections there are nor on new ones.
    pub(crate) fn cut(&self) {
        self.cut.dead.store(u64::MAX, SeqCst);
    }

    /// New connections come through; those there were stay dead for good.
    pub(crate) fn mend(&self) {
        self.cut.dead.store(self.cut.made.load(SeqCst), SeqCst);
    }
}

/// Passes both ways.
fn join<F: Read + Write + Send + 'static>(
    near: TcpStream,
    (far, copy): (F, F),
    hang_up: fn(&F) -> std::io::Result<()>,
    is_dead: impl Fn() -> bool + Clone + Send + 'static,
) {
    let (back, dead) = (near.try_clone().unwrap(), is_dead.clone());
    thread::spawn(move || pass(near, far, hang_up, is_dead));
    thread::spawn(move || pass(copy, back, |near| near.shutdown(Shutdown::Both), dead));
}

/// Passes on what comes, and that one end has hung up. Where the network is dead, neither: the other end stays open for as long
/// as it likes, because whoever reads from it holds it.
fn pass<T: Write>(
    mut from: impl Read,
    mut to: T,
    hang_up: fn(&T) -> std::io::Result<()>,
    is_dead: impl Fn() -> bool,
) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !is_dead() && to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    if !is_dead() {
        hang_up(&to).ok();
    }
}
