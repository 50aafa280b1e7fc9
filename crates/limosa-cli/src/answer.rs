//! What a command answers, as text or as one JSON document.

use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::exit::Exit;

/// How answers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One document for machines.
    Json,
}

impl Format {
    /// From the argument.
    pub(crate) fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// A command's answer.
#[derive(Debug)]
pub(crate) struct Answer {
    exit: Exit,
    text: String,
    fields: Map<String, Value>,
}

impl Answer {
    /// An answer with this text for people.
    pub(crate) fn new(exit: Exit, text: String) -> Self {
        Self {
            exit,
            text,
            fields: Map::new(),
        }
    }

    /// Adds a field to the document.
    pub(crate) fn with(mut self, key: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("what is told is plain data");
        self.fields.insert(key.to_owned(), value);
        self
    }

    /// Tells it and returns the status to exit with.
    pub(crate) fn print(self, format: Format, command: &str) -> Exit {
        match format {
            Format::Json => write_document(command, self.exit, self.fields),
            Format::Text => write_text(&self.text),
        }
        self.exit
    }
}

/// Writes text to standard output, with colours only where they can be seen.
pub(crate) fn write_text(text: &str) {
    let mut out = anstream::stdout().lock();
    // A reader that has seen enough (`| head`) is no failure.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes the one document.
pub(crate) fn write_document(command: &str, exit: Exit, fields: Map<String, Value>) {
    let mut document = Map::new();
    document.insert("command".into(), json!(command));
    document.insert("exit".into(), json!(exit.code()));
    document.extend(fields);
    let mut document = Value::Object(document);
    name_times(&mut document);
    let text = format!("{document:#}\n");
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Points in time as RFC 3339 texts rather than as microseconds.
fn name_times(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(name_times),
        Value::Object(fields) => {
            for (key, value) in fields {
                let time = key.ends_with("_at").then(|| value.as_i64()).flatten();
                match time.and_then(|micros| Timestamp::from_microsecond(micros).ok()) {
                    Some(time) => *value = json!(time.to_string()),
                    None => name_times(value),
                }
            }
        }
        _ => {}
    }
}
