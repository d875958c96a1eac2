//! Map definitions: what `.maps` declares, a struct for each map whose members say everything by their types.

use bpf_btf::layout::{size_of, strip_modifiers};
use bpf_btf::matching::nearest;
use bpf_btf::{Btf, Kind, Member, SectionVar, Type, TypeId, VarLinkage};
use bpf_sys::uapi::MapType;

use crate::data::DataSection;
use crate::error::{ElfError, MapError, MapProblem};
use crate::file::ElfFile;
use crate::ids::{ByteOffset, MapId, ProgramId, SectionIndex, StructOpsId, next};
use crate::types::{self, Types, types_of};

/// A map as the object defines it. Nothing is rounded or completed for a kernel yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapDef {
    /// Its id; of no meaning for the definition inside a map of maps.
    pub id: MapId,
    /// Its name: the variable's, or the section's for a data section.
    pub name: String,
    /// Where it comes from.
    pub kind: MapKind,
    /// What type of map it is.
    pub map_type: MapType,
    /// Bytes of a key.
    pub key_size: u32,
    /// Bytes of a value.
    pub value_size: u32,
    /// How many entries it can hold.
    pub max_entries: u32,
    /// Flags of its creation: `BPF_F_*`.
    pub flags: u32,
    /// The NUMA node that it shall be on.
    pub numa_node: Option<u32>,
    /// `map_extra`, whose meaning depends on the type.
    pub extra: u64,
    /// It is pinned under its name, and one that is pinned there already is used.
    pub pin_by_name: bool,
    /// The type of its keys in the object's BTF.
    pub key_type: Option<TypeId>,
    /// The type of its values in the object's BTF.
    pub value_type: Option<TypeId>,
    /// What the maps inside a map of maps are like.
    pub inner: Option<Box<MapDef>>,
    /// Initial values of a map of maps or of a program array: index and what stands there, in the order of the file.
    pub slots: Vec<(u32, SlotTarget)>,
    /// The global variables that an arena holds, at a place that planning chooses.
    pub globals: Option<Box<DataSection>>,
    /// It is created unless asked otherwise.
    pub autocreate: bool,
}

/// Where a map comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MapKind {
    /// It is defined in `.maps`.
    Declared {
        /// Where in that section.
        section_offset: ByteOffset,
        /// The struct that defines it.
        type_id: TypeId,
    },
    /// It is defined in the old way, by numbers in a section `maps`.
    Legacy {
        /// That section.
        section: SectionIndex,
        /// Where in it.
        section_offset: ByteOffset,
    },
    /// It holds a section of global variables.
    Data(DataSection),
    /// It holds the values of the kernel's configuration that the object asks for.
    Kconfig,
    /// It holds a struct_ops variable.
    StructOps(StructOpsId),
}

/// What stands in a slot of a map from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SlotTarget {
    /// A map.
    Map(MapId),
    /// A program.
    Program(ProgramId),
}

impl MapDef {
    /// One without any attribute.
    pub(crate) fn empty(kind: MapKind) -> Self {
        Self {
            id: MapId(0),
            name: String::new(),
            kind,
            map_type: MapType::UNSPEC,
            key_size: 0,
            value_size: 0,
            max_entries: 0,
            flags: 0,
            numa_node: None,
            extra: 0,
            pin_by_name: false,
            key_type: None,
            value_type: None,
            inner: None,
            slots: Vec::new(),
            globals: None,
            autocreate: true,
        }
    }
}

/// The initial values that a map's variable has room for.
pub(crate) struct SlotRange {
    pub(crate) map: MapId,
    /// First byte in the section.
    pub(crate) start: u64,
    /// One past the last.
    pub(crate) end: u64,
    pub(crate) programs: bool,
}

/// Adds the maps of a `.maps` section, in the order of their offsets.
pub(crate) fn collect(
    file: &ElfFile<'_>,
    section: SectionIndex,
    types: &Types,
    maps: &mut Vec<MapDef>,
) -> Result<Vec<SlotRange>, ElfError> {
    let section_size = file.section(section).map_or(0, |section| section.size);
    if section_size == 0 {
        return Ok(Vec::new());
    }
    let Some(btf) = &types.btf else {
        return Err(ElfError::NoBtf { needed_by: file.section_name(section).into() });
    };
    let datasec = types.datasec(section).ok_or_else(|| failed("*", MapProblem::NoDatasec))?;
    let found = btf.get(datasec).map_err(types_of("data section", ".maps"))?;
    let mut vars: Vec<SectionVar> = found.section_vars().collect();
    vars.sort_by_key(|var| var.offset);
    let mut slots = Vec::new();
    for var in vars {
        let (mut map, values) = declared(btf, &var, section_size)?;
        map.id = MapId(next(maps));
        if let Some(offset) = values {
            slots.push(SlotRange {
                map: map.id,
                start: u64::from(var.offset).saturating_add(u64::from(offset)),
                end: u64::from(var.offset).saturating_add(u64::from(var.size)),
                programs: map.map_type == MapType::PROG_ARRAY,
            });
        }
        maps.push(map);
    }
    Ok(slots)
}

