//! Changes of rows: one migration, the same rows on both databases.
//!
//! In the order of what public migrations contain: `UPDATE`, `INSERT ... VALUES`, `INSERT ... SELECT`,
//! `UPDATE ... FROM`, `DELETE`.

use crate::both::{As, Both};

const TABLES: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE users (
    id integer PRIMARY KEY, email text UNIQUE, active boolean NOT NULL DEFAULT true, score numeric(8, 2),
    ratio double precision, born date, seen timestamptz, made timestamp NOT NULL DEFAULT '2024-01-01',
    token uuid, raw bytea, data jsonb NOT NULL DEFAULT '{}', tags text[] NOT NULL DEFAULT '{}',
    feeling mood DEFAULT 'ok', note varchar(20));
CREATE TABLE posts (
    id integer PRIMARY KEY, author integer REFERENCES users (id), title text, price numeric(8, 2),
    n integer, at timestamp, state text)";

const SEED: &str = "INSERT INTO users (id, email, active, score, ratio, born, seen, token, raw, data, tags, feeling, note) VALUES
    (1, 'a@x', true, 10.50, 0.5, '2000-02-29', '2024-01-01 10:00+02', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
     '\\x00ff', '{\"plan\": \"pro\", \"n\": 5, \"on\": true, \"none\": null, \"deep\": {\"k\": [1, \"two\"]}}', '{x,y}', 'sad', 'first'),
    (2, 'B@x', false, 4, 2, '1999-12-31', '2024-01-02 00:00Z', NULL, '\\x', '{\"plan\": \"free\", \"n\": \"7\"}', '{}', 'ok', NULL),
    (3, 'c@y', true, NULL, NULL, NULL, NULL, NULL, NULL, DEFAULT, DEFAULT, DEFAULT, '12');
INSERT INTO posts (id, author, title, price, n, at, state) VALUES
    (1, 1, 'one', 3, 7, '2024-01-01 00:00', 'new'), (2, 1, 'two', 2.5, 0, '2024-01-01 10:30:15.25', 'old'),
    (3, 2, 'three', NULL, NULL, NULL, NULL), (4, NULL, 'Four_%', 1, 2, 'infinity', 'new')";

/// All columns that are no numbers, in a form that both show alike.
const VIEWS: &str = "CREATE VIEW all_users AS SELECT id, coalesce(email, '~') || '|' || active || '|' ||
    coalesce(born::text, '~') || '|' || coalesce((seen AT TIME ZONE 'utc')::text, '~') || '|' || made::text ||
    '|' || coalesce(token::text, '~') || '|' || coalesce(encode(raw, 'hex'), '~') || '|' || data::text || '|' ||
    array_to_json(tags)::text || '|' || coalesce(feeling::text, '~') || '|' || coalesce(note, '~') AS v FROM users;
CREATE VIEW all_posts AS SELECT id, coalesce(author::text, '~') || '|' || coalesce(title, '~') || '|' ||
    coalesce(n::text, '~') || '|' || coalesce(at::text, '~') || '|' || coalesce(state, '~') AS v FROM posts";

const READINGS: [(&str, As); 7] = [
    ("SELECT id FROM all_users ORDER BY id", As::Text),
    ("SELECT v FROM all_users ORDER BY id", As::Text),
    ("SELECT id FROM all_posts ORDER BY id", As::Text),
    ("SELECT v FROM all_posts ORDER BY id", As::Text),
    ("SELECT score FROM users ORDER BY id", As::Number),
    ("SELECT ratio FROM users ORDER BY id", As::Number),
    ("SELECT price FROM posts ORDER BY id", As::Number),
];

async fn all(both: &Both) -> Vec<Vec<Option<String>>> {
    let mut found = Vec::new();
    for (query, kind) in READINGS {
        found.push(both.answer(query, kind).await);
    }
    found
}

/// Runs each statement on both, and compares all rows of all tables.
async fn check(statements: &[&str]) {
    let again = format!("DELETE FROM posts; DELETE FROM users; {SEED}");
    let mut texts = vec![TABLES, VIEWS, SEED];
    let both = Both::with(&texts).await;
    let before = all(&both).await;
    for statement in statements {
        // In a run of its own, which knows the types from the migrations alone.
        texts.push(statement);
        both.run(&texts).await;
        // A statement that changes nothing shows nothing.
        assert_ne!(all(&both).await, before, "{statement}");
        texts.push(&again);
        both.run(&texts).await;
    }
}

