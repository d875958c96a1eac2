//! `bpf kernel`, and kernels as other commands are given them.

use std::path::Path;

use bpf_loader::kernel::btf_file;
use bpf_loader::{Answer, Feature, Kernel, KernelError};
use serde_json::{Value, json};

use crate::args::{CoreBtf, KernelCommand};
use crate::cmd::{CommandError, Outcome};
use crate::out::Out;

/// What stands for the running kernel where a file could.
pub(super) const RUNNING: &str = "vmlinux";

/// The kernel in a file, or the running one; with the types that were given for CO-RE.
pub(super) fn chosen(file: Option<&Path>, core: &CoreBtf) -> Result<Kernel, KernelError> {
    with_core(file.map_or_else(|| Ok(Kernel::running()), Kernel::open)?, core)
}

/// The kernel with the types that were given for CO-RE.
pub(super) fn with_core(kernel: Kernel, core: &CoreBtf) -> Result<Kernel, KernelError> {
    match &core.core_btf {
        Some(path) => kernel.with_core_btf(btf_file(path, None)?),
        None => Ok(kernel),
    }
}

pub(super) fn run(command: &KernelCommand, out: &Out) -> Outcome {
    match command {
        KernelCommand::Show { file } => {
            let kernel = file.as_ref().map_or_else(|| Ok(Kernel::running()), Kernel::open)?;
            let name = file.as_ref().map_or("the running kernel".into(), |file| file.display().to_string());
            show(&name, &kernel, out);
            Ok(())
        }
        KernelCommand::Save { output, from, module, config, symbols, release } => {
            let Some(from) = from else { return save(&Kernel::running(), output, out) };
            let mut builder = Kernel::builder().file(from)?;
            for path in module {
                builder =
                    if path.is_dir() { builder.module_folder(path)? } else { builder.module_file(path) };
            }
            if let Some(path) = config {
                builder = builder.kconfig_file(path)?;
            }
            if let Some(path) = symbols {
                builder = builder.symbols_file(path)?;
            }
            if let Some(release) = release {
                builder = builder.release(release);
            }
            save(&builder.build(), output, out)
        }
    }
}

fn save(kernel: &Kernel, output: &Path, out: &Out) -> Outcome {
    // A module that cannot be used is not in the file.
    for module in kernel.modules() {
        if let Err(error) = module.btf() {
            let causes: Vec<String> = crate::render::diagnostic::causes(&error);
            out.note(format!("warning: module {} is left out: {}", module.name(), causes.join(": ")));
        }
    }
    let bytes = kernel.save()?;
    std::fs::write(output, &bytes).map_err(|source| {
        CommandError::new("E0906", format!("{} cannot be written", output.display())).source(source)
    })?;
    show(&output.display().to_string(), kernel, out);
    Ok(())
}

/// What is known of a kernel. Where something is not, that is shown too.
fn show(name: &str, kernel: &Kernel, out: &Out) {
    let known = Known::of(kernel);
    out.result(|| known.text(name), || known.json(name));
}

struct Known<'a> {
    kernel: &'a Kernel,
    types: Result<u32, KernelError>,
    /// Those whose BTF can be used, with the number of their own types.
    modules: Vec<(&'a str, u32)>,
    options: Option<usize>,
    symbols: Option<usize>,
    features: Vec<(Feature, Answer)>,
}

impl<'a> Known<'a> {
    fn of(kernel: &'a Kernel) -> Self {
        let types = kernel.btf().map(|btf| btf.last_id().0);
        let own = |module: bpf_loader::kernel::Module<'a>| {
            let btf = module.btf().ok()?;
            Some((module.name(), btf.last_id().0.saturating_add(1).saturating_sub(btf.first_id().0)))
        };
        let options = kernel.kconfig().ok().map(|text| {
            text.lines().filter(|line| line.starts_with("CONFIG_") && line.contains('=')).count()
        });
        Self {
            kernel,
            types,
            modules: kernel.modules().filter_map(own).collect(),
            options,
            symbols: kernel.symbols().ok().flatten().map(|symbols| symbols.iter().count()),
            features: Feature::all().map(|feature| (feature, kernel.feature(feature))).collect(),
        }
    }

    fn named(&self, wanted: Answer) -> Vec<&'static str> {
        self.features
            .iter()
            .filter(|(_, answer)| *answer == wanted)
            .map(|(feature, _)| feature.name())
            .collect()
    }

    fn text(&self, name: &str) -> String {
        let machine = self.kernel.machine();
        let number = |value: Option<usize>| value.map_or("not known".into(), |value| value.to_string());
        let word = |value: &Option<String>| value.clone().unwrap_or("not known".into());
        let version = |code: u32| format!("{}.{}.{}", code >> 16, code >> 8 & 0xff, code & 0xff);
        let types = match &self.types {
            Ok(types) => types.to_string(),
            Err(error) => format!("not known: {error}"),
        };
        let mut lines = vec![
            name.to_owned(),
            format!("  release         {}", word(&machine.release)),
            format!(
                "  version         {}",
                machine.version_code.map_or("that of the release".into(), version)
            ),
            format!("  architecture    {}, {}-endian", word(&machine.architecture), machine.endian),
            format!("  page size       {}", number(machine.page_size.and_then(|size| size.try_into().ok()))),
            format!(
                "  processors      {}",
                number(machine.possible_cpus.and_then(|cpus| cpus.try_into().ok()))
            ),
            format!("  types           {types}"),
        ];
        if let Ok(hash) = self.kernel.btf_hash() {
            lines.push(format!("  hash of types   {hash}"));
        }
        if let Some(core) = self.kernel.core_btf() {
            lines.push(format!("  types for CO-RE {}", core.last_id()));
        }
        let of_modules: u32 = self.modules.iter().map(|(_, types)| types).sum();
        lines.push(match self.modules.as_slice() {
            [] => "  modules         none with types".into(),
            modules => format!("  modules         {} with {of_modules} types", modules.len()),
        });
        lines.push(format!(
            "  configuration   {}",
            self.options.map_or("not known".into(), |n| format!("{n} options"))
        ));
        lines.push(format!("  symbols         {}", number(self.symbols)));
        for (answer, title) in [(Answer::Yes, "has"), (Answer::No, "has not"), (Answer::Unknown, "not known")]
        {
            let names = self.named(answer);
            if !names.is_empty() {
                lines.push(format!("  {title:<15} {}", names.join(", ")));
            }
        }
        lines.join("\n")
    }

    fn json(&self, name: &str) -> Value {
        let machine = self.kernel.machine();
        let answer = |answer: &Answer| match answer {
            Answer::Yes => json!(true),
            Answer::No => json!(false),
            Answer::Unknown => Value::Null,
        };
        let features = self.features.iter().map(|(feature, known)| {
            let since = feature.since().map(|since| since.to_string());
            json!({ "name": feature.name(), "since": since, "has": answer(known) })
        });
        let modules = self.modules.iter().map(|(name, types)| json!({ "name": name, "types": types }));
        json!({
            "name": name,
            "release": machine.release,
            "version_code": machine.version_code,
            "architecture": machine.architecture,
            "endian": machine.endian.name(),
            "page_size": machine.page_size,
            "possible_cpus": machine.possible_cpus,
            "types": self.types.as_ref().ok(),
            "btf_sha256": self.kernel.btf_hash().ok().map(|hash| hash.to_string()),
            "modules": modules.collect::<Vec<_>>(),
            "options": self.options,
            "symbols": self.symbols,
            "features": features.collect::<Vec<_>>(),
        })
    }
}
