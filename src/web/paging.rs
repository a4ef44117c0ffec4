//! Lists on pages: which page an address means, what stands on it, and the links to its neighbours.
//!
//! A list is never an error: a number that makes no sense leads to the nearest page.

use std::ops::Range;

use askama::Template;
use askama::filters::HtmlSafe;

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1.
    pub number: usize,
    /// How many pages there are, at least 1.
    pub of: usize,
    /// How many items are on all of them.
    pub total: usize,
    per_page: usize,
}

impl Page {
    /// The page asked for, or the last one.
    pub fn nearest(wanted: usize, total: usize, per_page: usize) -> Self {
        let per_page = per_page.max(1);
        let of = total.div_ceil(per_page).max(1);
        Self { number: wanted.clamp(1, of), of, total, per_page }
    }

    /// Which items of the list stand on it.
    pub fn range(self) -> Range<usize> {
        let start = (self.number - 1) * self.per_page;
        start..(start + self.per_page).min(self.total)
    }

    /// Those of `items`, which are the whole list, that stand on it.
    pub fn of<T>(self, items: &[T]) -> &[T] {
        items.get(self.range()).unwrap_or_default()
    }

    /// The title of this page of something: `Tools`, `Tools, page 2`.
    pub fn title(self, title: &str) -> String {
        if self.number > 1 { format!("{title}, page {}", self.number) } else { title.to_owned() }
    }

    /// The links to the pages around it; `href` gives the address of a page.
    pub fn links(self, href: impl Fn(usize) -> String) -> PageLinks {
        PageLinks {
            number: self.number,
            of: self.of,
            previous: (self.number > 1).then(|| href(self.number - 1)),
            next: (self.number < self.of).then(|| href(self.number + 1)),
        }
    }
}

/// The links below a list; nothing where one page holds all of it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "ui/pages.html")]
pub struct PageLinks {
    number: usize,
    of: usize,
    previous: Option<String>,
    next: Option<String>,
}

impl HtmlSafe for PageLinks {}

/// The links below a list that grows at its top and is never counted: to its beginning, and on to what is older.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "ui/older.html")]
pub struct OlderLinks {
    newest: Option<String>,
    older: Option<String>,
}

impl HtmlSafe for OlderLinks {}

impl OlderLinks {
    /// The links of a list that began before the item `before`, or at its top, and goes on before `next`, or ends.
    pub fn new(path: &str, fields: &[(&str, &str)], before: Option<i64>, next: Option<i64>) -> Self {
        let older = next.map(|id| {
            let id = id.to_string();
            address(path, &[fields, &[("before", &id)]].concat(), 1)
        });
        Self { newest: before.map(|_| address(path, fields, 1)), older }
    }
}

/// The item before which a list shall begin, as the query says it; none is its top.
pub fn before(query: &str) -> Option<i64> {
    field(query, "before").parse().ok().filter(|id| *id > 0)
}

/// Cuts what was loaded, one more than `most`, to what is shown, and tells before which item the list goes on.
pub fn cut<T>(items: &mut Vec<T>, most: usize, id: impl Fn(&T) -> i64) -> Option<i64> {
    if items.len() <= most {
        return None;
    }
    items.truncate(most);
    items.last().map(id)
}

/// The number of the page that `text` asks for: the first where it is none, the last where it is too large to count.
pub fn wanted(text: &str) -> usize {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().unwrap_or(usize::MAX).max(1) } else { 1 }
}

/// What a query says under this name, trimmed; of a field given twice, the first counts, and none is empty.
pub fn field(query: &str, name: &str) -> String {
    given(query, name).unwrap_or_default()
}

/// The same, or `None` where it says nothing, not even that it is empty.
pub fn given(query: &str, name: &str) -> Option<String> {
    // No further than it takes, and without a copy of what is not asked for: an address may hold thousands of fields.
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned())
}

