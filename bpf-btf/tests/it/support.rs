//! A writer of small BTF blobs in either byte order, with nothing checked: tests also want damaged ones.

use bpf_btf::{Btf, Endian, Kind, TypeId};

pub(crate) const VOID: TypeId = TypeId::VOID;

pub(crate) struct Builder {
    pub(crate) endian: Endian,
    types: Vec<u8>,
    strings: Vec<u8>,
    next: u32,
    first_string: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new(Endian::Little)
    }
}

impl Builder {
    pub(crate) fn new(endian: Endian) -> Self {
        Self { endian, types: Vec::new(), strings: vec![0], next: 1, first_string: 0 }
    }

    /// Goes on from a base: ids and strings after its last.
    pub(crate) fn on(base: &Btf) -> Self {
        let bytes = base.bytes();
        let word = |at: usize| {
            let word: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
            if base.endian() == Endian::Big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
        };
        let next = base.last_id().0 + 1;
        Self { endian: base.endian(), types: Vec::new(), strings: Vec::new(), next, first_string: word(20) }
    }

    pub(crate) fn string(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        let at = self.strings.len();
        self.strings.extend_from_slice(text.as_bytes());
        self.strings.push(0);
        self.first_string + u32::try_from(at).unwrap()
    }

    fn word(&mut self, word: u32) {
        let bytes = if self.endian == Endian::Big { word.to_be_bytes() } else { word.to_le_bytes() };
        self.types.extend_from_slice(&bytes);
    }

    /// Any record: its words after the header are given as they are.
    pub(crate) fn record(
        &mut self,
        name: &str,
        kind: Kind,
        kflag: bool,
        vlen: usize,
        last: u32,
        rest: &[u32],
    ) -> TypeId {
        let name = self.string(name);
        self.word(name);
        self.word(u32::from(kflag) << 31 | u32::from(kind.0) << 24 | u32::try_from(vlen).unwrap());
        self.word(last);
        for word in rest {
            self.word(*word);
        }
        self.next += 1;
        TypeId(self.next - 1)
    }

    pub(crate) fn int(&mut self, name: &str, size: u32, signed: bool) -> TypeId {
        self.record(name, Kind::INT, false, 0, size, &[(u32::from(signed) << 24) | (size * 8)])
    }

    pub(crate) fn float(&mut self, name: &str, size: u32) -> TypeId {
        self.record(name, Kind::FLOAT, false, 0, size, &[])
    }

    /// A pointer, typedef, qualifier, function or prototype: whatever refers to one type.
    pub(crate) fn reference(&mut self, kind: Kind, name: &str, target: TypeId) -> TypeId {
        self.record(name, kind, false, 0, target.0, &[])
    }

    pub(crate) fn ptr(&mut self, target: TypeId) -> TypeId {
        self.reference(Kind::PTR, "", target)
    }

    pub(crate) fn constant(&mut self, target: TypeId) -> TypeId {
        self.reference(Kind::CONST, "", target)
    }

    pub(crate) fn typedef(&mut self, name: &str, target: TypeId) -> TypeId {
        self.reference(Kind::TYPEDEF, name, target)
    }

    pub(crate) fn array(&mut self, element: TypeId, len: u32) -> TypeId {
        self.record("", Kind::ARRAY, false, 0, 0, &[element.0, element.0, len])
    }

    fn composite(&mut self, kind: Kind, name: &str, size: u32, members: &[(&str, TypeId, u32)]) -> TypeId {
        let words: Vec<u32> =
            members.iter().flat_map(|(name, id, bits)| [self.string(name), id.0, *bits]).collect();
        self.record(name, kind, false, members.len(), size, &words)
    }

    /// Members: name, type, offset in bits.
    pub(crate) fn structure(&mut self, name: &str, size: u32, members: &[(&str, TypeId, u32)]) -> TypeId {
        self.composite(Kind::STRUCT, name, size, members)
    }

    pub(crate) fn union(&mut self, name: &str, size: u32, members: &[(&str, TypeId, u32)]) -> TypeId {
        self.composite(Kind::UNION, name, size, members)
    }

    /// Members: name, type, offset in bits, width in bits or 0.
    pub(crate) fn bitfields(
        &mut self,
        name: &str,
        size: u32,
        members: &[(&str, TypeId, u32, u32)],
    ) -> TypeId {
        let words: Vec<u32> = members
            .iter()
            .flat_map(|(name, id, bits, width)| [self.string(name), id.0, width << 24 | bits])
            .collect();
        self.record(name, Kind::STRUCT, true, members.len(), size, &words)
    }

    pub(crate) fn enumeration(&mut self, name: &str, signed: bool, values: &[(&str, i32)]) -> TypeId {
        let words: Vec<u32> =
            values.iter().flat_map(|(name, value)| [self.string(name), value.cast_unsigned()]).collect();
        self.record(name, Kind::ENUM, signed, values.len(), 4, &words)
    }

    pub(crate) fn enumeration64(&mut self, name: &str, values: &[(&str, u64)]) -> TypeId {
        let words: Vec<u32> = values
            .iter()
            .flat_map(|(name, value)| [self.string(name), (value & 0xffff_ffff) as u32, (value >> 32) as u32])
            .collect();
        self.record(name, Kind::ENUM64, false, values.len(), 8, &words)
    }

    pub(crate) fn forward(&mut self, name: &str, union: bool) -> TypeId {
        self.record(name, Kind::FWD, union, 0, 0, &[])
    }

    pub(crate) fn prototype(&mut self, returns: TypeId, params: &[(&str, TypeId)]) -> TypeId {
        let words: Vec<u32> = params.iter().flat_map(|(name, id)| [self.string(name), id.0]).collect();
        self.record("", Kind::FUNC_PROTO, false, params.len(), returns.0, &words)
    }