#[tokio::test]
async fn updates() {
    check(&[
        "UPDATE users SET active = 'f'",
        "UPDATE users SET email = lower(email), note = coalesce(note, 'none')",
        "UPDATE users SET token = '{A0EEBC999C0B4EF8BB6D6BB9BD380A12}' WHERE token = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
        "UPDATE users SET note = 'raw' WHERE raw = '\\x00FF'",
        "UPDATE users SET note = 'raw' WHERE raw IN ('\\x00FF', '\\x01')",
        "UPDATE users SET note = 'seen' WHERE seen = '2024-01-01 08:00+00'",
        "UPDATE users SET note = 'seen' WHERE seen >= '2024-01-01T12:00:00+02:00'",
        "UPDATE users SET note = 'between' WHERE seen BETWEEN '2024-01-01 09:59+02' AND '2024-01-01 09:00Z'",
        "UPDATE users SET note = 'made' WHERE made = '2024-01-01'",
        "UPDATE users SET note = 'on' WHERE active = 't' AND born > '1999-12-31 10:00'",
        "UPDATE users SET note = 'plain' WHERE data = '{}'",
        "UPDATE users SET note = 'empty' WHERE tags = '{}'",
        "UPDATE users SET note = 'tags' WHERE tags = ARRAY['x', 'y']",
        "UPDATE users SET note = 'sad' WHERE feeling = 'sad'::mood",
        "UPDATE users SET feeling = 'sad', data = '{\"b\": 1, \"a\": [1,2]}', tags = '{\"a b\",NULL}' WHERE id = 2",
        "UPDATE users SET feeling = DEFAULT, data = DEFAULT WHERE id = 1",
        "UPDATE users SET born = seen, made = born WHERE born IS NOT NULL",
        "UPDATE users SET born = made::date, note = made::text",
        "UPDATE users SET note = active",
        "UPDATE users SET note = active::text",
        "UPDATE users SET note = 'is ' || active || id",
        "UPDATE users SET score = active::integer",
        "UPDATE users SET active = id::boolean, ratio = id / 2",
        "UPDATE users SET active = (id > 1 AND score IS NOT NULL)",
        "UPDATE users SET score = 1.5 * 3, ratio = score / 3 WHERE id < 3",
        "UPDATE users SET score = ratio",
        "UPDATE posts SET n = price, price = price / 2",
        "UPDATE posts SET n = price::integer WHERE price = 3",
        "UPDATE posts SET price = n::numeric(8, 2) / 2",
        "UPDATE posts SET n = 7.5 WHERE id = 1",
        "UPDATE posts SET n = -n % 3, price = abs(-price)",
        "UPDATE posts SET n = (SELECT count(*) FROM users WHERE active = 'yes')",
        "UPDATE posts SET state = CASE state WHEN 'new' THEN 'open' WHEN 'old' THEN 'done' ELSE 'unknown' END",
        "UPDATE posts SET state = CASE WHEN at < '2024-01-01 01:00' THEN 'early' END WHERE at IS NOT NULL",
        "UPDATE posts SET state = NULL WHERE state = 'new' OR title LIKE 'Four\\_\\%'",
        "UPDATE posts SET state = 'x' WHERE title LIKE 'T%' OR title LIKE 't%' OR title ILIKE 'FOUR%'",
        "UPDATE posts SET at = '2024-06-01T00:00:00.5', n = n + 1 WHERE (n, state) = (7, 'new')",
        "UPDATE posts SET n = note::integer FROM users WHERE users.note = '12'",
        "UPDATE posts SET (n, state) = (9, 'both')",
        "UPDATE posts SET state = 'any' WHERE id = ANY ('{1,3}'::integer[])",
        "UPDATE posts SET state = 'all' WHERE id <> ALL (ARRAY[1, 2])",
        "UPDATE posts p SET state = 'exists' WHERE EXISTS (SELECT 1 FROM users u WHERE u.id = p.author AND u.active)",
        "UPDATE posts SET state = 'distinct' WHERE n IS DISTINCT FROM 7",
        "UPDATE public.posts SET title = substr(title, 2) || length(title)",
        "UPDATE posts SET title = replace(trim(title), 'o', '0'), state = concat(state, '-', n)",
        "UPDATE posts SET title = split.t FROM (SELECT id, upper(title) AS t FROM posts) AS split WHERE split.id = posts.id",
        "UPDATE posts SET n = 1 WHERE id = 1 RETURNING id, n",
    ])
    .await;
}

