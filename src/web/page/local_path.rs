//! Where a form or address may lead on to.

/// A path on this site to go on to, as a form or address named it; anything else is no path.
pub fn local_path(text: &str) -> Option<String> {
    let plain = text.starts_with('/')
        && text.len() <= 2000
        && !text.starts_with("//")
        && !text.contains(['\\', '\t', '\r', '\n'])
        && !text.chars().any(char::is_control);
    if !plain {
        return None;
    }
    let base = url::Url::parse("http://site.invalid").ok()?;
    let joined = base.join(text).ok()?;
    let stays =
        joined.host_str() == base.host_str() && joined.scheme() == "http" && !joined.path().starts_with("//");
    stays.then(|| joined[url::Position::BeforePath..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_on_this_site_are_followed() {
        assert_eq!(local_path("/tools/a?x=1#card").as_deref(), Some("/tools/a?x=1#card"));
        assert_eq!(local_path("/../compare/a-vs-b").as_deref(), Some("/compare/a-vs-b"));
        for bad in [
            "",
            "tools",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x",
            "/..//evil.example",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }
}
