//! struct_ops: registered, used, looked at, unregistered.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};

use bpf_loader::struct_ops::{MemberValue, State, StructOpsInfo, live};
use bpf_loader::{Kernel, LoadedObject};
use bpf_sys::prog::TestRun;
use libtest_mimic::{Completion, Trial};

use crate::support::{
    DONE, Failed, Outcome, equal, eventually, holds, is_registered, linked_test, load, open, socket_with,
    test, transfer, without_links,
};

pub(crate) fn tests() -> Vec<Trial> {
    vec![
        linked_test("a congestion control with a link, from load to detach", with_link),
        test("a congestion control without a link", without_link),
        test("dropping a link unregisters", || dropping("cong", "bpf_demo_cc")),
        test("dropping what was registered without a link unregisters", || {
            dropping("cong_nolink", "bpf_nolink")
        }),
        test("two variables share programs", shared),
        test("both sections in one object", both),
        test("zero members that no kernel has", || carries("cong_extra_zero", "bpf_extra_zero")),
        test("a flavor of the struct", || carries("cong_flavor", "bpf_flavor")),
        test("a callback with another prototype", || carries("cong_signature", "bpf_signature")),
        test("callbacks in other sections", || carries("cong_no_sec", "bpf_no_sec")),
        test("static callbacks", || carries("cong_static", "bpf_static")),
        test("a zero bitfield that no kernel has", || carries("cong_bitfield", "bpf_bitfield")),
        test("optional variables", optional),
        test("members and callbacks edited before load", edited),
        test("bpf_dummy_ops by test_run", dummy),
        test("detach with a socket open", open_socket),
        test("a congestion control that had a link, without it", life_without_link),
    ]
}

fn callback<'a>(info: &'a StructOpsInfo, wanted: &str) -> Option<&'a MemberValue> {
    info.members.iter().find(|member| matches!(member, MemberValue::Callback { name, .. } if name == wanted))
}

fn with_link() -> Outcome {
    let loaded = load("struct_ops/cong")?;
    let ops = loaded.struct_ops("bpf_demo_cc")?;
    equal("state after load", ops.info()?.state.to_string(), "INIT".to_owned())?;
    let link = ops.attach()?;
    holds("it is listed", is_registered("bpf_demo_cc")?)?;
    equal("a second attach", ops.attach().map(drop).map_err(|e| e.code()), Err("E0604"))?;
    transfer("bpf_demo_cc", 16)?;
    let counter = |name| loaded.global(name).and_then(|global| global.get::<u64>());
    holds("connections were opened", counter("connections_opened")? >= 1)?;
    holds("acknowledgements were seen", counter("acks_seen")? > 0)?;

    let info = ops.info()?;
    equal("state while linked", info.state.to_string(), "READY".to_owned())?;
    holds("it is counted", info.refcount.is_some_and(|count| count >= 1))?;
    let Some(MemberValue::Callback { program: Some(program), .. }) = callback(&info, "cong_avoid") else {
        return Err("cong_avoid is not set".into());
    };
    equal("its program", program.id, loaded.program("demo_cong_avoid")?.info()?.id)?;
    equal("its program's name", program.name.as_str(), "demo_cong_avoid")?;
    equal(
        "a callback left NULL",
        callback(&info, "cwnd_event"),
        Some(&MemberValue::Callback { name: "cwnd_event".into(), program: None }),
    )?;
    let all = live(&Kernel::running())?;
    let found =
        all.iter().find(|live| live.name == "bpf_demo_cc").ok_or("it is not in the list of live ones")?;
    holds("live: one link, registered", found.links.len() == 1 && found.is_registered())?;

    link.detach()?;
    holds("it is gone", !is_registered("bpf_demo_cc")?)?;
    equal("ready for another link", ops.state(), State::Ready)?;
    let again = ops.attach()?;
    holds("it is listed again", is_registered("bpf_demo_cc")?)?;
    drop(again);
    holds("it is gone again", !is_registered("bpf_demo_cc")?)?;
    DONE
}

fn without_link() -> Outcome {
    let loaded = load("struct_ops/cong_nolink")?;
    let ops = loaded.struct_ops("bpf_without_any_link")?;
    equal("its name in the kernel", ops.map().info()?.name, "bpf_without_any".to_owned())?;
    equal("state after load", ops.info()?.state.to_string(), "INIT".to_owned())?;
    let link = ops.attach()?;
    equal("state", ops.info()?.state.to_string(), "INUSE".to_owned())?;
    transfer("bpf_nolink", 4)?;
    equal("a second attach", ops.attach().map(drop).map_err(|e| e.code()), Err("E0604"))?;
    equal("nothing to pin", link.pin("/sys/fs/bpf/x").map_err(|e| e.code()), Err("E0605"))?;
    let all = live(&Kernel::running())?;
    holds(
        "live: registered without a link",
        all.iter().any(|l| l.name == "bpf_without_any" && !l.link && l.is_registered()),
    )?;
    link.detach()?;
    holds("it is gone", !is_registered("bpf_nolink")?)?;
    equal(
        "for good",
        ops.attach().map(drop).map_err(|e| e.to_string()),
        Err("struct_ops `bpf_without_any_link` cannot be attached: it is unregistered for good".into()),
    )?;
    DONE
}

fn dropping(fixture: &str, control: &str) -> Outcome {
    let loaded = load(&format!("struct_ops/{fixture}"))?;
    let link = loaded.struct_ops_variables().next().ok_or("no variable")?.attach()?;
    drop(loaded);
    holds("registered without the object", is_registered(control)?)?;
    drop(link);
    holds("gone with the link", !is_registered(control)?)?;
    DONE
}

