//! The conformance suite of all drivers.

use async_trait::async_trait;
use limosa_core::migrator::Migrator;
use limosa_postgres::Postgres;
use limosa_testkit::conformance::Setup;
use limosa_testkit::postgres::{Database, Server};

struct OnServer(Database<'static>);

#[async_trait]
impl Setup for OnServer {
    async fn session(&self) -> Box<dyn Migrator> {
        Box::new(Postgres::connect(&self.0.url()).await.expect("connect"))
    }
}

limosa_testkit::conformance_tests!(OnServer(Server::shared().await.database().await));
