//! The server: takes connections, bounded in number and in patience, and ends when it is told to.

use crate::state::State;
use anyhow::Result;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use model::limit::CONSOLE_CONNECTIONS_MAX;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

/// How long a client may take to send the head of a request. Also how long an idle connection is kept.
const HEADER_PATIENCE: Duration = Duration::from_secs(15);
/// How long requests that are under way may take once the end was called.
const LAST_PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait when no connection can be taken, mostly because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the console on `listener` until `shutdown` is done; requests that are under way are answered first.
///
/// # Errors
/// None today: a connection that fails ends alone.
pub async fn serve(
    listener: TcpListener,
    state: Arc<State>,
    shutdown: impl Future<Output = ()>,
) -> Result<()> {
    let router = crate::route::router(&state);
    let counting = Arc::clone(&state);
    // A page that is asked for meanwhile shows what is counted by then.
    tokio::task::spawn_blocking(move || counting.activity.catch_up(&counting.live));
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONSOLE_CONNECTIONS_MAX));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place?,
            () = &mut shutdown => break,
        };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    let router = router.clone().layer(axum::Extension(ConnectInfo(address)));
                    take(stream, router, &connections, place);
                }
                Err(error) => {
                    tracing::warn!(event = "console.accept", error = %error);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    // Whoever is slower than this loses the answer; nothing that was recorded is lost.
    let _ = tokio::time::timeout(LAST_PATIENCE, connections.shutdown()).await;
    Ok(())
}

/// Answers the requests of one connection on a task of its own.
fn take(stream: TcpStream, router: Router, connections: &GracefulShutdown, place: OwnedSemaphorePermit) {
    let service =
        TowerToHyperService::new(router.map_request(|request: hyper::Request<hyper::body::Incoming>| {
            request.map(axum::body::Body::new)
        }));
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_PATIENCE);
    let connection = connections.watch(builder.serve_connection(TokioIo::new(stream), service));
    tokio::spawn(async move {
        // A client that goes away in the middle is no event.
        let _ = connection.await;
        drop(place);
    });
}
