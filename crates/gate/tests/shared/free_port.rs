//! Ports for servers that tests start as programs of their own, and whose port must be known before they listen.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range from which the kernel takes ports for connections (32768 upward on Linux): a port that the kernel chose is free
/// now, and may belong to somebody's connection before the server listens.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// How many steps this process has gone.
static STEPS: AtomicU32 = AtomicU32::new(0);

/// A port of the loopback that is free now. Each process begins at a place of its own, so that tests that run side by side do not
/// meet.
pub(crate) fn free_port() -> u16 {
    let first = std::process::id().wrapping_mul(31);
    (0..PORTS.end - PORTS.start)
        .map(|_| first.wrapping_add(STEPS.fetch_add(1, Ordering::Relaxed)) % (PORTS.end - PORTS.start))
        .filter_map(|step| u16::try_from(PORTS.start + step).ok())
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a port is free")
}
