//! The macro `embed!` of Limosa: migrations read and parsed at compile time.
//!
//! An application that embeds its migrations links no SQL parser: what this crate writes into it is the
//! list of heads and the encoded operations. It needs neither `syn` nor `quote`, so that it costs a build
//! little.

mod emit;
mod input;
mod problem;

use std::path::{Path, PathBuf};

use limosa_core::migration::Migration;
use limosa_sql::Reader;
use proc_macro::TokenStream;

use input::Input;
use problem::Problem;

/// Embeds the migrations of a directory.
///
/// ```ignore
/// static MIGRATIONS: limosa::Migrations = limosa::embed!("migrations");
/// ```
///
/// The path is relative to the directory of the calling crate's `Cargo.toml`. What cannot be read is a
/// compile error that names the file and the line; so is a statement that looks as if Limosa should
/// understand it but that it does not, unless `-- limosa: verbatim` stands above it. Cargo builds anew
/// when a file changes; a file that is *added* it sees if a build script says
/// `cargo:rerun-if-changed=migrations`.
///
/// Options follow the path: `language = "sqlite"` for a directory of `SQLite` files, and
/// `crate = limosa_core::migration` for the path under which the types are found.
///
/// ```compile_fail
/// static BROKEN: limosa_core::migration::Migrations =
///     limosa_macros::embed!("tests/broken", crate = limosa_core::migration);
/// ```
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    match expand(input) {
        Ok(tokens) => tokens,
        Err(problem) => problem.compile_error(),
    }
}

fn expand(input: TokenStream) -> Result<TokenStream, Problem> {
    let input = Input::parse(input)?;
    let source = source(&manifest_directory()?, &input)?;
    Ok(source
        .parse()
        .expect("literals and the caller's path make an expression"))
}

fn manifest_directory() -> Result<PathBuf, Problem> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| Problem::from("CARGO_MANIFEST_DIR is not set: build with cargo"))
}

fn source(manifest: &Path, input: &Input) -> Result<String, Problem> {
    let directory = manifest.join(&input.path);
    let reader = Reader::new().language(input.language);
    let mut migrations = reader
        .migrations(&directory)
        .map_err(|error| Problem::from(relative(&error.to_string(), manifest)))?;
    shorten(&mut migrations, manifest);
    let unread: Vec<String> = migrations.iter().flat_map(problem::unread).collect();
    if unread.is_empty() {
        Ok(emit::set(&migrations, &directory, &input.types))
    } else {
        Err(Problem::from(unread.join("\n")))
    }
}

/// A build is the same wherever it is made: no absolute path goes into the application.
fn shorten(migrations: &mut [Migration], manifest: &Path) {
    for script in migrations.iter_mut().flat_map(|one| &mut one.scripts) {
        let down = script.down.as_mut().and_then(|down| down.path.as_mut());
        for path in script.path.iter_mut().chain(down) {
            *path = relative(path, manifest);
        }
    }
}

fn relative(text: &str, manifest: &Path) -> String {
    text.replace(&format!("{}/", manifest.display()), "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use limosa_sql::Language;

    fn input(path: &str) -> Input {
        Input {
            path: path.to_owned(),
            language: Language::Postgres,
            types: "::limosa".to_owned(),
        }
    }

    #[track_caller]
    fn refused(path: &str, expected: &str) {
        let problem = source(Path::new(env!("CARGO_MANIFEST_DIR")), &input(path));
        let message = problem.expect_err("is refused").to_string();
        assert!(message.starts_with(expected), "{message}");
    }

    #[test]
    fn mistakes_name_file_and_line() {
        refused(
            "tests/broken",
            "tests/broken/1_typo/migration.sql:3: cannot be read: line 4: ",
        );
        refused(
            "tests/garbage",
            "tests/garbage/1_words/migration.sql:2: `SELEC`",
        );
        refused("tests/nowhere", "tests/nowhere: cannot read it");
    }

    #[test]
    fn no_absolute_path_is_embedded() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let source = source(manifest, &input("../../migrations")).expect("reads");
        let (_, set) = source.split_once("embedded(").expect("a set");
        assert!(!set.contains(&manifest.display().to_string()));
    }
}
