//! Numbers that look random and are the same in every run.

/// SplitMix64.
pub(super) struct Rng {
    state: u64,
    /// While this is set, nothing is left to chance: what seldom happens does not.
    pub(super) calm: bool,
}

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed, calm: false }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        if self.calm {
            return end.saturating_sub(1);
        }
        let number = self.next() % u64::from(end.max(1));
        u32::try_from(number).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let len = u32::try_from(of.len()).unwrap_or(u32::MAX);
        of.get(usize::try_from(self.below(len)).unwrap_or(0))
    }

    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for end in (1..all.len()).rev() {
            let other = self.below(u32::try_from(end + 1).unwrap_or(u32::MAX));
            all.swap(end, usize::try_from(other).unwrap_or(0));
        }
    }

    /// So many of them, in their order.
    pub(super) fn some<T>(&mut self, all: Vec<T>, count: usize) -> Vec<T> {
        let mut marks: Vec<bool> = (0..all.len()).map(|at| at < count).collect();
        self.shuffle(&mut marks);
        all.into_iter().zip(marks).filter(|(_, keep)| *keep).map(|(one, _)| one).collect()
    }
}
