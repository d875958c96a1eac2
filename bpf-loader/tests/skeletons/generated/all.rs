// @generated: the skeletons of all fixtures.

/// Fixtures of the theme `arena`.
pub mod arena {
    include!("arena/globals.rs");
}

/// Fixtures of the theme `bad`.
pub mod bad {
    include!("bad/no_license.rs");
}

/// Fixtures of the theme `core`.
pub mod core {
    include!("core/fields.rs");
    include!("core/guarded.rs");
    include!("core/kinds.rs");
    include!("core/missing.rs");
}

/// Fixtures of the theme `externs`.
pub mod externs {
    include!("externs/kconfig.rs");
    include!("externs/kconfig_bad.rs");
    include!("externs/kernel_facts.rs");
    include!("externs/kfunc.rs");
    include!("externs/kfunc_weak.rs");
    include!("externs/many.rs");
    include!("externs/mismatch.rs");
    include!("externs/missing.rs");
    include!("externs/missing_symbol.rs");
    include!("externs/module_kfunc.rs");
    include!("externs/symbol.rs");
    include!("externs/variable.rs");
}

/// Fixtures of the theme `functions`.
pub mod functions {
    include!("functions/arg_ctx.rs");
    include!("functions/arg_ctx_regs.rs");
    include!("functions/probe_read.rs");
    include!("functions/throws.rs");
    include!("functions/throws_near.rs");
    include!("functions/throws_wrong.rs");
}

/// Fixtures of the theme `instances`.
pub mod instances {
    include!("instances/filter.rs");
}

/// Fixtures of the theme `jump`.
pub mod jump {
    include!("jump/table.rs");
}

/// Fixtures of the theme `maps`.
pub mod maps {
    include!("maps/legacy.rs");
    include!("maps/legacy_aya.rs");
    include!("maps/nested.rs");
    include!("maps/optional.rs");
    include!("maps/pinned.rs");
    include!("maps/sizes.rs");
    include!("maps/typed.rs");
}

/// Fixtures of the theme `module`.
pub mod module {
    include!("module/core.rs");
    include!("module/ops.rs");
    include!("module/ops_nolink.rs");
}

/// Fixtures of the theme `ring`.
pub mod ring {
    include!("ring/events.rs");
    include!("ring/printk.rs");
}

/// Fixtures of the theme `skeleton`.
pub mod skeleton {
    include!("skeleton/kinds.rs");
}

/// Fixtures of the theme `socket`.
pub mod socket {
    include!("socket/filter.rs");
    include!("socket/filter_maps.rs");
    include!("socket/minimal.rs");
    include!("socket/newer_btf.rs");
    include!("socket/no_btf.rs");
}

/// Fixtures of the theme `struct_ops`.
pub mod struct_ops {
    include!("struct_ops/cong.rs");
    include!("struct_ops/cong_bitfield.rs");
    include!("struct_ops/cong_bitfield_nonzero.rs");
    include!("struct_ops/cong_both.rs");
    include!("struct_ops/cong_extra_nonzero.rs");
    include!("struct_ops/cong_extra_scalar.rs");
    include!("struct_ops/cong_extra_zero.rs");
    include!("struct_ops/cong_flavor.rs");
    include!("struct_ops/cong_incomplete.rs");
    include!("struct_ops/cong_no_sec.rs");
    include!("struct_ops/cong_nolink.rs");
    include!("struct_ops/cong_optional.rs");
    include!("struct_ops/cong_orphan.rs");
    include!("struct_ops/cong_shared.rs");
    include!("struct_ops/cong_signature.rs");
    include!("struct_ops/cong_static.rs");
    include!("struct_ops/cong_unknown_ops.rs");
    include!("struct_ops/cong_wrong_kind.rs");
    include!("struct_ops/cong_wrong_kind_pointer.rs");
    include!("struct_ops/cong_wrong_size.rs");
    include!("struct_ops/dummy.rs");
}

/// Fixtures of the theme `targets`.
pub mod targets {
    include!("targets/iter.rs");
    include!("targets/lsm.rs");
    include!("targets/tp_btf.rs");
    include!("targets/trampoline.rs");
    include!("targets/unknown.rs");
}

/// Fixtures of the theme `tracing`.
pub mod tracing {
    include!("tracing/raw_tp.rs");
}

/// Fixtures of the theme `types`.
pub mod types {
    include!("types/cgroups.rs");
    include!("types/extension.rs");
    include!("types/packets.rs");
    include!("types/redirect.rs");
    include!("types/sockets.rs");
    include!("types/storage.rs");
    include!("types/tracing.rs");
    include!("types/user_ring.rs");
    include!("types/values.rs");
}

/// Fixtures of the theme `verifier`.
pub mod verifier {
    include!("verifier/reject.rs");
}