#[tokio::test]
async fn members_of_json() {
    check(&[
        "UPDATE users SET note = data->>'plan'",
        "UPDATE users SET note = data->>'n'",
        "UPDATE users SET note = data->>'on'",
        "UPDATE users SET note = coalesce(data->>'none', 'null')",
        "UPDATE users SET note = data->'deep'->'k'->>1",
        "UPDATE users SET note = 'yes' WHERE data->>'on' = 'true'",
        "UPDATE users SET note = 'five' WHERE data->>'n' = '5'",
        "UPDATE users SET score = (data->>'n')::integer",
        "UPDATE users SET score = (data->>'n')::numeric WHERE data->>'plan' = 'free'",
        "UPDATE users SET active = false WHERE data->'none' IS NOT NULL",
    ])
    .await;
}

#[tokio::test]
async fn inserts() {
    check(&[
        "INSERT INTO posts VALUES (9, 1, 'nine', 1.005, '7', '2024-01-01T00:00', NULL)",
        "INSERT INTO posts (id, title, at) VALUES (8, NULL, '2024-02-29'), (9, DEFAULT, DEFAULT)",
        "INSERT INTO users (id) VALUES (9)",
        "INSERT INTO users (id, email, token) VALUES (9, NULL, '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}') RETURNING id",
        "INSERT INTO users (id, email) VALUES (9, 'a@x') ON CONFLICT (email) DO UPDATE SET note = 'was ' || excluded.email, active = 'no'",
        "INSERT INTO users (id, email, seen) VALUES (1, 'z', '2024-01-01 01:00+01') ON CONFLICT (id) DO UPDATE SET seen = excluded.seen WHERE users.active = 't'",
        "INSERT INTO users (id, email) VALUES (1, 'z'), (8, 'new') ON CONFLICT DO NOTHING",
        "INSERT INTO users (id, email) VALUES (1, 'z'), (8, 'new') ON CONFLICT (id) DO NOTHING RETURNING *",
        "INSERT INTO users (id, email) VALUES (8, 'a@x') ON CONFLICT ON CONSTRAINT users_email_key DO UPDATE SET note = 'kept'",
        "INSERT INTO posts (id, author, title) SELECT id + 10, id, email FROM users",
        "INSERT INTO users (id, raw, data, tags, token, seen, active) SELECT 9, '\\x27', '{\"a\":1}', '{a}', 'A0EEBC999C0B4EF8BB6D6BB9BD380A11', '2024-01-01 00:00+02', 'f'",
        "INSERT INTO users (id, seen, active) SELECT id + 20, '2024-01-01 00:00+02'::timestamptz, 'f'::boolean FROM posts WHERE at >= '2024-01-01' UNION ALL SELECT 40, '2024-01-01 00:00-02', 'on'",
        "INSERT INTO posts (id, n, price) SELECT id + 20, score, ratio FROM users",
        "INSERT INTO posts (id, title) SELECT 30 + count(*), string_agg(email, '|') FROM users WHERE id = 1 GROUP BY active",
        "INSERT INTO posts (id, at, title) SELECT id + 20, born, CASE WHEN active THEN 'on' ELSE 'off' END FROM users",
        "INSERT INTO posts (id, author) SELECT 20 + p.id, u.id FROM posts p JOIN users u ON u.id = p.author AND u.seen > '2024-01-01 00:00+00' LEFT JOIN posts q ON q.id = p.id",
        "INSERT INTO posts (id, title) WITH wide AS (SELECT id, title FROM posts) SELECT id + 20, title FROM wide",
        "INSERT INTO posts (id, n) SELECT 50 + id, max(n) FROM posts GROUP BY id HAVING max(n) > 1 ORDER BY id LIMIT 1",
        "INSERT INTO posts (id, title) VALUES ((SELECT max(id) + 1 FROM posts), (SELECT email FROM users WHERE token = 'A0EEBC999C0B4EF8BB6D6BB9BD380A11'))",
        "INSERT INTO users (id, email) SELECT id, 'z' || id FROM users ON CONFLICT (id) DO UPDATE SET email = excluded.email",
        "INSERT INTO posts (id, author) SELECT 9, id FROM users WHERE NOT EXISTS (SELECT 1 FROM posts WHERE author = users.id)",
        "INSERT INTO posts (id, title) OVERRIDING SYSTEM VALUE VALUES (9, 'nine')",
    ])
    .await;
}

#[tokio::test]
async fn deletes() {
    check(&[
        "DELETE FROM posts",
        "DELETE FROM posts WHERE at = '2024-01-01' RETURNING id",
        "DELETE FROM posts USING users u WHERE u.id = posts.author AND u.active = 't'",
        "DELETE FROM posts p USING users u, users v WHERE u.id = p.author AND v.id = u.id AND u.seen < '2024-01-01 12:00+02'",
        "DELETE FROM posts WHERE author IN (SELECT id FROM users WHERE token IN ('A0EEBC999C0B4EF8BB6D6BB9BD380A11'))",
        "DELETE FROM posts a USING posts b WHERE a.id > b.id AND a.state = b.state",
        "DELETE FROM public.posts WHERE title NOT LIKE 't%' AND n IS NOT NULL",
    ])
    .await;
}