/// The address of a page of a list: its path, the fields that are not empty, and the number from the second page on.
pub fn address(path: &str, fields: &[(&str, &str)], page: usize) -> String {
    let number = if page > 1 { page.to_string() } else { String::new() };
    let stated: Vec<(&str, &str)> = fields
        .iter()
        .copied()
        .chain([("page", number.as_str())])
        .filter(|(_, value)| !value.is_empty())
        .collect();
    match serde_urlencoded::to_string(stated) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use proptest::prelude::*;
    use scraper::{Html, Selector};

    use super::*;

    /// Where links lead, each with what it is to the page.
    fn led_to(html: &str) -> Vec<(String, String)> {
        let html = Html::parse_fragment(html);
        let links = Selector::parse("a").unwrap();
        let of = |link: scraper::ElementRef<'_>, name: &str| link.attr(name).unwrap_or_default().to_owned();
        html.select(&links).map(|link| (of(link, "rel"), of(link, "href"))).collect()
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last_page() {
        let last = Page::nearest(9, 49, 24);
        assert_eq!((last.number, last.of, last.range()), (3, 3, 48..49));
        let only = Page::nearest(1, 24, 24);
        assert_eq!((only.number, only.of, only.range()), (1, 1, 0..24));
        assert_eq!(Page::nearest(usize::MAX, 0, 24).range(), 0..0);
        assert_eq!(Page::nearest(0, 25, 24).range(), 0..24);
    }

    #[test]
    fn a_number_that_makes_no_sense_means_the_first_page_and_a_huge_one_the_last() {
        for text in ["", "0", "-1", "1.5", "two", "+2", "٣", "1e3"] {
            assert_eq!(wanted(text), 1, "{text}");
        }
        assert_eq!((wanted("2"), wanted(" 007 ")), (2, 7));
        assert_eq!(wanted("99999999999999999999999"), usize::MAX);
    }

    #[test]
    fn the_links_lead_to_the_neighbours() {
        let href = |page| address("/tools", &[("q", "a&b")], page);
        let drawn = |number| Page::nearest(number, 60, 24).links(href).to_string();
        assert_eq!(led_to(&drawn(1)), [("next".into(), "/tools?q=a%26b&page=2".into())]);
        let both =
            [("prev".into(), "/tools?q=a%26b".into()), ("next".into(), "/tools?q=a%26b&page=3".into())];
        assert_eq!(led_to(&drawn(2)), both);
        assert_eq!(led_to(&drawn(3)), [("prev".into(), "/tools?q=a%26b&page=2".into())]);
        for (number, words) in [(1, "First page"), (2, "Page 2 of 3"), (3, "Last page")] {
            assert!(drawn(number).contains(words), "{words}: {}", drawn(number));
        }
        assert_eq!(Page::nearest(1, 24, 24).links(href).to_string(), "");
    }

    #[test]
    fn an_address_states_only_what_does_not_go_without_saying() {
        assert_eq!(address("/a", &[("q", "")], 1), "/a");
        assert_eq!(address("/a", &[("q", "x y"), ("sort", "")], 2), "/a?q=x+y&page=2");
    }

    #[test]
    fn a_list_that_is_not_counted_goes_on_before_its_last_item() {
        let mut items = vec![9, 8, 7];
        let next = cut(&mut items, 2, |id| *id);
        assert_eq!((items.as_slice(), next), (&[9, 8][..], Some(8)));
        assert_eq!(cut(&mut items, 2, |id| *id), None);
        let links =
            OlderLinks::new("/changes", &[("kind", "price"), ("tool", "")], Some(20), next).to_string();
        let expected = [
            (String::new(), "/changes?kind=price".into()),
            ("next".to_owned(), "/changes?kind=price&before=8".to_owned()),
        ];
        assert_eq!(led_to(&links), expected, "{links}");
        assert_eq!(OlderLinks::new("/changes", &[], None, None).to_string().trim(), "");
        assert_eq!((before("before=7"), before("before=-7"), before("before=x")), (Some(7), None, None));
    }

    #[test]
    fn of_a_field_given_twice_the_first_counts() {
        assert_eq!(field("page=+2&page=3", "page"), "2");
        assert_eq!((field("x=1", "page"), field("&&=&%ff=%ff", "page")), (String::new(), String::new()));
    }

    proptest! {
        #[test]
        fn the_pages_hold_every_item_once(total in 0..500_usize, per_page in 1..60_usize) {
            let items: Vec<usize> = (0..total).collect();
            let of = Page::nearest(1, total, per_page).of;
            let all: Vec<usize> =
                (1..=of).flat_map(|number| Page::nearest(number, total, per_page).of(&items).to_vec()).collect();
            prop_assert_eq!(all, items);
        }
    }
}
