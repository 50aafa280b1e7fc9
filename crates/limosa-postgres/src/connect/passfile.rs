//! libpq's password file (manual section 34.16 "The Password File").
//!
//! Lines of `host:port:database:user:password`. A `*` fits everything, a backslash takes the next
//! character as it is; the first line that fits counts.

use std::fs;
use std::path::{Path, PathBuf};

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::environment::Environment;

/// The password for what a configuration leads to, from the file that is named, else from libpq's own
/// places.
pub(super) fn password(
    named: Option<&str>,
    config: &Config,
    from: &impl Environment,
) -> Option<String> {
    let path = match named {
        Some(path) => PathBuf::from(path),
        None => Path::new(&from.variable("HOME")?).join(".pgpass"),
    };
    if !is_private(&path) {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    let host = match config.get_hosts().first()? {
        Host::Tcp(host) => host.as_str(),
        #[cfg(unix)]
        Host::Unix(_) => "localhost",
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user()?;
    let database = config.get_dbname().unwrap_or(user);
    find(&text, &[host, &port.to_string(), database, user])
}

/// A file that others can read is not used, as libpq does not.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(path);
    found.is_ok_and(|found| found.is_file() && found.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
fn is_private(path: &Path) -> bool {
    path.is_file()
}

fn find(text: &str, wanted: &[&str; 4]) -> Option<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(fields)
        .find_map(|fields| match fields.as_slice() {
            [place @ .., password] if place.len() == 4 => {
                let fits =
                    |(field, wanted): (&Field, &&str)| field.is_any || field.text == **wanted;
                let all = place.iter().zip(wanted).all(fits);
                all.then(|| password.text.clone())
            }
            _ => None,
        })
}

#[derive(Default)]
struct Field {
    text: String,
    /// A star that no backslash precedes.
    is_any: bool,
}

fn fields(line: &str) -> Vec<Field> {
    let mut fields = vec![Field::default()];
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        let count = fields.len();
        let last = fields.last_mut().expect("there is one from the start");
        match c {
            // The password may hold colons.
            ':' if count < 5 => {
                last.is_any |= last.text == "*";
                fields.push(Field::default());
            }
            '\\' => match rest.next() {
                Some('*') if last.text.is_empty() => last.text.push_str("\\*"),
                Some(c) => last.text.push(c),
                None => last.text.push('\\'),
            },
            c => last.text.push(c),
        }
    }
    for field in &mut fields {
        if field.text == "\\*" {
            "*".clone_into(&mut field.text);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = find(text, &["h", "5432", "d", "u"]);
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn the_first_line_that_fits() {
        check("h:5432:d:u:geheim", Some("geheim"));
        check(
            "# h:5432:d:u:no\n*:*:*:*:geheim\nh:5432:d:u:later",
            Some("geheim"),
        );
        check("h:5433:d:u:no\nx:*:*:*:no", None);
        check(r"h:5432:d:u:ge\:he\\im:x", Some(r"ge:he\im:x"));
        check("h:5432:d:u:*", Some("*"));
        check(r"h:5432:\*:u:no", None);
        check("h:5432:d:u", None);
        check("", None);
    }
}
