//! A plan's price as readers write prices: `$20 per month`.

use super::Plan;
use crate::text::grouped;

impl Plan {
    /// Its price in words, or `None` where it is not stated.
    pub fn price_text(&self) -> Option<String> {
        if self.price.is_empty() {
            return None;
        }
        let (whole, cents) = self.price.split_once('.').unwrap_or((&self.price, ""));
        if whole.trim_start_matches('0').is_empty() && cents.trim_end_matches('0').is_empty() {
            return Some("Free".to_owned());
        }
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
        let amount = if cents.trim_end_matches('0').is_empty() { whole } else { format!("{whole}.{cents}") };
        let amount = match self.currency.as_str() {
            "USD" => format!("${amount}"),
            "EUR" => format!("€{amount}"),
            "GBP" => format!("£{amount}"),
            "" => amount,
            other => format!("{amount} {other}"),
        };
        Some(if self.per.is_empty() { amount } else { format!("{amount} per {}", self.per) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn priced(price: &str, currency: &str, per: &str) -> Option<String> {
        let (price, currency, per) = (price.to_owned(), currency.to_owned(), per.to_owned());
        Plan { name: String::new(), price, currency, per, note: String::new() }.price_text()
    }

    #[test]
    fn a_price_reads_as_readers_write_it() {
        assert_eq!(priced("20.00", "USD", "month").as_deref(), Some("$20 per month"));
        assert_eq!(priced("0.15", "USD", "1M tokens").as_deref(), Some("$0.15 per 1M tokens"));
        assert_eq!(priced("1200", "EUR", "").as_deref(), Some("€1,200"));
        assert_eq!(priced("9.50", "CHF", "seat").as_deref(), Some("9.50 CHF per seat"));
    }

    #[test]
    fn nothing_to_pay_is_free_and_no_price_is_none() {
        assert_eq!(priced("0.00", "USD", "month").as_deref(), Some("Free"));
        assert_eq!(priced("", "USD", "month"), None);
    }
}
