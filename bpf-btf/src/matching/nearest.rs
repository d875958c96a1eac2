//! Names close to one that was not found, for messages.

/// Longer names are not compared.
const MAX_NAME: usize = 96;

/// The name closest to `wanted`, `None` where nothing is near: a slip of the pen (`max_entires`), or a name that shares
/// most of its words (`state_gone`, `__state`).
pub fn nearest<'a>(wanted: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(wanted, among, 1).into_iter().next()
}

/// Up to `most` names close to `wanted`, the closest first; of equally close ones the first given.
pub fn closest<'a>(wanted: &str, among: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut found: Vec<(u32, &str)> = Vec::new();
    if wanted.len() > MAX_NAME || most == 0 {
        return Vec::new();
    }
    let wanted = Wanted::new(wanted);
    let mut rows = Rows::default();
    for name in among {
        if let Some(distance) = wanted.distance(name, &mut rows) {
            // Kept short, so that a long list costs no memory.
            let at = found.partition_point(|(known, _)| *known <= distance);
            if at < most && found.iter().all(|(_, known)| *known != name) {
                found.insert(at, (distance, name));
                found.truncate(most);
            }
        }
    }
    found.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// A name that was not found, with what is asked of it for each other: a kernel has a hundred thousand.
struct Wanted<'a> {
    name: &'a str,
    /// Without `_` around it.
    bare: &'a str,
    /// Its words of more than two letters.
    words: Vec<&'a [u8]>,
    letters: u64,
    /// How many edits count as a slip.
    allowed: usize,
}

/// The words of a name.
fn words(name: &str) -> impl Iterator<Item = &[u8]> {
    name.as_bytes().split(|byte| *byte == b'_').filter(|word| word.len() > 2)
}

/// Which letters are in a name, a bit for each; some share one, those that differ in case always.
fn letters(name: &str) -> u64 {
    name.bytes().fold(0, |all, byte| all | 1 << ((byte | 0x20) & 63))
}

impl<'a> Wanted<'a> {
    fn new(name: &'a str) -> Self {
        let bare = name.trim_matches('_');
        let allowed = (name.len() / 3).min(4);
        Self { name, bare, words: words(bare).collect(), letters: letters(name), allowed }
    }

    /// How far two names are apart; `None` where they have little in common. Slips come before shared words.
    fn distance(&self, name: &str, rows: &mut Rows) -> Option<u32> {
        if name.is_empty() || name.len() > MAX_NAME || name == self.name {
            return None;
        }
        let other = name.trim_matches('_');
        if !self.bare.is_empty() && self.bare.eq_ignore_ascii_case(other) {
            return Some(0);
        }
        if self.name.len().abs_diff(name.len()) <= self.allowed && self.may_be_slip(name) {
            let edits = rows.edits(self.name.as_bytes(), name.as_bytes());
            if edits <= self.allowed {
                return u32::try_from(edits).ok();
            }
        }
        let known = |word: &&[u8]| self.words.contains(word);
        let shared: usize = words(other).filter(known).map(<[u8]>::len).sum();
        let all = self.bare.len().saturating_add(other.len());
        // At least half of the letters of both are in shared words.
        if shared == 0 || shared.saturating_mul(4) < all {
            return None;
        }
        u32::try_from(10 + (all - shared.saturating_mul(2).min(all)) * 100 / all.max(1)).ok()
    }

    /// Whether few enough edits could do: one brings in one letter that was not there, or takes one away, or both.
    fn may_be_slip(&self, name: &str) -> bool {
        let letters = letters(name);
        let missing = (self.letters & !letters).count_ones().max((letters & !self.letters).count_ones());
        usize::try_from(missing).is_ok_and(|missing| missing <= self.allowed)
    }
}

/// Three rows of the table of edit distances, kept between names.
#[derive(Default)]
struct Rows {
    before: Vec<usize>,
    last: Vec<usize>,
    this: Vec<usize>,
}

impl Rows {
    /// Insertions, deletions, replacements and swaps of neighbours that make one of the other.
    fn edits(&mut self, a: &[u8], b: &[u8]) -> usize {
        self.before.clear();
        self.last.clear();
        self.last.extend(0..=b.len());
        let mut above = None;
        for (i, x) in a.iter().enumerate() {
            self.this.clear();
            self.this.push(i + 1);
            let mut left = None;
            for (j, y) in b.iter().enumerate() {
                let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
                let mut best = at(&self.last, j) + usize::from(!x.eq_ignore_ascii_case(y));
                best = best.min(at(&self.last, j + 1) + 1).min(at(&self.this, j) + 1);
                if above == Some(y) && left == Some(x) {
                    best = best.min(at(&self.before, j.wrapping_sub(1)) + 1);
                }
                self.this.push(best);
                left = Some(y);
            }
            above = Some(x);
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.this);
        }
        self.last.last().copied().unwrap_or(a.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(wanted: &str, among: &[&str], expected: &[&str]) {
        assert_eq!(closest(wanted, among.iter().copied(), 3), expected, "{wanted}");
    }

    #[test]
    fn names() {
        check("max_entires", &["type", "max_entries", "key_size"], &["max_entries"]);
        check("state_gone", &["exit_state", "pid", "__state", "stack"], &["__state", "exit_state"]);
        check("tcp_congestion_op", &["tcp_sock", "tcp_congestion_ops"], &["tcp_congestion_ops"]);
        check("brand_new_hook", &["ssthresh", "cong_avoid"], &[]);
        check("pdi", &["tid", "pid", "pdi"], &["pid"]);
        check("Pid", &["pad", "pid"], &["pid", "pad"]);
        check("state", &["stats", "__state"], &["__state", "stats"]);
        check("x", &["y", "yy"], &[]);
        check("", &["a", ""], &[]);
        check("a_b", &["a_c_d_e_f_g"], &[]);
        check(&"x".repeat(1000), &["x"], &[]);
    }

    #[test]
    fn edits() {
        for (a, b, want) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("ab", "ba", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(Rows::default().edits(a.as_bytes(), b.as_bytes()), want, "{a} {b}");
        }
    }
}
