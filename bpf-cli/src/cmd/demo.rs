//! `bpf demo`: one congestion control from its object to the end of its life, with real traffic.

use bpf_loader::object::OpenOptions;
use bpf_loader::struct_ops::State;
use bpf_loader::{Answer, Feature, Kernel, LoadedObject, MapError, Object, Plan};
use serde_json::{Value, json};

use crate::cmd::{CommandError, Outcome};
use crate::demo;
use crate::out::Out;
use crate::render::{json, struct_ops as render};

/// Lets sockets of processes without CAP_NET_ADMIN choose it (`include/net/tcp.h`).
const TCP_CONG_NON_RESTRICTED: u32 = 1;

/// The counters that the programs keep, each with what it says.
const COUNTERS: &[(&str, &str)] = &[
    ("connections_opened", "connections that began with it"),
    ("connections_closed", "connections that ended"),
    ("acks_seen", "acknowledgements that may widen the window"),
    ("segments_acked", "segments that they acknowledged"),
    ("losses", "losses"),
    ("undos", "losses that were none"),
    ("cwnd_max", "widest window, in segments"),
    ("rtt_min_us", "shortest round trip, in microseconds"),
];

pub(crate) fn run(out: &Out) -> Outcome {
    let mut object = OpenOptions::new().name("demo").parse(demo::OBJECT)?;
    let kernel = Kernel::running();
    // Before 6.4 there are no links to register it through. Where there is no BTF, planning says what that means.
    let links = kernel.btf().is_err() || kernel.feature(Feature::StructOpsLink) != Answer::No;
    for ops in object.struct_ops().iter().map(|ops| ops.name().to_owned()).collect::<Vec<_>>() {
        object.struct_ops_mut(&ops)?.set("flags", &TCP_CONG_NON_RESTRICTED)?.set_link(links);
    }
    out.line(format!(
        "opened the built-in object: {} programs, {} maps, {} struct_ops variable",
        object.programs().len(),
        object.maps().len(),
        object.struct_ops().len()
    ));
    let plan = object.plan(&kernel)?;
    out.line(format!("planned for Linux {}", kernel.machine().release.as_deref().unwrap_or("?")));
    let loaded = match plan.load(&kernel) {
        Ok(loaded) => loaded,
        Err(error) => {
            out.line(
                "\nIt cannot be loaded here, for the reason below. This is what would have been sent:\n",
            );
            out.line(plan.to_string());
            return Err(error.into());
        }
    };
    let report = live(&object, &plan, &loaded, out)?;
    out.result(|| "done: nothing of it is left in the kernel".to_owned(), || report);
    Ok(())
}

fn live(
    object: &Object,
    plan: &Plan,
    loaded: &LoadedObject,
    out: &Out,
) -> Result<Value, Box<dyn crate::cmd::Failure>> {
    let ops = loaded.struct_ops_variables().next();
    let ops =
        ops.ok_or_else(|| CommandError::new("E0911", "the built-in object has no struct_ops variable"))?;
    let name = ops.name().to_owned();
    out.line(format!("loaded {} programs and {} maps", loaded.programs().count(), loaded.maps().count()));
    let link = ops.attach()?;
    out.line(format!("registered the congestion control {name}\n"));

    let transfer = demo::transfer(&name)?;
    out.line(format!("sent {transfer}\n"));

    let counters = counters(loaded)?;
    out.line("what its programs counted:");
    for (text, value) in COUNTERS.iter().map(|(_, text)| text).zip(counters.iter().map(|(_, value)| value)) {
        out.line(format!("  {value:>10}  {text}"));
    }
    let info = ops.info()?;
    out.line(format!("\nthe live struct_ops map:\n{}", render::members(&info)));
    let registered = json::struct_ops(ops);

    link.detach().map_err(|failed| failed.error)?;
    let gone = !demo::is_available(&name)?;
    if !gone || ops.state() == State::Registered {
        return Err(CommandError::new(
            "E0912",
            format!("the kernel still lists the congestion control {name}"),
        )
        .into());
    }
    out.line(format!("detached: the kernel no longer lists {name}"));
    Ok(json!({
        "object": object.name(),
        "plan": plan.to_json(),
        "transfer": { "bytes": transfer.bytes, "sha256": transfer.sha256, "seconds": transfer.seconds },
        "counters": counters.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect::<serde_json::Map<_, _>>(),
        "struct_ops": registered,
        "gone": gone,
    }))
}

fn counters(loaded: &LoadedObject) -> Result<Vec<(&'static str, u64)>, MapError> {
    COUNTERS
        .iter()
        .map(|(name, _)| {
            let global = loaded.global(name)?;
            let value =
                if global.size() == 4 { u64::from(global.get::<u32>()?) } else { global.get::<u64>()? };
            Ok((*name, value))
        })
        .collect()
}
