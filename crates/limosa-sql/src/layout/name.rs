//! What the name of a file or directory says.

use limosa_core::version::Version;

use super::slot::Way;
use crate::error::ReadError;
use crate::language::Language;

/// The parts of a file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stem {
    pub(super) version: Version,
    pub(super) name: String,
    pub(super) way: Way,
    pub(super) only: Option<Language>,
    pub(super) no_transaction: bool,
}

/// Databases that Limosa does not know: files marked for them are not its business.
const FOREIGN: &[&str] = &[
    "clickhouse",
    "cockroach",
    "cockroachdb",
    "crdb",
    "mariadb",
    "mssql",
    "mysql",
    "oracle",
    "sqlserver",
];

/// Reads the name of a `.sql` file; `siblings` are the names beside it. None for another database.
pub(super) fn file(file: &str, siblings: &[&str]) -> Result<Option<Stem>, ReadError> {
    let stem = without_extension(file);
    let (stem, marks) = marks(stem);
    if marks.foreign {
        return Ok(None);
    }
    let (mut stem, mut way) = (stem, marks.way);
    // `_up` may end any name: it is a mark only where `_down` stands beside it.
    for (end, other, found) in [("_up", "_down", Way::Up), ("_down", "_up", Way::Down)] {
        if let Some(base) = stem.strip_suffix(end).filter(|_| way.is_none())
            && siblings.iter().any(|name| {
                without_extension(name)
                    .strip_prefix(base)
                    .is_some_and(|tail| tail.starts_with(other))
            })
        {
            stem = base;
            way = Some(found);
        }
    }
    if let Some((flyway, version, name)) = flyway(stem) {
        let version = Version::new(version);
        let way = way.unwrap_or(flyway);
        return Ok(Some(marks.stem(version, name.to_owned(), way)));
    }
    let (version, name) = versioned(stem).ok_or_else(|| unfit(file))?;
    Ok(Some(marks.stem(version, name, way.unwrap_or(Way::Up))))
}

fn unfit(file: &str) -> ReadError {
    let error = ReadError::new(format!("`{file}` is no name of a migration"));
    if file.starts_with("R__") {
        return error.hint("Flyway's repeatable migrations are not understood");
    }
    error.hint(
        "expected <version>_<name>.sql, <version>_<name>/migration.sql or V<version>__<name>.sql",
    )
}

/// The marks at the end of a name, in any order: `x.sqlite.up`, `up.sqlite`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) way: Option<Way>,
    pub(super) only: Option<Language>,
    /// `autocommit`, as in `popx`: outside a transaction.
    pub(super) no_transaction: bool,
    /// The file is for a database that Limosa does not know.
    pub(super) foreign: bool,
}

impl Marks {
    fn stem(self, version: Version, name: String, way: Way) -> Stem {
        Stem {
            version,
            name,
            way,
            only: self.only,
            no_transaction: self.no_transaction,
        }
    }
}

/// Takes the marks off the end of a name.
pub(super) fn marks(mut stem: &str) -> (&str, Marks) {
    let mut marks = Marks::default();
    while let Some((rest, mark)) = stem.rsplit_once('.') {
        match (mark, Language::from_name(mark)) {
            ("up", _) if marks.way.is_none() => marks.way = Some(Way::Up),
            ("down", _) if marks.way.is_none() => marks.way = Some(Way::Down),
            ("autocommit", _) => marks.no_transaction = true,
            (database, _) if FOREIGN.contains(&database) => marks.foreign = true,
            (_, Some(language)) if marks.only.is_none() => marks.only = Some(language),
            _ => break,
        }
        stem = rest;
    }
    (stem, marks)
}

/// `<version>_<name>`.
///
/// Dashes inside a version do not count, as in diesel. Without an underscore the version ends with its
/// digits and dots: `0001-users`, `1.2 users`.
pub(super) fn versioned(stem: &str) -> Option<(Version, String)> {
    let named = |version: &str, rest: &str| {
        let name = rest.trim_start_matches(['.', '-', '_', ' ']);
        (Version::new(version), name.to_owned())
    };
    if let Some((version, rest)) = dated(stem) {
        return Some(named(&version, rest));
    }
    let (head, name) = stem.split_once('_').unwrap_or((stem, ""));
    if head.starts_with(|c: char| c.is_ascii_digit())
        && head
            .chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == '-')
    {
        return Some((Version::new(head.replace('-', "")), name.to_owned()));
    }
    let end = stem.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let version = stem[..end].trim_end_matches('.');
    (!version.is_empty() && version.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| named(version, &stem[version.len()..]))
}

