//! URLs without their secrets.

const HIDDEN: &str = "***";

/// Parameters whose values nobody else should see: libpq's, and those of encrypted `SQLite`.
const SECRET: [&str; 5] = ["password", "sslpassword", "passfile", "key", "hexkey"];

/// A database URL as it may be shown.
///
/// A password with unescaped `@`, `/` or `?` in it is hidden as well: whatever stands before the last
/// `@` is taken for user and password, so rather too much is hidden than too little.
pub(crate) fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return parameters(url);
    };
    let Some((credentials, place)) = rest.rsplit_once('@') else {
        return format!("{scheme}://{}", parameters(rest));
    };
    let place = parameters(place);
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:{HIDDEN}@{place}"),
        None => format!("{scheme}://{}@{place}", parameters(credentials)),
    }
}

fn parameters(text: &str) -> String {
    let Some((before, query)) = text.split_once('?') else {
        return text.to_owned();
    };
    let pairs: Vec<String> = query.split('&').map(parameter).collect();
    format!("{before}?{}", pairs.join("&"))
}

fn parameter(pair: &str) -> String {
    match pair.split_once('=') {
        Some((key, _)) if SECRET.iter().any(|secret| key.eq_ignore_ascii_case(secret)) => {
            format!("{key}={HIDDEN}")
        }
        _ => pair.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(redact(url), expected);
    }

    #[test]
    fn hides_secrets_and_nothing_else() {
        check("sqlite:limosa.db", "sqlite:limosa.db");
        check(
            "sqlite:a.db?mode=ro&key=geheim",
            "sqlite:a.db?mode=ro&key=***",
        );
        check("postgres://h/d", "postgres://h/d");
        check(
            "postgres://u@h/d?sslmode=disable",
            "postgres://u@h/d?sslmode=disable",
        );
        check("postgres://u:geheim@h:5432/d", "postgres://u:***@h:5432/d");
        check("postgres://u:ge@he/im?@h/d", "postgres://u:***@h/d");
        check(
            "postgresql:///d?user=u&password=geheim",
            "postgresql:///d?user=u&password=***",
        );
        check("postgres://u:@h/d", "postgres://u:***@h/d");
        check(
            "postgres:///d?PASSWORD=geheim@x",
            "postgres:///d?PASSWORD=***@x",
        );
    }
}
