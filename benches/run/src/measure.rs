//! One run of one program.

use std::process::Command;
use std::time::Instant;

use crate::tools::{Database, Tool};
use crate::{Places, build};

/// What one run took, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// From the start of the process to its end.
    pub process: f64,
    /// To get the migrations ready.
    pub load: f64,
    /// To run them, connected already.
    pub run: f64,
}

/// Runs a tool's program on a URL or path.
pub fn run(places: &Places, tool: &Tool, database: Database, target: &str, count: usize) -> Taken {
    let mut command = Command::new(build::measured(places, tool));
    command.args([database.name(), target, &count.to_string()]);
    if let Some(variable) = tool.variable {
        let set = places
            .target
            .join(format!("migrations/{}-{count}/plain", database.name()));
        command.env(variable, set);
    }
    let start = Instant::now();
    let output = command.output().expect("the program was built");
    let process = start.elapsed().as_secs_f64() * 1e6;
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} on {target}: {error}",
        tool.title
    );
    let laps = String::from_utf8_lossy(&output.stdout);
    let laps: Vec<f64> = laps
        .split_whitespace()
        .filter_map(|lap| lap.parse().ok())
        .collect();
    let [load, _, run] = laps[..] else {
        panic!("{} prints three laps, not {laps:?}", tool.title)
    };
    Taken { process, load, run }
}

/// What a tool took, and what the bare client took right before or behind it, in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Pair<const LAPS: usize> {
    pub own: [f64; LAPS],
    pub bare: [f64; LAPS],
}

/// The middle one of the pairs' ratios, by their first lap: the load of the machine is much the same for
/// both of a pair.
pub fn ratio<const LAPS: usize>(pairs: &[Pair<LAPS>]) -> f64 {
    median(
        pairs
            .iter()
            .map(|pair| pair.own[0] / pair.bare[0])
            .collect(),
    )
}

/// The middle one.
pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    match all.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => all[odd / 2],
        even => f64::midpoint(all[even / 2 - 1], all[even / 2]),
    }
}

/// The programs in another order for each round, so that none always runs behind the same one.
pub fn rotated(tools: &[&'static Tool], round: usize) -> Vec<&'static Tool> {
    let mut order = tools.to_vec();
    order.rotate_left(round % tools.len());
    if round % 2 == 1 {
        order.reverse();
    }
    order
}
