//! Cutting a kernel's BTF down to what is needed of it: a few kilobytes that plan the same as the whole.

mod cut;
mod keep;
mod write;

pub use keep::Keep;

use crate::btf::Btf;
use crate::error::TypeError;

/// Writes a blob that holds what `keep` names of `btf`, and what that needs to stand: self-contained, in the same byte
/// order. Equal inputs give equal bytes.
///
/// - Structs, unions and enumerations have the kept members and enumerators only, in their order; their own size, and
///   the members' offsets, are those of the whole.
/// - What is needed by name alone (what pointers point to, mostly) becomes a forward declaration, so that declarations
///   print as before. A struct, union or enumeration without a name is its members: it is kept with all of them.
/// - Types are numbered anew, in their order. Names are written once each.
///
/// Split BTF is cut together with its base, into one blob.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let blob = *b"\x9f\xeb\x01\x00\x18\x00\x00\x00\x00\x00\x00\x00\x34\x00\x00\x00\x34\x00\x00\x00\x09\x00\x00\x00\
/// #    \x01\x00\x00\x00\x00\x00\x00\x01\x04\x00\x00\x00\x20\x00\x00\x00\
/// #    \x03\x00\x00\x00\x02\x00\x00\x04\x08\x00\x00\x00\
/// #    \x05\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x01\x00\x00\x00\x20\x00\x00\x00\
/// #    \x00i\x00s\x00a\x00b\x00";
/// use bpf_btf::minimize::{Keep, minimize};
/// use bpf_btf::{Btf, Kind};
///
/// let btf = Btf::parse(blob)?;
/// let id = btf.find("s", Kind::STRUCT).ok_or("no such struct")?;
/// let mut keep = Keep::new();
/// assert!(keep.path(&btf, id, "b")?);
/// let cut = Btf::parse(minimize(&btf, &keep)?)?;
/// let id = cut.find("s", Kind::STRUCT).ok_or("no such struct")?;
/// let names: Result<Vec<_>, _> = cut.get(id)?.members().map(|member| member.name()).collect();
/// assert_eq!(names?, ["b"]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`TypeError`] where what is kept refers to types or names that are not there.
pub fn minimize(btf: &Btf, keep: &Keep) -> Result<Vec<u8>, TypeError> {
    write::blob(btf, &cut::reach(btf, keep)?)
}

/// As [`minimize`], for a kernel and its modules, which stay apart: the first blob is cut from `base`, and each of the
/// others, split BTF that continues the first, from one of `splits`. What the modules need of the base is kept there.
///
/// Each `keep` is in the ids of the blob beside it, whose base has to be `base`.
///
/// # Errors
/// As [`minimize`].
pub fn minimize_split(
    base: &Btf,
    keep: &Keep,
    splits: &[(&Btf, Keep)],
) -> Result<(Vec<u8>, Vec<Vec<u8>>), TypeError> {
    let mut whole = cut::reach(base, keep)?;
    let mut owns = Vec::with_capacity(splits.len());
    for (split, keep) in splits {
        let mut shared = cut::reach(split, keep)?;
        owns.push(shared.split_off(&split.first_id()));
        for (id, detail) in shared {
            // Each part has all that it refers to, so both together have.
            whole.entry(id).or_insert(keep::Detail::Name).raise(&detail);
        }
    }
    let splits: Vec<(&Btf, cut::Cut)> = splits.iter().map(|(split, _)| *split).zip(owns).collect();
    write::blobs(base, &whole, &splits)
}
