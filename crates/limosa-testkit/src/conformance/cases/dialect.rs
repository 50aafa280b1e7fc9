//! [`Dialect`](limosa_core::dialect::Dialect): pure functions.

use limosa_core::datatype::DataType;
use limosa_core::expr::TokenKind;
use limosa_core::expr::tokens;
use limosa_core::name::ObjectName;
use limosa_core::schema::{Schema, Table};
use limosa_core::shared::Shared;

use super::super::{Sample, Setup};

/// Names that need quoting, each for a reason of its own.
pub(super) const HOSTILE: [&str; 8] = [
    "select",
    "Mixed Case",
    "quo\"te",
    "apos'trophe",
    "semi;colon -- no comment",
    "naïve_日本",
    "back\\slash $1 $$",
    "1st",
];

/// Every type that is no enum and no dialect's own.
pub(super) fn types() -> Vec<DataType> {
    let mut all = vec![
        DataType::SmallInt,
        DataType::Integer,
        DataType::BigInt,
        DataType::Real,
        DataType::Double,
        DataType::Numeric(None),
        DataType::Numeric(Some((12, 3))),
        DataType::Boolean,
        DataType::Text,
        DataType::Varchar(None),
        DataType::Varchar(Some(40)),
        DataType::Char(7),
        DataType::Bytes,
        DataType::Date,
        DataType::TIMESTAMP,
        DataType::TIMESTAMPTZ,
        DataType::Interval,
        DataType::Uuid,
        DataType::Json,
        DataType::Jsonb,
        DataType::Array(Shared::new(DataType::Text)),
    ];
    for zoned in [false, true] {
        let precision = Some(3);
        all.push(DataType::Timestamp { precision, zoned });
        all.push(DataType::Time {
            precision: None,
            zoned,
        });
    }
    all
}

/// The facts are the same at every call, and those of the words.
pub async fn facts_are_consistent(setup: &dyn Setup) {
    let session = setup.session().await;
    let dialect = session.dialect();
    assert_eq!(
        format!("{:?}", dialect.facts()),
        format!("{:?}", dialect.facts())
    );
    assert_eq!(dialect.facts().id, dialect.id());
    assert_eq!(dialect.facts().product, dialect.product());
    assert_eq!(dialect.facts().lexicon.id, dialect.id());
}

/// A quoted identifier is one token of the dialect's own language.
pub async fn hostile_identifiers_are_quoted(setup: &dyn Setup) {
    let session = setup.session().await;
    let dialect = session.dialect();
    for name in HOSTILE {
        let quoted = dialect.identifier(name);
        let tokens = tokens(&quoted, &dialect.facts().lexicon);
        let kinds: Vec<_> = tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [TokenKind::Quoted], "{quoted}");
    }
}

/// What a dialect spells it understands, up to what it holds for it.
pub async fn types_read_back(setup: &dyn Setup) {
    let session = setup.session().await;
    let dialect = session.dialect();
    for data_type in types() {
        let Ok(name) = dialect.type_name(&data_type) else {
            continue;
        };
        let held = |data_type: &DataType| {
            let mut table = Table::new(ObjectName::new("t"));
            table.columns = vec![Sample::required("a", data_type.clone())].into();
            dialect.normalise(&table, &Schema::default()).columns[0]
                .data_type
                .clone()
        };
        let read = dialect.parse_type(&name);
        assert_eq!(held(&read), held(&data_type), "{name}");
    }
}

/// Normalising twice is normalising once.
pub async fn normalising_is_idempotent(setup: &dyn Setup) {
    let session = setup.session().await;
    let dialect = session.dialect();
    let schema = Schema::empty(dialect.facts().case, None);
    for data_type in types() {
        let mut table = Sample::table("t");
        table.columns.push(Sample::required("a", data_type));
        table.constraints.push(Sample::check(None, "amount", 3));
        let once = dialect.normalise(&table, &schema);
        assert_eq!(dialect.normalise(&once, &schema), once);
    }
}

/// The same operation gives the same statements.
pub async fn compiling_is_deterministic(setup: &dyn Setup) {
    let session = setup.session().await;
    let dialect = session.dialect();
    let schema = Schema::empty(dialect.facts().case, None);
    for name in HOSTILE {
        let create = Sample::create(Sample::table(name));
        assert_eq!(
            dialect.compile(&create, &schema),
            dialect.compile(&create, &schema)
        );
    }
}
