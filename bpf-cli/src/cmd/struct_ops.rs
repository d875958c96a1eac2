//! `bpf struct-ops`: what the kernel has of them, and registering more.

use std::path::Path;

use bpf_loader::diagnose::Label;
use bpf_loader::struct_ops::{Live, live};
use bpf_loader::{Kernel, Link, Object, StructOps};
use serde_json::json;

use crate::args::{CoreBtf, StructOps as Command};
use crate::cmd::{CommandError, Outcome, kernel};
use crate::out::Out;
use crate::render::{json, struct_ops as render};

pub(crate) fn run(command: &Command, out: &Out) -> Outcome {
    match command {
        Command::List => list(out),
        Command::Dump { name } => dump(name.as_deref(), out),
        Command::Register { file, pin, hold, core } => register(file, pin.as_deref(), *hold, core, out),
        Command::Unregister { name } => unregister(name, out),
    }
}

fn list(out: &Out) -> Outcome {
    let all = live(&Kernel::running())?;
    out.result(|| render::table(&all), || all.iter().map(json::live).collect());
    Ok(())
}

fn dump(name: Option<&str>, out: &Out) -> Outcome {
    let all = live(&Kernel::running())?;
    let found: Vec<&Live> = match name {
        Some(name) => vec![named(&all, name)?],
        None => all.iter().collect(),
    };
    let text = || match found.as_slice() {
        [] => "no struct_ops is loaded".to_owned(),
        found => found.iter().map(|live| render::dump(live)).collect::<Vec<_>>().join("\n"),
    };
    out.result(text, || found.iter().map(|live| json::live(live)).collect());
    Ok(())
}

fn unregister(name: &str, out: &Out) -> Outcome {
    let all = live(&Kernel::running())?;
    let found = named(&all, name)?;
    if !found.is_registered() {
        return Err(CommandError::new(
            "E0903",
            format!("`{}` is not registered: its state is {}", found.name, found.info.state),
        )
        .help("it goes when the process that loaded it ends")
        .into());
    }
    let links = found.unregister()?;
    let text = || match links {
        0 => format!("unregistered {} ({})", found.name, found.ops),
        1 => format!("unregistered {} ({}): its link is detached", found.name, found.ops),
        links => format!("unregistered {} ({}): {links} links are detached", found.name, found.ops),
    };
    out.result(text, || json!({ "unregistered": json::live(found) }));
    Ok(())
}

/// The one struct_ops of that name, or of that id.
fn named<'a>(all: &'a [Live], name: &str) -> Result<&'a Live, CommandError> {
    let by_id = name.strip_prefix("id:").and_then(|id| id.parse::<u32>().ok());
    let matches = |live: &&Live| match by_id {
        Some(id) => live.id == id,
        // The kernel keeps 15 bytes of a name.
        None => live.name == name || (live.name.len() == 15 && name.starts_with(&live.name)),
    };
    match all.iter().filter(matches).collect::<Vec<_>>().as_slice() {
        [one] => Ok(one),
        [] => {
            let names: Vec<&str> = all.iter().map(|live| live.name.as_str()).collect();
            let help = match names.as_slice() {
                [] => "no struct_ops is loaded".to_owned(),
                names => format!("loaded are: {}", names.join(", ")),
            };
            Err(CommandError::new("E0901", format!("no struct_ops `{name}` is loaded")).help(help))
        }
        many => {
            let ids: Vec<String> = many.iter().map(|live| format!("id:{}", live.id)).collect();
            Err(CommandError::new("E0902", format!("{} struct_ops are named `{name}`", many.len()))
                .help(format!("name one by its id: {}", ids.join(", "))))
        }
    }
}

