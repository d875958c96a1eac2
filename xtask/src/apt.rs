//! Installing packages where the system does that with apt.

use std::process::Command;

use crate::error::Error;

/// Runs `apt-get`, which asks nothing.
pub(crate) fn get(arguments: &[&str]) -> Result<(), Error> {
    let program = format!("apt-get {}", arguments.join(" "));
    let status = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .map_err(Error::spawn(program.clone()))?;
    if status.success() { Ok(()) } else { Err(Error::Status { program, status: status.to_string() }) }
}
