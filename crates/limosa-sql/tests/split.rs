//! Cutting text into statements: places, quotes, bodies, errors.

use limosa_sql::{Language, split};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    check_in(Language::Postgres, text, expected);
}

#[track_caller]
fn check_in(language: Language, text: &str, expected: &[&str]) {
    let pieces = split(text, language.lexicon()).expect("splits");
    let found: Vec<_> = pieces.statements.iter().map(|piece| piece.text).collect();
    assert_eq!(found, expected, "{text}");
    for piece in &pieces.statements {
        assert_eq!(
            &text[piece.offset..piece.offset + piece.text.len()],
            piece.text
        );
        let line = 1 + text[..piece.offset].matches('\n').count();
        assert_eq!(piece.line as usize, line, "{text}");
    }
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = split(text, Language::Postgres.lexicon()).expect_err("is refused");
    assert_eq!(
        format!("{}: {}", error.line().expect("a line"), error.reason()),
        expected
    );
}

#[test]
fn semicolons() {
    check("SELECT 1; SELECT 2;", &["SELECT 1", "SELECT 2"]);
    check("SELECT 1;\r\n\r\nSELECT 2", &["SELECT 1", "SELECT 2"]);
    check(";;SELECT 1;;\n;", &["SELECT 1"]);
    check("", &[]);
    check(" -- nothing\n/* here */", &[]);
    check("\u{feff}SELECT 1", &["SELECT 1"]);
}

#[test]
fn breakpoints() {
    check(
        "SELECT 1\n\n--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\nSELECT '--> statement-breakpoint'",
        &["SELECT 1", "SELECT 2", "SELECT '--> statement-breakpoint'"],
    );
    check(
        "SELECT 1 -- > statement-breakpoint\n, 2",
        &["SELECT 1 -- > statement-breakpoint\n, 2"],
    );
}

#[test]
fn quotes() {
    check(
        "SELECT ';', \";\", E'\\';'; SELECT 2",
        &["SELECT ';', \";\", E'\\';'", "SELECT 2"],
    );
    check("SELECT 'it''s; so';", &["SELECT 'it''s; so'"]);
    check(
        "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN; $$;$$ END; $f$ LANGUAGE plpgsql; SELECT 1",
        &[
            "CREATE FUNCTION f() RETURNS int AS $f$ BEGIN; $$;$$ END; $f$ LANGUAGE plpgsql",
            "SELECT 1",
        ],
    );
    check_in(
        Language::Sqlite,
        "SELECT `;`, [;]; SELECT '\\'; SELECT 3",
        &["SELECT `;`, [;]", "SELECT '\\'", "SELECT 3"],
    );
}

#[test]
fn comments() {
    check(
        "SELECT 1 -- ; '\n; SELECT 2 /* ; /* ; */ ; */ + 1",
        &["SELECT 1", "SELECT 2 /* ; /* ; */ ; */ + 1"],
    );
    check_in(
        Language::Sqlite,
        "SELECT 1 /* /* */; SELECT 2",
        &["SELECT 1", "SELECT 2"],
    );
    check("SELECT 1; -- the end", &["SELECT 1"]);
}

#[test]
fn bodies() {
    let trigger = "CREATE TEMP TRIGGER t AFTER UPDATE ON a WHEN CASE WHEN 1 THEN 1 END BEGIN\n\
                   UPDATE a SET b = CASE c WHEN 1 THEN 2 END WHERE x = NEW.end;\nDELETE FROM b;\nEND";
    check_in(
        Language::Sqlite,
        &format!("{trigger};\nSELECT 1;"),
        &[trigger, "SELECT 1"],
    );
    let routine = "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC INSERT INTO a VALUES (1); SELECT \
                   CASE WHEN true THEN 1 END; END";
    check(&format!("{routine};\nSELECT 1;"), &[routine, "SELECT 1"]);
    let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); NOTIFY b;)";
    check(&format!("{rule}; SELECT 1"), &[rule, "SELECT 1"]);
    check(
        "CREATE TABLE a (\"begin\" int); BEGIN; COMMIT",
        &["CREATE TABLE a (\"begin\" int)", "BEGIN", "COMMIT"],
    );
    check(
        "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f(); SELECT 1",
        &[
            "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()",
            "SELECT 1",
        ],
    );
}

#[test]
fn refusals_name_their_line() {
    refused(
        "SELECT 1;\nSELECT 'a;\n",
        "2: a quoted string begins here and has no end",
    );
    refused("\n\n/* a", "3: a comment begins here and has no end");
    refused("SELECT \"a", "1: a quoted name begins here and has no end");
    refused(
        "SELECT $x$ a",
        "1: a quoted string begins here and has no end",
    );
    refused(
        "SELECT 1;\n\\connect db\n",
        "2: a command of psql, which no database understands",
    );
    refused("SELECT\n 1\0", "2: the text holds a NUL character");
    refused(
        "COPY a FROM stdin;\n1\n\\.\n",
        "1: COPY FROM STDIN: its rows are no part of the SQL text",
    );
}

#[test]
fn notes_know_whether_a_blank_line_parts_them() {
    let pieces = split(
        "-- a\n\n-- b\n/* c\n */\nSELECT 1;\n-- d",
        Language::Postgres.lexicon(),
    )
    .expect("splits");
    let notes: Vec<_> = pieces.statements[0]
        .notes
        .iter()
        .map(|note| (note.line, note.detached))
        .collect();
    assert_eq!(notes, [(1, true), (3, false), (4, false)]);
    assert_eq!(pieces.tail[0].line, 7);
}
