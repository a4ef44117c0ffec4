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

    #[test]
    fn a_price_reads_as_readers_write_it() {
        for (price, currency, per, text) in [
            ("20.00", "USD", "month", Some("$20 per month")),
            ("0.15", "USD", "1M tokens", Some("$0.15 per 1M tokens")),
            ("1200", "EUR", "", Some("€1,200")),
            ("9.50", "CHF", "seat", Some("9.50 CHF per seat")),
            ("0.00", "USD", "month", Some("Free")),
            ("", "USD", "month", None),
        ] {
            let (name, note) = (String::new(), String::new());
            let plan = Plan { name, price: price.into(), currency: currency.into(), per: per.into(), note };
            assert_eq!(plan.price_text().as_deref(), text, "{price:?}");
        }
    }
}
