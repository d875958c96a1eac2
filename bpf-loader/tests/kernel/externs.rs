//! What programs find in the kernel: values of its configuration, addresses, functions, variables; and programs that are
//! loaded for one thing of it, attached and seen to run.

use std::io::Read;

use bpf_loader::btf::Kind;
use bpf_loader::kernel::{Answer, Feature};
use bpf_loader::{AttachError, AttachOptions, Diagnostic, Kernel, LoadError, LoadedObject, Program};
use bpf_sys::errno;
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::modules::module_test;
use crate::support::{DONE, Failed, Outcome, equal, holds, open, test};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        test("values of the kernel's configuration", configuration),
        test("the kernel's version, and what it can do", facts),
        test("the address of a symbol", symbol),
        test("a variable of each processor", variable),
        test("kfuncs: found, called, and by a flavor of the name", functions),
        test("kfuncs that may be missing", missing_functions),
        module_test("a kfunc of a module", module_function),
        test("a typed tracepoint counts while attached", typed_tracepoint),
        test("an iterator goes over all tasks", iterator),
        test("a cookie for what a program was loaded for", cookies),
        test("programs before and after a function of the kernel", trampolines),
        test("a hook of the security modules", hook),
    ]
}

fn run(program: &Program) -> Result<u32, Failed> {
    Ok(program.test_run(TestRun::new().data_in(&[0; 64]))?.retval)
}

/// A program that takes no packet: it is run without data.
fn run_bare(program: &Program) -> Result<u32, Failed> {
    Ok(program.test_run(TestRun::new())?.retval)
}

fn word(loaded: &LoadedObject, name: &str) -> Result<u32, Failed> {
    Ok(loaded.global(name)?.get::<u32>()?)
}

