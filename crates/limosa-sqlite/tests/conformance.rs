//! The suite that every driver must pass, on a file.

use async_trait::async_trait;
use limosa_core::migrator::Migrator;
use limosa_sqlite::{Mode, Sqlite};
use limosa_testkit::conformance::Setup;
use tempfile::TempDir;

struct File(TempDir);

#[async_trait]
impl Setup for File {
    async fn session(&self) -> Box<dyn Migrator> {
        let path = self.0.path().join("test.db");
        let url = format!("sqlite:{}", path.display());
        Box::new(Sqlite::open(&url, Mode::Create).expect("the file opens"))
    }
}

limosa_testkit::conformance_tests!(File(TempDir::new().expect("a directory")));
