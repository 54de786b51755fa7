//! How fast watch's engine is, beside rsigma: one measure a run, so that none warms what another finds. `benches/watch.sh` runs them all.

mod events;
mod growing;
mod measure;
mod ours;
mod peer;
mod rules;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, measure] = arguments.as_slice() else {
        return Err(
            "usage: bench-watch DATA (extraction|ours|ours-ten|ours-nested|rsigma|rsigma-ten|load|evtx|growing)"
                .into(),
        );
    };
    let data = Path::new(data);
    match measure.as_str() {
        "extraction" => ours::extraction(data),
        "ours" => ours::matching(data, 1, events::Shape::Flat),
        "ours-ten" => ours::matching(data, 10, events::Shape::Flat),
        "ours-nested" => ours::matching(data, 1, events::Shape::Nested),
        "rsigma" => peer::matching(data, 1),
        "rsigma-ten" => peer::matching(data, 10),
        "load" => ours::load(data),
        "evtx" => ours::evtx(data),
        "growing" => growing::growing(data),
        _ => Err(format!("no measure is called {measure}").into()),
    }
}