fn attach_all(loaded: &LoadedObject) -> Result<Vec<bpf_loader::Link>, bpf_loader::AttachError> {
    loaded.struct_ops_variables().map(bpf_loader::StructOps::attach).collect()
}

fn shared() -> Outcome {
    let loaded = load("struct_ops/cong_shared")?;
    let _links = attach_all(&loaded)?;
    transfer("bpf_slow", 4)?;
    transfer("bpf_fast", 4)?;
    DONE
}

fn both() -> Outcome {
    let loaded = load("struct_ops/cong_both")?;
    let _links = attach_all(&loaded)?;
    transfer("bpf_plain", 4)?;
    transfer("bpf_linked", 4)?;
    DONE
}

fn carries(fixture: &str, control: &str) -> Outcome {
    let loaded = load(&format!("struct_ops/{fixture}"))?;
    let _links = attach_all(&loaded)?;
    transfer(control, 4)?;
    DONE
}

fn optional() -> Outcome {
    let mut object = open("struct_ops/cong_optional")?;
    let loaded = object.load()?;
    equal("variables by default", loaded.struct_ops_variables().count(), 1)?;
    drop(loaded);
    let names: Vec<String> = object.struct_ops().iter().map(|var| var.name().to_owned()).collect();
    for name in &names {
        object.map_mut(name)?.set_autocreate(true);
    }
    let loaded = object.load()?;
    equal("variables on request", loaded.struct_ops_variables().count(), names.len())?;
    let _links = attach_all(&loaded)?;
    transfer("bpf_always", 2)?;
    transfer("bpf_on_request", 2)?;
    DONE
}

fn edited() -> Outcome {
    let mut object = open("struct_ops/cong")?;
    let mut name = [0_u8; 16];
    name[..10].copy_from_slice(b"bpf_edited");
    let ops = object.struct_ops_mut("bpf_demo_cc")?;
    ops.set("name", &name)?.clear("pkts_acked")?;
    equal(
        "a misspelt member",
        ops.clear("pkts_ackd").map(drop).map_err(|e| e.help()),
        Err(Some("did you mean `pkts_acked`?".into())),
    )?;
    equal("a callback is no value", ops.set("init", &0_u64).map(drop).map_err(|e| e.code()), Err("E0314"))?;
    let loaded = object.load()?;
    holds("the cleared callback's program is not loaded", loaded.program("demo_pkts_acked").is_err())?;
    let _links = attach_all(&loaded)?;
    transfer("bpf_edited", 2)?;
    equal("never called", loaded.global("rtt_min_us")?.get::<u32>()?, 0)?;
    DONE
}

fn dummy() -> Outcome {
    let object = open("struct_ops/dummy")?;
    if let Err(failed) = object.plan(&Kernel::running())
        && failed.errors().iter().all(|error| error.code() == "E0407")
    {
        return Ok(Completion::ignored_with("needs Linux 5.16: bpf_dummy_ops"));
    }
    let loaded = object.load()?;
    let program = loaded.program("dummy_add")?;
    // The context of a struct_ops program is its arguments, 8 bytes each: here the address of a state.
    let mut context = 0_u64.to_ne_bytes();
    let output = program.test_run(TestRun::new().ctx_in(&mut context))?;
    equal("no state", output.retval.cast_signed(), -1)?;
    let attached = loaded.struct_ops("bpf_dummy")?.attach();
    equal("it cannot be registered", attached.map(drop).map_err(|e| e.code()), Err("E0601"))?;
    DONE
}

fn open_socket() -> Outcome {
    let loaded = load("struct_ops/cong_nolink")?;
    let ops = loaded.struct_ops("bpf_without_any_link")?;
    let link = ops.attach()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let socket = socket_with("bpf_nolink")?;
    socket.connect(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, listener.local_addr()?.port()).into())?;
    link.detach()?;
    equal("state while a socket uses it", ops.info()?.state.to_string(), "TOBEFREE".to_owned())?;
    holds("the name is gone at once", !is_registered("bpf_nolink")?)?;
    drop((socket, listener));
    DONE
}

/// All of the life of a map without a link, of an object whose variable stands in `.struct_ops.link`.
fn life_without_link() -> Outcome {
    let mut object = open("struct_ops/cong")?;
    without_links(&mut object)?;
    let loaded = object.load()?;
    let ops = loaded.struct_ops("bpf_demo_cc")?;
    let state = || -> Result<String, Failed> { Ok(ops.info()?.state.to_string()) };
    equal("state after load", state()?.as_str(), "INIT")?;
    let link = ops.attach()?;
    equal("state while registered", state()?.as_str(), "INUSE")?;
    holds("no link is made", link.info()?.is_none())?;
    transfer("bpf_demo_cc", 2)?;
    let counter = |name| loaded.global(name).and_then(|global| global.get::<u64>());
    holds("acknowledgements were seen", counter("acks_seen")? > 0)?;
    // The kernel ends connections in its own time.
    let open_now =
        || -> Result<u64, Failed> { Ok(counter("connections_opened")? - counter("connections_closed")?) };
    eventually("the transfer's connection has ended", || Ok(open_now()? == 0))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let socket = socket_with("bpf_demo_cc")?;
    socket.connect(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, listener.local_addr()?.port()).into())?;
    equal("open now", open_now()?, 1)?;
    link.detach()?;
    equal("state while a socket uses it", state()?.as_str(), "TOBEFREE")?;
    holds("the name is gone at once", !is_registered("bpf_demo_cc")?)?;
    drop((socket, listener));
    eventually("its programs are called to the last", || Ok(open_now()? == 0))?;
    equal("attached once more", ops.attach().map(drop).map_err(|e| e.code()), Err("E0604"))?;
    DONE
}