/// A map and, if it can have initial values, where in its variable they begin.
fn declared(btf: &Btf, var: &SectionVar, section_size: u64) -> Result<(MapDef, Option<u32>), ElfError> {
    let variable = btf.get(var.type_id).map_err(types_of("data section", ".maps"))?;
    let name = types::name(&variable, "map")?;
    let (Some(linkage), Some(target)) = (variable.var_linkage(), variable.target()) else {
        return Err(failed(name, MapProblem::NotAVariable { kind: variable.kind() }));
    };
    match linkage {
        VarLinkage::Global => {}
        VarLinkage::Extern => return Err(failed(name, MapProblem::Extern)),
        _ => return Err(failed(name, MapProblem::Static)),
    }
    if u64::from(var.offset).saturating_add(u64::from(var.size)) > section_size {
        return Err(ElfError::VariableOutside {
            variable: name.into(),
            section: ".maps".into(),
            offset: var.offset,
            size: var.size,
            section_size,
        });
    }
    let def = strip_modifiers(btf, target).map_err(types_of("map", name))?;
    if def.kind() != Kind::STRUCT {
        return Err(failed(name, MapProblem::NotAStruct { kind: def.kind() }));
    }
    let struct_size = def.size().unwrap_or(0);
    if struct_size > var.size {
        return Err(failed(name, MapProblem::Size { struct_size, size: var.size }));
    }
    let kind = MapKind::Declared { section_offset: ByteOffset(u64::from(var.offset)), type_id: def.id() };
    Reader { btf, name, inner: false }.read(&def, kind)
}

/// Reads the struct of one definition.
struct Reader<'a> {
    btf: &'a Btf,
    /// The map's name; for a definition inside it, still that of the map itself.
    name: &'a str,
    inner: bool,
}

const ATTRIBUTES: [&str; 11] = [
    "type",
    "max_entries",
    "map_flags",
    "numa_node",
    "key_size",
    "key",
    "value_size",
    "value",
    "values",
    "pinning",
    "map_extra",
];

