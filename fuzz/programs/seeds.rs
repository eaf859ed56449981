//! Writes the seeds of a target into a folder, and what they have in common into a dictionary beside it: `seeds TARGET FOLDER`.

use std::path::Path;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [target, folder] = words.as_slice() else {
        eprintln!("seeds TARGET FOLDER, of: {}", rdp_probe_oracles::targets().collect::<Vec<_>>().join(" "));
        std::process::exit(2);
    };
    std::fs::create_dir_all(folder).expect("a folder");
    let seeds = rdp_probe_oracles::seeds_of(target);
    for (name, seed) in &seeds {
        std::fs::write(Path::new(folder).join(name), seed).expect("a file");
    }
    std::fs::write(Path::new(folder).with_extension("dict"), rdp_probe_oracles::dictionary(&seeds)).expect("a file");
}
