//! Enum types, manual section 8.7.

use limosa_core::name::ObjectName;
use limosa_core::operation::{Commented, LabelPosition, Operation};
use limosa_core::schema::EnumType;

use super::{Compiled, text};

/// An operation on an enum type.
pub(super) fn compile(operation: &Operation) -> Compiled {
    match operation {
        Operation::CreateEnum { enum_type, .. } => create(enum_type),
        Operation::AddEnumLabel {
            name,
            label,
            position,
            ..
        } => {
            let position = place(position.as_ref())?;
            alter(
                name,
                &format!("ADD VALUE {}{position}", text::string(label)?),
            )
        }
        Operation::RenameEnumLabel { name, from, to } => {
            let (from, to) = (text::string(from)?, text::string(to)?);
            alter(name, &format!("RENAME VALUE {from} TO {to}"))
        }
        Operation::RenameEnum { from, to } => {
            alter(from, &format!("RENAME TO {}", text::name(to)?))
        }
        Operation::DropEnum { name, cascade, .. } => {
            let name = text::object(name)?;
            Ok(vec![format!("DROP TYPE {name}{}", text::cascade(*cascade))])
        }
        _ => Ok(Vec::new()),
    }
}

fn create(enum_type: &EnumType) -> Compiled {
    let name = text::object(&enum_type.name)?;
    let labels: Vec<String> = enum_type
        .labels
        .iter()
        .map(|label| text::string(label))
        .collect::<Result<_, _>>()?;
    let mut all = vec![format!(
        "CREATE TYPE {name} AS ENUM ({})",
        labels.join(", ")
    )];
    if let Some(comment) = &enum_type.comment {
        let on = Commented::Enum(enum_type.name.clone());
        all.extend(text::comment(&on, Some(comment))?);
    }
    Ok(all)
}

fn alter(name: &ObjectName, action: &str) -> Compiled {
    Ok(vec![format!("ALTER TYPE {} {action}", text::object(name)?)])
}

fn place(position: Option<&LabelPosition>) -> Compiled<String> {
    Ok(match position {
        None => String::new(),
        Some(LabelPosition::Before(label)) => format!(" BEFORE {}", text::string(label)?),
        Some(LabelPosition::After(label)) => format!(" AFTER {}", text::string(label)?),
    })
}
