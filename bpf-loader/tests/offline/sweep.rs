//! Damaged objects: cut at every byte, and with bits turned over in fixed places. A value or an error, never a panic.

use bpf_loader::object::OpenOptions;
use bpf_loader::{Diagnostic, Kernel};

use crate::support::{ORDERS, fixtures, kernel, path};

/// Opens and plans; answers whether that went well. Every error must explain itself.
fn check(bytes: &[u8], kernel: &Kernel) -> bool {
    let failure: Box<dyn Diagnostic> = match OpenOptions::new().name("damaged").parse(bytes) {
        Err(error) => Box::new(error),
        Ok(object) => match object.plan(kernel) {
            Ok(plan) => {
                assert!(!plan.to_string().is_empty());
                return true;
            }
            Err(failed) => Box::new(failed),
        },
    };
    assert!(failure.code().starts_with('E') && !failure.to_string().is_empty());
    let _ = (failure.labels(), failure.help());
    false
}

/// Where to cut: everywhere in a file of up to 64 KiB; in a larger one at 2,000 fixed places and around each table.
fn cuts(bytes: &[u8]) -> Vec<usize> {
    if bytes.len() <= 64 << 10 {
        return (0..bytes.len()).collect();
    }
    let step = (bytes.len() / 2000).max(1);
    let tables = (0..bytes.len()).step_by(64).flat_map(|at| [at.saturating_sub(1), at, at + 1]).take(6000);
    (0..bytes.len()).step_by(step).chain(tables).filter(|at| *at < bytes.len()).collect()
}

#[test]
fn cut_at_every_byte() {
    for order in ORDERS {
        let kernel = kernel("recent", order);
        for name in fixtures() {
            let bytes = std::fs::read(path(&name, order)).unwrap();
            for cut in cuts(&bytes) {
                // The section headers come last: without all of them nothing is whole.
                assert!(!check(&bytes[..cut], &kernel), "{name} cut at {cut} is taken for whole");
            }
        }
    }
}

#[test]
fn bits_turned_over() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let (mut taken, mut refused) = (0, 0);
    for order in ORDERS {
        let kernel = kernel("recent", order);
        for name in fixtures() {
            let bytes = std::fs::read(path(&name, order)).unwrap();
            for _ in 0..400 {
                let mut damaged = bytes.clone();
                for _ in 0..=random(3) {
                    let at = random(damaged.len());
                    damaged[at] ^= 1 << random(8);
                }
                if check(&damaged, &kernel) { taken += 1 } else { refused += 1 }
            }
        }
    }
    // Both happen, or the damage never reached what matters.
    assert!(taken > 100 && refused > 100, "{taken} taken, {refused} refused");
}
