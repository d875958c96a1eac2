//! BTF for a kernel that does not know all of it: what it would refuse becomes something older of the same size.

use crate::btf::Btf;
use crate::cursor::u32_at;
use crate::kind::Kind;
use crate::types::{Linkage, RECORD_HEADER, Type, TypeId};

use super::blob::{assemble, words};
use super::parts::info;

/// What BTF may hold that not every kernel takes: what a kernel lacks, or what a blob has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Extras {
    /// Functions and their prototypes. Linux 5.0.
    pub func: bool,
    /// Variables and sections of them. Linux 5.2.
    pub datasec: bool,
    /// Functions that are not static. Linux 5.6.
    pub global_func: bool,
    /// Floating-point numbers. Linux 5.13.
    pub float: bool,
    /// Tags on declarations. Linux 5.16.
    pub decl_tag: bool,
    /// Tags on types. Linux 5.17.
    pub type_tag: bool,
    /// Enumerations of 64 bits, and signed ones of 32. Linux 6.0.
    pub enum64: bool,
    /// Sections whose name begins with `?`. Linux 6.9.
    pub qmark_datasec: bool,
    /// A section that describes the kinds. Linux 7.1.
    pub layout: bool,
}

impl Extras {
    /// All of it: what the first kernel with BTF lacks.
    #[must_use]
    pub fn all() -> Self {
        Self {
            func: true,
            datasec: true,
            global_func: true,
            float: true,
            decl_tag: true,
            type_tag: true,
            enum64: true,
            qmark_datasec: true,
            layout: true,
        }
    }

    /// What this blob itself (its base left aside) has of it.
    #[must_use]
    pub fn of(btf: &Btf) -> Self {
        let mut found = Self { layout: has_layout(btf), ..Self::default() };
        for each in btf.types() {
            match each.kind() {
                Kind::FUNC => {
                    found.func = true;
                    found.global_func |= each.linkage() != Some(Linkage::Static);
                }
                Kind::FUNC_PROTO => found.func = true,
                Kind::VAR => found.datasec = true,
                Kind::DATASEC => {
                    found.datasec = true;
                    found.qmark_datasec |= each.name().is_ok_and(|name| name.starts_with('?'));
                }
                Kind::FLOAT => found.float = true,
                Kind::DECL_TAG => found.decl_tag = true,
                Kind::TYPE_TAG => found.type_tag = true,
                Kind::ENUM => found.enum64 |= each.kflag(),
                Kind::ENUM64 => found.enum64 = true,
                _ => {}
            }
        }
        found
    }

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            func: self.func && other.func,
            datasec: self.datasec && other.datasec,
            global_func: self.global_func && other.global_func,
            float: self.float && other.float,
            decl_tag: self.decl_tag && other.decl_tag,
            type_tag: self.type_tag && other.type_tag,
            enum64: self.enum64 && other.enum64,
            qmark_datasec: self.qmark_datasec && other.qmark_datasec,
            layout: self.layout && other.layout,
        }
    }
}

/// Whether the header tells of a layout section that is not empty.
fn has_layout(btf: &Btf) -> bool {
    let word = |at| u32_at(btf.bytes(), at, btf.endian()).unwrap_or(0);
    word(4) >= 32 && word(28) != 0
}

/// The blob for a kernel that lacks what is `true` in `missing`, by libbpf's rules:
///
/// | missing | what becomes of it |
/// |---|---|
/// | functions | `FUNC_PROTO` an `ENUM` of its parameters (one without a name is called `_`), `FUNC` a `TYPEDEF` |
/// | data sections | `VAR` an `INT` of one byte, `DATASEC` a `STRUCT` of them (`.` and `?` in its name become `_`) |
/// | global functions | static ones |
/// | floats | anonymous `STRUCT` of the same size |
/// | declaration tags | `INT` of one byte |
/// | type tags | `CONST` |
/// | 64-bit enums | `UNION` of one-byte integers by the names of the values; other enums lose their sign |
/// | names with `?` | begin with `_` |
///
/// Every type keeps its id, every string its offset, so a `.BTF.ext` beside it stays valid. At most one type, the
/// integer that such unions are made of, comes in addition, after all others. A blob that has nothing of what is missing
/// comes back as it was; any other is written without a layout section.
#[must_use]
#[doc(alias = "bpf_object__sanitize_btf")]
pub fn sanitize(btf: &Btf, missing: Extras) -> Vec<u8> {
    let present = Extras::of(btf).and(missing);
    if present == Extras::default() {
        return btf.bytes().to_vec();
    }
    let mut rewrite = Rewrite {
        btf,
        missing: present,
        words: words(btf.type_bytes(), btf.endian()),
        strings: btf.string_section().to_vec(),
        placeholder: None,
        unnamed: None,
    };
    for found in btf.types() {
        rewrite.record(&found);
    }
    assemble(btf.endian(), &rewrite.words, &rewrite.strings)
}

