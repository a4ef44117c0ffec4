//! Two tools head to head: how likely it is that the community really prefers the first.

use super::{Tally, float};

/// The chance that the community really prefers A: P(A ahead of B), 0 to 1, where the share of ships of each is drawn
/// from Beta(ships + 1, skips + 1), that is from its votes and a flat prior. `None` unless both have a vote.
///
/// Where one of the four parameters is at most 2,000, the figure is a finite sum, exact to nine decimals; where all are
/// larger, it comes from an approximation that is within 0.0002. The work is bounded for any counts.
pub fn chance_ahead(a: Tally, b: Tally) -> Option<f64> {
    if a.votes() == 0 || b.votes() == 0 {
        return None;
    }
    let (a, b) = (Beta::of(a), Beta::of(b));
    let terms = a.alpha.min(a.beta).min(b.alpha).min(b.beta);
    // The sum has as many terms as the winner's alpha. Asking for the loser instead, or for the shares of skips,
    // gives the same figure from another sum, so the shortest of the four is taken.
    let chance = if terms > MOST_TERMS {
        approximate_chance(a, b)
    } else if terms == a.alpha {
        summed_chance(a, b)
    } else if terms == b.alpha {
        1.0 - summed_chance(b, a)
    } else if terms == b.beta {
        summed_chance(b.mirrored(), a.mirrored())
    } else {
        1.0 - summed_chance(a.mirrored(), b.mirrored())
    };
    Some(chance.clamp(0.0, 1.0))
}

/// The longest sum that is worked out term by term.
const MOST_TERMS: u64 = 2_000;

/// A Beta distribution with whole parameters, both at least 1.
#[derive(Clone, Copy, Debug)]
struct Beta {
    alpha: u64,
    beta: u64,
}

impl Beta {
    fn of(tally: Tally) -> Beta {
        Beta { alpha: tally.ships.saturating_add(1), beta: tally.skips.saturating_add(1) }
    }

    /// The distribution of the share of skips.
    fn mirrored(self) -> Beta {
        Beta { alpha: self.beta, beta: self.alpha }
    }

    /// The second and third central moments.
    fn moments(self) -> (f64, f64) {
        let (alpha, beta) = (float(self.alpha), float(self.beta));
        let total = alpha + beta;
        let variance = (alpha / total) * (beta / total) / (total + 1.0);
        (variance, variance * 2.0 * ((beta - alpha) / total) / (total + 2.0))
    }
}

/// P(winner > loser), exact but for rounding, as a sum of `winner.alpha` terms.
///
/// Evan Miller, "Formulas for Bayesian A/B Testing" (<https://www.evanmiller.org/bayesian-ab-testing.html>), with A
/// the loser and B the winner:
/// Σ B(`α_A` + i, `β_A` + `β_B`) / ((`β_B` + i) · B(1 + i, `β_B`) · B(`α_A`, `β_A`)) for i from 0 to `α_B` − 1.
/// Each term follows from the one before by the factor
/// (`α_A` + i)(`β_B` + i) / ((`α_A` + `β_A` + `β_B` + i)(1 + i)), so that only the first needs gamma functions.
fn summed_chance(winner: Beta, loser: Beta) -> f64 {
    const LARGE: f64 = 1e200;
    let (alpha, beta, other_beta) = (float(loser.alpha), float(winner.beta), float(loser.beta));
    let total = alpha + beta + other_beta;
    // The first term may be far below the smallest float and the later ones far above it: `term` and `sum` are in
    // units of exp(ln_unit).
    let mut ln_unit = ln_first_term(alpha, beta, other_beta);
    let (mut term, mut sum) = (1.0_f64, 1.0_f64);
    for i in 1..winner.alpha {
        let before = float(i) - 1.0;
        term *= (alpha + before) / (total + before) * ((beta + before) / float(i));
        sum += term;
        if sum > LARGE {
            term /= LARGE;
            sum /= LARGE;
            ln_unit += LARGE.ln();
        }
    }
    (ln_unit + sum.ln()).exp()
}

