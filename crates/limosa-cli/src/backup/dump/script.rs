//! The SQL of a dump, line by line: what it holds, and whether it goes to its end.
//!
//! A dump in `pg_dump`'s own format is read through `pg_restore`, which thereby reads and unpacks all
//! of it: its list alone stands at the front, and is whole in a file that was cut.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::process::Stdio;

use flate2::read::MultiGzDecoder;
use limosa_core::error::DatabaseError;

use super::super::{Recorded, Table, failed};
use super::Programs;

/// The mark of the end is three lines of comments; behind them stands only the word that takes the ban on
/// `psql`'s commands back, where there is one.
const END: &[u8] = b"-- PostgreSQL database dump complete";
const BAN: &[u8] = b"\\restrict ";
const UNBAN: &[u8] = b"\\unrestrict ";
const JOURNAL: &str = "limosa_journal";

/// What a dump says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// The tables of which it has rows, or could have.
    pub(super) tables: Vec<Table>,
    journals: BTreeMap<String, Vec<Recorded>>,
    place: Place,
    /// The key of the ban on `psql`'s commands; empty once it is taken back.
    ban: Option<Vec<u8>>,
}

/// Where in the script the next line is.
#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Statements,
    /// Between `COPY` and its end.
    Rows {
        /// The columns, of the journal.
        journal: Option<(String, Vec<String>)>,
    },
    /// Large objects, which have transactions of their own.
    Blobs,
    /// In the mark of the end.
    Mark,
    /// Behind it.
    End,
}

/// Whether a line is to be executed when the script is run in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Run,
    Skip,
}

impl Script {
    /// Reads the next line.
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        match &mut self.place {
            Place::Rows { .. } if text == b"\\." => self.place = Place::Statements,
            Place::Rows { journal } => {
                if let Some(table) = self.tables.last_mut() {
                    table.rows += 1;
                }
                if let Some((schema, columns)) = journal
                    && let Some(row) = super::recorded(columns, &fields(text))
                {
                    self.journals.entry(schema.clone()).or_default().push(row);
                }
            }
            Place::Blobs if matches!(text, b"BEGIN;" | b"COMMIT;") => return Line::Skip,
            // Of the last line only a whole one counts.
            _ if text.len() < line.len() => self.statement(text),
            _ => {}
        }
        Line::Run
    }

    fn statement(&mut self, text: &[u8]) {
        if self.place == Place::Mark && text == b"--" {
            self.place = Place::End;
        } else if self.ban.is_none()
            && let Some(key) = text.strip_prefix(BAN)
        {
            self.ban = Some(key.to_owned());
        } else if let Some(key) = text.strip_prefix(UNBAN)
            && self.ban.as_deref() == Some(key)
        {
            self.ban = Some(Vec::new());
        } else if text.starts_with(b"-- ") {
            let text = String::from_utf8_lossy(text);
            if text.contains("; Type: BLOBS;") {
                self.place = Place::Blobs;
            } else if text.as_bytes() == END {
                self.place = Place::Mark;
            } else if text.starts_with("-- Name: ") || text.starts_with("-- Data for Name: ") {
                self.place = Place::Statements;
            }
        } else if text.starts_with(b"COPY ") && text.ends_with(b" FROM stdin;") {
            self.copy(&String::from_utf8_lossy(text));
        }
    }

    /// `COPY public.a (b, "c d") FROM stdin;`
    fn copy(&mut self, text: &str) {
        let text = &text["COPY ".len()..text.len() - " FROM stdin;".len()];
        let (name, columns) = text.split_once(" (").unwrap_or((text, ""));
        let mut parts = names(name, '.');
        let table = parts.pop().unwrap_or_default();
        let schema = parts.pop().unwrap_or_default();
        let journal = (table == JOURNAL).then(|| {
            self.journals.entry(schema.clone()).or_default();
            (schema, names(columns.trim_end_matches(')'), ','))
        });
        self.tables.push(Table {
            name: name.to_owned(),
            rows: 0,
        });
        self.place = Place::Rows { journal };
    }

    /// Refuses a script that does not go to its end.
    pub(super) fn complete(&self) -> Result<(), DatabaseError> {
        let banned = self.ban.as_ref().is_some_and(|key| !key.is_empty());
        if self.place == Place::End && !banned {
            Ok(())
        } else {
            Err(failed("it is cut off: the mark of its end is missing"))
        }
    }

    /// The journal of a schema, in order.
    pub(super) fn journal(&self, schema: &str) -> Option<Vec<Recorded>> {
        let mut rows = self.journals.get(schema)?.clone();
        rows.sort();
        Some(rows)
    }
}

