//! Logistic regression with an L2 penalty and bounds on every weight, by projected gradient descent.

/// One row: the columns that are set, whether it is hostile, and how much it counts.
pub(crate) struct Row {
    /// Columns that are set.
    pub(crate) columns: Vec<usize>,
    /// Whether it is hostile.
    pub(crate) is_hostile: bool,
    /// How much it counts.
    pub(crate) share: f64,
}

/// Rounds of descent; the problem is convex and small, and this is ten times what it needs.
const ROUNDS: usize = 4_000;
const STEP: f64 = 1.0;

/// Fits intercept and weights. `bounds` are least and greatest weight by column, `penalty` the strength of the L2 term
/// against rows whose shares sum to one.
pub(crate) fn fit(rows: &[Row], bounds: &[(f64, f64)], penalty: f64) -> (f64, Vec<f64>) {
    let mut intercept = 0.0;
    let mut weights = vec![0.0; bounds.len()];
    for _ in 0..ROUNDS {
        let mut slope = vec![0.0; bounds.len()];
        let mut intercept_slope = 0.0;
        for row in rows {
            let sum = intercept + row.columns.iter().map(|&column| weights[column]).sum::<f64>();
            let error = row.share * (logistic(sum) - f64::from(u8::from(row.is_hostile)));
            intercept_slope += error;
            row.columns.iter().for_each(|&column| slope[column] += error);
        }
        intercept -= STEP * intercept_slope;
        for ((weight, slope), (least, greatest)) in weights.iter_mut().zip(slope).zip(bounds) {
            *weight = (*weight - STEP * (slope + penalty * *weight)).clamp(*least, *greatest);
        }
    }
    (intercept, weights)
}

fn logistic(sum: f64) -> f64 {
    1.0 / (1.0 + (-sum).exp())
}
