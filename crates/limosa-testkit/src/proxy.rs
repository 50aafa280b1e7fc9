//! A way to a server that can break at a chosen byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What the client sends.
    Client,
    /// What the server sends.
    Server,
}

/// A port on 127.0.0.1 that leads to another one until it is cut.
///
/// After the cut both sides see their connection reset, and nobody is let in any more.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
}

/// What the connections share.
#[derive(Debug)]
struct Line {
    /// The bytes that have passed, by side.
    passed: [AtomicU64; 2],
    cut: Option<(Side, u64)>,
    is_cut: AtomicBool,
    told: Notify,
    /// Whether the server spoke last.
    answered: AtomicBool,
    turns: AtomicU64,
}

impl Proxy {
    /// Leads to a port until so many bytes of one side have passed.
    ///
    /// # Panics
    /// There is no free port.
    pub async fn start(port: u16, cut: Option<(Side, u64)>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let line = Arc::new(Line {
            passed: Default::default(),
            cut,
            is_cut: AtomicBool::new(false),
            told: Notify::new(),
            answered: AtomicBool::new(true),
            turns: AtomicU64::new(0),
        });
        tokio::spawn(accept(listener, port, Arc::clone(&line)));
        Self { address, line }
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many bytes of a side have passed.
    pub fn passed(&self, side: Side) -> u64 {
        self.line.passed[side as usize].load(Ordering::SeqCst)
    }

    /// How often the client spoke after the server did: round trips, on one connection at a time.
    pub fn turns(&self) -> u64 {
        self.line.turns.load(Ordering::SeqCst)
    }

    /// Cuts it now.
    pub fn cut(&self) {
        self.line.cut();
    }

    /// Whether it was cut.
    pub fn is_cut(&self) -> bool {
        self.line.is_cut.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.line.cut();
    }
}

impl Line {
    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.told.notify_waiters();
    }

    /// Bytes of a side are on their way: before the other side can answer them.
    fn spoken(&self, side: Side) {
        match side {
            Side::Server => self.answered.store(true, Ordering::SeqCst),
            Side::Client if self.answered.swap(false, Ordering::SeqCst) => {
                self.turns.fetch_add(1, Ordering::SeqCst);
            }
            Side::Client => {}
        }
    }

    /// How many of these bytes may pass.
    fn allowed(&self, side: Side, bytes: usize) -> usize {
        let before = self.passed[side as usize].fetch_add(bytes as u64, Ordering::SeqCst);
        match self.cut {
            Some((cut, at)) if cut == side => {
                usize::try_from(at.saturating_sub(before)).map_or(bytes, |left| left.min(bytes))
            }
            _ => bytes,
        }
    }
}

async fn accept(listener: TcpListener, port: u16, line: Arc<Line>) {
    while let Ok((client, _)) = listener.accept().await {
        if line.is_cut.load(Ordering::SeqCst) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
            return;
        };
        tokio::spawn(join(client, server, Arc::clone(&line)));
    }
}

async fn join(client: TcpStream, server: TcpStream, line: Arc<Line>) {
    // Closed without a farewell, as by a firewall that has lost the connection.
    for stream in [&client, &server] {
        stream.set_zero_linger().expect("a socket option");
        stream.set_nodelay(true).expect("a socket option");
    }
    let told = line.told.notified();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pass(from_client, to_server, Side::Client, &line) => {}
        () = pass(from_server, to_client, Side::Server, &line) => {}
        () = told => {}
    }
}

/// Passes bytes on until a side ends, or the line is cut.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, side: Side, line: &Line) {
    let mut buffer = vec![0; 4096];
    while let Ok(bytes) = from.read(&mut buffer).await {
        if bytes > 0 {
            line.spoken(side);
        }
        let allowed = line.allowed(side, bytes);
        if bytes == 0 || to.write_all(&buffer[..allowed]).await.is_err() {
            return;
        }
        if allowed < bytes {
            line.cut();
            return;
        }
    }
}
