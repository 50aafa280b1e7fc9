// What every measured program shares, by `include!`: its arguments, its clock and how it fails.
//
//     TOOL postgres|sqlite TARGET COUNT      applies the first COUNT migrations (1, 100 or 1000)
//
// It prints microseconds: to get the migrations ready, to connect, to run them.

struct Arguments {
    postgres: bool,
    target: String,
    count: usize,
}

fn arguments() -> Arguments {
    let all: Vec<String> = std::env::args().collect();
    let [_, database, target, count] = all.as_slice() else {
        fail("usage: TOOL postgres|sqlite TARGET COUNT")
    };
    Arguments {
        postgres: database == "postgres",
        target: target.clone(),
        count: count.parse().unwrap_or_else(|_| fail("COUNT is no number")),
    }
}

/// Laps, in microseconds.
struct Laps(std::time::Instant, Vec<u128>);

impl Laps {
    fn start() -> Self {
        Self(std::time::Instant::now(), Vec::new())
    }

    fn lap(&mut self) {
        self.1.push(self.0.elapsed().as_micros());
        self.0 = std::time::Instant::now();
    }

    fn print(&self) {
        let laps: Vec<String> = self.1.iter().map(u128::to_string).collect();
        println!("{}", laps.join(" "));
    }
}

fn fail(error: impl std::fmt::Display) -> ! {
    eprintln!("{error}");
    std::process::exit(1)
}
