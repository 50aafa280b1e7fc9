//! `PostgreSQL`.

use limosa_postgres::Postgres;

use super::{Backend, Opened, Opening, Purpose};
use crate::backup::Dumps;

pub(super) const BACKEND: Backend = Backend {
    schemes: &["postgres", "postgresql"],
    example: "postgres://USER@HOST/DATABASE",
    open,
    keeper: &Dumps,
};

fn open(url: &str, _: Purpose) -> Opening<'_> {
    Box::pin(async move {
        Ok(Opened {
            migrator: Box::new(Postgres::connect(url).await?),
            missing: None,
        })
    })
}
