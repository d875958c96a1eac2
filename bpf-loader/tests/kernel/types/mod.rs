//! Every type of map and every type of program that the kernel has: a row each, that is loaded, does something, and is read
//! back. `maps.rs` and `programs.rs` are the tables; what their rows do stands in the folders of these names.
//!
//! A row that a kernel refuses is ignored there, with the reason. On no kernel yet were seen to run: `insn_array` (from Linux
//! 6.19), `rhash` (from 7.2), and `lirc_mode2`, which none of those that the tests run on is built with.

mod cgroup;
mod maps;
mod packet;
mod programs;
mod sockets;

use std::fmt::Debug;

use bpf_loader::Object;
use bpf_loader::uapi::{KernelVersion, MapType, ProgramType};
use bpf_sys::SysError;
use libtest_mimic::{Completion, Trial};

use crate::support::{DONE, Failed, Outcome, fixture, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    let maps = maps::ROWS.iter().map(Row::trial);
    let programs = programs::ROWS.iter().map(Row::trial);
    let tables = [
        Trial::test("types: every type of map has a row", || Ok(complete(MapType::ALL, maps::ROWS)?)),
        Trial::test("types: every type of program has a row", || {
            Ok(complete(ProgramType::ALL, programs::ROWS)?)
        }),
    ];
    tables.into_iter().chain(maps).chain(programs).collect()
}

/// One type: what has it, and what is seen of it.
struct Row<T: 'static> {
    of: T,
    /// The fixture that has it.
    fixture: &'static str,
    /// What is done, that it does something.
    does: &'static str,
    /// What is read back.
    reads: &'static str,
    /// How a kernel that is new enough may refuse it all the same.
    refusals: &'static [Refusal],
    /// Why nothing more than this is seen of it: that it was loaded.
    loaded_only: Option<&'static str>,
    /// Does it.
    observe: fn(Case<T>) -> Result<Observed, Failed>,
}

/// What a row is about, for what it does.
#[derive(Clone, Copy)]
struct Case<T> {
    of: T,
    fixture: &'static str,
}

/// What a kernel answers, and why.
struct Refusal {
    errno: i32,
    why: &'static str,
}

/// What was read back, beside what it had to be. There is none without.
struct Observed {
    found: String,
    wanted: String,
    equal: bool,
}

impl Observed {
    #[expect(clippy::needless_pass_by_value, reason = "values made for the comparison")]
    fn new<T: PartialEq + Debug>(found: T, wanted: T) -> Self {
        const { assert!(size_of::<T>() > 0, "nothing is read back") };
        Self { equal: found == wanted, found: format!("{found:?}"), wanted: format!("{wanted:?}") }
    }
}

/// What the tables are about.
trait Typed: Copy + PartialEq + Debug + Sync {
    const WHAT: &'static str;
    fn name(self) -> Option<&'static str>;
    fn since(self) -> Option<KernelVersion>;
    /// Whether the object has one of this type.
    fn is_in(self, object: &Object) -> bool;
}

impl Typed for MapType {
    const WHAT: &'static str = "map";

    fn name(self) -> Option<&'static str> {
        MapType::name(self)
    }

    fn since(self) -> Option<KernelVersion> {
        MapType::since(self)
    }

    fn is_in(self, object: &Object) -> bool {
        match self {
            Self::STRUCT_OPS => !object.struct_ops().is_empty(),
            // They are made of a section of tables.
            Self::INSN_ARRAY => {
                object.file().functions().iter().any(|function| !function.jump_tables.is_empty())
            }
            _ => object.maps().iter().any(|map| map.def().map_type == self),
        }
    }
}

impl Typed for ProgramType {
    const WHAT: &'static str = "program";

    fn name(self) -> Option<&'static str> {
        ProgramType::name(self)
    }

    fn since(self) -> Option<KernelVersion> {
        ProgramType::since(self)
    }

    fn is_in(self, object: &Object) -> bool {
        object.programs().iter().any(|program| program.program_type() == Some(self))
    }
}

impl<T> Row<T> {
    const fn loaded_only(mut self, why: &'static str) -> Self {
        self.loaded_only = Some(why);
        self
    }

