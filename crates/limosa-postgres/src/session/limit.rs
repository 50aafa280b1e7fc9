//! Limits of time where a setting cannot be made, and who is in the way of a lock.

use std::time::Duration;

use limosa_core::error::{DatabaseError, Kind};
use limosa_core::expr::Render;
use limosa_core::migrator::{Blocker, Limits, Result};
use limosa_core::name::ObjectName;
use tokio_postgres::SimpleQueryRow;

use crate::PostgresDialect;
use crate::batch::{Condition, qualified};

/// The server process, its limits in milliseconds, 0 for none, and those of them that the session
/// itself has set.
pub(super) const ASK: &str = "SELECT pg_catalog.pg_backend_pid(),
  (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name OPERATOR(pg_catalog.=) 'lock_timeout'),
  (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name OPERATOR(pg_catalog.=) 'statement_timeout'),
  (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name OPERATOR(pg_catalog.=) 'lock_timeout'
    AND s.source OPERATOR(pg_catalog.=) 'session'),
  (SELECT s.setting FROM pg_catalog.pg_settings s WHERE s.name OPERATOR(pg_catalog.=) 'statement_timeout'
    AND s.source OPERATOR(pg_catalog.=) 'session')";

/// Remembers what the session had set, to put it back: `DEFAULT` would be the role's.
pub(super) fn remember(row: &SimpleQueryRow, condition: &mut Condition) {
    let number = |column: usize| row.get(column).and_then(|text| text.parse().ok());
    if !condition.lock_limited {
        condition.own_lock = number(3);
    }
    if !condition.statement_limited {
        condition.own_statement = number(4);
    }
}

/// Whether a limit needs no setting: behind a pooler, where the role's own leave enough time.
/// On a direct connection it is to be set.
pub(super) fn is_met(row: &SimpleQueryRow, limits: Limits, client: Option<i32>) -> Result<bool> {
    let number = |column: usize| row.get(column).and_then(|text| text.parse::<u64>().ok());
    if client.is_some() && client == row.get(0).and_then(|text| text.parse().ok()) {
        return Ok(false);
    }
    for (name, column, wanted) in [
        ("lock_timeout", 1, limits.lock),
        ("statement_timeout", 2, limits.statement),
    ] {
        let own = number(column).unwrap_or_default();
        if wanted.is_some_and(|wanted| own > 0 && Duration::from_millis(own) < wanted) {
            return Err(needs_direct(name, own));
        }
    }
    Ok(true)
}

fn needs_direct(name: &str, own: u64) -> DatabaseError {
    let message = format!(
        "this statement needs a direct session: the role's {name} of {own} ms would cancel it, and \
         behind a pooler it cannot be set for one statement outside a transaction"
    );
    DatabaseError::new(Kind::Other, message).with_hint(format!(
        "give the command a URL that leads to the server itself (--direct-url or LIMOSA_DIRECT_URL), \
         the library a client that does, or ALTER ROLE ... SET {name} = 0"
    ))
}

/// Asks who holds locks on tables or indexes; on any at all if none is named.
pub(super) fn blockers(tables: &[ObjectName]) -> String {
    let tables: Vec<String> = tables
        .iter()
        .map(|name| {
            let name = qualified(name.schema.as_deref(), &name.name);
            format!("pg_catalog.to_regclass({})", PostgresDialect.string(&name))
        })
        .collect();
    let which = if tables.is_empty() {
        // FirstNormalObjectId: beyond the catalog's own.
        "l.relation OPERATOR(pg_catalog.>=) '16384'::pg_catalog.oid".to_owned()
    } else {
        let tables = tables.join(", ");
        format!("l.relation OPERATOR(pg_catalog.=) ANY (ARRAY[{tables}]::pg_catalog.oid[])")
    };
    include_str!("blockers.sql").replace("{which}", &which)
}

/// A row of the answer.
pub(super) fn blocker(row: &SimpleQueryRow) -> Option<Blocker> {
    let text = |column: usize| row.get(column).filter(|text| !text.is_empty());
    Some(Blocker {
        process: text(0)?.parse().ok()?,
        application: text(1).map(str::to_owned),
        age: text(2).and_then(|text| text.parse().ok()),
        query: text(3).map(str::to_owned),
    })
}