/// In front of a statement as well; a constant beside a column of one has that column's type.
#[tokio::test]
async fn common_table_expressions() {
    check(&[
        "WITH old AS (SELECT 1 AS id) UPDATE posts SET n = 0 WHERE id IN (SELECT id FROM old)",
        "WITH late (person, at) AS (SELECT id, seen FROM users) UPDATE posts SET state = 'late' FROM late WHERE late.person = author AND late.at > '2024-01-01T11:00:00+02:00'",
        "WITH a AS (SELECT id, active FROM users), b AS MATERIALIZED (SELECT id FROM a WHERE active = 't') DELETE FROM posts WHERE author IN (SELECT id FROM b)",
        "WITH gone AS (SELECT id, token FROM users) DELETE FROM posts USING gone WHERE gone.id = author AND gone.token = '{A0EEBC999C0B4EF8BB6D6BB9BD380A11}' RETURNING posts.id",
        "WITH wide AS (SELECT id, title, at FROM posts) INSERT INTO posts (id, title, at) SELECT id + 20, title, at FROM wide WHERE at = '2024-01-01T10:30:15.250'",
        "WITH one AS (SELECT max(id) AS m FROM posts) INSERT INTO posts (id, title) VALUES ((SELECT m + 1 FROM one), 'new')",
        "WITH fresh AS (SELECT 1 AS id, 'z' AS email) INSERT INTO users (id, email) SELECT id, email FROM fresh ON CONFLICT (id) DO UPDATE SET note = (SELECT email FROM fresh)",
        "WITH RECURSIVE up (n) AS (SELECT 30 UNION ALL SELECT n + 1 FROM up WHERE n < 35) INSERT INTO posts (id, n) SELECT n, n * n FROM up",
        "INSERT INTO posts (id, n) WITH RECURSIVE up (n) AS (VALUES (40) UNION ALL SELECT n + 1 FROM up WHERE n < 42) SELECT n, 0 FROM up",
        "WITH users AS (SELECT id FROM posts WHERE n = 7) UPDATE posts SET state = 'seven' WHERE id IN (SELECT id FROM users)",
        "UPDATE posts SET state = 'made' FROM (SELECT id, made AS at, active AS flag FROM users) AS u WHERE u.id = author AND u.at < '2024-01-01T00:00:01' AND u.flag = 'yes'",
    ])
    .await;
}

#[tokio::test]
async fn clocks_and_random_values() {
    let tables = "CREATE TABLE t (id integer PRIMARY KEY, token uuid NOT NULL DEFAULT gen_random_uuid(),
        made timestamptz NOT NULL DEFAULT now(), day date DEFAULT CURRENT_DATE, other timestamp DEFAULT CURRENT_TIMESTAMP,
        later timestamptz DEFAULT now() + interval '1 day', today date DEFAULT now());
    INSERT INTO t (id) VALUES (1), (2);
    INSERT INTO t (id, made, token) VALUES (3, now(), gen_random_uuid());
    UPDATE t SET other = now(), later = now() - interval '36 hours' WHERE id = 3;
    INSERT INTO t (id, day, other) SELECT 4, now(), CURRENT_DATE;
    CREATE VIEW shown AS SELECT id, length(token::text) AS size, lower(token::text) = token::text AS plain,
        substr(token::text, 15, 1) AS version, made <= now() AS past, later > made AS ahead,
        length(day::text) AS day, length(today::text) AS today, made = other AS equal FROM t";
    let both = Both::with(&[tables]).await;
    let booleans = ["plain", "past", "ahead", "equal"]
        .map(|name| format!("CASE WHEN {name} THEN 1 ELSE 0 END"));
    let columns = ["size", "version", "day", "today"].map(str::to_owned);
    for column in columns.iter().chain(&booleans) {
        let query = format!("SELECT {column} FROM shown WHERE id < 3 ORDER BY id");
        both.answer(&query, As::Text).await;
        if !column.contains("equal") {
            let query = format!("SELECT {column} FROM shown WHERE id >= 3 ORDER BY id");
            both.answer(&query, As::Text).await;
        }
    }
    let distinct = "SELECT count(DISTINCT token) FROM t";
    assert_eq!(
        both.answer(distinct, As::Text).await,
        [Some("4".to_owned())]
    );
}
