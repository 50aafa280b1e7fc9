// A migrator of sea-orm for each list of statements, by `include!`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::Database;

type List = &'static [(&'static str, &'static str)];

struct Statement(&'static str, &'static str);

impl MigrationName for Statement {
    fn name(&self) -> &str {
        self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Statement {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(self.1).await.map(drop)
    }
}

macro_rules! migrator {
    ($name:ident, $path:literal) => {
        struct $name;
        impl MigratorTrait for $name {
            fn migrations() -> Vec<Box<dyn MigrationTrait>> {
                const LIST: List = include!($path);
                let boxed = |one: &(&'static str, &'static str)| {
                    Box::new(Statement(one.0, one.1)) as Box<dyn MigrationTrait>
                };
                LIST.iter().map(boxed).collect()
            }
        }
    };
}
