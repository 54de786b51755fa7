//! Arguments of `exercise`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// The exercise.
#[derive(Debug, Subcommand)]
pub(crate) enum Exercise {
    /// Write the exercise's files to a folder.
    Write(ExerciseWrite),
    /// Write it, run it through the same code as real mail, and tell what was found.
    Run(ExerciseRun),
    /// Measure detection over seeds and variants.
    Bench(ExerciseBench),
}

/// `exercise write`.
#[derive(Debug, Args)]
pub(crate) struct ExerciseWrite {
    /// Folder to write to; it must be empty or missing.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The same seed writes the same bytes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Lawful mails, about.
    #[arg(long, value_name = "MAILS")]
    pub(crate) mails: Option<u32>,
    /// One campaign instead of two, such as `accounts=5,recipients=40,beacon=css,purity=0.8`.
    #[arg(long, value_name = "SETTINGS")]
    pub(crate) variant: Option<String>,
}

/// `exercise run`.
#[derive(Debug, Args)]
pub(crate) struct ExerciseRun {
    /// Folder to work in; what an earlier run wrote there is replaced.
    #[arg(value_name = "DIR", default_value = "lantern")]
    pub(crate) folder: PathBuf,
    /// The same seed tells the same story.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Open the console on the exercise afterwards, until Ctrl-C.
    #[arg(long)]
    pub(crate) console: bool,
}

/// `exercise bench`.
#[derive(Debug, Args)]
pub(crate) struct ExerciseBench {
    /// Seeds for LANTERN itself.
    #[arg(long, default_value_t = 10)]
    pub(crate) seeds: u64,
    /// Seeds for each variant of the grid; 0 leaves the grid out.
    #[arg(long, default_value_t = 1)]
    pub(crate) grid_seeds: u64,
    /// First seed.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) first: u64,
    /// Only this variant.
    #[arg(long, value_name = "SETTINGS")]
    pub(crate) variant: Option<String>,
    /// Lawful mails in each variant, about.
    #[arg(long, value_name = "MAILS", default_value_t = 10_000)]
    pub(crate) mails: u32,
}
