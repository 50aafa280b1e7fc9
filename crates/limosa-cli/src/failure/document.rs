//! A failure as a JSON document.

use serde_json::{Map, Value, json};

use super::Account;
use crate::answer::write_document;

pub(super) fn print(account: &Account, command: &str) {
    let mut fields = Map::new();
    if let Some(database) = &account.database {
        fields.insert("database".into(), json!(database));
    }
    if let Some(backup) = &account.backup {
        fields.insert("backup".into(), json!(backup));
    }
    if let Some(report) = &account.report {
        fields.insert("report".into(), json!(report));
    }
    fields.insert("error".into(), error(account));
    write_document(command, account.exit, fields);
}

fn error(account: &Account) -> Value {
    let mut error = Map::from_iter([("message".to_owned(), json!(account.message))]);
    let mut add = |key: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            error.insert(key.to_owned(), value);
        }
    };
    add("code", json!(account.code));
    add("details", json!(account.details));
    add("hints", json!(account.hints));
    add(
        "path",
        json!(account.place.as_ref().map(|place| &place.path)),
    );
    add(
        "line",
        json!(account.place.as_ref().and_then(|place| place.line)),
    );
    let statement = account
        .place
        .as_ref()
        .and_then(|place| place.statement.as_ref());
    add(
        "statement",
        json!(statement.map(|statement| &statement.text)),
    );
    add("conflicts", json!(account.conflicts));
    add("differences", json!(account.differences));
    add("losses", json!(account.losses));
    Value::Object(error)
}
