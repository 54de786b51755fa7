//! Where a mail server finds the filter: a TCP port or a Unix socket.

use milter::Wants;
use std::fs::Permissions;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener, UnixStream};

/// Owner and group may connect. The folder of the socket decides who else can reach it.
const SOCKET_MODE: u32 = 0o660;

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An address and a port; 0 lets the system choose one.
    Tcp(SocketAddr),
    /// The path of a Unix socket. A socket that is there already and that nobody listens to is replaced.
    Unix(PathBuf),
}

/// A connection of either kind.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

pub(super) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

impl Listener {
    pub(super) async fn bind(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Tcp(address) => Ok(Self::Tcp(TcpListener::bind(address).await?)),
            Listen::Unix(path) => {
                remove_stale(path).await?;
                let listener = UnixListener::bind(path)?;
                std::fs::set_permissions(path, Permissions::from_mode(SOCKET_MODE))?;
                Ok(Self::Unix(listener, path.clone()))
            }
        }
    }

    /// Where it listens indeed.
    pub(super) fn address(&self) -> io::Result<Listen> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Listen::Tcp),
            Self::Unix(_, path) => Ok(Listen::Unix(path.clone())),
        }
    }

    /// The next connection, and what suits its kind.
    pub(super) async fn accept(&self) -> io::Result<(Box<dyn Stream>, Wants)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // A reply is one small write that the server waits for.
                stream.set_nodelay(true)?;
                Ok((Box::new(stream), Wants::ANSWERED))
            }
            Self::Unix(listener, _) => Ok((Box::new(listener.accept().await?.0), Wants::WHOLE_MESSAGES)),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            // A socket file that stays is replaced at the next start.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Removes the socket that a killed process left. One that is listened to, or a file that is no socket, is not touched.
async fn remove_stale(path: &Path) -> io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    let is_refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    if is_socket && UnixStream::connect(path).await.err().is_some_and(is_refused) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}
