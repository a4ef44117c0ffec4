//! What a page means, however its markup is written: its words as they are read, its elements, its forms.

use std::cell::OnceCell;
use std::fmt;

use reqwest::Response;
use scraper::{ElementRef, Html, Node, Selector};

/// Elements that stand within a line of text: words on either side of their tags are not apart.
const WITHIN_A_LINE: [&str; 19] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small",
    "span", "strong", "time", "u",
];

/// Elements whose text nobody reads.
const UNREAD: [&str; 4] = ["head", "script", "style", "template"];

/// A page of the site.
pub(crate) struct Page {
    source: String,
    /// Made when it is first asked for: much is sent that nobody looks at.
    document: OnceCell<Html>,
}

impl Page {
    pub(crate) fn of(source: impl Into<String>) -> Self {
        Self { source: source.into(), document: OnceCell::new() }
    }

    /// The page that an answer carries.
    pub(crate) async fn read(answer: Response) -> Self {
        Self::of(answer.text().await.unwrap())
    }

    /// All bytes of it, for what must not be sent in whatever way.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    fn root(&self) -> Part<'_> {
        Part(self.document.get_or_init(|| Html::parse_document(&self.source)).root_element())
    }

    /// The text of the page as it is read, each run of white space as one space.
    pub(crate) fn text(&self) -> String {
        self.root().text()
    }

    /// Whether these words are read on the page.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.root().says(words)
    }

    /// Whether these words are anywhere on the page, be they read or in an attribute, a comment or the head. What must
    /// not be on a page is asked for by this.
    pub(crate) fn mentions(&self, words: &str) -> bool {
        self.says(words) || self.source.contains(words) || collapsed(&self.source).contains(words)
    }

    /// How often these words are read.
    pub(crate) fn times(&self, words: &str) -> usize {
        self.text().matches(words).count()
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<Part<'_>> {
        self.root().all(selector)
    }

    pub(crate) fn count(&self, selector: &str) -> usize {
        self.all(selector).len()
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.root().has(selector)
    }

    /// The only element of its kind.
    pub(crate) fn one(&self, selector: &str) -> Part<'_> {
        self.root().one(selector)
    }

    /// Whether a link of the page leads to this address.
    pub(crate) fn leads_to(&self, href: &str) -> bool {
        self.root().leads_to(href)
    }

    /// What the title says.
    pub(crate) fn title(&self) -> String {
        collapsed(&self.one("head > title").0.text().collect::<String>())
    }

    /// The page's own address, as search engines are told it.
    pub(crate) fn canonical(&self) -> &str {
        self.one("head > link[rel=canonical]").attr("href")
    }

    /// What the field of this name holds, as a browser would send it.
    pub(crate) fn typed(&self, name: &str) -> String {
        self.one(&named(name)).typed()
    }

    /// What a hidden field holds.
    pub(crate) fn hidden(&self, name: &str) -> String {
        self.one(&format!("input[type=hidden]{}", named(name))).typed()
    }

    /// What is said to be wrong with a field, beside it; nothing, if all is well.
    pub(crate) fn complaint(&self, id: &str) -> String {
        self.all(&format!("#{id}-error")).first().map(Part::text).unwrap_or_default()
    }

    /// The address of the next page of a list.
    pub(crate) fn next(&self) -> Option<&str> {
        self.all("a[rel=next]").first().map(|link| link.attr("href"))
    }

    /// Each run of text that is read and stands in none of the `excluded` elements.
    pub(crate) fn texts_outside(&self, excluded: &str) -> Vec<String> {
        let lines = self.outline(&format!("head > :not(title), script, style, {excluded}"));
        lines.into_iter().filter(|line| !line.starts_with('<')).collect()
    }

    /// All that stands on it and is not `excluded`: each tag with its attributes, each text.
    pub(crate) fn outline(&self, excluded: &str) -> Vec<String> {
        let mut lines = Vec::new();
        outline(self.root().0, &parsed(excluded), &mut lines);
        lines
    }

    /// The fields of the largest form of the page, as a browser would send them without pressing a button.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let form = self.all("form").into_iter().max_by_key(|form| form.0.html().len());
        let form = form.expect("the page has a form");
        let fields = form.all("input[name], textarea[name], select[name]").into_iter();
        fields
            .filter(|field| !["radio", "checkbox"].contains(&field.attr("type")) || field.has_attr("checked"))
            .map(|field| (field.attr("name").to_owned(), field.typed()))
            .collect()
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// Two pages are the same if their bytes are.
impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// An element of a page.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a>(ElementRef<'a>);

impl<'a> Part<'a> {
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        read(self.0, &mut text);
        collapsed(&text)
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    pub(crate) fn all(&self, selector: &str) -> Vec<Self> {
        self.0.select(&parsed(selector)).map(Part).collect()
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.0.select(&parsed(selector)).next().is_some()
    }

    pub(crate) fn one(&self, selector: &str) -> Self {
        let found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in {self}");
        found[0]
    }

    pub(crate) fn leads_to(&self, href: &str) -> bool {
        self.has(&format!(r#"a[href="{href}"]"#))
    }

    /// What an attribute says; nothing, where there is none.
    pub(crate) fn attr(&self, name: &str) -> &'a str {
        self.0.attr(name).unwrap_or_default()
    }

    pub(crate) fn has_attr(&self, name: &str) -> bool {
        self.0.attr(name).is_some()
    }

    pub(crate) fn attrs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.value().attrs()
    }

    /// The markup inside it, as it is sent to pages that are open.
    pub(crate) fn markup(&self) -> String {
        self.0.inner_html()
    }

    /// What a field holds, as a browser would send it.
    pub(crate) fn typed(&self) -> String {
        match self.0.value().name() {
            "textarea" => self.0.text().collect(),
            "select" => {
                let chosen = self.all("option[selected]").first().copied();
                let chosen = chosen.or_else(|| self.all("option").first().copied());
                chosen.map(|option| option.attr("value").to_owned()).unwrap_or_default()
            }
            _ => self.attr("value").to_owned(),
        }
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.html())
    }
}

fn parsed(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|wrong| unreachable!("{selector}: {wrong}"))
}

/// The selector of the field of this name.
fn named(name: &str) -> String {
    format!(r#"[name="{name}"]"#)
}

fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(element: ElementRef<'_>, text: &mut String) {
    let name = element.value().name();
    if UNREAD.contains(&name) {
        return;
    }
    let gap = if WITHIN_A_LINE.contains(&name) { "" } else { " " };
    text.push_str(gap);
    for child in element.children() {
        match child.value() {
            Node::Text(words) => text.push_str(words),
            Node::Element(_) => ElementRef::wrap(child).into_iter().for_each(|child| read(child, text)),
            _ => {}
        }
    }
    text.push_str(gap);
}

fn outline(element: ElementRef<'_>, excluded: &Selector, lines: &mut Vec<String>) {
    if excluded.matches(&element) {
        return;
    }
    let attributes: Vec<String> =
        element.value().attrs().map(|(name, value)| format!(" {name}={value}")).collect();
    lines.push(format!("<{}{}>", element.value().name(), attributes.concat()));
    for child in element.children() {
        match child.value() {
            Node::Text(words) => lines.push(collapsed(words)),
            Node::Element(_) => {
                ElementRef::wrap(child).into_iter().for_each(|child| outline(child, excluded, lines));
            }
            _ => {}
        }
    }
    lines.push(format!("</{}>", element.value().name()));
}
