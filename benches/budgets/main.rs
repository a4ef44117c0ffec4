//! The budgets: what the site does, measured beside its limits in the same run.
//!
//! `cargo bench` prints one table; `-- --quick` takes about a minute, `-- --json FILE` writes the
//! table for machines too, `-- --sizes` measures cost against size. Limit and figure are measured by turns, and medians count, because
//! machines are noisy. Load comes from a process of its own, which shares the machine with the site.

mod admin;
mod data;
mod limits;
mod load;
mod process;
mod rows;
mod site;
mod sizes;
mod table;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
#[command(about = "Measures the site beside its limits")]
struct Arguments {
    /// About a minute: short runs, 500 streams
    #[arg(long)]
    quick: bool,
    /// Write the table as JSON too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only these parts: pages, search, votes, streams, admin, start
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Cost against size instead: five sizes of data, about ten minutes
    #[arg(long)]
    sizes: bool,
    /// Draw the curves of --sizes as SVG
    #[arg(long, value_name = "FILE", requires = "sizes")]
    picture: Option<PathBuf>,
    /// What cargo says to benches
    #[arg(long, hide = true)]
    bench: bool,
    #[arg(long, hide = true)]
    as_load: bool,
    #[arg(long, hide = true, num_args = 1..)]
    as_constant: Vec<usize>,
    #[arg(long, hide = true)]
    as_single_votes: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if arguments.as_load {
        return load::run();
    }
    if !arguments.as_constant.is_empty() {
        return limits::serve_constant(&arguments.as_constant);
    }
    if let Some(file) = &arguments.as_single_votes {
        return limits::serve_single_votes(file);
    }
    // The site inherits it; each open stream is a file.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let effort = if arguments.quick { rows::QUICK } else { rows::FULL };
    let rows = if arguments.sizes {
        let curves = sizes::measure(&effort)?;
        if let Some(file) = &arguments.picture {
            sizes::draw(&curves, file)?;
        }
        sizes::rows(&curves)
    } else {
        rows::measure(&effort, &arguments.only)?
    };
    table::print(&rows);
    if let Some(file) = arguments.json {
        std::fs::write(file, serde_json::to_vec_pretty(&rows)?)?;
    }
    Ok(())
}
