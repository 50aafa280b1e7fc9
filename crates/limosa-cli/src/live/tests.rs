//! The line of a step, as a terminal shows it.

use std::io;

use indicatif::{ProgressDrawTarget, TermLike};
use limosa_core::progress::{Progress, Rows};

use super::*;

/// A terminal of one line that keeps all that was written.
#[derive(Clone, Debug, Default)]
struct Terminal(Arc<Mutex<String>>);

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        100
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.lock().expect("whole").push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.write_str("\n")
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    fn display(&self) -> Display {
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(self.clone()), 255);
        let bar = ProgressBar::with_draw_target(None, target).with_style(style(DOING));
        Display {
            format: Format::Text,
            bar: Some(bar),
            pending: 1,
            step: "1 change: set not null items.amount".to_owned(),
            next_wait_line: Duration::ZERO,
        }
    }

    /// What stands on the line at last.
    fn shows(&self, display: &Display) -> String {
        display.bar.as_ref().expect("a terminal").force_draw();
        let all = self.0.lock().expect("whole");
        all.trim_end()
            .lines()
            .last()
            .unwrap_or_default()
            .trim_end()
            .to_owned()
    }
}

fn tell(display: &mut Display, what: &str, rows: Option<(u64, u64)>) {
    let progress = Progress {
        what: what.to_owned(),
        rows: rows.map(|(done, total)| Rows { done, total }),
    };
    display.show(&Event::Progress {
        progress: &progress,
    });
}

#[test]
fn a_copy_is_a_bar_on_the_line_of_its_step() {
    let terminal = Terminal::default();
    let mut display = terminal.display();
    tell(&mut display, "copying items", Some((2_500_000, 10_000_000)));
    let line = terminal.shows(&display);
    let start = "1 change: set not null items.amount: copying items ";
    assert!(line.contains(start), "{line}");
    assert!(line.contains(" 2,500,000 of 10,000,000 rows "), "{line}");
    let (done, left) = (line.matches('█').count(), line.matches('░').count());
    assert!(done > 0 && left >= 2 * done, "{line}");

    tell(
        &mut display,
        "copying items",
        Some((10_000_000, 10_000_000)),
    );
    let line = terminal.shows(&display);
    assert!(
        line.contains("10,000,000 of 10,000,000") && !line.contains('░'),
        "{line}"
    );

    tell(&mut display, "building items_by_name", None);
    let line = terminal.shows(&display);
    assert!(
        line.contains("items.amount: building items_by_name"),
        "{line}"
    );
    assert!(!line.contains("rows") && !line.contains('█'), "{line}");
}

#[test]
fn what_comes_next_is_no_bar_of_rows() {
    let terminal = Terminal::default();
    let mut display = terminal.display();
    tell(&mut display, "copying items", Some((10, 10)));
    display.say("2 other".to_owned());
    let line = terminal.shows(&display);
    assert!(line.contains("2 other") && !line.contains("rows"), "{line}");
}

#[test]
fn without_a_terminal_or_in_a_document_nothing_is_shown() {
    let terminal = Terminal::default();
    let mut display = terminal.display();
    display.bar = None;
    tell(&mut display, "copying items", Some((10, 10)));
    let live = Live(Arc::new(Mutex::new(Display {
        format: Format::Json,
        ..terminal.display()
    })));
    let progress = Progress {
        what: "copying items".to_owned(),
        rows: None,
    };
    live.show(&Event::Progress {
        progress: &progress,
    });
    let shown = terminal.0.lock().expect("whole");
    assert_eq!(*shown, "");
}