/// ln of B(alpha, beta + `other_beta`) / B(alpha, `other_beta`) = Γ(x + d) Γ(x + e) / (Γ(x) Γ(x + d + e)), with x the
/// other beta, and d and e the smaller and the larger of the other two.
///
/// Logarithms of gamma functions of large numbers agree in so many digits that their differences would be noise.
/// So Stirling's series is put in for each, ln Γ(x) = (x − ½) ln x − x + ½ ln 2π + rest(x) (NIST Digital
/// Library of Mathematical Functions, 5.11.1), and what cancels is cancelled on paper.
fn ln_first_term(alpha: f64, beta: f64, other_beta: f64) -> f64 {
    let (x, d, e) = (other_beta, alpha.min(beta), alpha.max(beta));
    // ln Γ(y + d) − ln Γ(y), but for d · ln(y + d).
    let rise =
        |y: f64| y * ln_1p_minus(d / y) - 0.5 * (d / y).ln_1p() + stirling_rest(y + d) - stirling_rest(y);
    rise(x) - rise(x + e) - d * (e / (x + d)).ln_1p()
}

/// ln(1 + u) − u for u > 0, without losing digits where u is small.
fn ln_1p_minus(u: f64) -> f64 {
    if u > 0.01 {
        return u.ln_1p() - u;
    }
    // −u²/2 + u³/3 − … − u¹⁰/10; what is left out is below 10⁻¹⁸ of the result.
    let series = (2..=10).rev().fold(0.0, |sum, power| 1.0 / f64::from(power) - u * sum);
    -u * u * series
}

/// What Stirling's formula for ln Γ(x) leaves out.
fn stirling_rest(x: f64) -> f64 {
    if x < 20.0 {
        let half_ln_tau = 0.5 * std::f64::consts::TAU.ln();
        return libm::lgamma(x) - ((x - 0.5) * x.ln() - x + half_ln_tau);
    }
    let square = x * x;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / 1680.0 / square) / square) / square) / x
}

/// P(a > b) from the normal distribution that has the mean and the variance of the difference of the two shares, and
/// the first term of the Edgeworth series for its skewness: Φ(z) + γ (z² − 1) φ(z) / 6.
///
/// The bare normal distribution would be off by up to 0.003 where one share is near 0 or 1 and its parameter near
/// 2,000. The series: M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, section 26.2.
fn approximate_chance(a: Beta, b: Beta) -> f64 {
    let ((variance_a, third_a), (variance_b, third_b)) = (a.moments(), b.moments());
    let deviation = (variance_a + variance_b).sqrt();
    let z = difference_of_means(a, b) / deviation;
    let skewness = (third_a - third_b) / deviation.powi(3);
    let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2) + skewness / 6.0 * (z * z - 1.0) * density
}

