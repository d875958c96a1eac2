//! Maps whose elements belong to something else: a group, socket, inode or task; and one of groups.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd};

use bpf_loader::LoadedObject;
use bpf_loader::uapi::AttachType;

use super::Case;
use crate::support::Failed;
use crate::types::cgroup::Group;
use crate::types::sockets::{pair, udp};
use crate::types::{Observed, long, number, open_with};

/// The key of what belongs to something that has a descriptor.
fn key(fd: &impl AsFd) -> [u8; 4] {
    fd.as_fd().as_raw_fd().to_ne_bytes()
}

/// A system call that programs see.
fn call() -> Result<(), Failed> {
    std::fs::metadata("/")?;
    Ok(())
}

/// The element of a group after three packets were sent within it.
fn of_group_of_packets(case: Case, program: &str) -> Result<Option<Vec<u8>>, Failed> {
    let map = case.of.short_name().ok_or("the type has no name")?;
    let (loaded, group) = (open_with(case.fixture, &[program], &[map])?.load()?, Group::new()?);
    let attach_type = AttachType::CGROUP_INET_EGRESS;
    let link = group.attach(loaded.program(program)?, attach_type)?;
    group.within(|| {
        let (sender, receiver) = (udp()?, udp()?);
        let sent = (0..3).map(|_| sender.send_to(&[0; 10], receiver.local_addr()?)).sum::<Result<usize, _>>();
        Ok(sent?)
    })?;
    let mut key = [0; 16];
    key[..8].copy_from_slice(&group.id()?.to_ne_bytes());
    key[8..12].copy_from_slice(&attach_type.0.to_ne_bytes());
    let element = loaded.map(map)?.lookup(&key)?;
    drop(link);
    Ok(element)
}

pub(super) fn cgroup_storage(case: Case) -> Result<Observed, Failed> {
    let element = of_group_of_packets(case, "in_cgroup_storage")?;
    Ok(Observed::new(element.map(|value| long(&value)).transpose()?, Some(3)))
}

pub(super) fn percpu_cgroup_storage(case: Case) -> Result<Observed, Failed> {
    let element = of_group_of_packets(case, "in_percpu_cgroup_storage")?;
    let sum = element.map(|values| values.chunks(8).map(long).sum::<Result<u64, _>>());
    Ok(Observed::new(sum.transpose()?, Some(3)))
}

pub(super) fn sk_storage(case: Case) -> Result<Observed, Failed> {
    let (loaded, group) =
        (open_with(case.fixture, &["in_sk_storage"], &["sk_storage"])?.load()?, Group::new()?);
    let map = loaded.map("sk_storage")?;
    let (caller, answerer) = group.with(&loaded, "in_sk_storage", AttachType::CGROUP_SOCK_OPS, pair)?;
    let stranger = udp()?;
    let element = |socket: &dyn AsFd| number(map, &socket.as_fd().as_raw_fd().to_ne_bytes());
    let (active, passive) = (4, 5);
    Ok(Observed::new(
        [element(&caller)?, element(&answerer)?, element(&stranger)?],
        [Some(active), Some(passive), None],
    ))
}

pub(super) fn inode_storage(case: Case) -> Result<Observed, Failed> {
    let loaded = open_with(case.fixture, &[], &["inode_storage"])?.load()?;
    let map = loaded.map("inode_storage")?;
    let (file, other) = (File::open("/proc/self/exe")?, File::open("/proc/self/maps")?);
    let again = File::open("/proc/self/exe")?;
    map.update(&key(&file), &41_u64.to_ne_bytes(), 0)?;
    let found = [number(map, &key(&again))?, number(map, &key(&other))?];
    let deleted = map.delete(&key(&again))?;
    Ok(Observed::new((found, deleted, number(map, &key(&file))?), ([Some(41), None], true, None)))
}

/// The fixture with one program that watches this process, and one map.
fn watching(case: Case, program: &str) -> Result<(LoadedObject, &'static str), Failed> {
    let map = case.of.short_name().ok_or("the type has no name")?;
    let mut object = open_with(case.fixture, &[program], &[map])?;
    object.global_mut("target_tgid")?.set(&std::process::id())?;
    Ok((object.load()?, map))
}

pub(super) fn task_storage(case: Case) -> Result<Observed, Failed> {
    let (loaded, map) = watching(case, "of_task")?;
    let (process, first) = (bpf_sys::open_process(std::process::id())?, bpf_sys::open_process(1)?);
    let element = |process: &_| number(loaded.map(map)?, &key(process));
    let before = element(&process)?;
    let link = loaded.program("of_task")?.attach()?;
    (0..100).try_for_each(|_| call())?;
    drop(link);
    let seen = element(&process)?.is_some_and(|count| count >= 100);
    Ok(Observed::new((before, seen, element(&first)?), (None, true, None)))
}

pub(super) fn cgrp_storage(case: Case) -> Result<Observed, Failed> {
    let ((loaded, map), group) = (watching(case, "of_group")?, Group::new()?);
    let element = || number(loaded.map(map)?, &key(group.folder()));
    let link = loaded.program("of_group")?.attach()?;
    (0..100).try_for_each(|_| call())?;
    let outside = element()?;
    group.within(|| (0..100).try_for_each(|_| call()))?;
    drop(link);
    Ok(Observed::new((outside, element()?.is_some_and(|count| count >= 100)), (None, true)))
}

pub(super) fn cgroup_array(case: Case) -> Result<Observed, Failed> {
    let ((loaded, map), group) = (watching(case, "is_in")?, Group::new()?);
    loaded.map(map)?.update(&[0; 4], &key(group.folder()), 0)?;
    let link = loaded.program("is_in")?.attach()?;
    let is_in = || -> Result<i64, Failed> {
        call()?;
        Ok(loaded.global("under")?.get::<i64>()?)
    };
    let (before, within, after) = (is_in()?, group.within(is_in)?, is_in()?);
    drop(link);
    Ok(Observed::new([before, within, after], [0, 1, 0]))
}
