//! Numbers out of samples.

/// The middle one; of an even number, the lower of the two in the middle.
pub(crate) fn median(samples: &mut [u64]) -> u64 {
    samples.sort_unstable();
    samples.get(samples.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// The order in which two sides take turns, so that neither always comes first: A B, B A, A B, …
pub(crate) fn turns<T: Copy>(pairs: usize, a: T, b: T) -> impl Iterator<Item = T> {
    (0..pairs).flat_map(move |pair| if pair % 2 == 0 { [a, b] } else { [b, a] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_sample() {
        for (samples, want) in
            [(vec![], 0), (vec![7], 7), (vec![9, 1], 1), (vec![3, 1, 2], 2), (vec![4, 1, 3, 2], 2)]
        {
            let mut sorted = samples.clone();
            assert_eq!(median(&mut sorted), want, "{samples:?}");
        }
    }

    #[test]
    fn sides_take_turns_in_both_orders() {
        assert_eq!(turns(3, 'a', 'b').collect::<String>(), "abbaab");
    }
}
