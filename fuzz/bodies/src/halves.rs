//! Inputs of two halves: the length of the first in four bytes, lowest first; the first; the second.

/// The two halves. A length that is too large is taken for all that there is.
#[must_use]
pub fn split(input: &[u8]) -> (&[u8], &[u8]) {
    let Some((len, rest)) = input.split_first_chunk::<4>() else { return (input, &[]) };
    let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
    rest.split_at(len.min(rest.len()))
}

/// One input of two halves.
#[must_use]
pub fn join(first: &[u8], second: &[u8]) -> Vec<u8> {
    let len = u32::try_from(first.len()).unwrap_or(u32::MAX);
    [&len.to_le_bytes(), first, second].concat()
}
