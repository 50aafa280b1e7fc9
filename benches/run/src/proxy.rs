//! A loopback proxy that counts round trips, and can make the link longer.
//!
//! A round trip is a burst of the client's that follows an answer of the server's. Each chunk from the
//! client is held back by the delay, from its own arrival on, so that every round trip costs the delay
//! once, however much is in it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How many round trips have been counted.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    /// Behind the server's first `ReadyForQuery`.
    connected: usize,
    is_ready: bool,
    server_spoke: bool,
}

pub struct Proxy {
    pub port: u16,
    finished: mpsc::Receiver<usize>,
}

/// What the client sends to say good-bye (manual section 55.7, Terminate): nobody waits for that.
const TERMINATE: [u8; 5] = [b'X', 0, 0, 0, 4];
/// The end of the server's `ReadyForQuery` in no transaction.
const READY: [u8; 6] = [b'Z', 0, 0, 0, 5, b'I'];

impl Proxy {
    pub fn start(server: u16, delay: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (sender, finished) = mpsc::channel();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let sender = sender.clone();
                thread::spawn(move || {
                    let turns = serve(client, server, delay).unwrap_or_default();
                    let _ = sender.send(turns);
                });
            }
        });
        Self { port, finished }
    }

    /// The round trips after connecting, over all connections that have ended since this was asked.
    pub fn round_trips(&self) -> usize {
        let patience = Duration::from_secs(5);
        let mut all = self
            .finished
            .recv_timeout(patience)
            .expect("the program has ended its connection");
        while let Ok(more) = self.finished.recv_timeout(Duration::from_millis(50)) {
            all += more;
        }
        all
    }
}

fn serve(client: TcpStream, server: u16, delay: Duration) -> std::io::Result<usize> {
    let server = TcpStream::connect(("127.0.0.1", server))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let count = Arc::new(Mutex::new(Count::default()));
    let there = thread::spawn({
        let (client, server, count) = (client.try_clone()?, server.try_clone()?, count.clone());
        move || forward_late(client, server, delay, &count)
    });
    let back = answer(server, client, &count);
    let _ = there.join();
    back?;
    Ok(count.lock().expect("no panic holds it").connected)
}

fn forward_late(
    mut client: TcpStream,
    mut server: TcpStream,
    delay: Duration,
    count: &Mutex<Count>,
) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    let writer = thread::spawn(move || {
        for (due, chunk) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if server.write_all(&chunk).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Write);
    });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        let chunk = &buffer[..length];
        count.lock().expect("no panic holds it").client(chunk);
        if sender
            .send((Instant::now() + delay, chunk.to_vec()))
            .is_err()
        {
            break;
        }
    }
    drop(sender);
    let _ = writer.join();
}

fn answer(
    mut server: TcpStream,
    mut client: TcpStream,
    count: &Mutex<Count>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 {
            let _ = client.shutdown(Shutdown::Both);
            return Ok(());
        }
        count
            .lock()
            .expect("no panic holds it")
            .server(&buffer[..length]);
        if client.write_all(&buffer[..length]).is_err() {
            return Ok(());
        }
    }
}

impl Count {
    fn client(&mut self, chunk: &[u8]) {
        if self.is_ready && self.server_spoke && chunk != TERMINATE {
            self.connected += 1;
        }
        self.server_spoke = false;
    }

    fn server(&mut self, chunk: &[u8]) {
        self.server_spoke = true;
        self.is_ready |= chunk.ends_with(&READY);
    }
}
