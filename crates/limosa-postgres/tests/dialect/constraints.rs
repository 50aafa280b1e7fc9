//! Constraints that come, go, and are validated.

use limosa_core::operation::TableChange;
use limosa_core::schema::{Constraint, ForeignKey, Key};

use crate::compiled::check_change;

#[test]
fn constraints() {
    let key = Constraint::PrimaryKey(Key::new(Some("pk".into()), vec!["a".into()]));
    check_change(
        TableChange::AddConstraint {
            constraint: key.clone().into(),
            using_index: None,
            if_not_exists: false,
        },
        "ALTER TABLE \"t\" ADD CONSTRAINT \"pk\" PRIMARY KEY (\"a\")",
    );
    check_change(
        TableChange::AddConstraint {
            constraint: key.into(),
            using_index: Some("i".into()),
            if_not_exists: false,
        },
        "ALTER TABLE \"t\" ADD CONSTRAINT \"pk\" PRIMARY KEY USING INDEX \"i\"",
    );
    let key = ForeignKey {
        validated: false,
        ..ForeignKey::new(vec!["a".into()], "o".into(), vec![])
    };
    check_change(
        TableChange::AddConstraint {
            constraint: Constraint::ForeignKey(key).into(),
            using_index: None,
            if_not_exists: false,
        },
        "ALTER TABLE \"t\" ADD FOREIGN KEY (\"a\") REFERENCES \"o\" NOT VALID",
    );
    check_change(
        TableChange::DropConstraint {
            name: "c".into(),
            if_exists: true,
            cascade: false,
        },
        "ALTER TABLE \"t\" DROP CONSTRAINT \"c\"",
    );
    check_change(
        TableChange::RenameConstraint {
            from: "c".into(),
            to: "d".into(),
        },
        "ALTER TABLE \"t\" RENAME CONSTRAINT \"c\" TO \"d\"",
    );
    check_change(
        TableChange::ValidateConstraint { name: "c".into() },
        "ALTER TABLE \"t\" VALIDATE CONSTRAINT \"c\"",
    );
}
