//! Numbers out of samples: turns, medians, and whether both sides did the same.
//!
//! This file needs no other of this package, so that the tests of the workspace, which builds no C, compile it too.

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// This project.
    Ours,
    /// The other.
    Peer,
}

impl Side {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Ours, Self::Peer].into_iter().find(|side| side.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        self.chosen("ours", "peer")
    }

    pub(crate) fn chosen<T>(self, ours: T, peer: T) -> T {
        match self {
            Self::Ours => ours,
            Self::Peer => peer,
        }
    }
}

/// What both sides have to agree on, so that nothing is compared that is not the same: two numbers, say how many
/// programs and how many maps.
pub(crate) type Answer = (u64, u64);

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) ns: u64,
    pub(crate) answer: Answer,
    pub(crate) private_kib: u64,
    /// What of it the kernel took for bpf(2), where that is timed.
    pub(crate) kernel_ns: u64,
}

impl Sample {
    pub(crate) fn to_line(self) -> String {
        let Self { ns, answer: (first, second), private_kib, kernel_ns } = self;
        format!("{ns} {first} {second} {private_kib} {kernel_ns}")
    }

    pub(crate) fn from_line(line: &str) -> Option<Self> {
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        let sample =
            Self { ns: next()?, answer: (next()?, next()?), private_kib: next()?, kernel_ns: next()? };
        numbers.next().is_none().then_some(sample)
    }
}

/// Medians.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) ours_ns: u64,
    pub(crate) peer_ns: u64,
    /// Private memory after the work, in KiB, of cold cases.
    pub(crate) private_kib: Option<(u64, u64)>,
    /// Of these the kernel's, where they were taken apart.
    pub(crate) kernel_ns: Option<(u64, u64)>,
    /// Instructions of the work alone.
    pub(crate) instructions: Option<(u64, u64)>,
}

impl Figures {
    pub(crate) fn ratio(&self) -> f64 {
        self.peer_ns as f64 / self.ours_ns.max(1) as f64
    }
}

/// Both sides in turns, so many samples of each. What they answer must be the same, each time.
pub(crate) fn measured(
    pairs: usize,
    mut sample: impl FnMut(Side) -> Result<Sample, String>,
) -> Result<Figures, String> {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    let mut agreed: Option<(Side, Answer)> = None;
    for side in turns(pairs, Side::Ours, Side::Peer) {
        let taken = sample(side).map_err(|why| format!("{}: {why}", side.name()))?;
        let (first, answer) = *agreed.get_or_insert((side, taken.answer));
        if answer != taken.answer {
            return Err(format!(
                "{} answered {answer:?}, {} {:?}: not the same work",
                first.name(),
                side.name(),
                taken.answer
            ));
        }
        side.chosen(&mut ours, &mut peer).push(taken);
    }
    let middle = |samples: &[Sample], of: fn(&Sample) -> u64| {
        median(&mut samples.iter().map(of).collect::<Vec<u64>>())
    };
    let both = |of: fn(&Sample) -> u64| (middle(&ours, of), middle(&peer, of));
    let (ours_ns, peer_ns) = both(|sample| sample.ns);
    let kernel_ns = Some(both(|sample| sample.kernel_ns)).filter(|both| *both != (0, 0));
    let private_kib = Some(both(|sample| sample.private_kib));
    Ok(Figures { ours_ns, peer_ns, private_kib, kernel_ns, instructions: None })
}

/// The middle one; of an even number, the lower of the two in the middle.
pub(crate) fn median(samples: &mut [u64]) -> u64 {
    samples.sort_unstable();
    samples.get(samples.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// The order in which two sides take turns, so that neither always comes first: A B, B A, A B, …
fn turns<T: Copy>(pairs: usize, a: T, b: T) -> impl Iterator<Item = T> {
    (0..pairs).flat_map(move |pair| if pair % 2 == 0 { [a, b] } else { [b, a] })
}

/// The number behind `Collected :` in what callgrind says.
pub(crate) fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.split_once("Collected :"))?;
    line.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_sample() {
        for (samples, want) in
            [(vec![], 0), (vec![7], 7), (vec![9, 1], 1), (vec![3, 1, 2], 2), (vec![4, 1, 3, 2], 2)]
        {
            assert_eq!(median(&mut samples.clone()), want, "{samples:?}");
        }
    }

    #[test]
    fn sides_take_turns_in_both_orders() {
        assert_eq!(turns(3, 'a', 'b').collect::<String>(), "abbaab");
    }

    #[test]
    fn samples_survive_the_way_between_processes() {
        let sample = Sample { ns: 1, answer: (u64::MAX, 2), private_kib: 3, kernel_ns: 4 };
        assert_eq!(Sample::from_line(&sample.to_line()), Some(sample));
        for wrong in ["", "1 2 3 4", "1 2 x 4 5", "1 2 3 4 5 6"] {
            assert_eq!(Sample::from_line(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn figures_are_medians_of_each_side() {
        let mut times = [10, 40, 50, 30, 20, 90].into_iter();
        let mut order = Vec::new();
        let figures = measured(3, |side| {
            order.push(side.name());
            Ok(Sample { ns: times.next().unwrap(), answer: (1, 1), private_kib: 5, kernel_ns: 0 })
        });
        assert_eq!(order, ["ours", "peer", "peer", "ours", "ours", "peer"]);
        let figures = figures.unwrap();
        assert_eq!((figures.ours_ns, figures.peer_ns, figures.private_kib), (20, 50, Some((5, 5))));
        assert_eq!(figures.kernel_ns, None);
        assert!((figures.ratio() - 2.5).abs() < 1e-9);
    }

    #[test]
    fn sides_that_answer_differently_are_not_compared() {
        let sample = |answer| Ok(Sample { ns: 1, answer: (4, answer), private_kib: 0, kernel_ns: 7 });
        assert!(measured(2, |_| sample(4)).is_ok());
        let told = measured(2, |side| sample(side.chosen(4, 5))).err();
        assert_eq!(told.as_deref(), Some("ours answered (4, 4), peer (4, 5): not the same work"));
        let told = measured(2, |side| side.chosen(sample(4), Err("no".into()))).err();
        assert_eq!(told.as_deref(), Some("peer: no"));
    }

    #[test]
    fn callgrind_is_understood() {
        assert_eq!(collected("==1== Events    : Ir\n==1== Collected : 215714\n"), Some(215_714));
        assert_eq!(collected("==1== nothing"), None);
    }
}
