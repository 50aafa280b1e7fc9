//! The server stops in the middle of a run.

use std::sync::Arc;
use std::time::Duration;

use limosa_testkit::fault::{Action, Fault, Faults, Faulty};
use limosa_testkit::postgres::Server;
use limosa_tests::On;
use limosa_tests::tally::cases as soak;

use crate::moments::Dice;
use crate::stage::Stage;

/// When a server is stopped.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Gap(usize),
    After(Duration),
}

impl Stage {
    /// The server is stopped as if the power failed: at gaps, and at random moments.
    pub(crate) async fn server_stopped(&self, short_gaps: usize, short_moments: usize) {
        let server = self.server();
        let mut failures = Vec::new();
        let gaps = (0..self.gaps.len()).step_by(self.kind.stride(short_gaps));
        let mut dice = Dice::new(&self.label);
        let moments = soak().map_or(short_moments, |cases| cases / 50);
        let moments = (0..moments).map(|_| self.took.mul_f64(dice.fraction() * 1.1));
        let stops: Vec<Stop> = gaps
            .map(Stop::Gap)
            .chain(moments.map(Stop::After))
            .collect();
        for stop in &stops {
            let on = self.before.copy().await;
            let plain = on.session().await;
            match stop {
                Stop::Gap(gap) => {
                    let action: Action = Arc::new(move || Box::pin(server.stop_immediate()));
                    let mut session = Faulty::new(plain, Faults::at(*gap, Fault::Act(action)));
                    let _ = self.way.go(&self.migrations, &mut session).await;
                }
                Stop::After(moment) => {
                    let mut session = plain;
                    let run = self.way.go(&self.migrations, session.as_mut());
                    let stop = async {
                        tokio::time::sleep(*moment).await;
                        server.stop_immediate().await;
                    };
                    let _ = tokio::join!(run, stop);
                }
            }
            server.start_again().await;
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("{stop:?}: {why}"));
            }
        }
        self.count("stops of the server", stops.len(), &failures);
    }

    fn server(&self) -> &'static Server {
        match &self.before {
            On::Postgres(database) => database.server(),
            On::Sqlite(_) => unreachable!("there is no server"),
        }
    }
}
