//! Files that hold both ways: `dbmate`'s, `goose`'s and `tern`'s section marks.

use limosa_core::expr::{Lexicon, TokenKind, tokens};

use crate::error::ReadError;

/// The two parts of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sections<'a> {
    pub(crate) up: &'a str,
    /// Where a mark says that `up` begins, in bytes; in front of it stand comments alone.
    pub(crate) begins: usize,
    pub(crate) down: Option<Part<'a>>,
}

/// A part of a file and the line on which it starts, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: u32,
}

/// A mark in a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Up,
    Down,
}

/// Cuts a file at its marks; without any, all of it goes up.
pub(crate) fn cut<'a>(text: &'a str, lexicon: &Lexicon) -> Result<Sections<'a>, ReadError> {
    let mut begins = None;
    let mut ends = None;
    for token in tokens(text, lexicon) {
        if token.kind != TokenKind::Comment {
            continue;
        }
        let line = line_of(text, token.offset);
        match mark(token.text).map_err(|error| error.on_line(line))? {
            None => {}
            Some(Mark::Up) if begins.is_none() && ends.is_none() => begins = Some(token.offset),
            Some(Mark::Down) if ends.is_none() => ends = Some((token.offset, line)),
            Some(_) => {
                return Err(
                    ReadError::new("a second section of the same kind, or out of order")
                        .on_line(line),
                );
            }
        }
    }
    let (end, down) = match ends {
        Some((offset, line)) => {
            let text = &text[offset..];
            (offset, Some(Part { text, line }))
        }
        None => (text.len(), None),
    };
    Ok(Sections {
        up: &text[..end],
        begins: begins.unwrap_or(0),
        down,
    })
}

fn mark(comment: &str) -> Result<Option<Mark>, ReadError> {
    let lower = comment.trim_start_matches('-').to_ascii_lowercase();
    let words: Vec<_> = lower.split_whitespace().collect();
    Ok(match words.as_slice() {
        ["migrate:up", ..] | ["+goose", "up"] => Some(Mark::Up),
        ["migrate:down", ..]
        | ["+goose", "down"]
        | ["create", "above", "/", "drop", "below", ..] => Some(Mark::Down),
        ["+goose", "statementbegin" | "statementend"] | ["+goose", "no", "transaction"] => None,
        ["+goose", ..] => {
            return Err(ReadError::new(format!(
                "goose's `{}` is not understood",
                comment.trim()
            )));
        }
        _ => None,
    })
}

pub(crate) fn line_of(text: &str, offset: usize) -> u32 {
    let lines = text[..offset].bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(lines).map_or(u32::MAX, |lines| lines.saturating_add(1))
}
