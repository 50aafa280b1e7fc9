//! `PostgreSQL`.

use limosa_postgres::Postgres;

use super::{Backend, Opening, Purpose, Session};

pub(super) const BACKEND: Backend = Backend {
    schemes: &["postgres", "postgresql"],
    example: "postgres://USER@HOST/DATABASE",
    open,
};

fn open(url: &str, _: Purpose) -> Opening<'_> {
    Box::pin(async move {
        Ok(Session {
            migrator: Box::new(Postgres::connect(url).await?),
            missing: None,
        })
    })
}