    /// A pointer to a function.
    pub(crate) fn callback(&mut self, returns: TypeId, params: &[(&str, TypeId)]) -> TypeId {
        let prototype = self.prototype(returns, params);
        self.ptr(prototype)
    }

    pub(crate) fn function(&mut self, name: &str, prototype: TypeId, linkage: usize) -> TypeId {
        self.record(name, Kind::FUNC, false, linkage, prototype.0, &[])
    }

    pub(crate) fn variable(&mut self, name: &str, id: TypeId, linkage: u32) -> TypeId {
        self.record(name, Kind::VAR, false, 0, id.0, &[linkage])
    }

    /// Variables: type, offset, size.
    pub(crate) fn datasec(&mut self, name: &str, size: u32, vars: &[(TypeId, u32, u32)]) -> TypeId {
        let words: Vec<u32> = vars.iter().flat_map(|(id, offset, size)| [id.0, *offset, *size]).collect();
        self.record(name, Kind::DATASEC, false, vars.len(), size, &words)
    }

    pub(crate) fn decl_tag(&mut self, tag: &str, id: TypeId, component: u32) -> TypeId {
        self.record(tag, Kind::DECL_TAG, false, 0, id.0, &[component])
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head =
            Self { endian: self.endian, types: Vec::new(), strings: Vec::new(), next: 0, first_string: 0 };
        let (types, strings) = (self.types.len(), self.strings.len());
        let preamble = 1_u32 << 16;
        head.word(if self.endian == Endian::Big { 0xeb9f_0000 | preamble >> 8 } else { 0xeb9f | preamble });
        for word in [24, 0, types, types, strings] {
            head.word(u32::try_from(word).unwrap());
        }
        [head.types, self.types.clone(), self.strings.clone()].concat()
    }

    /// With a layout section between types and strings: bytes after the header, fixed and for each element, of kinds from
    /// 0 on.
    pub(crate) fn bytes_with_layout(&self, layout: &[[u8; 2]]) -> Vec<u8> {
        let mut out = self.bytes();
        let put = |out: &mut Vec<u8>, at: usize, word: usize| {
            let word = u32::try_from(word).unwrap();
            let big = self.endian == Endian::Big;
            let word = if big { word.to_be_bytes() } else { word.to_le_bytes() };
            out.splice(at..(at + 4).min(out.len()), word);
        };
        let (types, section) = (self.types.len(), layout.len() * 4);
        put(&mut out, 4, 32);
        put(&mut out, 16, types + section);
        let more: Vec<u8> = layout.iter().flat_map(|[fixed, each]| [*fixed, *each, 0, 0]).collect();
        out.splice(24 + types..24 + types, more);
        out.splice(24..24, [0; 8]);
        put(&mut out, 24, types);
        put(&mut out, 28, section);
        out
    }

    #[track_caller]
    pub(crate) fn parse(&self) -> Btf {
        Btf::parse(self.bytes()).unwrap()
    }
}

/// A blob with at least one record of every kind, in every form that the kernel or clang writes.
pub(crate) fn every_kind(endian: Endian) -> Builder {
    let mut b = Builder::new(endian);
    let int = b.int("int", 4, true);
    let u8_ = b.int("unsigned char", 1, false);
    let u64_ = b.int("unsigned long", 8, false);
    b.record("_Bool", Kind::INT, false, 0, 1, &[0x0400_0008]);
    b.record("char", Kind::INT, false, 0, 1, &[0x0200_0008]);
    let old_bits = b.record("unsigned int", Kind::INT, false, 0, 4, &[0x0003_0005]);
    let uint = b.int("unsigned int", 4, false);
    let u32_ = b.typedef("u32", uint);
    let chars = b.array(u8_, 16);
    let bytes = b.array(u8_, 8);
    let state = b.enumeration("state", true, &[("GONE", -1), ("INIT", 0), ("READY", 2)]);
    let wide = b.enumeration64("wide", &[("BIG", 0x1_2345_6789)]);
    let anonymous = b.enumeration("", false, &[("FALSE", 0), ("TRUE", 1)]);
    let forward = b.forward("sock", false);
    b.forward("either", true);
    let volatile = b.reference(Kind::VOLATILE, "", int);
    let restrict = b.reference(Kind::RESTRICT, "", forward);
    let tag = b.reference(Kind::TYPE_TAG, "rcu", forward);
    let sock = b.ptr(tag);
    let constant = b.constant(sock);
    let double = b.float("double", 8);
    let callback = b.callback(int, &[("sk", sock), ("n", u32_), ("", VOID)]);
    let inner = b.union("", 8, &[("whole", u64_, 0), ("bytes", bytes, 0)]);
    let outer = b.structure(
        "outer",
        64,
        &[
            ("name", chars, 0),
            ("", inner, 128),
            ("hook", callback, 192),
            ("sk", constant, 256),
            ("d", double, 320),
            ("state", state, 384),
            ("wide", wide, 448),
        ],
    );
    b.bitfields("flags", 8, &[("a", u32_, 0, 3), ("b", int, 3, 7), ("whole", int, 32, 0)]);
    b.structure("old_flags", 4, &[("a", old_bits, 0)]);
    let prototype = b.prototype(VOID, &[("r", restrict), ("v", volatile), ("e", anonymous)]);
    let function = b.function("run", prototype, 1);
    let var = b.variable("counter", u64_, 1);
    b.datasec(".bss", 8, &[(var, 0, 8)]);
    b.decl_tag("kfunc", function, u32::MAX);
    b.decl_tag("arg", outer, 2);
    b
}
