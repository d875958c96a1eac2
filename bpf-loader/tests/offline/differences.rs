//! What differs between two texts, line by line, for snapshots.

use std::fmt::Write;

/// The lines that are in one text only, `-` for the first and `+` for the second, each run of them after the last line
/// before it that is set off by nothing: the heading that it stands under. Empty where the texts are equal.
pub(crate) fn differences(before: &str, after: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    // How many lines are common from here on: a table, as the texts are short.
    let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] =
                if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut heading, mut shown) = (None, None);
    let mut out = String::new();
    while i < a.len() || j < b.len() {
        let (gone, come) = (i < a.len(), j < b.len());
        if gone && come && a[i] == b[j] {
            if !a[i].starts_with(' ') && !a[i].is_empty() {
                heading = Some(a[i]);
            }
            (i, j) = (i + 1, j + 1);
            continue;
        }
        if let Some(heading) = heading.filter(|heading| shown != Some(*heading)) {
            writeln!(out, "  {heading}").unwrap();
            shown = Some(heading);
        }
        if gone && (!come || common[i + 1][j] >= common[i][j + 1]) {
            writeln!(out, "{}", format!("- {}", a[i]).trim_end()).unwrap();
            i += 1;
        } else {
            writeln!(out, "{}", format!("+ {}", b[j]).trim_end()).unwrap();
            j += 1;
        }
    }
    out
}

#[test]
fn texts() {
    let before = "plan\n\nmap a\n  1\n  2\n\nmap b\n  1\n";
    assert_eq!(differences(before, before), "");
    assert_eq!(differences(before, &before.replace("  2", "  3")), "  map a\n-   2\n+   3\n");
    assert_eq!(differences("x\n", "y\nz\n"), "- x\n+ y\n+ z\n");
    assert_eq!(differences(before, "plan\n\nmap a\n  1\n  2\n"), "  map a\n-\n- map b\n-   1\n");
}
