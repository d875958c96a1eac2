//! The addresses of the symbols that a plan refers to, in the kernel that runs.

use std::collections::{HashMap, HashSet};

use bpf_elf::ExternId;

use crate::kernel::Kernel;
use crate::load::LoadError;
use crate::plan::{Plan, Value};

/// Addresses, by extern.
pub(super) type Addresses = HashMap<ExternId, u64>;

/// Looks the symbols up; where the plan refers to none, nothing is read. What is weak and not there is at 0.
pub(super) fn find(plan: &Plan, kernel: &Kernel) -> Result<Addresses, LoadError> {
    let mut addresses = Addresses::new();
    let wanted: HashSet<ExternId> =
        plan.externs().iter().filter(|found| found.value == Value::Symbol).map(|found| found.id).collect();
    if wanted.is_empty() {
        return Ok(addresses);
    }
    let symbols = kernel.symbols()?.ok_or(LoadError::NoSymbols)?;
    if symbols.hidden() {
        return Err(LoadError::AddressesHidden);
    }
    for found in plan.object().file().externs().iter().filter(|found| wanted.contains(&found.id)) {
        let address = match symbols.find(&found.name) {
            Some(symbol) if !symbol.ambiguous => symbol.address,
            None if found.weak => 0,
            _ => return Err(LoadError::Symbol { symbol: found.name.clone() }),
        };
        addresses.insert(found.id, address);
    }
    Ok(addresses)
}
