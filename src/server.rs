//! The running service: listener, API and workers, started together and stopped in order.

use std::{io, net::SocketAddr, time::Duration};

use axum::serve::Listener as _;
use tokio::{
    sync::oneshot,
    task::{JoinError, JoinHandle, JoinSet},
};

use crate::{
    app::Ctx,
    http::{self, Client, Limits, Lines, Proxies, Tiles},
    notify::{Channels, Settings},
    worker,
};

/// Beyond the time a request may take, how long a connection may take to end before it is dropped.
const GRACE: Duration = Duration::from_secs(5);

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port to listen on; with port 0 the system chooses one.
    pub listen: SocketAddr,
    /// What limits a request.
    pub limits: Limits,
    /// Whose word about a client is believed.
    pub proxies: Proxies,
    /// How messages leave.
    pub messages: Settings,
    /// Where map tiles come from; none, when nobody has said.
    pub tiles: Option<Tiles>,
}

impl Server {
    /// Listens, starts the workers and serves. Requests are taken from the moment this returns.
    pub async fn start(self, ctx: Ctx) -> io::Result<Running> {
        provide_tls();
        let listener = Lines::listen(self.listen, self.limits.patience()).await?;
        let local_addr = listener.local_addr()?;
        ctx.allow_receivers(self.messages.receivers);
        if let Some(address) = &self.messages.anchors {
            ctx.mail_anchors_to(address.clone());
        }
        let channels = Channels::new(self.messages).map_err(io::Error::other)?;
        let workers = worker::start(&ctx, channels).await.map_err(io::Error::other)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let service = http::router(ctx.clone(), self.limits, self.proxies, self.tiles);
        let serve = axum::serve(listener, service.into_make_service_with_connect_info::<Client>())
            // A dropped sender stops as well: nobody is left who could.
            .with_graceful_shutdown(async move { drop(stopped.await) });
        let serving = tokio::spawn(async move { serve.await });
        Ok(Running { local_addr, ctx, grace: self.limits.request_timeout + GRACE, stop, serving, workers })
    }
}

/// Chooses the cryptography behind every TLS connection of this process, once: several libraries bring one, and none of
/// them decides. Whoever makes an HTTP client without a server calls it before.
pub fn provide_tls() {
    // An error says that it is chosen already.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A server that runs until it is stopped. Dropped, it stops where it stands, as if the machine had failed.
pub struct Running {
    /// Where it listens.
    pub local_addr: SocketAddr,
    ctx: Ctx,
    grace: Duration,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
    workers: JoinSet<()>,
}

/// A worker has failed: without it the service only looks alive.
#[derive(Debug, thiserror::Error)]
#[error("a part of the service has failed")]
pub struct Defect(#[source] JoinError);

impl Running {
    /// Waits for a worker to fail; forever, if none does. A worker may leave when there is nothing for it to do.
    pub async fn defect(&mut self) -> Defect {
        while let Some(ended) = self.workers.join_next().await {
            if let Err(error) = ended {
                return Defect(error);
            }
        }
        std::future::pending().await
    }

    /// Stops accepting, finishes the requests under way, then stops the workers and closes the database.
    pub async fn stop(mut self) {
        drop(self.stop);
        self.ctx.close_streams();
        if tokio::time::timeout(self.grace, &mut self.serving).await.is_err() {
            tracing::warn!("connections that would not end are dropped");
            self.serving.abort();
        }
        self.ctx.clock().stop();
        while let Some(ended) = self.workers.join_next().await {
            if let Err(error) = ended {
                tracing::error!(error = &error as &dyn std::error::Error, "a worker has failed");
            }
        }
        self.ctx.db().close().await;
    }
}
