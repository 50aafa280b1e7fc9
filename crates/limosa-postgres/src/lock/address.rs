//! Which server process a client believes to talk to.
//!
//! A server names its process when a session begins (manual section 55.2.1, `BackendKeyData`); a
//! pooler must name something of its own, or it could not tell whose query is to be cancelled. So a
//! connection is direct if `pg_backend_pid()` is what the client was told. `tokio_postgres` keeps that
//! to itself, but writes it into every request to cancel: one is made here, and sent nowhere.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Client;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

/// The process, as the client was told it.
pub(crate) fn process(client: &Client) -> Option<i32> {
    let mut written = Vec::new();
    let paper = Paper {
        written: &mut written,
    };
    let token = client.cancel_token();
    let answer = {
        let request = pin!(token.cancel_query_raw(paper, Envelope));
        request.poll(&mut Context::from_waker(Waker::noop()))
    };
    match answer {
        Poll::Ready(Ok(())) => read(&written),
        _ => None,
    }
}

/// `CancelRequest` of section 55.7 "Message Formats": length 16, code 80877102, process, key.
fn read(written: &[u8]) -> Option<i32> {
    let request = written.get(written.len().checked_sub(16)?..)?;
    let number = |at: usize| Some(i32::from_be_bytes(request[at..at + 4].try_into().ok()?));
    (number(0)? == 16 && number(4)? == 80_877_102).then(|| number(8))?
}

/// Takes everything down, and agrees to everything.
struct Paper<'a> {
    written: &'a mut Vec<u8>,
}

impl AsyncRead for Paper<'_> {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        buffer.put_slice(b"S");
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Paper<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl TlsStream for Paper<'_> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

/// Stands in for encryption, where the client's own configuration asks for it.
struct Envelope;

impl<'a> TlsConnect<Paper<'a>> for Envelope {
    type Stream = Paper<'a>;
    type Error = Infallible;
    type Future = Ready<Result<Paper<'a>, Infallible>>;

    fn connect(self, stream: Paper<'a>) -> Self::Future {
        ready(Ok(stream))
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_a_request_behind_a_greeting() {
        let mut bytes = vec![0, 0, 0, 8, 4, 210, 22, 47];
        bytes.extend([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 1, 2, 9, 9, 9, 9]);
        assert_eq!(read(&bytes), Some(258));
        assert_eq!(read(&bytes[..12]), None);
    }
}
