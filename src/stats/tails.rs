//! How likely it is to see so much or more by chance alone: the upper tails that the signals of bought votes use.
//!
//! Each is a sum of terms of which only the first needs a logarithm of a gamma function; the others follow from it by
//! a factor. (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.6.19 Poisson and 1.3.6.6.18 binomial distribution.)

use super::float;

/// P(X ≥ k) for X ~ Poisson(rate): the chance of k or more where `rate` are expected. 0 to 1.
#[must_use]
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

/// P(X ≥ k) for X ~ Binomial(n, share): the chance that k or more of n are of a sort that `share` of all are. 0 to 1.
#[must_use]
pub fn binomial_tail(k: u64, n: u64, share: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n || share.is_nan() || share <= 0.0 {
        return 0.0;
    }
    if share >= 1.0 {
        return 1.0;
    }
    let odds = share / (1.0 - share);
    let ln_term = |i: u64| {
        ln_factorial(n) - ln_factorial(i) - ln_factorial(n - i)
            + float(i) * share.ln()
            + float(n - i) * (-share).ln_1p()
    };
    tail(k, Some(n), float(n) * share, ln_term, |i| float(n - i) / (float(i) + 1.0) * odds)
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

    fn plain_binomial(k: u64, n: u64, share: f64) -> f64 {
        let choose = |i: u64| (0..i).map(|j| float(n - j) / float(j + 1)).product::<f64>();
        (k..=n).map(|i| choose(i) * share.powf(float(i)) * (1.0 - share).powf(float(n - i))).sum()
    }

    #[test]
    fn they_are_what_tables_say() {
        // P(X ≥ 10) for a rate of 1, and 8 or more of 10 where half are.
        assert!((poisson_tail(10, 1.0) - 1.114_254_8e-7).abs() < 1e-13);
        assert!((binomial_tail(8, 10, 0.5) - 56.0 / 1024.0).abs() < 1e-12);
        assert_eq!((poisson_tail(0, 0.0), poisson_tail(1, 0.0)), (1.0, 0.0));
        assert_eq!(
            (binomial_tail(3, 2, 0.5), binomial_tail(2, 2, 1.0), binomial_tail(1, 9, 0.0)),
            (0.0, 1.0, 0.0)
        );
    }

    #[test]
    fn far_out_nothing_breaks() {
        for chance in
            [poisson_tail(1_000_000, 0.3), poisson_tail(3, 1e9), binomial_tail(900_000, 1_000_000, 1e-9)]
        {
            assert!((0.0..=1.0).contains(&chance), "{chance}");
        }
    }

    proptest! {
        #[test]
        fn small_numbers_match_the_exact_sums(k in 0..30_u64, more in 0..30_u64, rate in 0.01..20.0_f64, share in 0.01..0.99_f64) {
            prop_assert!((poisson_tail(k, rate) - plain_poisson(k, rate)).abs() < 1e-9);
            prop_assert!((binomial_tail(k, k + more, share) - plain_binomial(k, k + more, share)).abs() < 1e-9);
        }

        #[test]
        fn more_is_never_likelier(k in 0..5_000_u64, n in 1..5_000_u64, rate in 0.0..3_000.0_f64, share in 0.0..=1.0_f64) {
            let slack = 1e-9;
            prop_assert!(poisson_tail(k + 1, rate) <= poisson_tail(k, rate) + slack);
            prop_assert!(poisson_tail(k, rate) <= poisson_tail(k, rate * 1.5 + 0.1) + slack);
            prop_assert!(binomial_tail(k + 1, n, share) <= binomial_tail(k, n, share) + slack);
            prop_assert!(binomial_tail(k, n, share / 2.0) <= binomial_tail(k, n, share) + slack);
        }
    }
}