impl Reader<'_> {
    fn read(&self, def: &Type<'_>, kind: MapKind) -> Result<(MapDef, Option<u32>), ElfError> {
        let mut map = MapDef { name: self.name.to_owned(), ..MapDef::empty(kind) };
        let mut seen = [false; ATTRIBUTES.len()];
        let (mut key, mut value) = (Size::default(), Size::default());
        let mut values: Option<Member<'_>> = None;
        for member in def.members() {
            let attribute = member.name().map_err(types_of("map", self.name))?;
            self.once(attribute, &mut seen)?;
            if values.is_some() {
                return Err(self.failed(MapProblem::ValuesNotLast));
            }
            match attribute {
                "type" => map.map_type = MapType(self.number(attribute, &member)?),
                "max_entries" => map.max_entries = self.number(attribute, &member)?,
                "map_flags" => map.flags = self.number(attribute, &member)?,
                "numa_node" => map.numa_node = Some(self.number(attribute, &member)?),
                "key_size" => key.says("key_size", self.number(attribute, &member)?, self)?,
                "key" => {
                    let (id, size) = self.sized(attribute, &member)?;
                    map.key_type = Some(id);
                    key.says("key", size, self)?;
                }
                "value_size" => value.says("value_size", self.number(attribute, &member)?, self)?,
                "value" => {
                    let (id, size) = self.sized(attribute, &member)?;
                    map.value_type = Some(id);
                    value.says("value", size, self)?;
                }
                "values" => values = Some(member),
                "pinning" => map.pin_by_name = self.pinning(&member)?,
                _ => map.extra = self.long_number(attribute, &member)?,
            }
        }
        if map.map_type == MapType::UNSPEC {
            return Err(self.failed(MapProblem::NoType));
        }
        let mut slots = None;
        if let Some(member) = values {
            slots = Some(member.bit_offset / 8);
            value.says("values", 4, self)?;
            map.inner = self.values(&member, map.map_type)?.map(Box::new);
        }
        (map.key_size, map.value_size) = (key.bytes(), value.bytes());
        Ok((map, slots))
    }

    fn once(&self, attribute: &str, seen: &mut [bool; ATTRIBUTES.len()]) -> Result<(), ElfError> {
        let found = ATTRIBUTES.iter().zip(seen).find(|(known, _)| **known == attribute);
        let Some((_, seen)) = found else {
            let attribute: String = attribute.chars().take(80).collect();
            let nearest = nearest(&attribute, ATTRIBUTES);
            return Err(self.failed(MapProblem::Unknown { attribute, nearest }));
        };
        if std::mem::replace(seen, true) {
            return Err(self.failed(MapProblem::Twice { attribute: attribute.into() }));
        }
        Ok(())
    }

    /// A number is the length of an array that the member points to.
    fn number(&self, attribute: &str, member: &Member<'_>) -> Result<u32, ElfError> {
        let array = self.behind_pointer(attribute, member)?;
        let array = self.get(array)?;
        let wanted = || self.shape(attribute, array.kind(), "a pointer to an array");
        Ok(array.array().ok_or_else(wanted)?.len)
    }

    /// As [`Self::number`]; or, for more than 32 bits, the value of an enumeration with a single one.
    fn long_number(&self, attribute: &str, member: &Member<'_>) -> Result<u64, ElfError> {
        let found = self.strip(member.type_id)?;
        if !found.kind().is_enum() {
            return self.number(attribute, member).map(u64::from);
        }
        let mut values = found.enumerators();
        match (values.next(), values.next()) {
            (Some(one), None) => Ok(one.value),
            _ => Err(self.shape(attribute, found.kind(), "an enum of one value")),
        }
    }

    /// A type is what the member points to.
    fn sized(&self, attribute: &str, member: &Member<'_>) -> Result<(TypeId, u32), ElfError> {
        let id = self.behind_pointer(attribute, member)?;
        Ok((id, size_of(self.btf, id).map_err(types_of("map", self.name))?))
    }

    fn pinning(&self, member: &Member<'_>) -> Result<bool, ElfError> {
        if self.inner {
            return Err(self.failed(MapProblem::InnerPinned));
        }
        match self.number("pinning", member)? {
            0 => Ok(false),
            1 => Ok(true),
            value => Err(self.failed(MapProblem::Pinning { value })),
        }
    }

    /// What the slots of a map of maps or of a program array hold.
    fn values(&self, member: &Member<'_>, map_type: MapType) -> Result<Option<MapDef>, ElfError> {
        if self.inner {
            return Err(self.failed(MapProblem::Nested));
        }
        let wanted = match map_type {
            MapType::ARRAY_OF_MAPS | MapType::HASH_OF_MAPS => Kind::STRUCT,
            MapType::PROG_ARRAY => Kind::FUNC_PROTO,
            other => return Err(self.failed(MapProblem::NoValues { map_type: other.to_string() })),
        };
        let array = self.get(member.type_id)?;
        let wrong = |found| self.shape("values", found, "an array of pointers without a length");
        let element =
            array.array().filter(|array| array.len == 0).ok_or_else(|| wrong(array.kind()))?.element;
        let pointer = self.strip(element)?;
        let target = pointer.target().filter(|_| pointer.kind() == Kind::PTR);
        let target = self.strip(target.ok_or_else(|| wrong(pointer.kind()))?)?;
        if target.kind() != wanted {
            let wanted = if wanted == Kind::STRUCT {
                "a pointer to a map definition"
            } else {
                "a pointer to a function"
            };
            return Err(self.shape("values", target.kind(), wanted));
        }
        if wanted == Kind::FUNC_PROTO {
            return Ok(None);
        }
        let kind = MapKind::Declared { section_offset: ByteOffset(0), type_id: target.id() };
        let (mut inner, _) = Reader { btf: self.btf, name: self.name, inner: true }.read(&target, kind)?;
        inner.name.push_str(".inner");
        Ok(Some(inner))
    }

    fn behind_pointer(&self, attribute: &str, member: &Member<'_>) -> Result<TypeId, ElfError> {
        let pointer = self.strip(member.type_id)?;
        let target = pointer.target().filter(|_| pointer.kind() == Kind::PTR);
        target.ok_or_else(|| self.shape(attribute, pointer.kind(), "a pointer"))
    }

    fn strip(&self, id: TypeId) -> Result<Type<'_>, ElfError> {
        strip_modifiers(self.btf, id).map_err(types_of("map", self.name))
    }

    fn get(&self, id: TypeId) -> Result<Type<'_>, ElfError> {
        self.btf.get(id).map_err(types_of("map", self.name))
    }

    fn shape(&self, attribute: &str, found: Kind, wanted: &'static str) -> ElfError {
        self.failed(MapProblem::Shape { attribute: attribute.into(), found, wanted })
    }

    fn failed(&self, problem: MapProblem) -> ElfError {
        failed(self.name, problem)
    }
}

/// A size that several attributes can say, if they agree.
#[derive(Default)]
struct Size(Option<(&'static str, u32)>);

impl Size {
    fn says(&mut self, attribute: &'static str, value: u32, reader: &Reader<'_>) -> Result<(), ElfError> {
        match self.0 {
            // A size of 0 was not said.
            Some((other, other_value)) if other_value != 0 && other_value != value => {
                Err(reader.failed(MapProblem::Conflict { attribute, value, other, other_value }))
            }
            _ => {
                self.0 = Some((attribute, value));
                Ok(())
            }
        }
    }

    fn bytes(&self) -> u32 {
        self.0.map_or(0, |(_, bytes)| bytes)
    }
}

fn failed(map: &str, problem: MapProblem) -> ElfError {
    MapError { map: map.into(), section: ".maps".into(), problem }.into()
}
