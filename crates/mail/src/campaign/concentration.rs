//! How surprising it is that so many recipients belong to one protected group.

/// Strength of the belief that lawful senders write to the group in its share of the house. Low, because lawful senders
/// have interests too: some write to a group alone.
const LAWFUL_STRENGTH: f64 = 4.0;
/// Beta prior of the share that a hostile operation sends into its group: mean 0.86, purities from 0.5 to 1 occur.
const HOSTILE: (f64, f64) = (6.0, 1.0);

/// Natural logarithm of the likelihood ratio of seeing `inside` of `total` recipients in a group that makes up `share`
/// (0 to 1, exclusive) of the house, under beta-binomial models of a hostile and a lawful sender.
pub fn log_ratio(inside: usize, total: usize, share: f64) -> f32 {
    if total == 0 || !(0.0..1.0).contains(&share) || share == 0.0 {
        return 0.0;
    }
    let lawful = (share * LAWFUL_STRENGTH, (1.0 - share) * LAWFUL_STRENGTH);
    (log_likelihood(inside, total, HOSTILE) - log_likelihood(inside, total, lawful)) as f32
}

/// Logarithm of the beta-binomial probability, without the binomial coefficient, which cancels.
fn log_likelihood(inside: usize, total: usize, (alpha, beta): (f64, f64)) -> f64 {
    let rising = |start: f64, steps: usize| (0..steps).map(|step| (start + step as f64).ln()).sum::<f64>();
    rising(alpha, inside) + rising(beta, total - inside.min(total)) - rising(alpha + beta, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: f64 = 38.0 / 120.0;

    #[test]
    fn a_pure_audience_speaks_for_and_a_mixed_one_against() {
        assert!(log_ratio(5, 5, SHARE) > 2.0);
        assert!(log_ratio(38, 38, SHARE) > 3.0);
        assert!(log_ratio(2, 5, SHARE) < 0.0);
        assert!(log_ratio(38, 120, SHARE) < -4.0);
    }

    #[test]
    fn without_a_group_it_says_nothing() {
        assert_eq!(log_ratio(0, 0, SHARE), 0.0);
        assert_eq!(log_ratio(3, 3, 0.0), 0.0);
        assert_eq!(log_ratio(3, 3, 1.0), 0.0);
    }
}
