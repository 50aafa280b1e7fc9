//! Column definitions, of `CREATE TABLE` and of `ADD COLUMN`.

use limosa_core::schema::{Column, Constraint, Generated, Identity};
use sqlparser::ast::{
    ColumnDef, ColumnOption, ColumnOptionDef, GeneratedAs, GeneratedExpressionMode, Ident,
};

use super::names::Names;
use super::{Lowered, Unheld, constraint};
use crate::language::Language;

/// The column, and the constraints written behind it.
pub(super) fn lower(definition: &ColumnDef, names: Names) -> Lowered<(Column, Vec<Constraint>)> {
    let ColumnDef {
        name,
        data_type,
        options,
    } = definition;
    let mut column = Column::new(names.ident(name), names.data_type(data_type));
    if names.language == Language::Postgres && is_serial(&data_type.to_string()) {
        column.identity = Some(Identity::Serial);
        column.nullable = false;
    }
    let mut constraints = Vec::new();
    for ColumnOptionDef { name, option } in options {
        if let Some(own) = key(option, name.as_ref(), &column.name, names)? {
            column.nullable &= !matches!(own, Constraint::PrimaryKey(_));
            constraints.push(own);
        } else {
            apply(option, &mut column, names)?;
        }
    }
    Ok((column, constraints))
}

/// To `SQLite` these are names of types like any other: nothing numbers the rows.
fn is_serial(data_type: &str) -> bool {
    let names = [
        "serial",
        "serial4",
        "bigserial",
        "serial8",
        "smallserial",
        "serial2",
    ];
    names
        .iter()
        .any(|name| data_type.eq_ignore_ascii_case(name))
}

fn key(
    option: &ColumnOption,
    name: Option<&Ident>,
    column: &str,
    names: Names,
) -> Lowered<Option<Constraint>> {
    let mut own = match option {
        ColumnOption::PrimaryKey(key) => constraint::primary(key, names)?,
        ColumnOption::Unique(key) => constraint::unique(key, names)?,
        ColumnOption::ForeignKey(key) => constraint::foreign(key, names)?,
        ColumnOption::Check(check) => constraint::check(check, names)?,
        _ => return Ok(None),
    };
    if let Some(name) = name {
        *own.name_mut() = Some(names.ident(name));
    }
    match &mut own {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => {
            key.columns = vec![column.to_owned()];
        }
        Constraint::ForeignKey(key) => key.columns = vec![column.to_owned()],
        Constraint::Check(_) => {}
    }
    Ok(Some(own))
}

fn apply(option: &ColumnOption, column: &mut Column, names: Names) -> Lowered<()> {
    match option {
        ColumnOption::Null => {}
        ColumnOption::NotNull => column.nullable = false,
        ColumnOption::Default(expr) => {
            let default = names.default(expr);
            column.default = match names.language {
                Language::Sqlite => default.map(|value| value.standing(&column.data_type)),
                Language::Postgres => default,
            };
        }
        ColumnOption::Collation(name) => column.collation = Some(names.collation(name)?),
        ColumnOption::DialectSpecific(tokens) => match tokens.as_slice() {
            [word] if word.to_string().eq_ignore_ascii_case("autoincrement") => {
                column.identity = Some(Identity::Autoincrement);
            }
            _ => return Err(Unheld("an option of a column")),
        },
        ColumnOption::Generated { .. } => generated(option, column, names)?,
        _ => return Err(Unheld("an option of a column")),
    }
    Ok(())
}

fn generated(option: &ColumnOption, column: &mut Column, names: Names) -> Lowered<()> {
    let ColumnOption::Generated {
        generated_as,
        sequence_options,
        generation_expr,
        generation_expr_mode,
        generated_keyword: _,
    } = option
    else {
        return Err(Unheld("an option of a column"));
    };
    if sequence_options
        .as_ref()
        .is_some_and(|options| !options.is_empty())
    {
        return Err(Unheld("options of an identity's sequence"));
    }
    let Some(expr) = generation_expr else {
        column.identity = Some(match generated_as {
            GeneratedAs::Always => Identity::Always,
            GeneratedAs::ByDefault => Identity::ByDefault,
            GeneratedAs::ExpStored => return Err(Unheld("a generated column")),
        });
        column.nullable = false;
        return Ok(());
    };
    let stored = matches!(generated_as, GeneratedAs::ExpStored)
        || matches!(generation_expr_mode, Some(GeneratedExpressionMode::Stored));
    column.generated = Some(Generated {
        expr: names.expr(expr),
        stored,
    });
    Ok(())
}
