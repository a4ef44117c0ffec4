//! Cost against size: the same requests with five sizes of data, as a table and as a picture.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use plotters::prelude::*;

use crate::data::STEPS;
use crate::process::watch;
use crate::rows::{Effort, FULL_PAGE, again, cast, once, say, under_votes};
use crate::site::Site;
use crate::table::{Row, median};

/// How many streams are open while one vote travels to the last of them.
const STREAMS: usize = 1_000;

/// A figure for each size, relative to the smallest: more is better.
pub(crate) struct Curve {
    name: &'static str,
    unit: &'static str,
    figures: Vec<f64>,
    relative: Vec<f64>,
}

/// Measures all sizes by turns.
pub(crate) fn measure(effort: &Effort) -> Result<Vec<Curve>> {
    let mut sites = STEPS.map(Site::open).into_iter().collect::<Result<Vec<Site>>>()?;
    let common = sites[0].common_words(FULL_PAGE)?;
    let mut curves = Vec::new();
    let mut measure = |name, unit, once: &mut dyn FnMut(&mut Site) -> Result<f64>| -> Result<()> {
        let mut taken = vec![Vec::new(); sites.len()];
        for round in 0..effort.rounds {
            say(&format!("{name}, round {} of {}", round + 1, effort.rounds));
            // Another one begins each time.
            for turn in 0..sites.len() {
                let at = (turn + round) % sites.len();
                taken[at].push(once(&mut sites[at])?);
            }
        }
        let relative = |figures: &Vec<f64>| {
            let ratios: Vec<f64> = figures.iter().zip(&taken[0]).map(|(one, small)| one / small).collect();
            median(&ratios)
        };
        curves.push(Curve {
            name,
            unit,
            figures: taken.iter().map(|figures| median(figures)).collect(),
            relative: taken.iter().map(relative).collect(),
        });
        Ok(())
    };
    measure("visitor's comparison page", "req/s", &mut |site| {
        again(&site.server, effort, vec![site.page()])
    })?;
    measure("the same under 100 votes/s", "req/s", &mut |site| under_votes(effort, site))?;
    measure("signed-in comparison page", "req/s", &mut |site| again(&site.server, effort, site.own_pages()))?;
    measure("search that finds as much", "req/s", &mut |site| {
        let requests = site.searches_alike(&common, effort.searches());
        once(effort, site, requests)
    })?;
    measure("durable votes", "votes/s", &mut |site| Ok(cast(effort, site)?.per_second()))?;
    measure("votes to the last of 1,000 streams", "one after another/s", &mut |site| reached(effort, site))?;
    for site in &sites {
        site.check()?;
    }
    Ok(curves)
}

/// How many votes one after another reach the last of all streams in a second.
fn reached(effort: &Effort, site: &mut Site) -> Result<f64> {
    let votes = site.pair_votes(effort.timed);
    let plan = crate::load::Streams {
        address: site.server.address,
        open: site.stream(&format!("{}/live", site.pair_path())),
        streams: STREAMS,
        votes: votes.iter().map(|vote| site.vote_request(vote)).collect(),
        storm: site.steady(&[], 1.0),
    };
    let cost = watch(&site.server, plan)?;
    site.enter(&votes, &[votes.len()]);
    Ok(1000.0 / median(&cost.reached.last_ms))
}

/// The curves as rows, each size against the smallest.
pub(crate) fn rows(curves: &[Curve]) -> Vec<Row> {
    let mut rows = Vec::new();
    for curve in curves {
        let all = STEPS.iter().zip(&curve.figures).zip(&curve.relative).skip(1);
        for ((size, figure), relative) in all {
            let name = format!("{} tools, {} votes: {}", size.tools, size.votes, curve.name);
            rows.push(Row::of(name, curve.unit, *figure, curve.figures[0], *relative));
        }
    }
    rows
}

/// Draws the curves as SVG.
pub(crate) fn draw(curves: &[Curve], file: &Path) -> Result<()> {
    let failed = |cause: &dyn std::fmt::Display| anyhow!("the picture could not be drawn: {cause}");
    let area = SVGBackend::new(file, (840, 460)).into_drawing_area();
    area.fill(&WHITE).map_err(|cause| failed(&cause))?;
    let (least, most) = (STEPS[0].tools as f64, STEPS.last().context("no sizes")?.tools as f64);
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .caption("Figures against the smallest data, by size (1.0: no slower)", ("sans-serif", 18))
        .x_label_area_size(48)
        .y_label_area_size(48)
        .build_cartesian_2d((least..most).log_scale(), 0.0..1.2)
        .map_err(|cause| failed(&cause))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("tools (votes: 1,000 to 1,000,000)")
        .x_label_formatter(&|tools| format!("{tools:.0}"))
        .label_style(("sans-serif", 14))
        .draw()
        .map_err(|cause| failed(&cause))?;
    // Safe for the colour-blind: those of Okabe and Ito.
    let colours =
        [(0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (213, 94, 0), (86, 180, 233)];
    for (curve, (red, green, blue)) in curves.iter().zip(colours) {
        let colour = RGBColor(red, green, blue);
        let points: Vec<(f64, f64)> =
            STEPS.iter().map(|size| size.tools as f64).zip(curve.relative.iter().copied()).collect();
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)).point_size(3))
            .map_err(|cause| failed(&cause))?
            .label(curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 22, y)], colour.stroke_width(3)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerLeft)
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 14))
        .draw()
        .map_err(|cause| failed(&cause))?;
    area.present().map_err(|cause| failed(&cause))
}
