//! Types by their names: `PostgreSQL`'s manual, table 8.1, and the usual names of other databases.

use super::Parsed;
use super::cursor::Cursor;
use crate::datatype::DataType;
use crate::expr::{Token, TokenKind};
use crate::name::ObjectName;
use crate::shared::Shared;

/// Types of one word and no arguments.
const PLAIN: [(&str, DataType); 27] = [
    ("smallint", DataType::SmallInt),
    ("int2", DataType::SmallInt),
    ("smallserial", DataType::SmallInt),
    ("serial2", DataType::SmallInt),
    ("integer", DataType::Integer),
    ("int", DataType::Integer),
    ("int4", DataType::Integer),
    ("serial", DataType::Integer),
    ("serial4", DataType::Integer),
    ("bigint", DataType::BigInt),
    ("int8", DataType::BigInt),
    ("bigserial", DataType::BigInt),
    ("serial8", DataType::BigInt),
    ("real", DataType::Real),
    ("float4", DataType::Real),
    ("double", DataType::Double),
    ("float8", DataType::Double),
    ("boolean", DataType::Boolean),
    ("bool", DataType::Boolean),
    ("text", DataType::Text),
    ("bytea", DataType::Bytes),
    ("blob", DataType::Bytes),
    ("date", DataType::Date),
    ("interval", DataType::Interval),
    ("uuid", DataType::Uuid),
    ("json", DataType::Json),
    ("jsonb", DataType::Jsonb),
];

/// What `PostgreSQL`'s catalog calls types: in quotes such a name means the type too, where `"integer"`, a
/// word of the grammar, would be somebody's own. `drizzle` quotes the types that it does not know.
const CATALOG: [&str; 20] = [
    "bool",
    "bpchar",
    "bytea",
    "date",
    "float4",
    "float8",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "uuid",
    "varchar",
];

/// The most dimensions of an array (`MAXDIM` of `PostgreSQL`).
const DIMENSIONS: usize = 6;

/// A type's name and arguments, as far as they have been read.
struct Spelled {
    /// The schema, unless it is the built-in one, as it has to be written.
    schema: Option<String>,
    /// The name in lower case, or in its quotes where it was quoted.
    name: String,
    /// The arguments in parentheses.
    args: Vec<String>,
}

impl Cursor<'_> {
    pub(super) fn data_type(&mut self) -> Parsed<DataType> {
        let mut spelled = self.type_name()?;
        if spelled.schema.is_none() {
            self.type_words(&mut spelled);
        }
        spelled.args = self.type_args()?;
        let mut found = self.known(&spelled).unwrap_or_else(|| other(&spelled));
        let mut dimensions = 0;
        while self.dimension()? {
            found = DataType::Array(Shared::new(found));
            dimensions += 1;
            if dimensions > DIMENSIONS {
                return Err(self.error("too many dimensions"));
            }
        }
        Ok(found)
    }

    fn type_name(&mut self) -> Parsed<Spelled> {
        let first = self.type_part()?;
        let (schema, name) = if self.accept(".") {
            (Some(first), self.type_part()?)
        } else {
            (None, first)
        };
        let schema = schema.filter(|schema| schema != "pg_catalog" && schema != "\"pg_catalog\"");
        let built_in = (name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"')))
        .filter(|name| schema.is_none() && self.lexicon.double_colon && CATALOG.contains(name))
        .map(str::to_owned);
        Ok(Spelled {
            schema,
            name: built_in.unwrap_or(name),
            args: Vec::new(),
        })
    }

    fn type_part(&mut self) -> Parsed<String> {
        let token = self.peek().ok_or_else(|| self.unexpected("a type"))?;
        let name = self.name()?;
        Ok(match token.kind {
            TokenKind::Quoted => quoted_if_needed(&name),
            _ => name.to_ascii_lowercase(),
        })
    }

    /// The further words of a name of several.
    fn type_words(&mut self, spelled: &mut Spelled) {
        let follows: &[&str] = match spelled.name.as_str() {
            "double" => &["PRECISION"],
            "character" | "char" | "bit" | "varying" => &["VARYING", "CHARACTER"],
            "national" | "native" => &["CHARACTER", "CHAR"],
            "unsigned" => &["BIG"],
            _ if self.lexicon.double_colon => return,
            // SQLite takes any words for a type.
            _ => return self.any_words(spelled),
        };
        for word in follows.iter().filter(|word| **word != "PRECISION") {
            self.type_word(word, spelled);
        }
        if spelled.name == "double" {
            self.word("PRECISION");
        }
        if spelled.name.starts_with("national") {
            self.type_word("VARYING", spelled);
        }
        if !self.lexicon.double_colon {
            self.any_words(spelled);
        }
    }

    fn type_word(&mut self, word: &str, spelled: &mut Spelled) {
        if self.word(word) {
            spelled.name.push(' ');
            spelled.name.push_str(&word.to_ascii_lowercase());
        }
    }

    fn any_words(&mut self, spelled: &mut Spelled) {
        let more = |token: &Token<'_>| {
            let ends = ["WITH", "WITHOUT", "ARRAY"];
            token.kind == TokenKind::Word && !ends.iter().any(|word| token.is_word(word))
        };
        while let Some(token) = self.peek().filter(more) {
            self.next();
            spelled.name.push(' ');
            spelled.name.push_str(&token.text.to_ascii_lowercase());
        }
    }

    fn type_args(&mut self) -> Parsed<Vec<String>> {
        if !self.at_operator("(") {
            return Ok(Vec::new());
        }
        self.parenthesised(|cursor| cursor.comma(Self::type_arg))
    }

    fn type_arg(&mut self) -> Parsed<String> {
        let sign = if self.accept("-") { "-" } else { "" };
        let kinds = [
            TokenKind::Number,
            TokenKind::Word,
            TokenKind::String,
            TokenKind::Quoted,
        ];
        let token = self.next().filter(|token| kinds.contains(&token.kind));
        let token = token.ok_or_else(|| self.unexpected("a type's argument"))?;
        Ok(format!("{sign}{}", token.text))
    }

    /// `[]`, `[3]`, `ARRAY`, `ARRAY[3]`, if one of them comes next.
    fn dimension(&mut self) -> Parsed<bool> {
        let worded = self.word("ARRAY");
        if !self.lexicon.double_colon || !self.accept("[") {
            return Ok(worded);
        }
        if self.at_kind(TokenKind::Number) {
            self.next();
        }
        self.expect("]")?;
        Ok(true)
    }

    fn known(&mut self, spelled: &Spelled) -> Option<DataType> {
        if spelled.schema.is_some() {
            return None;
        }
        let name = spelled.name.as_str();
        let mut args = Vec::new();
        for arg in &spelled.args {
            args.push(arg.parse::<i32>().ok()?);
        }
        if name == "real" && args.is_empty() && !self.lexicon.double_colon {
            // "Datatypes In SQLite", section 2: 8 bytes.
            return Some(DataType::Double);
        }
        let plain = PLAIN.iter().find(|(own, _)| *own == name);
        match (plain, args.is_empty()) {
            (Some((_, found)), true) => return Some(found.clone()),
            // "Datatypes In SQLite", section 3.1: it reads a length and looks at it no more.
            (Some((_, found @ (DataType::Text | DataType::Bytes | DataType::Double))), false)
                if !self.lexicon.double_colon =>
            {
                return Some(found.clone());
            }
            (Some(_), false) => return None,
            (None, _) => {}
        }
        match name {
            "numeric" | "decimal" | "dec" => numeric(&args),
            "float" => float(&args),
            "varchar"
            | "character varying"
            | "char varying"
            | "varying character"
            | "nvarchar"
            | "national character varying"
            | "national char varying" => length(&args).map(DataType::Varchar).ok(),
            "char" | "character" | "nchar" | "national character" | "national char"
            | "native character" => Some(DataType::Char(length(&args).ok()?.unwrap_or(1))),
            "bpchar" => length(&args).ok()?.map(DataType::Char),
            "time" | "timetz" | "timestamp" | "timestamptz" | "datetime" => {
                Some(self.moment(name, length(&args).ok()?))
            }
            _ => None,
        }
    }

    fn moment(&mut self, name: &str, precision: Option<u32>) -> DataType {
        let mut zoned = name.ends_with("tz");
        if self.words(&["WITH", "TIME", "ZONE"]) {
            zoned = true;
        } else {
            self.words(&["WITHOUT", "TIME", "ZONE"]);
        }
        if name.starts_with("timest") || name == "datetime" {
            DataType::Timestamp { precision, zoned }
        } else {
            DataType::Time { precision, zoned }
        }
    }
}

