//! What seeds have in common, as a dictionary of libFuzzer: words of text, or bytes that many of them hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The most entries.
const MOST: usize = 400;

/// The longest word that is an entry.
const LONGEST: usize = 32;

/// Lengths of bytes that are looked for, the longest first.
const LENGTHS: [usize; 3] = [12, 8, 4];

/// A dictionary of what stands in several of these seeds.
#[must_use]
pub fn dictionary(seeds: &[(String, Vec<u8>)]) -> String {
    let is_text = seeds.iter().all(|(_, seed)| std::str::from_utf8(seed).is_ok());
    let entries = if is_text { words(seeds) } else { runs(seeds) };
    entries.iter().fold(String::new(), |mut text, entry| {
        text.push('"');
        for byte in entry {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02X}");
        }
        text.push_str("\"\n");
        text
    })
}

/// Words, with the blank behind them: numbers are left to the fuzzer.
fn words(seeds: &[(String, Vec<u8>)]) -> Vec<Vec<u8>> {
    let all = seeds.iter().flat_map(|(_, seed)| seed.split(u8::is_ascii_whitespace));
    let is_hex = |word: &[u8]| word.iter().all(u8::is_ascii_hexdigit);
    let wanted = all.filter(|word| (2..=LONGEST).contains(&word.len()) && !is_hex(word) && !word.starts_with(b"+"));
    let set: BTreeSet<Vec<u8>> = wanted.map(|word| [word, b" "].concat()).collect();
    set.into_iter().take(MOST).collect()
}

/// Bytes that the most seeds have, none of them all alike.
fn runs(seeds: &[(String, Vec<u8>)]) -> Vec<Vec<u8>> {
    let mut entries: Vec<Vec<u8>> = Vec::new();
    for length in LENGTHS {
        let mut counts: BTreeMap<&[u8], usize> = BTreeMap::new();
        for (_, seed) in seeds {
            let distinct: BTreeSet<&[u8]> =
                seed.windows(length).filter(|run| run.iter().any(|byte| *byte != run[0])).collect();
            for run in distinct {
                *counts.entry(run).or_default() += 1;
            }
        }
        let mut common: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 2).collect();
        common.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let fresh = |run: &[u8], entries: &[Vec<u8>]| {
            let holds = |entry: &Vec<u8>| entry.windows(length).any(|part| part == run);
            !entries.iter().any(holds)
        };
        let until = entries.len() + MOST / LENGTHS.len();
        for (run, _) in common {
            if entries.len() < until && fresh(run, &entries) {
                entries.push(run.to_vec());
            }
        }
    }
    entries
}
