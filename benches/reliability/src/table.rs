//! What is printed: a row for each test, a column for each tool, and what they said.

use std::collections::BTreeMap;

use crate::process::End;
use crate::tool::TOOLS;

/// What came out for one tool.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub text: String,
    /// What was said, and how often.
    pub said: BTreeMap<String, usize>,
}

impl Cell {
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            said: BTreeMap::new(),
        }
    }

    /// `starts`, or how it failed.
    pub fn of(end: &End, done: &str) -> Self {
        let mut cell = Self::new(match end {
            End::Done => done,
            End::Failed(_) => "error",
            End::Hung => "hangs",
        });
        cell.hear(end);
        cell
    }

    pub fn hear(&mut self, end: &End) {
        if let End::Failed(message) = end {
            *self.said.entry(message.clone()).or_default() += 1;
        }
    }
}

/// The rows of one part.
#[derive(Debug)]
pub struct Table {
    title: &'static str,
    rows: Vec<(String, Vec<Cell>)>,
}

impl Table {
    pub fn new(title: &'static str) -> Self {
        eprintln!("{title}");
        Self {
            title,
            rows: Vec::new(),
        }
    }

    /// A cell for each tool, in their order.
    pub fn row(&mut self, test: impl Into<String>, cells: Vec<Cell>) {
        let test = test.into();
        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        eprintln!("  {test}: {}", texts.join(" | "));
        self.rows.push((test, cells));
    }

    pub fn print(&self) {
        let titles: Vec<&str> = TOOLS.iter().map(|tool| tool.title).collect();
        println!("\n## {}\n", self.title);
        println!("| test | {} |", titles.join(" | "));
        println!("|---|{}", "---|".repeat(titles.len()));
        for (test, cells) in &self.rows {
            let cells: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
            println!("| {test} | {} |", cells.join(" | "));
        }
        println!();
        for (test, cells) in &self.rows {
            for (cell, title) in cells.iter().zip(&titles) {
                for (message, times) in cell.said.iter().take(3) {
                    println!("- {test}, {title}, {times} times: {message}");
                }
            }
        }
    }
}