fn configuration() -> Outcome {
    let kernel = Kernel::running();
    let text = match kernel.kconfig() {
        Ok(text) => text,
        Err(error) if error.code() == "E0328" => {
            return Ok(Completion::ignored_with(
                "needs CONFIG_IKCONFIG_PROC: the kernel shows its configuration",
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let said = |name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or("n").to_owned()
    };
    let loaded = open("externs/kconfig")?.plan(&kernel)?.load(&kernel)?;
    run(loaded.program("read_values")?)?;
    equal("HZ", word(&loaded, "hz")?.to_string(), said("CONFIG_HZ"))?;
    equal("processors", word(&loaded, "cpus")?.to_string(), said("CONFIG_NR_CPUS"))?;
    equal("a truth", word(&loaded, "syscall")?, u32::from(said("CONFIG_BPF_SYSCALL") == "y"))?;
    equal("a character", word(&loaded, "letter")?, u32::from(said("CONFIG_BPF").as_bytes()[0]))?;
    let states = [("n", 0), ("y", 1), ("m", 2)];
    let ipv6 = states.iter().find(|(state, _)| *state == said("CONFIG_IPV6")).map(|(_, number)| *number);
    equal("one of three states", Some(word(&loaded, "ipv6")?), ipv6)?;
    equal("what no kernel has", word(&loaded, "never")?, 0)?;
    let illegal = loaded.global("illegal")?.get::<u64>()?;
    if let Some(hex) = said("CONFIG_ILLEGAL_POINTER_VALUE").strip_prefix("0x") {
        equal("a number of 64 bits", Ok(illegal), u64::from_str_radix(hex, 16))?;
    }
    let compiler = loaded.global("compiler")?.get::<[u8; 8]>()?;
    let wanted = said("CONFIG_CC_VERSION_TEXT");
    equal("a text, cut", &compiler[..7], &wanted.as_bytes()[1..8])?;
    // Nobody can write to it any more, from here or from a program.
    let map = loaded.map(".kconfig")?;
    holds("it is frozen", map.update(&0_u32.to_ne_bytes(), &[0; 38], 0).is_err())?;
    DONE
}

fn facts() -> Outcome {
    let loaded = open("externs/kernel_facts")?.load()?;
    run(loaded.program("read_facts")?)?;
    let version = word(&loaded, "version")?;
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let numbers: Vec<u32> =
        release.split(['.', '-']).map_while(|part| part.trim().parse().ok()).take(2).collect();
    equal("the first two numbers", vec![version >> 16, version >> 8 & 0xff], numbers)?;
    let btf = Kernel::running();
    let wrapped = ["__x64_sys_bpf", "__arm64_sys_bpf", "__s390x_sys_bpf"];
    let wrapped = wrapped.iter().any(|name| btf.btf().is_ok_and(|btf| btf.find(name, Kind::FUNC).is_some()));
    equal("wrapped system calls", word(&loaded, "wrapper")?, u32::from(wrapped))?;
    equal("attach cookies", word(&loaded, "cookie")? == 1, version >= 0x05_0f_00)?;
    DONE
}

fn symbol() -> Outcome {
    let loaded = match open("externs/symbol")?.load() {
        Err(LoadError::AddressesHidden) => {
            return Ok(Completion::ignored_with(
                "the addresses of symbols are hidden: kernel.kptr_restrict is 2",
            ));
        }
        other => other?,
    };
    run(loaded.program("read_addresses")?)?;
    let symbols = std::fs::read_to_string("/proc/kallsyms")?;
    let line = symbols.lines().find(|line| line.ends_with(" T schedule")).ok_or("no schedule in kallsyms")?;
    let wanted = u64::from_str_radix(line.split(' ').next().unwrap_or_default(), 16)?;
    equal("address", loaded.global("address")?.get::<u64>()?, wanted)?;
    equal("what is not there", loaded.global("missing")?.get::<u64>()?, 0)?;
    let failed = open("externs/missing_symbol")?.load().err().ok_or("loaded")?;
    equal("a symbol that is not there", failed.code(), "E0441")?;
    DONE
}

fn variable() -> Outcome {
    let loaded = match open("externs/variable")?.load() {
        Err(error) if error.code() == "E0449" => {
            return Ok(Completion::ignored_with("needs CONFIG_KALLSYMS_ALL: the addresses of variables"));
        }
        Err(error) if error.code() == "E0441" => {
            return Ok(Completion::ignored_with("needs Linux 5.11: variables in the kernel's BTF"));
        }
        other => other?,
    };
    let link = loaded.program("read_variable")?.attach()?;
    std::fs::metadata("/")?;
    drop(link);
    equal("the first processor's number", word(&loaded, "processor")?, 0)?;
    equal("what is not there", loaded.global("missing")?.get::<u64>()?, 0)?;
    DONE
}

/// Whether the kernel has a function, and lets programs that are run on demand call it.
fn lacks_task_from_pid() -> Result<Option<&'static str>, Failed> {
    let has = Kernel::running().btf()?.find("bpf_task_from_pid", Kind::FUNC).is_some();
    Ok((!has).then_some("needs Linux 6.2: bpf_task_from_pid"))
}

/// Kernels let these programs call the functions of tasks since 6.12.
fn not_for_syscall(error: &LoadError) -> bool {
    error.to_string().contains("calling kernel function")
}

fn functions() -> Outcome {
    if let Some(why) = lacks_task_from_pid()? {
        return Ok(Completion::ignored_with(why));
    }
    let mut object = open("externs/kfunc")?;
    object.global_mut("pid")?.set(&std::process::id())?;
    let loaded = match object.load() {
        Err(error) if not_for_syscall(&error) => {
            return Ok(Completion::ignored_with(
                "needs Linux 6.12: bpf_task_from_pid in programs run on demand",
            ));
        }
        other => other?,
    };
    equal("returned", run_bare(loaded.program("find_task")?)?, 0)?;
    equal("this process is found", word(&loaded, "found")?, 1)?;
    DONE
}

fn missing_functions() -> Outcome {
    let mut object = open("externs/kfunc_weak")?;
    object.global_mut("pid")?.set(&std::process::id())?;
    let loaded = match object.load() {
        Err(error) if not_for_syscall(&error) => {
            return Ok(Completion::ignored_with(
                "needs Linux 6.12: bpf_task_from_pid in programs run on demand",
            ));
        }
        Err(error) if error.to_string().contains("came with Linux 5.14") => {
            return Ok(Completion::ignored_with("needs Linux 5.14: programs that are run on demand"));
        }
        other => other?,
    };
    run_bare(loaded.program("guarded")?)?;
    equal("a function that no kernel has", word(&loaded, "has_missing")?, 0)?;
    equal("a function declared differently", word(&loaded, "has_different")?, 0)?;
    equal("this process is found", word(&loaded, "found")? == 1, lacks_task_from_pid()?.is_none())?;
    DONE
}

fn module_function() -> Outcome {
    let loaded = open("externs/module_kfunc")?.load()?;
    equal(
        "the modules of the program",
        loaded.plan().programs()[0].modules.clone(),
        vec!["bpf_fixture".into()],
    )?;
    run_bare(loaded.program("add")?)?;
    equal("2 and 3", word(&loaded, "sum")?, 5)?;
    DONE
}

fn typed_tracepoint() -> Outcome {
    let mut object = open("targets/tp_btf")?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    let loaded = object.load()?;
    let calls = loaded.global("calls")?;
    equal("before", calls.get::<u64>()?, 0)?;
    let link = loaded.program("on_sys_enter")?.attach()?;
    std::fs::metadata("/")?;
    drop(link);
    let counted = calls.get::<u64>()?;
    holds("system calls were counted", counted > 0)?;
    std::fs::metadata("/")?;
    equal("detached, it counts no more", calls.get::<u64>()?, counted)?;
    DONE
}

fn iterator() -> Outcome {
    let loaded = open("targets/iter")?.load()?;
    let link = loaded.program("each_task")?.attach()?;
    let mut read = String::new();
    link.iterate()?.ok_or("no kernel link")?.read_to_string(&mut read)?;
    let tasks = loaded.global("tasks")?.get::<u64>()?;
    holds("this process is one of them", tasks > 1)?;
    equal("one letter for each", read, "t".repeat(usize::try_from(tasks)?))?;
    DONE
}

fn cookies() -> Outcome {
    let options = AttachOptions::new().cookie(7);
    let loaded = open("targets/iter")?.load()?;
    let refused = options.attach(loaded.program("each_task")?).err();
    equal("iterators have none", refused.map(|error| error.code()), Some("E0611"))?;
    let loaded = open("targets/tp_btf")?.load()?;
    let lacks = loaded.plan().kernel().feature(Feature::RawTracepointCookie) == Answer::No;
    match options.attach(loaded.program("on_sys_enter")?) {
        Err(error) if lacks => equal("a kernel without them", error.code(), "E0610")?,
        attached => {
            drop(attached?);
            holds("a kernel without them was not asked", !lacks)?;
        }
    }
    let all = loaded.attach()?;
    equal("all of an object", all.links().len(), loaded.programs().count())?;
    equal("nothing is left out", all.skipped(), &[][..])?;
    DONE
}

/// Why programs that replace code of the kernel are refused here, if that is not about these.
fn why_not(error: &dyn Diagnostic) -> Outcome {
    if error.code() == "E0446" {
        return Ok(Completion::ignored_with("needs CONFIG_BPF_LSM: hooks of the security modules"));
    }
    // Of several the first tells: all of them are refused for the same reason, or the test fails.
    let mut cause = error.related().first().map_or(error.as_error(), |first| first.as_error());
    while let Some(found) = cause {
        match found.downcast_ref::<bpf_sys::SysError>() {
            Some(refused) if refused.is(errno::EPERM) => {
                let why = "this machine permits no program to replace code of the kernel (EPERM, with all capabilities)";
                return Ok(Completion::ignored_with(why));
            }
            Some(refused) if refused.is(errno::ENOTSUPP) => {
                return Ok(Completion::ignored_with(
                    "needs CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS: trampolines",
                ));
            }
            _ => cause = found.source(),
        }
    }
    Err(error.as_error().map_or_else(String::new, ToString::to_string).into())
}

fn trampolines() -> Outcome {
    let mut object = open("targets/trampoline")?;
    let loaded = match object.load() {
        // Before 6.2 only what CONFIG_FUNCTION_ERROR_INJECTION allows can be modified.
        Err(error) if error.to_string().contains("is not modifiable") => {
            object.program_mut("on_return")?.set_autoload(false);
            object.load()?
        }
        Ok(loaded) => loaded,
        Err(error) => return why_not(&error),
    };
    let links = loaded.programs().map(Program::attach).collect::<Result<Vec<_>, AttachError>>();
    let links = match links {
        Ok(links) => links,
        Err(error) => return why_not(&error),
    };
    // Running one of them on demand calls the functions that all are for.
    run_bare(loaded.program("on_entry")?)?;
    equal("entered with 1", loaded.global("entered")?.get::<u64>()?, 1)?;
    equal("left with 2", loaded.global("left")?.get::<u64>()?, 1)?;
    drop(links);
    run_bare(loaded.program("on_entry")?)?;
    equal("detached", loaded.global("entered")?.get::<u64>()?, 1)?;
    DONE
}

fn hook() -> Outcome {
    let mut object = open("targets/lsm")?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    let loaded = match object.load() {
        Ok(loaded) => loaded,
        Err(error) => return why_not(&error),
    };
    let link = match loaded.program("on_open")?.attach() {
        Ok(link) => link,
        Err(error) => return why_not(&error),
    };
    drop(std::fs::File::open("/proc/self/stat")?);
    drop(link);
    let listed = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    if !listed.split(',').any(|name| name.trim() == "bpf") {
        return Ok(Completion::ignored_with(
            "bpf is not among the security modules that this kernel was started with",
        ));
    }
    holds("files that were opened", loaded.global("opens")?.get::<u64>()? > 0)?;
    DONE
}
