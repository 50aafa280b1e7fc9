//! `ALTER TABLE`: one operation for each action.

use limosa_core::name::ObjectName;
use limosa_core::operation::{Mentions, Operation, TableChange};
use limosa_core::schema::{Constraint, Identity, Key};
use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, ConstraintUsingIndex, DropBehavior,
    GeneratedAs, RenameTableNameKind, TableConstraint,
};

use super::names::Names;
use super::{Lowered, Unheld, column, constraint};

pub(super) fn lower(alter: AlterTable, names: Names) -> Lowered<Vec<Operation>> {
    let AlterTable {
        name,
        if_exists,
        // Matters for parents of partitions and of inheritance only, which the model does not hold.
        only: _,
        operations,
        location: None,
        on_cluster: None,
        table_type: None,
        end_token: _,
    } = alter
    else {
        return Err(Unheld("an option of ALTER TABLE"));
    };
    let table = names.object(&name)?;
    let mut lowered = Vec::new();
    for action in &operations {
        if let AlterTableOperation::RenameTable { table_name } = action {
            lowered.push(rename(&table, table_name, names)?);
            continue;
        }
        for change in changes(action, names)? {
            lowered.push(Operation::AlterTable {
                table: table.clone(),
                if_exists,
                change,
            });
        }
    }
    Ok(lowered)
}

fn rename(table: &ObjectName, to: &RenameTableNameKind, names: Names) -> Lowered<Operation> {
    match to {
        RenameTableNameKind::To(to) => Ok(Operation::RenameTable {
            from: table.clone(),
            to: names.single(to)?,
            mentions: Mentions::Follow,
        }),
        RenameTableNameKind::As(_) => Err(Unheld("RENAME AS")),
    }
}

fn changes(action: &AlterTableOperation, names: Names) -> Lowered<Vec<TableChange>> {
    let change = match action {
        AlterTableOperation::AddColumn {
            column_keyword: _,
            if_not_exists,
            column_def,
            column_position: None,
        } => {
            let (column, constraints) = column::lower(column_def, names)?;
            TableChange::AddColumn {
                column: column.into(),
                constraints: constraints.into(),
                if_not_exists: *if_not_exists,
            }
        }
        AlterTableOperation::DropColumn {
            has_column_keyword: _,
            column_names,
            if_exists,
            drop_behavior,
        } => {
            let drop = |name| TableChange::DropColumn {
                name: names.ident(name),
                if_exists: *if_exists,
                cascade: cascades(drop_behavior.as_ref()),
            };
            return Ok(column_names.iter().map(drop).collect());
        }
        AlterTableOperation::RenameColumn {
            old_column_name,
            new_column_name,
        } => TableChange::RenameColumn {
            from: names.ident(old_column_name),
            to: names.ident(new_column_name),
        },
        AlterTableOperation::AlterColumn { column_name, op } => {
            alter_column(names.ident(column_name), op, names)?
        }
        other => constraint_change(other, names)?,
    };
    Ok(vec![change])
}

fn constraint_change(action: &AlterTableOperation, names: Names) -> Lowered<TableChange> {
    Ok(match action {
        AlterTableOperation::AddConstraint {
            constraint,
            not_valid,
        } => add_constraint(constraint, !not_valid, names)?,
        AlterTableOperation::DropConstraint {
            if_exists,
            name,
            drop_behavior,
        } => TableChange::DropConstraint {
            name: names.ident(name),
            if_exists: *if_exists,
            cascade: cascades(drop_behavior.as_ref()),
        },
        AlterTableOperation::RenameConstraint { old_name, new_name } => {
            TableChange::RenameConstraint {
                from: names.ident(old_name),
                to: names.ident(new_name),
            }
        }
        AlterTableOperation::ValidateConstraint { name } => TableChange::ValidateConstraint {
            name: names.ident(name),
        },
        _ => return Err(Unheld("an action of ALTER TABLE")),
    })
}

fn alter_column(column: String, op: &AlterColumnOperation, names: Names) -> Lowered<TableChange> {
    Ok(match op {
        AlterColumnOperation::SetNotNull => TableChange::SetNullable {
            column,
            nullable: false,
        },
        AlterColumnOperation::DropNotNull => TableChange::SetNullable {
            column,
            nullable: true,
        },
        AlterColumnOperation::SetDefault { value } => TableChange::SetDefault {
            column,
            default: names.default(value),
        },
        AlterColumnOperation::DropDefault => TableChange::SetDefault {
            column,
            default: None,
        },
        AlterColumnOperation::SetDataType {
            data_type,
            using,
            had_set: _,
        } => TableChange::SetType {
            column,
            data_type: names.data_type(data_type),
            collation: None,
            using: using.as_ref().map(|using| names.expr(using)),
        },
        AlterColumnOperation::AddGenerated {
            generated_as,
            sequence_options,
        } => {
            if sequence_options
                .as_ref()
                .is_some_and(|options| !options.is_empty())
            {
                return Err(Unheld("options of an identity's sequence"));
            }
            let identity = match generated_as {
                Some(GeneratedAs::Always) => Identity::Always,
                Some(GeneratedAs::ByDefault) => Identity::ByDefault,
                _ => return Err(Unheld("an identity")),
            };
            TableChange::SetIdentity {
                column,
                identity: Some(identity),
            }
        }
    })
}

fn add_constraint(given: &TableConstraint, valid: bool, names: Names) -> Lowered<TableChange> {
    let (mut constraint, using_index) = match given {
        TableConstraint::PrimaryKeyUsingIndex(using) => {
            let (key, index) = over_index(using, names)?;
            (Constraint::PrimaryKey(key), Some(index))
        }
        TableConstraint::UniqueUsingIndex(using) => {
            let (key, index) = over_index(using, names)?;
            (Constraint::Unique(key), Some(index))
        }
        other => (constraint::lower(other, names)?, None),
    };
    match &mut constraint {
        Constraint::ForeignKey(key) => key.validated = valid,
        Constraint::Check(check) => check.validated = valid,
        _ if !valid => return Err(Unheld("NOT VALID")),
        _ => {}
    }
    Ok(TableChange::AddConstraint {
        constraint: constraint.into(),
        using_index,
        if_not_exists: false,
    })
}

/// The columns are the index's; without a name the constraint takes the index's too.
fn over_index(using: &ConstraintUsingIndex, names: Names) -> Lowered<(Key, String)> {
    let ConstraintUsingIndex {
        name,
        index_name,
        characteristics,
    } = using;
    let index = names.ident(index_name);
    let name = name
        .as_ref()
        .map_or_else(|| index.clone(), |name| names.ident(name));
    let mut key = Key::new(Some(name), Vec::new());
    key.deferrable = constraint::deferrable(characteristics.as_ref())?;
    Ok((key, index))
}

fn cascades(behavior: Option<&DropBehavior>) -> bool {
    matches!(behavior, Some(DropBehavior::Cascade))
}