/// Arguments that no type of this name has.
struct Strange;

/// The only argument, if there is one.
fn length(args: &[i32]) -> Result<Option<u32>, Strange> {
    match args {
        [] => Ok(None),
        [length] => u32::try_from(*length).map(Some).map_err(|_| Strange),
        _ => Err(Strange),
    }
}

fn numeric(args: &[i32]) -> Option<DataType> {
    let digits = match args {
        [] => None,
        [precision] => Some((u32::try_from(*precision).ok()?, 0)),
        [precision, scale] => Some((u32::try_from(*precision).ok()?, *scale)),
        _ => return None,
    };
    Some(DataType::Numeric(digits))
}

/// `float(n)` counts binary digits (manual, 8.1.3).
fn float(args: &[i32]) -> Option<DataType> {
    match args {
        [1..=24] => Some(DataType::Real),
        [] | [25..=53] => Some(DataType::Double),
        _ => None,
    }
}

fn other(spelled: &Spelled) -> DataType {
    let mut text = match &spelled.schema {
        Some(schema) => format!("{schema}.{}", spelled.name),
        None => spelled.name.clone(),
    };
    if !spelled.args.is_empty() {
        text += &format!("({})", spelled.args.join(","));
    }
    DataType::Other(text)
}

/// A quoted name keeps its quotes where it means something else without them.
fn quoted_if_needed(name: &str) -> String {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let plain = name.bytes().all(inner) && !name.starts_with(|first: char| first.is_ascii_digit());
    let special = ["char", "bit", "varying", "national", "native", "unsigned"];
    if plain && !name.is_empty() && !special.contains(&name) && !is_known(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

fn is_known(name: &str) -> bool {
    let others = [
        "numeric",
        "decimal",
        "dec",
        "float",
        "varchar",
        "nvarchar",
        "character",
        "nchar",
        "bpchar",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "datetime",
    ];
    others.contains(&name) || PLAIN.iter().any(|(own, _)| *own == name)
}

impl DataType {
    /// The name of a type that only a schema can tell the meaning of: an enum's, a domain's.
    pub fn named(&self) -> Option<ObjectName> {
        let Self::Other(text) = self else {
            return None;
        };
        Cursor::new(text, &crate::expr::Lexicon::POSTGRES)
            .whole(|cursor| {
                let first = cursor.name()?;
                if cursor.accept(".") {
                    return Ok(ObjectName::qualified(first, cursor.name()?));
                }
                Ok(ObjectName::new(first))
            })
            .ok()
    }
}
