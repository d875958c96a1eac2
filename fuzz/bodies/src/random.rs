//! Numbers that look like chance and are the same each time.

/// A generator: xorshift.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// One for each seed.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        let mut made = Self(u64::from(seed) << 20 ^ 0x9e37_79b9_7f4a_7c15);
        // Seeds that are neighbours begin alike.
        (0..4).for_each(|_| {
            made.word();
        });
        made
    }

    /// The next number.
    pub fn word(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// One below that; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.word() >> 16).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }

    /// One of them, if there is any.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// A number that hurts, or a small one, or any.
    pub fn number(&mut self) -> u32 {
        const HURT: [u32; 14] =
            [0, 1, 2, 4, 8, 64, 0x7f, 0xff, 0x7fff, 0xffff, 0x00ff_ffff, 0x7fff_ffff, 0x8000_0000, u32::MAX];
        match self.below(8) {
            0..4 => u32::try_from(self.below(128)).unwrap_or(0),
            4..7 => self.pick(&HURT).copied().unwrap_or(0),
            _ => u32::try_from(self.word() >> 32).unwrap_or(0),
        }
    }

    /// Changes a few bytes, anywhere, or cuts: what the sweep has in place of libFuzzer's own ways.
    pub fn damage(&mut self, data: &mut [u8], size: usize, max: usize) -> usize {
        let mut size = size.min(data.len());
        for _ in 0..=self.below(4) {
            match self.below(8) {
                0 => size = self.below(size + 1),
                1 if size < max.min(data.len()) => {
                    let at = self.below(size + 1);
                    data.copy_within(at..size, at + 1);
                    size += 1;
                }
                2 => data[..size].iter_mut().skip(self.below(size)).take(1).for_each(|byte| *byte = 0xff),
                _ if size > 0 => data[self.below(size)] ^= 1 << self.below(8),
                _ => {}
            }
        }
        size
    }
}
