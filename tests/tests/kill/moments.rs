//! Faults at random moments.

use std::time::Duration;

use limosa_core::error::DatabaseError;
use limosa_tests::On;
use limosa_tests::child::Ended;
use limosa_tests::tally::cases as soak;

use crate::CHILD;
use crate::stage::Stage;

impl Stage {
    /// The process is killed at random moments, and half of the time again after that.
    pub(crate) async fn killed_at_random(&self, short: usize) {
        let mut dice = Dice::new(&self.label);
        let wanted = soak().map_or(short, |cases| cases / 5);
        let (mut kills, mut in_time, mut failures) = (0, 0, Vec::new());
        while kills < wanted {
            let on = self.before.copy().await;
            let mut moments = Vec::new();
            loop {
                let moment = self.took.mul_f64(dice.fraction() * 0.9);
                let mut process = self.order(&on, None).start(CHILD);
                process.begin();
                // Finer than the runtime's clock: a whole run may take no more than ten milliseconds.
                std::thread::sleep(moment);
                moments.push(moment);
                kills += 1;
                in_time += usize::from(process.kill() == Ended::Killed);
                if dice.fraction() < 0.5 {
                    break;
                }
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("killed after {moments:?}: {why}"));
            }
        }
        assert!(in_time * 8 >= kills, "{in_time} of {kills} kills in time");
        self.count("kills at random moments", kills, &failures);
        self.count("of these in mid-run", in_time, &[]);
    }

    /// The server ends the session at random moments, twice on each database.
    pub(crate) async fn terminated_at_random(&self, short: usize) {
        let mut dice = Dice::new(&self.label);
        let wanted = soak().map_or(short, |cases| cases / 5);
        let (mut in_time, mut failures) = (0, Vec::new());
        for _ in 0..wanted.div_ceil(2) {
            let on = self.before.copy().await;
            for _ in 0..2 {
                let moment = self.took.mul_f64(dice.fraction());
                in_time += usize::from(self.is_terminated(&on, moment).await);
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(why);
            }
        }
        let all = wanted.div_ceil(2) * 2;
        assert!(in_time * 8 >= all, "{in_time} of {all} in time");
        self.count("sessions ended by the server", in_time, &failures);
    }

    /// Runs, and is ended after a while. Returns whether that was in time.
    async fn is_terminated(&self, on: &On, moment: Duration) -> bool {
        let mut session = on.session().await;
        let end = async {
            tokio::time::sleep(moment).await;
            on.column(TERMINATE).await
        };
        let (run, _) = tokio::join!(self.way.go(&self.migrations, session.as_mut()), end);
        let Err(failure) = run else { return false };
        let lost = failure.error.database();
        assert!(
            lost.is_some_and(DatabaseError::is_connection_lost),
            "{failure}"
        );
        true
    }
}

const TERMINATE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Numbers that are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: &str) -> Self {
        let seed = seed.bytes().fold(0xcbf2_9ce4_8422_2325, |seed: u64, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed | 1)
    }

    /// From 0 to 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        f64::from(u32::try_from(self.0 >> 32).expect("32 bits")) / f64::from(u32::MAX)
    }
}
