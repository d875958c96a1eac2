//! Words of four bytes in either byte order.

use crate::random::Random;

/// A byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    pub(super) fn of(big: bool) -> Self {
        if big { Self::Big } else { Self::Little }
    }

    fn read(self, word: [u8; 4]) -> u32 {
        if self == Self::Big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    }

    pub(super) fn bytes(self, word: u32) -> [u8; 4] {
        if self == Self::Big { word.to_be_bytes() } else { word.to_le_bytes() }
    }
}

pub(super) fn get(data: &[u8], at: usize, order: Order) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|word| order.read(*word))
}

pub(super) fn put(data: &mut [u8], at: usize, order: Order, word: u32) {
    if let Some(place) = data.get_mut(at..).and_then(|rest| rest.first_chunk_mut()) {
        *place = order.bytes(word);
    }
}

/// Makes another number of the word at that place: one beside it, one that hurts, one from elsewhere in the same data.
pub(super) fn change(random: &mut Random, data: &mut [u8], at: usize, order: Order) {
    let Some(word) = get(data, at, order) else { return };
    let new = match random.below(6) {
        0 => word.wrapping_add(1),
        1 => word.wrapping_sub(1),
        2 => word ^ 1 << random.below(32),
        3 => {
            let elsewhere = 4 * random.below(data.len() / 4);
            get(data, elsewhere, order).unwrap_or(0)
        }
        _ => random.number(),
    };
    put(data, at, order, new);
}