fn register(file: &Path, pin: Option<&Path>, hold: bool, core: &CoreBtf, out: &Out) -> Outcome {
    let object = Object::open(file)?;
    if object.struct_ops().is_empty() {
        return Err(CommandError::new("E0904", format!("{} has no struct_ops variables", file.display()))
            .at(file, None)
            .help("they stand in SEC(\".struct_ops\") or SEC(\".struct_ops.link\")")
            .into());
    }
    // A variable whose section begins with `?` is left out.
    let created = |name: &str| object.maps().iter().any(|map| map.name() == name && map.def().autocreate);
    let wanted: Vec<_> = object.struct_ops().iter().filter(|var| created(var.name())).collect();
    if wanted.is_empty() {
        return Err(CommandError::new(
            "E0906",
            format!("{} has optional struct_ops variables only, and registers none of them", file.display()),
        )
        .at(file, None)
        .help("take the `?` off the section's name, or load it with a program that chooses")
        .into());
    }
    if let Some(linked) = wanted.iter().find(|var| var.link())
        && pin.is_none()
        && !hold
    {
        return Err(CommandError::new(
            "E0905",
            format!("`{}` is registered through a link, which would end with this command", linked.name()),
        )
        .at(file, Some(Label::item("variable", linked.name())))
        .help("--pin DIR keeps the link on a bpffs, --hold keeps it here until this process is ended")
        .into());
    }
    if let Some(odd) = wanted
        .iter()
        .find(|var| pin.is_some() && Path::new(var.name()).file_name() != Some(var.name().as_ref()))
    {
        return Err(CommandError::new("E0908", format!("`{}` cannot be the name of a pin", odd.name()))
            .at(file, Some(Label::item("variable", odd.name())))
            .into());
    }
    let kernel = kernel::chosen(None, core)?;
    let loaded = object.plan(&kernel)?.load(&kernel)?;
    for notice in loaded.plan().notices() {
        out.note(format!("notice {}: {notice}", notice.code()));
    }
    // Dropped on a failure half way: what was attached is detached, what was pinned is removed.
    let mut done = Registered::default();
    for ops in loaded.struct_ops_variables() {
        done.add(ops, pin)?;
    }
    let text = || {
        let all = loaded.struct_ops_variables().zip(&done.links).map(|(ops, link)| described(ops, link, pin));
        all.collect::<Vec<_>>().join("\n")
    };
    out.result(
        text,
        || json!({ "registered": loaded.struct_ops_variables().map(json::struct_ops).collect::<Vec<_>>() }),
    );
    if hold {
        out.note("held until this process is ended");
        loop {
            std::thread::park();
        }
    }
    done.keep();
    Ok(())
}

fn described(ops: &StructOps, link: &Link, pin: Option<&Path>) -> String {
    let (name, kernel) = (ops.name(), &ops.plan().struct_type.name);
    match (link.fd(), pin) {
        (None, _) => format!("registered {name} ({kernel}); it stays until it is unregistered"),
        (Some(_), Some(dir)) => {
            format!("registered {name} ({kernel}), link pinned to {}", dir.join(name).display())
        }
        (Some(_), None) => format!("registered {name} ({kernel}) through a link of this process"),
    }
}

/// What was registered so far. Dropping it undoes all of it.
#[derive(Default)]
struct Registered {
    links: Vec<Link>,
    pins: Vec<std::path::PathBuf>,
}

impl Registered {
    fn add(&mut self, ops: &StructOps, pin: Option<&Path>) -> Result<(), bpf_loader::AttachError> {
        let link = ops.attach()?;
        if let (Some(dir), Some(_)) = (pin, link.fd()) {
            let path = dir.join(ops.name());
            link.pin(&path)?;
            self.pins.push(path);
        }
        self.links.push(link);
        Ok(())
    }

    /// Leaves everything registered when this process ends.
    fn keep(mut self) {
        self.pins.clear();
        self.links.drain(..).for_each(Link::forget);
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        for pin in &self.pins {
            // What cannot be removed is named: it would stay registered.
            if let Err(error) = std::fs::remove_file(pin) {
                let out = Out::new(false, crate::args::Color::Auto);
                out.note(format!("{} could not be removed: {error}", pin.display()));
            }
        }
        // Once pinned, a link ends some time after its last user is gone: here it ends before the message is printed.
        for link in self.links.drain(..) {
            if let Err(error) = link.detach() {
                Out::new(false, crate::args::Color::Auto).note(error.to_string());
            }
        }
    }
}
