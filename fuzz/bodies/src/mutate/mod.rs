//! Changing inputs by what they are made of, so that most of them get past the door.

mod btf;
mod elf;
mod saved;
mod words;

use crate::random::Random;
use crate::{Shape, halves};

/// Changes the first `size` bytes of a buffer of which nothing is known, to at most `max`; answers how many there are.
pub type Fallback<'a> = dyn FnMut(&mut [u8], usize, usize) -> usize + 'a;

/// One change of one input.
pub struct Mutator<'a, 'f> {
    random: Random,
    max: usize,
    fallback: &'a mut Fallback<'f>,
}

impl std::fmt::Debug for Mutator<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mutator")
            .field("random", &self.random)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}

impl<'a, 'f> Mutator<'a, 'f> {
    /// The same seed makes the same change, as far as `fallback` does.
    pub fn new(seed: u32, max: usize, fallback: &'a mut Fallback<'f>) -> Self {
        Self { random: Random::new(seed), max, fallback }
    }

    /// Changes an input of that shape.
    pub fn input(&mut self, shape: Shape, input: &mut Vec<u8>) {
        if self.random.below(16) == 0 {
            return self.bytes(input);
        }
        for _ in 0..=self.random.below(3) {
            match shape {
                Shape::Btf => self.btf(input),
                Shape::Ext => self.ext(input),
                Shape::Elf => self.elf(input),
                Shape::Saved => self.saved(input),
                Shape::Split => self.halves(input, [Self::btf, Self::btf]),
                Shape::ElfAndBtf => self.halves(input, [Self::elf, Self::btf]),
            }
        }
    }

    /// Both halves matter alike.
    fn halves(&mut self, input: &mut Vec<u8>, each: [fn(&mut Self, &mut Vec<u8>); 2]) {
        let (first, second) = halves::split(input);
        let (mut first, mut second) = (first.to_vec(), second.to_vec());
        let [of_first, of_second] = each;
        if self.random.below(2) == 0 {
            of_first(self, &mut first);
        } else {
            of_second(self, &mut second);
        }
        *input = halves::join(&first, &second);
    }

    /// The tables of `.BTF.ext` are words.
    fn ext(&mut self, input: &mut Vec<u8>) {
        if self.random.below(4) == 0 {
            return self.bytes(input);
        }
        // Behind the magic, version and flags.
        let order = words::Order::of(input.first() == Some(&0xeb));
        let words = input.len() / 4;
        let at = 4 * (1 + self.random.below(words.saturating_sub(1)));
        words::change(&mut self.random, input, at, order);
    }

    /// Bytes of which nothing is known.
    fn bytes(&mut self, input: &mut Vec<u8>) {
        let size = input.len();
        // Room to grow.
        let max = self.max.min(size + 64).max(size);
        input.resize(max.max(1), 0);
        let size = (self.fallback)(input, size, max);
        input.truncate(size);
    }
}
