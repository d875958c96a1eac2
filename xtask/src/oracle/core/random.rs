//! Numbers that look random, and are the same in every run.

/// A xorshift generator.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u32) -> Self {
        Self(u64::from(seed) << 1 | 1)
    }

    /// Below `end`; 0 where that is 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // 32 bits fit.
        u32::try_from(self.0 >> 32).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }

    /// True so many times of a thousand.
    pub(super) fn often(&mut self, thousandths: u32) -> bool {
        self.below(1000) < thousandths
    }
}