struct Rewrite<'a> {
    btf: &'a Btf,
    missing: Extras,
    words: Vec<u32>,
    strings: Vec<u8>,
    /// The integer that the unions of former enumerators are made of.
    placeholder: Option<TypeId>,
    /// The name that stands for none.
    unnamed: Option<u32>,
}

impl Rewrite<'_> {
    fn record(&mut self, found: &Type<'_>) {
        let missing = self.missing;
        let last = found.size_or_type;
        match found.kind() {
            Kind::VAR if missing.datasec => self.small_int(found),
            Kind::DECL_TAG if missing.decl_tag => self.small_int(found),
            Kind::DATASEC if missing.datasec => self.section(found),
            Kind::DATASEC if missing.qmark_datasec => {
                if let Some(rest) = found.name().ok().and_then(|name| name.strip_prefix('?')) {
                    let name = self.string(&format!("_{rest}"));
                    self.head(found, name, found.info, last);
                }
            }
            Kind::FUNC_PROTO if missing.func => {
                self.head(found, found.name, info(Kind::ENUM, found.vlen(), false), 4);
                for (index, _) in found.params().enumerate().filter(|(_, param)| param.name() == Ok("")) {
                    let name = self.unnamed();
                    self.put(found, 3 + index * 2, name);
                }
            }
            Kind::FUNC if missing.func => {
                self.head(found, found.name, info(Kind::TYPEDEF, 0, false), last);
            }
            Kind::FUNC if missing.global_func => {
                self.head(found, found.name, info(Kind::FUNC, 0, false), last);
            }
            Kind::FLOAT if missing.float => self.head(found, 0, info(Kind::STRUCT, 0, false), last),
            Kind::TYPE_TAG if missing.type_tag => self.head(found, 0, info(Kind::CONST, 0, false), last),
            Kind::ENUM if missing.enum64 => {
                self.head(found, found.name, info(Kind::ENUM, found.vlen(), false), last);
            }
            Kind::ENUM64 if missing.enum64 => {
                self.head(found, found.name, info(Kind::UNION, found.vlen(), false), last);
                let placeholder = self.placeholder();
                for index in 0..found.enumerators().len() {
                    self.put(found, 4 + index * 3, placeholder.0);
                    self.put(found, 5 + index * 3, 0);
                }
            }
            _ => {}
        }
    }

    /// One byte: a variable may be as small as that.
    fn small_int(&mut self, found: &Type<'_>) {
        self.head(found, found.name, info(Kind::INT, 0, false), 1);
        self.put(found, 3, 8);
    }

    fn section(&mut self, found: &Type<'_>) {
        let name = found.name().unwrap_or_default();
        let name =
            if name.contains(['.', '?']) { self.string(&name.replace(['.', '?'], "_")) } else { found.name };
        self.head(found, name, info(Kind::STRUCT, found.vlen(), false), found.size_or_type);
        for (index, var) in found.section_vars().enumerate() {
            let name = self.btf.get(var.type_id).map_or(0, |var| var.name);
            self.put(found, 3 + index * 3, name);
            self.put(found, 4 + index * 3, var.type_id.0);
            self.put(found, 5 + index * 3, var.offset.saturating_mul(8));
        }
    }

    fn placeholder(&mut self) -> TypeId {
        if let Some(id) = self.placeholder {
            return id;
        }
        let id = TypeId(self.btf.last_id().0.saturating_add(1));
        let name = self.string("enum64_placeholder");
        self.words.extend([name, info(Kind::INT, 0, false), 1, 8]);
        self.placeholder = Some(id);
        id
    }

    fn unnamed(&mut self) -> u32 {
        if let Some(at) = self.unnamed {
            return at;
        }
        let at = self.string("_");
        self.unnamed = Some(at);
        at
    }

    fn string(&mut self, text: &str) -> u32 {
        let at = u32::try_from(self.strings.len()).ok();
        let Some(at) = at.and_then(|at| self.btf.first_string().checked_add(at)) else { return 0 };
        self.strings.extend_from_slice(text.as_bytes());
        self.strings.push(0);
        at
    }

    fn head(&mut self, found: &Type<'_>, name: u32, info: u32, last: u32) {
        self.put(found, 0, name);
        self.put(found, 1, info);
        self.put(found, 2, last);
    }

    /// Changes a word of a record: 0 to 2 are its header.
    fn put(&mut self, found: &Type<'_>, word: usize, value: u32) {
        // A place in the blob, from the start of the blob; parsing has checked that every record lies inside it.
        let start = self.btf.record_start(found.id()).map(|at| (at - self.btf.types_start()) / 4);
        let inside = word < (RECORD_HEADER + found.tail.len()) / 4;
        if let Some(place) =
            start.filter(|_| inside).and_then(|at| self.words.get_mut(at.saturating_add(word)))
        {
            *place = value;
        }
    }
}
