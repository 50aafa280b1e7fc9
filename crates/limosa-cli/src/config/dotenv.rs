//! `.env`: read aside, so that the real environment stays as it is and wins.

use std::collections::HashMap;
use std::path::Path;

use crate::failure::Failure;

/// The variables of a `.env` file; none if there is no such file.
pub(super) fn read(path: &Path) -> Result<HashMap<String, String>, Failure> {
    let pairs = match dotenvy::from_path_iter(path) {
        Ok(pairs) => pairs,
        Err(error) if error.not_found() => return Ok(HashMap::new()),
        Err(error) => return Err(refuse(path, &error)),
    };
    pairs
        .collect::<Result<_, _>>()
        .map_err(|error| refuse(path, &error))
}

/// The error without the line's text: a password may stand in it.
fn refuse(path: &Path, error: &dotenvy::Error) -> Failure {
    match error {
        dotenvy::Error::LineParse(text, _) => {
            let line = line_of(path, text);
            Failure::usage("this line is not of the form NAME=value").in_file(path, line)
        }
        dotenvy::Error::Io(error) => {
            Failure::usage(&format!("cannot read it: {error}")).in_file(path, None)
        }
        _ => Failure::usage("cannot read it").in_file(path, None),
    }
}

fn line_of(path: &Path, text: &str) -> Option<u32> {
    let all = std::fs::read_to_string(path).ok()?;
    let at = all.find(text.trim_end())?;
    u32::try_from(all[..at].matches('\n').count() + 1).ok()
}