/// Names between separators, without their quotes.
fn names(text: &str, separator: char) -> Vec<String> {
    let (mut all, mut name, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                name.push('"');
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => all.push(std::mem::take(&mut name)),
            ' ' if !quoted => {}
            c => name.push(c),
        }
    }
    all.push(name);
    all
}

/// The fields of a row (manual, `COPY`, "Text Format").
fn fields(row: &[u8]) -> Vec<String> {
    let row = String::from_utf8_lossy(row);
    row.split('\t').map(unescaped).collect()
}

fn unescaped(field: &str) -> String {
    let mut text = String::new();
    let mut rest = field.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(match rest.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            }),
            c => text.push(c),
        }
    }
    text
}

/// Reads a dump from its beginning to its end; says how it is written.
pub(super) fn read(
    programs: &Programs,
    path: &Path,
    each: impl FnMut(&[u8]) -> Result<(), DatabaseError>,
) -> Result<&'static str, DatabaseError> {
    let mut file = File::open(path).map_err(|error| failed(error.to_string()))?;
    let mut first = Vec::new();
    let begun = (&mut file).take(64).read_to_end(&mut first);
    begun
        .and_then(|_| file.rewind())
        .map_err(|error| failed(error.to_string()))?;
    if first.starts_with(b"PGDMP") {
        unpack(programs, path, each)?;
        Ok("custom")
    } else if first.starts_with(&[0x1f, 0x8b]) {
        lines(BufReader::new(MultiGzDecoder::new(file)), each)?;
        Ok("gzip")
    } else if first.starts_with(b"--\n-- PostgreSQL database dump\n") {
        lines(BufReader::new(file), each)?;
        Ok("plain")
    } else if first.starts_with(b"SQLite format 3") {
        Err(failed("it is a backup of a SQLite database"))
    } else {
        Err(failed("it is not one of pg_dump's"))
    }
}

fn unpack(
    programs: &Programs,
    path: &Path,
    each: impl FnMut(&[u8]) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    let mut errors = tempfile::tempfile().map_err(|error| failed(error.to_string()))?;
    let told = errors
        .try_clone()
        .map_err(|error| failed(error.to_string()))?;
    let mut child = programs
        .restore
        .blocking(&[])
        .arg("--file=-")
        .arg("--")
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(told)
        .spawn()
        .map_err(|error| failed(format!("cannot run pg_restore: {error}")))?;
    let said = child.stdout.take().expect("it was piped");
    let read = lines(BufReader::new(said), each);
    // Its pipe is closed: it ends, whether all was read or not.
    let status = child
        .wait()
        .map_err(|error| failed(format!("pg_restore is lost: {error}")))?;
    read?;
    if status.success() {
        Ok(())
    } else {
        Err(super::refused("pg_restore", status, &mut errors))
    }
}

