//! The laws.

mod apply;
mod back;
mod both;
mod failure;
mod prefix;

use proptest::strategy::Strategy;
use tokio::sync::Mutex;

use crate::case::Case;
use crate::site::{Kind, Site, hold};

/// Holds a law to random cases on one database.
#[allow(clippy::needless_pass_by_value, reason = "a function is passed")]
fn on_one(
    kind: Kind,
    strategy: impl Strategy<Value = Case>,
    short: u32,
    law: impl AsyncFn(&mut Site, &Case),
) {
    let site = Mutex::new(None);
    hold(strategy, short, async |case| {
        let mut site = site.lock().await;
        if site.is_none() {
            *site = Some(Site::new(kind).await);
        }
        law(site.as_mut().expect("it was just made"), &case).await;
    });
}