    const fn may_refuse(mut self, refusals: &'static [Refusal]) -> Self {
        self.refusals = refusals;
        self
    }
}

impl<T: Typed> Row<T> {
    fn trial(&'static self) -> Trial {
        let name = self.of.name().unwrap_or("without a name");
        let only = self.loaded_only.map(|why| format!(" (loaded only: {why})")).unwrap_or_default();
        test(&format!("types: {} {name}{only}: {}", T::WHAT, self.reads), || self.run())
    }

    fn run(&self) -> Outcome {
        let seen = match (self.observe)(Case { of: self.of, fixture: self.fixture }) {
            Ok(seen) => seen,
            Err(failed) => match self.why_refused(&failed) {
                Some(why) => return Ok(Completion::ignored_with(why)),
                None => return Err(failed),
            },
        };
        if seen.equal {
            return DONE;
        }
        let (found, wanted) = (seen.found, seen.wanted);
        Err(format!("{}: {}: found {found}, wanted {wanted}", self.does, self.reads).into())
    }

    /// Why this kernel does not have it; `None` if it should.
    fn why_refused(&self, failed: &Failed) -> Option<String> {
        if failed.has_no_place() {
            return Some(failed.message().to_owned());
        }
        let since = self.of.since()?;
        if bpf_sys::kernel_version().is_some_and(|version| version < since) {
            return Some(format!("needs Linux {since}"));
        }
        let errno = failed.errno()?;
        let refusal = self.refusals.iter().find(|refusal| refusal.errno == errno)?;
        let name = SysError::Io { what: "", errno }.errno_name().unwrap_or("another number");
        Some(format!("this kernel refuses it with {name}: {}", refusal.why))
    }
}

/// Every type has one row, in the order of the types, and its fixture has it.
fn complete<T: Typed>(all: &[T], rows: &[Row<T>]) -> Result<(), String> {
    let found: Vec<T> = rows.iter().map(|row| row.of).collect();
    if let Some(missing) = all.iter().find(|of| !found.contains(of)) {
        return Err(format!("there is no row for {missing:?}"));
    }
    if found != all {
        return Err("a type has two rows, or they stand in another order than the types".into());
    }
    for row in rows {
        let object = Object::open(fixture(row.fixture)).map_err(|error| error.to_string())?;
        if !row.of.is_in(&object) {
            return Err(format!("fixture {} has nothing of {:?}", row.fixture, row.of));
        }
        if row.does.is_empty() || row.reads.is_empty() {
            return Err(format!("the row of {:?} does not say what it does", row.of));
        }
    }
    Ok(())
}

/// A fixture with only these of its programs and maps, beside its data.
fn open_with(fixture: &str, programs: &[&str], maps: &[&str]) -> Result<Object, Failed> {
    let mut object = open(fixture)?;
    for name in object.programs().iter().map(|program| program.name().to_owned()).collect::<Vec<_>>() {
        object.program_mut(&name)?.set_autoload(programs.contains(&name.as_str()));
    }
    let all = object.maps().iter().map(|map| map.name().to_owned());
    for name in all.filter(|name| !name.starts_with('.')).collect::<Vec<_>>() {
        object.map_mut(&name)?.set_autocreate(maps.contains(&name.as_str()));
    }
    Ok(object)
}

/// A number of 32 bits as a map has it.
fn word(bytes: &[u8]) -> Result<u32, Failed> {
    Ok(u32::from_ne_bytes(bytes.try_into()?))
}

/// A number of 64 bits as a map has it.
fn long(bytes: &[u8]) -> Result<u64, Failed> {
    Ok(u64::from_ne_bytes(bytes.try_into()?))
}

/// The number in a map of such.
fn number(map: &bpf_loader::Map, key: &[u8]) -> Result<Option<u64>, Failed> {
    map.lookup(key)?.map(|value| long(&value)).transpose()
}

/// A global that a program counts in.
fn counter(loaded: &bpf_loader::LoadedObject, name: &str) -> Result<u64, Failed> {
    Ok(loaded.global(name)?.get::<u64>()?)
}
