//! Hears of what other nodes have done, and of a network that swallows everything: a line on which nothing comes is asked
//! again and again, and the others are told when it does not answer.

use sqlx::{
    Acquire as _, Connection as _, PgConnection,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::time::timeout;

use super::{Db, Error, line::Lines};

/// What the sequencer says when it has given positions.
const CHANNEL: &str = "kaketsuke_feed";

/// Hears of feed positions given by other nodes. A missed wake-up costs latency, not data.
pub struct Listener {
    lines: Lines,
    ear: Option<PgListener>,
    /// One that was given up because its line does not answer.
    deaf: Option<PgListener>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nobody has listened yet.
    New,
    Heard,
}

impl Listener {
    /// For the database; `None` where there is one node only.
    #[must_use]
    pub fn of(db: &Db) -> Option<Self> {
        Some(Self { lines: db.lines()?.clone(), ear: None, deaf: None, state: State::New })
    }

    /// Connects, by a line that takes nobody's place.
    pub async fn listen(&mut self) -> Result<(), Error> {
        let (options, answer) = (self.lines.options(), self.lines.answer());
        let Ok(living) = timeout(answer, PgConnection::connect_with(&options)).await else {
            self.lines.silence().found();
            return Err(Error::Unavailable);
        };
        let living = living?;
        match self.deaf.take() {
            // It takes its leave of the server before it closes its line, and of one that does not answer it would take it for
            // ever. So it is given a living line to do that on, which closes the dead one.
            Some(mut deaf) => *deaf.acquire().await? = living,
            None => living.close().await?,
        }
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(answer);
        let ear = PgListener::connect_with(&pool.connect_lazy_with(options)).await?;
        let ear = self.ear.insert(ear);
        ear.eager_reconnect(false);
        match timeout(answer, ear.listen(CHANNEL)).await {
            Ok(heard) => heard?,
            Err(_) => return Err(self.does_not_answer()),
        }
        // What was cut while nobody listened was found by nobody.
        if std::mem::replace(&mut self.state, State::Heard) == State::Heard {
            self.lines.silence().found();
        }
        Ok(())
    }

    /// Waits until something has been heard. An error is the end of the line.
    pub async fn heard(&mut self) -> Result<(), Error> {
        loop {
            let ear = self.ear.as_mut().ok_or(Error::Unavailable)?;
            match timeout(self.lines.answer(), ear.try_recv()).await {
                Ok(Ok(Some(_))) => return Ok(()),
                Ok(Ok(None)) => return Err(self.ended(Error::Unavailable)),
                Ok(Err(error)) => return Err(self.ended(error.into())),
                Err(_) => self.ask().await?,
            }
        }
    }

    /// Asks whether the line is alive.
    async fn ask(&mut self) -> Result<(), Error> {
        let ear = self.ear.as_mut().ok_or(Error::Unavailable)?;
        match timeout(self.lines.answer(), async { ear.acquire().await?.ping().await }).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.ended(error.into())),
            Err(_) => Err(self.does_not_answer()),
        }
    }

    fn ended(&mut self, error: Error) -> Error {
        self.ear = None;
        error
    }

    fn does_not_answer(&mut self) -> Error {
        self.lines.silence().found();
        self.deaf = self.ear.take();
        Error::Unavailable
    }
}
