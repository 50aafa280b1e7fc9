//! What a directory of migrations holds: operations by kind, what is carried verbatim, what is unread.
//!
//! `cargo run -p limosa-sql --example inventory -- migrations [sqlite]`

use std::collections::BTreeMap;
use std::process::ExitCode;

use limosa_core::migration::{Migration, Statement};
use limosa_core::operation::Operation;
use limosa_sql::{Language, Reader};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let directory = args.next().unwrap_or_else(|| "migrations".to_owned());
    let language = args.next().and_then(|name| Language::from_name(&name));
    let reader = Reader::new().language(language.unwrap_or_default());
    match reader.migrations(&directory) {
        Ok(migrations) => {
            report(&migrations);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn report(migrations: &[Migration]) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for script in migrations.iter().flat_map(|one| &one.scripts) {
        let down = script.down.iter().flat_map(|down| {
            down.statements
                .iter()
                .map(|one| (down.path.as_deref(), one))
        });
        let up = script.up.iter().map(|one| (script.path.as_deref(), one));
        for (path, statement) in up.chain(down) {
            describe(path.unwrap_or_default(), statement, &mut kinds);
        }
    }
    for (kind, count) in kinds {
        println!("{count:6} {kind}");
    }
}

fn describe(path: &str, statement: &Statement, kinds: &mut BTreeMap<String, usize>) {
    if let Some(reason) = &statement.unread {
        println!("UNREAD {path}:{}: {reason}", statement.line);
    }
    for operation in &statement.operations {
        let debug = format!("{operation:?}");
        let kind = debug.split([' ', '(']).next().unwrap_or_default();
        if let Operation::Sql(sql) = &**operation {
            println!(
                "VERBATIM {path}:{}: {} {:?}",
                statement.line, sql.summary, sql.effect
            );
        } else if debug.contains("Verbatim {") {
            println!("PARTLY {path}:{}: {debug}", statement.line);
        }
        *kinds.entry(kind.to_owned()).or_default() += 1;
    }
}
