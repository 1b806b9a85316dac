//! The lines to clients, and how long each may keep silent. A line on which no request is under way is closed when the
//! next one does not begin, or does not end its header, in time; where there are too many, the one that has been silent
//! longest makes room for a new one. So nobody can keep others out by holding lines.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::{Instant, Sleep},
};

/// How often it is looked whether there is room while every line is busy.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How long a line may keep silent, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Lines at once.
    pub(crate) lines_max: usize,
    /// From the first byte of a request to the end of its header.
    pub(crate) header: Duration,
    /// From the last byte of an answer to the first of the next request.
    pub(crate) between: Duration,
}

/// Listens, and looks after the lines.
pub(crate) struct Lines {
    listener: TcpListener,
    patience: Patience,
    open: Arc<Open>,
    next: u64,
}

/// The lines there are.
#[derive(Default)]
struct Open {
    lines: Mutex<HashMap<u64, Arc<Line>>>,
    /// Rung when a line has ended.
    ended: Notify,
}

/// One line: what it waits for, and since when.
#[derive(Debug)]
pub(crate) struct Line(Mutex<State>);

#[derive(Debug)]
struct State {
    stage: Stage,
    /// Whoever waits for bytes on it.
    reader: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A request may begin, since then.
    Between(Instant),
    /// A request has begun then, or the line itself; its header is not complete.
    Header(Instant),
    /// A request is under way.
    Busy,
    /// It makes room for another.
    Unwanted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Silence {
    InHeader,
    Between,
}

impl Line {
    fn new() -> Self {
        Self(Mutex::new(State { stage: Stage::Header(Instant::now()), reader: None }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, stage: Stage) {
        let mut state = self.state();
        if state.stage != Stage::Unwanted {
            state.stage = stage;
        }
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// Nothing is under way: who has to go first, those first that have never finished a header.
    fn silence(&self) -> Option<(Silence, Instant)> {
        match self.state().stage {
            Stage::Header(since) => Some((Silence::InHeader, since)),
            Stage::Between(since) => Some((Silence::Between, since)),
            Stage::Busy | Stage::Unwanted => None,
        }
    }

    /// A request is under way until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> UnderWay {
        self.turn(Stage::Busy);
        UnderWay(self.clone())
    }
}

/// A request is under way.
pub(crate) struct UnderWay(Arc<Line>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.turn(Stage::Between(Instant::now()));
    }
}

impl Lines {
    /// Listens at an address; with port 0 the system chooses one.
    pub(crate) async fn listen(address: SocketAddr, patience: Patience) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, patience, open: Arc::default(), next: 0 })
    }

    /// Waits until there is room for one more line; the one that has been silent longest makes it.
    async fn room(&self) {
        loop {
            let ended = self.open.ended.notified();
            {
                let lines = self.open.lines();
                if lines.len() < self.patience.lines_max {
                    return;
                }
                let silent = lines.values().filter_map(|line| Some((line.silence()?, line)));
                if let Some((_, line)) = silent.min_by_key(|(silence, _)| *silence) {
                    line.turn(Stage::Unwanted);
                }
            }
            // A line may fall silent without ending.
            let _ = tokio::time::timeout(LOOK_AGAIN, ended).await;
        }
    }
}

impl Open {
    fn lines(&self) -> MutexGuard<'_, HashMap<u64, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Lines {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        self.room().await;
        // An answer is one write: waiting to fill a packet would only delay it.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        self.next += 1;
        let line = Arc::new(Line::new());
        self.open.lines().insert(self.next, line.clone());
        #[allow(clippy::disallowed_methods, reason = "a connection is silent by the clock of the machine")]
        let ends = Box::pin(tokio::time::sleep(self.patience.header));
        let wire =
            Wire { stream, line, number: self.next, open: self.open.clone(), patience: self.patience, ends };
        (wire, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The bytes of a line. They end when it has been silent for too long.
pub(crate) struct Wire {
    stream: TcpStream,
    line: Arc<Line>,
    number: u64,
    open: Arc<Open>,
    patience: Patience,
    ends: Pin<Box<Sleep>>,
}

impl Wire {
    /// Whether nobody waits for it any more; else whoever waits is woken when that is so.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let mut state = self.line.state();
        let ends = match state.stage {
            Stage::Unwanted => return true,
            Stage::Busy => None,
            Stage::Header(since) => Some(since + self.patience.header),
            Stage::Between(since) => Some(since + self.patience.between),
        };
        state.reader = Some(context.waker().clone());
        drop(state);
        let Some(ends) = ends else { return false };
        if self.ends.deadline() != ends {
            self.ends.as_mut().reset(ends);
        }
        self.ends.as_mut().poll(context).is_ready()
    }

    /// Bytes have gone, or nobody takes them: that lasts no longer than any other silence.
    fn went(&mut self, done: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match done {
            Poll::Pending if self.is_over(context) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
            Poll::Ready(written) => {
                self.moved(Stage::Between);
                Poll::Ready(written)
            }
        }
    }

    /// Bytes have come or have gone between two requests: what is waited for from now on.
    fn moved(&self, waits: fn(Instant) -> Stage) {
        let mut state = self.line.state();
        if let Stage::Between(_) = state.stage {
            state.stage = waits(Instant::now());
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.open.lines().remove(&self.number);
        self.open.ended.notify_one();
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            // To whoever reads, the client has hung up.
            Poll::Pending if self.is_over(context) => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
            done => {
                if buffer.filled().len() > before {
                    self.moved(Stage::Header);
                    // Whoever sends a header byte by byte has no more time than others.
                    if self.is_over(context) {
                        buffer.set_filled(before);
                    }
                }
                done
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.went(done, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.went(done, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Of a request: the line it came by, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// The other end of the line: the client, or a proxy in front of us.
    pub(crate) address: SocketAddr,
    /// The line.
    pub(crate) line: Arc<Line>,
}

impl Connected<IncomingStream<'_, Lines>> for Client {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        Self { address: *stream.remote_addr(), line: stream.io().line.clone() }
    }
}