/// The mean of a minus that of b, from whole numbers: means near 1 would differ only in digits that floats lack.
#[expect(clippy::cast_precision_loss, reason = "the difference is exact, so its first 15 digits are right")]
fn difference_of_means(a: Beta, b: Beta) -> f64 {
    let for_a = u128::from(a.alpha) * u128::from(b.beta);
    let for_b = u128::from(b.alpha) * u128::from(a.beta);
    let sign = if for_a < for_b { -1.0 } else { 1.0 };
    let total = |beta: Beta| float(beta.alpha) + float(beta.beta);
    sign * (for_a.abs_diff(for_b) as f64 / total(a) / total(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tally(ships: u64, skips: u64) -> Tally {
        Tally { ships, skips }
    }

    /// Few votes, many votes and the most votes that can be.
    fn any_tally() -> impl Strategy<Value = Tally> {
        let count = || {
            prop_oneof![
                0..50_u64,
                0..10_000_u64,
                (0..64_u32, any::<u64>()).prop_map(|(bits, n)| n >> bits),
                Just(u64::MAX)
            ]
        };
        (count(), count())
            .prop_map(|(ships, skips)| tally(ships, skips))
            .prop_filter("votes", |tally| tally.votes() > 0)
    }

    fn chance(a: Tally, b: Tally) -> f64 {
        chance_ahead(a, b).unwrap_or(f64::NAN)
    }

    #[test]
    fn both_need_a_vote() {
        assert_eq!(chance_ahead(Tally::default(), tally(1, 0)), None);
        assert_eq!(chance_ahead(tally(0, 1), Tally::default()), None);
    }

    #[test]
    fn chances_worked_out_otherwise_come_out() {
        for (a, b, expected) in [
            // The density of Beta(2, 1) is 2x, its distribution x²; of Beta(1, 2) they are 2 − 2x and 2x − x².
            // ∫ 2x (2x − x²) dx = 4/3 − 1/2
            ((1, 0), (0, 1), 5.0 / 6.0),
            ((1, 0), (1, 0), 0.5),
            // ∫ 3x² · x² dx
            ((2, 0), (1, 0), 0.6),
            // Beta(1, 2) against Beta(1, 10): 1 − ∫ 10 (1 − x)⁹ (1 − x)² dx
            ((0, 1), (0, 9), 1.0 - 1.0 / 6.0),
            // Miller's sum in fractions.
            ((12, 3), (1, 1), 273.0 / 323.0),
            ((12, 3), (9, 6), 542_023.0 / 620_310.0),
            // The same in arithmetic of 120 digits: large counts lose none.
            ((300, 100), (280, 110), 0.845_658_859_871_797),
            ((1_900, 40), (1_800, 45), 0.782_602_176_782_036),
            ((1_000, 10_u64.pow(18)), (1_030, 10_u64.pow(18)), 0.252_812_314_009_292),
            ((999, 10_u64.pow(11)), (10_u64.pow(11), 10_u64.pow(19)), 0.495_794_755_693_638),
            ((1_999, 1_000_000), (3_000_000, 1_500_000_000), 0.497_014_580_986_278),
            ((u64::MAX, 5), (u64::MAX, 3), 0.253_906_25),
            ((10_u64.pow(12), 1_500), (10_u64.pow(9), 2), 0.808_533_190_072_652),
            ((10_u64.pow(15), 10_u64.pow(15)), (1_990, 2_000), 0.562_885_398_496_07),
            ((7, 10_u64.pow(13)), (500_000_000, 7 * 10_u64.pow(18)), 0.0),
        ] {
            let actual = chance(tally(a.0, a.1), tally(b.0, b.1));
            assert!((actual - expected).abs() < 1e-11, "{actual} is not {expected}");
        }
    }

    #[test]
    fn equal_tallies_are_even() {
        for votes in [1, 1_999, 2_000, u64::MAX] {
            for skips in [0, 3, votes] {
                assert!((chance(tally(votes, skips), tally(votes, skips)) - 0.5).abs() < 1e-11);
            }
        }
    }

    proptest! {
        #[test]
        fn a_chance_and_its_opposite_make_one(a in any_tally(), b in any_tally()) {
            let (ahead, behind) = (chance(a, b), chance(b, a));
            prop_assert!((0.0..=1.0).contains(&ahead));
            prop_assert!((ahead + behind - 1.0).abs() < 1e-9, "{ahead} + {behind}");
        }

        #[test]
        fn all_four_sums_give_the_same(a in (0..2_000_u64, 0..2_000_u64), b in (0..2_000_u64, 0..2_000_u64)) {
            let (a, b) = (Beta::of(tally(a.0, a.1)), Beta::of(tally(b.0, b.1)));
            let first = summed_chance(a, b);
            for other in [
                1.0 - summed_chance(b, a),
                summed_chance(b.mirrored(), a.mirrored()),
                1.0 - summed_chance(a.mirrored(), b.mirrored()),
            ] {
                prop_assert!((first - other).abs() < 1e-9, "{first} and {other}");
            }
        }

        #[test]
        fn one_more_ship_raises_the_chance(a in (0..1_500_u64, 0..1_500_u64), b in any_tally()) {
            prop_assume!(a != (0, 0));
            let (now, then) = (chance(tally(a.0, a.1), b), chance(tally(a.0 + 1, a.1), b));
            prop_assert!(then >= now - 1e-9, "{now}, then {then}");
        }

        #[test]
        fn sum_and_approximation_agree_where_they_meet(
            // Counts of any size from 2,001 on, and a second share that is up to five deviations from the first.
            (skips, skip_bits) in (any::<u64>(), 8..62_u32),
            (ships, ship_bits) in (any::<u64>(), 8..62_u32),
            per_mille in 850..1_150_u128,
        ) {
            let shortest = MOST_TERMS + 1;
            let a = Beta { alpha: shortest, beta: shortest + (skips >> skip_bits) };
            let alpha = shortest + (ships >> ship_bits);
            let beta = u128::from(alpha) * u128::from(a.beta) * per_mille / u128::from(shortest) / 1_000;
            let b = Beta { alpha, beta: u64::try_from(beta).unwrap_or(u64::MAX) };
            let (sum, approximation) = (summed_chance(a, b), approximate_chance(a, b));
            prop_assert!((sum - approximation).abs() < 0.000_2, "{sum} and {approximation} for {a:?} {b:?}");
        }
    }
}
