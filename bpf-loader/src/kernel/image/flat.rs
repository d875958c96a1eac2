//! A kernel as it lies in memory, without sections: its BTF is where it begins and ends as BTF does.

use memchr::memmem;

/// The header of BTF as far as kernels have it (`include/uapi/linux/btf.h`).
const HEADER: usize = 24;

/// The largest piece that looks like BTF. Programs that are built into the kernel have small ones of their own.
pub(super) fn btf(kernel: &[u8]) -> Option<&[u8]> {
    let starts = |magic: &'static [u8; 3]| memmem::find_iter(kernel, magic);
    let little = starts(&[0x9f, 0xeb, 1]).filter_map(|at| at_start(kernel.get(at..)?, u32::from_le_bytes));
    let big = starts(&[0xeb, 0x9f, 1]).filter_map(|at| at_start(kernel.get(at..)?, u32::from_be_bytes));
    little.chain(big).max_by_key(|found| found.len())
}

/// BTF at the start of these bytes: types and, right behind them, names of which the first is empty and all end.
fn at_start(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Option<&[u8]> {
    let number = |at: usize| {
        let bytes = bytes.get(at..)?.first_chunk::<4>()?;
        usize::try_from(number(*bytes)).ok()
    };
    let (header, types, types_len) = (number(4)?, number(8)?, number(12)?);
    let (strings, strings_len) = (number(16)?, number(20)?);
    if *bytes.get(3)? != 0 || header != HEADER || types != 0 || types_len == 0 || strings != types_len {
        return None;
    }
    let start = header.checked_add(strings)?;
    let end = start.checked_add(strings_len)?;
    let names = bytes.get(start..end)?;
    (names.first() == Some(&0) && names.last() == Some(&0)).then(|| bytes.get(..end))?
}
