//! Aligned tables.

use anstyle::Style;

use super::{FAINT, pad, paint, widest};

/// One cell.
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Plain text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self::styled(Style::new(), text)
    }

    /// Text in a style.
    pub(crate) fn styled(style: Style, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style,
        }
    }
}

/// Rows under a heading, each column as wide as it needs to be.
pub(crate) fn table(heading: &[&str], rows: &[Vec<Cell>]) -> String {
    let widths: Vec<usize> = heading
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            widest(
                cells.map(|cell| cell.text.as_str()).chain([*title]),
                usize::MAX,
            )
        })
        .collect();
    let mut text = line(heading.iter().map(|title| (*title, FAINT)), &widths);
    for row in rows {
        text.push_str(&line(
            row.iter().map(|cell| (cell.text.as_str(), cell.style)),
            &widths,
        ));
    }
    text
}

fn line<'a>(cells: impl Iterator<Item = (&'a str, Style)>, widths: &[usize]) -> String {
    let last = widths.len() - 1;
    let shown: Vec<String> = cells
        .zip(widths)
        .enumerate()
        .map(|(at, ((text, style), width))| {
            let fill = if at == last {
                text.to_owned()
            } else {
                pad(text, *width)
            };
            paint(style, fill)
        })
        .collect();
    format!("{}\n", shown.join("  ").trim_end())
}
