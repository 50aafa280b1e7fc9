//! A big table of SQLite that gets another definition.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure::median;
use crate::{Places, table};

const ROWS: u64 = 10_000_000;
const ROUNDS: usize = 3;

/// Limosa's rebuild beside the bare statements, each on a copy of the same file.
pub fn measure(places: &Places) {
    let rows = std::env::var("LIMOSA_BENCH_ROWS").ok();
    let rows = rows.map_or(ROWS, |rows| {
        rows.parse().expect("LIMOSA_BENCH_ROWS is a number")
    });
    let program = build(places);
    let full = places.target.join("sqlite/rebuild.db");
    remove(&full);
    eprintln!("filling {rows} rows");
    output(
        &program,
        &["fill", &full.display().to_string(), &rows.to_string()],
    );
    let mut all: [Vec<Figures>; 2] = Default::default();
    for round in 0..ROUNDS {
        for turn in 0..2 {
            let which = (round + turn) % 2;
            all[which].push(once(&program, ["bare", "limosa"][which], &full));
        }
        eprintln!("rebuild, round {round}");
    }
    remove(&full);
    let middle =
        |which: usize, what: fn(&Figures) -> f64| median(all[which].iter().map(what).collect());
    let bare = middle(0, |one| one.time);
    let row = |title: &str, which: usize, time: fn(&Figures) -> f64| {
        vec![
            title.to_owned(),
            format!("{:.2}", middle(which, time) / bare),
            format!("{:.1}", middle(which, time) / 1e6),
            format!("{:.0}", middle(which, |one| one.memory) / 1e3),
        ]
    };
    table::print(
        &format!("Rebuild of a table of {rows} rows, SQLite"),
        &["", "relative to the bare statements", "s", "memory, MB"],
        &[
            row(
                "INSERT INTO new SELECT ..., two indexes, one transaction",
                0,
                |one| one.time,
            ),
            row("Limosa, digests and checks included", 1, |one| one.time),
            row(
                "of that the digests of all rows, before and behind",
                1,
                |one| one.digests,
            ),
            row("and without them", 1, |one| one.time - one.digests),
        ],
    );
}

/// What is measured of one rebuild.
struct Figures {
    /// Microseconds of the whole.
    time: f64,
    /// Of that, what digests of rows took.
    digests: f64,
    /// Kilobytes at most.
    memory: f64,
}

fn build(places: &Places) -> PathBuf {
    let target = places.target.join("measured/rebuild");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--quiet", "--target-dir"]);
    let status = cargo
        .arg(&target)
        .current_dir(places.tools.join("rebuild"))
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "it does not build"
    );
    target.join("release/bench-rebuild")
}

/// A rebuild of a copy.
fn once(program: &Path, what: &str, full: &Path) -> Figures {
    let copy = full.with_file_name("rebuild-copy.db");
    remove(&copy);
    std::fs::copy(full, &copy).expect("there is room for a copy");
    let text = output(program, &[what, &copy.display().to_string()]);
    remove(&copy);
    let figures: Vec<f64> = text
        .split_whitespace()
        .filter_map(|figure| figure.parse().ok())
        .collect();
    let [time, digests, memory] = figures.try_into().expect("it prints three figures");
    Figures {
        time,
        digests,
        memory,
    }
}

fn output(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.expect("the program was built");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn remove(file: &Path) {
    for end in ["", "-wal", "-shm", "-journal", "-limosa-lock"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
}