fn lines(
    mut from: impl BufRead,
    mut each: impl FnMut(&[u8]) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = from.read_until(b'\n', &mut line);
        match read {
            Ok(0) => return Ok(()),
            Ok(_) => each(&line)?,
            Err(error) => return Err(failed(format!("it is damaged: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = r#"--
-- PostgreSQL database dump
--

\restrict abc

CREATE TABLE public.a (b integer);
-- Data for Name: a; Type: TABLE DATA; Schema: public; Owner: -
COPY public.a (b) FROM stdin;
1
-- PostgreSQL database dump complete
\.
COPY "my ""app".limosa_journal (version, name, checksum, state) FROM stdin;
2	b\tc	00ff	applied
1	a	0001	applied
\.
-- Data for Name: BLOBS; Type: BLOBS; Schema: -; Owner: -
BEGIN;
SELECT pg_catalog.lo_open('1', 131072);
COMMIT;
-- Name: a x; Type: INDEX; Schema: public; Owner: -
BEGIN;
-- PostgreSQL database dump complete
--

\unrestrict abc
"#;

    fn script(text: &str) -> (Script, Vec<usize>) {
        let (mut script, mut skipped) = (Script::default(), Vec::new());
        for (number, line) in text.split_inclusive('\n').enumerate() {
            if script.line(line.as_bytes()) == Line::Skip {
                skipped.push(number + 1);
            }
        }
        (script, skipped)
    }

    #[test]
    fn what_a_dump_says() {
        let (script, skipped) = script(DUMP);
        script.complete().expect("it is complete");
        let tables: Vec<(&str, u64)> = script
            .tables
            .iter()
            .map(|table| (table.name.as_str(), table.rows))
            .collect();
        assert_eq!(
            tables,
            [("public.a", 2), (r#""my ""app".limosa_journal"#, 2)]
        );
        let journal = script.journal("my \"app").expect("a journal");
        let versions: Vec<&str> = journal.iter().map(|row| row.version.as_str()).collect();
        assert_eq!(versions, ["1", "2"]);
        assert_eq!(journal[1].checksum, "00ff");
        assert_eq!(script.journal("public"), None);
        // The transactions of large objects, and nothing else.
        assert_eq!(skipped, [18, 20]);
    }

    /// Whether a dump that is cut here counts.
    fn counts(dump: &[u8]) -> bool {
        let mut script = Script::default();
        let read = lines(dump, |line| {
            script.line(line);
            Ok(())
        });
        read.is_ok() && script.complete().is_ok()
    }

    fn counts_packed(packed: &[u8]) -> bool {
        let mut script = Script::default();
        let read = lines(BufReader::new(MultiGzDecoder::new(packed)), |line| {
            script.line(line);
            Ok(())
        });
        read.is_ok() && script.complete().is_ok()
    }

    /// Wherever it is, also in the mark of the end and in the last word.
    #[test]
    fn every_cut_is_seen() {
        for at in 0..DUMP.len() {
            assert!(!counts(&DUMP.as_bytes()[..at]), "{at}");
        }
        assert!(counts(DUMP.as_bytes()));
        // An older one has no such word; an empty line ends it.
        let old = DUMP.replace("\\restrict abc\n\n", "");
        let old = old.replace("\\unrestrict abc\n", "");
        let whole = old.len() - 1;
        for at in 0..whole {
            assert!(!counts(&old.as_bytes()[..at]), "{at}");
        }
        assert!(counts(old.as_bytes()));
    }

    #[test]
    fn every_cut_of_a_packed_one_is_seen() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        std::io::Write::write_all(&mut packer, DUMP.as_bytes()).expect("in memory");
        let packed = packer.finish().expect("in memory");
        for at in 0..packed.len() {
            assert!(!counts_packed(&packed[..at]), "{at}");
        }
        assert!(counts_packed(&packed));
    }

    /// What a row or a comment says is no mark of the end.
    #[test]
    fn the_mark_of_the_end_is_told_from_what_looks_like_it() {
        for dump in [
            "COPY a (b) FROM stdin;\n-- PostgreSQL database dump complete\n--\n",
            "-- PostgreSQL database dump complete\n",
            "-- PostgreSQL database dump complete\n\n--\n-- Name: x; Type: TABLE; Schema: a; Owner: -\n",
            "\\restrict abc\n-- PostgreSQL database dump complete\n--\n\\unrestrict ab\n",
        ] {
            assert!(!counts(dump.as_bytes()), "{dump}");
        }
    }

    #[test]
    fn fields_of_rows() {
        assert_eq!(fields(b"a\\tb\t\\\\\tc\\nd"), ["a\tb", "\\", "c\nd"]);
        assert_eq!(names(r#"a, "b, c", "d""e""#, ','), ["a", "b, c", "d\"e"]);
    }
}
