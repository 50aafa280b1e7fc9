//! Both databases, given the same migration, and asked the same question.

use limosa_core::error::Failure;
use limosa_core::migration::Migrations;
use limosa_sqlite::SqliteDialect;
use limosa_testkit::conformance::differences;
use limosa_tests::{On, migrations};

/// A database of each kind.
pub(crate) struct Both {
    postgres: On,
    sqlite: On,
}

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    /// Letter by letter.
    Text,
    /// As the double that the text means.
    Number,
}

impl Both {
    pub(crate) async fn new() -> Self {
        Self {
            postgres: On::postgres().await,
            sqlite: On::sqlite(),
        }
    }

    /// Both with the migrations of these texts.
    pub(crate) async fn with(texts: &[&str]) -> Self {
        let both = Self::new().await;
        both.run(texts).await;
        both
    }

    pub(crate) async fn run(&self, texts: &[&str]) {
        let list: Migrations = migrations(texts);
        for on in [&self.postgres, &self.sqlite] {
            if let Err(failure) = on.run(&list).await {
                let said: String = failure.to_string().chars().take(2000).collect();
                panic!("{}: {said}", on.id());
            }
        }
    }

    /// Whether both take the last of these migrations; they have to agree.
    pub(crate) async fn takes(&self, texts: &[&str]) -> bool {
        let list: Migrations = migrations(texts);
        let postgres = self.postgres.run(&list).await.map(drop);
        let sqlite = self.sqlite.run(&list).await.map(drop);
        for said in [&postgres, &sqlite]
            .into_iter()
            .filter_map(|one| one.as_ref().err())
        {
            let said = said.to_string();
            assert!(!said.contains("do not fit"), "refused in planning: {said}");
        }
        assert_eq!(
            postgres.is_ok(),
            sqlite.is_ok(),
            "{:?}: {postgres:?} {sqlite:?}",
            texts.last()
        );
        postgres.is_ok()
    }

    /// Both show the same tables, and see no drift in a further run.
    pub(crate) async fn agree(&self, texts: &[&str]) {
        let (one, other) = (self.postgres.schema().await, self.sqlite.schema().await);
        let found = differences(&one, &other, &SqliteDialect);
        assert!(found.is_empty(), "{}", found.join("\n"));
        let last = "CREATE TABLE last (id integer PRIMARY KEY)";
        let list = migrations(&[texts, &[last]].concat());
        for on in [&self.postgres, &self.sqlite] {
            let report = on.run(&list).await.expect("no drift");
            let warnings = format!("{report:?}");
            assert!(!warnings.contains("should be"), "{}: {warnings}", on.id());
        }
    }

    /// Answers of both to one query, which have to be the same.
    pub(crate) async fn answer(&self, query: &str, kind: As) -> Vec<Option<String>> {
        let canonical = |value: Option<String>| value.map(|value| canonical(&value, kind));
        let [postgres, sqlite] = [&self.postgres, &self.sqlite].map(|on| on.column(query));
        let postgres: Vec<_> = postgres.await.into_iter().map(canonical).collect();
        let sqlite: Vec<_> = sqlite.await.into_iter().map(canonical).collect();
        assert_eq!(postgres.len(), sqlite.len(), "{query}");
        let different: Vec<String> = postgres
            .iter()
            .zip(&sqlite)
            .filter(|(one, other)| one != other)
            .map(|pair| format!("{pair:?}").chars().take(200).collect())
            .collect();
        assert!(different.is_empty(), "{query}: {}", different.join("\n"));
        postgres
    }
}

fn canonical(value: &str, kind: As) -> String {
    match kind {
        As::Text => value.to_owned(),
        As::Number => {
            let number: f64 = value.parse().expect("a number");
            // 0 and -0 are equal.
            format!("{:?}", number + 0.0)
        }
    }
}

/// What `SQLite` says to migrations that it will not plan. Nothing is there afterwards.
pub(crate) async fn refusal(texts: &[&str]) -> String {
    let on = On::sqlite();
    let said = refusal_on(&on, texts).await;
    let left = on.column("SELECT name FROM sqlite_schema").await;
    assert!(left.is_empty(), "{left:?}");
    said
}

/// What a database says to migrations that it will not plan.
pub(crate) async fn refusal_on(on: &On, texts: &[&str]) -> String {
    let failure: Failure = match on.run(&migrations(texts)).await {
        Ok(_) => panic!("it was run: {texts:?}"),
        Err(failure) => failure,
    };
    let said = failure.to_string();
    assert!(said.contains("do not fit"), "not when planning: {said}");
    said
}
