//! How likely it is to see so much or more by chance alone: the upper tails that the signals of bought votes use.
//!
//! Each is a sum of terms of which only the first needs a logarithm of a gamma function; the others follow from it by
//! a factor. (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.6.19 Poisson distribution.)

use super::float;

/// P(X ≥ k) for X ~ Poisson(rate): the chance of k or more where `rate` are expected. 0 to 1.
pub fn poisson_tail(k: u64, rate: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if rate.is_nan() || rate <= 0.0 {
        return 0.0;
    }
    let ln_term = |i: u64| float(i) * rate.ln() - rate - ln_factorial(i);
    tail(k, None, rate, ln_term, |i| rate / (float(i) + 1.0))
}

/// P(X ≥ k) for X ~ BetaBinomial(n, of_sort + 1, others + 1): the chance that k or more of n are of a sort, where of
/// those seen elsewhere `of_sort` are and `others` are not. Where nothing was seen elsewhere, every number is as likely
/// as any other. 0 to 1. (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 6.2.2: the posterior predictive
/// distribution after a uniform prior.)
pub fn beta_binomial_tail(k: u64, n: u64, of_sort: u64, others: u64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    let (a, b) = (float(of_sort) + 1.0, float(others) + 1.0);
    let ln_term = |i: u64| {
        ln_factorial(n) - ln_factorial(i) - ln_factorial(n - i) + ln_beta(float(i) + a, float(n - i) + b)
            - ln_beta(a, b)
    };
    let up = |i: u64| float(n - i) / (float(i) + 1.0) * (float(i) + a) / (float(n - i) - 1.0 + b);
    tail(k, Some(n), float(n) * a / (a + b), ln_term, up)
}

/// Σ of the terms from k to `last`. Above the mean they fall and are summed up; below it, the terms from k − 1 down are
/// taken from 1. `up` gives the factor from one term to the next.
fn tail(k: u64, last: Option<u64>, mean: f64, ln_term: impl Fn(u64) -> f64, up: impl Fn(u64) -> f64) -> f64 {
    const NEGLIGIBLE: f64 = 1e-17;
    let (mut term, mut sum) = (1.0, 1.0);
    let unit = if float(k) > mean {
        let mut i = k;
        while last != Some(i) && term > sum * NEGLIGIBLE {
            term *= up(i);
            sum += term;
            i += 1;
        }
        ln_term(k)
    } else {
        let mut i = k - 1;
        while i > 0 && term > sum * NEGLIGIBLE {
            i -= 1;
            term /= up(i);
            sum += term;
        }
        ln_term(k - 1)
    };
    let part = (unit + f64::ln(sum)).exp();
    let chance = if float(k) > mean { part } else { 1.0 - part };
    chance.clamp(0.0, 1.0)
}

/// ln B(a, b)
fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// ln n!
fn ln_factorial(n: u64) -> f64 {
    libm::lgamma(float(n) + 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by its definition, term by term.
    fn plain_poisson(k: u64, rate: f64) -> f64 {
        let mut term = (-rate).exp();
        let mut below = 0.0;
        for i in 0..k {
            below += term;
            term *= rate / float(i + 1);
        }
        1.0 - below
    }

    fn plain_beta_binomial(k: u64, n: u64, of_sort: u64, others: u64) -> f64 {
        // Urn: each that is of the sort makes one more of the sort likelier (Pólya).
        let mut chances = vec![1.0];
        for drawn in 0..n {
            let mut next = vec![0.0; chances.len() + 1];
            for (sort, chance) in chances.iter().enumerate() {
                let share = float(of_sort + 1 + sort as u64) / float(of_sort + others + 2 + drawn);
                next[sort + 1] += chance * share;
                next[sort] += chance * (1.0 - share);
            }
            chances = next;
        }
        chances.iter().skip(usize::try_from(k).unwrap_or(usize::MAX)).sum()
    }

    #[test]
    fn they_are_what_tables_say() {
        // P(X ≥ 10) for a rate of 1; 20 of 20 where nothing is known of others, and where one of one is not.
        assert!((poisson_tail(10, 1.0) - 1.114_254_8e-7).abs() < 1e-13);
        assert!((beta_binomial_tail(20, 20, 0, 0) - 1.0 / 21.0).abs() < 1e-12);
        assert!((beta_binomial_tail(20, 20, 0, 1) - 1.0 / 231.0).abs() < 1e-12);
        assert_eq!((poisson_tail(0, 0.0), poisson_tail(1, 0.0)), (1.0, 0.0));
        assert_eq!((beta_binomial_tail(3, 2, 5, 5), beta_binomial_tail(0, 2, 5, 5)), (0.0, 1.0));
    }

    #[test]
    fn far_out_nothing_breaks() {
        for chance in [
            poisson_tail(1_000_000, 0.3),
            poisson_tail(3, 1e9),
            beta_binomial_tail(900_000, 1_000_000, 0, 1_000_000),
            beta_binomial_tail(3, 1_000_000, 1_000_000, 0),
        ] {
            assert!((0.0..=1.0).contains(&chance), "{chance}");
        }
    }

    proptest! {
        #[test]
        fn small_numbers_match_the_exact_sums(k in 0..30_u64, more in 0..30_u64, rate in 0.01..20.0_f64, seen in (0..50_u64, 0..50_u64)) {
            prop_assert!((poisson_tail(k, rate) - plain_poisson(k, rate)).abs() < 1e-9);
            let exact = plain_beta_binomial(k, k + more, seen.0, seen.1);
            prop_assert!((beta_binomial_tail(k, k + more, seen.0, seen.1) - exact).abs() < 1e-9);
        }

        #[test]
        fn more_is_never_likelier(k in 0..5_000_u64, n in 1..5_000_u64, rate in 0.0..3_000.0_f64, seen in (0..5_000_u64, 0..5_000_u64)) {
            let slack = 1e-9;
            prop_assert!(poisson_tail(k + 1, rate) <= poisson_tail(k, rate) + slack);
            prop_assert!(poisson_tail(k, rate) <= poisson_tail(k, rate * 1.5 + 0.1) + slack);
            let chance = beta_binomial_tail(k, n, seen.0, seen.1);
            prop_assert!(beta_binomial_tail(k + 1, n, seen.0, seen.1) <= chance + slack);
            prop_assert!(chance <= beta_binomial_tail(k, n, seen.0 + 1, seen.1) + slack);
        }
    }
}
