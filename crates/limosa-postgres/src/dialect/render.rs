//! Expressions: what `PostgreSQL` says differently from common SQL.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Join, JoinKind, Relation, Render, render_query, standard_call};

use super::{Compiled, FACTS, PostgresDialect, refuse, text, types};

impl Render for PostgresDialect {
    fn id(&self) -> &'static str {
        FACTS.id
    }

    fn product(&self) -> &'static str {
        FACTS.product
    }

    /// A backslash is an ordinary character only while `standard_conforming_strings` is on, which a
    /// session may change; an escape string means the same in both cases (manual section 4.1.2.2).
    fn string(&self, text: &str) -> String {
        let doubled = text.replace('\'', "''");
        if text.contains('\\') {
            format!("E'{}'", doubled.replace('\\', "\\\\"))
        } else {
            format!("'{doubled}'")
        }
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("E'\\\\x{}'::bytea", digits.concat())
    }

    fn boolean(&self, value: bool) -> &'static str {
        if value { "true" } else { "false" }
    }

    fn cast_type(&self, data_type: &DataType) -> Result<String, Unsupported> {
        types::spell(data_type)
    }

    fn call(&self, name: &str, args: &[String]) -> Result<String, Unsupported> {
        call(name, args)
    }

    fn operator(&self, operator: &str) -> Result<String, Unsupported> {
        match operator {
            "GLOB" | "REGEXP" | "MATCH" => Err(refuse(
                format!("evaluate the operator {operator}"),
                "it is SQLite's; use LIKE, or ~ in a file of its own",
            )),
            other => Ok(other.to_owned()),
        }
    }

    fn array(&self, items: &[String]) -> Result<String, Unsupported> {
        Ok(format!("ARRAY[{}]", items.join(", ")))
    }
}

/// `SQLite`'s functions become their counterparts, or are refused where there is none of the same
/// meaning; all others pass.
fn call(name: &str, args: &[String]) -> Compiled<String> {
    let list = args.join(", ");
    Ok(match (name, args) {
        ("ifnull", _) => format!("coalesce({list})"),
        ("instr", [_, _]) => format!("strpos({list})"),
        ("group_concat", [value]) => format!("string_agg({value}::text, ',')"),
        ("group_concat", [value, separator]) => format!("string_agg({value}::text, {separator})"),
        ("iif", [condition, yes, no]) => format!("CASE WHEN {condition} THEN {yes} ELSE {no} END"),
        ("hex", [value]) => format!("upper(encode({value}, 'hex'))"),
        ("unixepoch", []) => "extract(epoch from now())::bigint".to_owned(),
        (
            "strftime" | "julianday" | "unixepoch" | "datetime" | "typeof" | "printf" | "total"
            | "randomblob" | "zeroblob" | "last_insert_rowid" | "changes" | "json_extract",
            _,
        ) => {
            return Err(refuse(
                format!("evaluate {name}({list})"),
                "the function is SQLite's and has no counterpart of the same meaning here",
            ));
        }
        _ => standard_call(name, args, &PostgresDialect),
    })
}

/// An item of `FROM` or `USING`.
pub(super) fn relation(relation: &Relation) -> Compiled<String> {
    let (item, alias) = match relation {
        Relation::Table(table, alias) => (text::object(table)?, alias),
        Relation::Query(query, alias) => (
            format!("({})", render_query(query, &PostgresDialect)?),
            alias,
        ),
        Relation::Join(joined) => return join(joined),
    };
    match alias {
        Some(alias) => Ok(format!("{item} AS {}", text::name(alias)?)),
        None => Ok(item),
    }
}

fn join(join: &Join) -> Compiled<String> {
    let kind = match join.kind {
        JoinKind::Inner => "JOIN",
        JoinKind::Left => "LEFT JOIN",
        JoinKind::Right => "RIGHT JOIN",
        JoinKind::Full => "FULL JOIN",
        JoinKind::Cross => "CROSS JOIN",
    };
    let (left, right) = (relation(&join.left)?, relation(&join.right)?);
    let on = match (&join.on, join.using.as_slice()) {
        (Some(on), _) => format!(" ON {}", text::expression(on)?),
        (None, []) => String::new(),
        (None, using) => format!(" USING ({})", text::names(using)?),
    };
    Ok(format!("{left} {kind} {right}{on}"))
}