/// diesel's dates as one number, and what stands behind them. All have fourteen digits, which orders them
/// however much of the time they say: `2024-03-13` stands behind `2024-03-06-1700`, `2024-3-6-170000-0000`
/// right behind that.
fn dated(stem: &str) -> Option<(String, &str)> {
    let (year, rest) = digits(stem)?;
    let (month, rest) = digits(rest.strip_prefix('-')?)?;
    let (day, mut rest) = digits(rest.strip_prefix('-')?)?;
    let within = |text: &str, last| {
        text.parse()
            .is_ok_and(|number: u8| (1..=last).contains(&number))
    };
    if year.len() != 4 || year < "1970" || !within(month, 12) || !within(day, 31) {
        return None;
    }
    let mut next = || {
        let (number, behind) = digits(rest.strip_prefix('-')?)?;
        // `-2fa` begins a name.
        let ends = !behind.starts_with(char::is_alphabetic);
        ends.then(|| rest = behind)?;
        Some(number)
    };
    let mut version = format!("{year}{month:0>2}{day:0>2}{:0<6}", next().unwrap_or(""));
    if let Some(more) = next() {
        version = format!("{version}.{more}");
    }
    Some((version, rest))
}

/// The digits that a text begins with, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    (!digits.is_empty()).then_some((digits, rest))
}

/// `V1_2__name` and `U1.2__name`; an underscore in a version is a dot.
fn flyway(stem: &str) -> Option<(Way, String, &str)> {
    let (head, name) = stem.split_once("__")?;
    let way = match head.chars().next()? {
        'V' | 'v' => Way::Up,
        'U' | 'u' => Way::Down,
        _ => return None,
    };
    let version = &head[1..];
    let plain = version.starts_with(|c: char| c.is_ascii_digit())
        && version
            .chars()
            .all(|c| c.is_ascii_digit() || c == '.' || c == '_');
    plain.then(|| (way, version.replace('_', "."), name))
}

fn without_extension(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let siblings = ["1_a_up.sql", "1_a_down.sql"];
        let said = match file(name, &siblings) {
            Ok(None) => "for another database".to_owned(),
            Ok(Some(Stem {
                version,
                name,
                way,
                only,
                no_transaction: _,
            })) => format!(
                "{version} {name} {way:?} {}",
                only.map_or("all", Language::id)
            ),
            Err(error) => error.reason().to_owned(),
        };
        assert_eq!(said, expected, "{name}");
    }

    #[test]
    fn flat_files() {
        check("0001_users.sql", "0001 users Up all");
        check("001.sql", "001  Up all");
        check("0001-users.sql", "0001 users Up all");
        check("0001-2fa.sql", "0001 2fa Up all");
        check("0.9_users.sql", "0.9 users Up all");
        check("2023-01-02-030405_a_b.sql", "20230102030405 a_b Up all");
        check("2023-01-02_a.sql", "20230102000000 a Up all");
        check(
            "2023-01-02-030405-0001_a.sql",
            "20230102030405.0001 a Up all",
        );
        check("2023-01-02-0304-a-2b.sql", "20230102030400 a-2b Up all");
        check("2023-1-2-030405_a.sql", "20230102030405 a Up all");
        check("2023-01-02-07000_a.sql", "20230102070000 a Up all");
        check("2023-01-02-2fa.sql", "20230102000000 2fa Up all");
        check("2023-13-02_a.sql", "20231302 a Up all");
    }

    #[test]
    fn two_ways() {
        check("7_users.up.sql", "7 users Up all");
        check("7_users.down.sql", "7 users Down all");
        check("1_a_up.sql", "1 a Up all");
        check("1_a_down.sql", "1 a Down all");
        check("7_scale_up.sql", "7 scale_up Up all");
        check("V1_2__add_users.sql", "1.2 add_users Up all");
        check("U3__add_users.sql", "3 add_users Down all");
    }

    #[test]
    fn dialects() {
        check("7_users.sqlite.up.sql", "7 users Up sqlite");
        check("7_users.up.postgres.sql", "7 users Up postgres");
        check("7_users.postgresql.sql", "7 users Up postgres");
        check("7_users.v2.sql", "7 users.v2 Up all");
        check("7_users.mysql.up.sql", "for another database");
        check("7_users.autocommit.sqlite3.up.sql", "7 users Up sqlite");
    }

    #[test]
    fn no_migrations() {
        check("seed.sql", "`seed.sql` is no name of a migration");
        check("R__views.sql", "`R__views.sql` is no name of a migration");
        check("V__views.sql", "`V__views.sql` is no name of a migration");
    }
}
