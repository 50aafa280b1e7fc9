//! URLs without their secrets.

const HIDDEN: &str = "***";

/// Parameters whose values everybody may see, libpq's and those of `SQLite`'s URIs. All others are
/// hidden: a misspelled `password` is one, too.
const OPEN: [&str; 20] = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "application_name",
    "fallback_application_name",
    "connect_timeout",
    "options",
    "sslmode",
    "sslrootcert",
    "sslnegotiation",
    "channel_binding",
    "target_session_attrs",
    "keepalives",
    "mode",
    "cache",
    "immutable",
    "nolock",
    "vfs",
];

/// A database URL as it may be shown.
///
/// A password with unescaped `@`, `/` or `?` in it is hidden as well: whatever stands before the last
/// `@` is taken for user and password, so rather too much is hidden than too little.
pub(crate) fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // Without its slashes, no part of a server's URL is where it should be.
        return match url.split_once(':') {
            Some(("sqlite" | "file", _)) => parameters(url),
            Some((scheme, _)) => format!("{scheme}:{HIDDEN}"),
            None => HIDDEN.to_owned(),
        };
    };
    let Some((credentials, place)) = rest.rsplit_once('@') else {
        return format!("{scheme}://{}", without_host(rest));
    };
    let place = parameters(place);
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:{HIDDEN}@{place}"),
        None => format!("{scheme}://{}@{place}", parameters(credentials)),
    }
}

/// What has no `@` names a host and perhaps a port, unless the host was forgotten: what stands in the
/// port's place and is no number is hidden.
fn without_host(rest: &str) -> String {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // The colons of an address in brackets are its own.
    let named = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let place = match authority[named..].split_once(':') {
        Some((host, port)) if port.bytes().any(|byte| !byte.is_ascii_digit()) => {
            format!("{}{host}:{HIDDEN}", &authority[..named])
        }
        _ => authority.to_owned(),
    };
    place + &parameters(tail)
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
        Some((key, _)) if !OPEN.contains(&key) => {
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
        check(
            "postgres://h/d?pasword=geheim",
            "postgres://h/d?pasword=***",
        );
        check("postgres:u:geheim@h/d", "postgres:***");
        check("geheim", "***");
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
        check("postgres://u:geheim/d", "postgres://u:***/d");
        check("postgres://h:5432/d", "postgres://h:5432/d");
        check("postgres://[::1]:5432/d", "postgres://[::1]:5432/d");
        check("postgres://u:@h/d", "postgres://u:***@h/d");
        check(
            "postgres:///d?PASSWORD=geheim@x",
            "postgres:///d?PASSWORD=***@x",
        );
    }
}
