//! SEC() names of the user's own: for one object, beside the table of `sec_name`.

use std::borrow::Cow;

use bpf_sys::uapi::{AttachType, ProgramType};

use crate::sec_name::{self, SecDef, TargetKind};

/// What programs in sections of a certain name are.
///
/// What libbpf has callbacks for is data here: how a program is set up is in the handler; and as objects and plans can be
/// looked at and changed by anyone, what else is to be done to the programs is done to those that carry the handler's
/// [`cookie`](SecDef::cookie).
///
/// ```
/// use bpf_elf::{SecHandler, SecHandlers, TargetKind};
/// use bpf_sys::uapi::ProgramType;
///
/// let events = SecHandler::new("perf_event+", ProgramType::PERF_EVENT).target(TargetKind::Comment).cookie(7);
/// let handlers = SecHandlers::new().add(events);
/// let def = handlers.find("perf_event/LLC-load-misses").ok_or("not found")?;
/// assert_eq!((def.target.as_deref(), def.cookie), (Some("LLC-load-misses"), Some(7)));
/// assert_eq!(handlers.find("xdp").ok_or("not found")?.cookie, None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "libbpf_prog_handler_opts")]
pub struct SecHandler {
    pattern: Pattern,
    def: SecDef,
    autoload: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// `abc`: that alone.
    Only(String),
    /// `abc/`: with something behind the slash, or nothing.
    Under(String),
    /// `abc+`: alone, or followed by a slash.
    Both(String),
    /// Whatever nothing else fits.
    Any,
}

impl SecHandler {
    /// For sections of that name: `abc` alone; with `abc/`, those that begin so; with `abc+`, `abc` alone and those that
    /// begin with `abc/`.
    #[must_use]
    pub fn new(sections: &str, program_type: ProgramType) -> Self {
        let pattern = match (sections.strip_suffix('/'), sections.strip_suffix('+')) {
            (Some(name), _) => Pattern::Under(name.to_owned()),
            (None, Some(name)) => Pattern::Both(name.to_owned()),
            (None, None) => Pattern::Only(sections.to_owned()),
        };
        Self::of(pattern, program_type)
    }

    /// For all sections that fit neither another handler nor a name of the table.
    #[must_use]
    pub fn fallback(program_type: ProgramType) -> Self {
        Self::of(Pattern::Any, program_type)
    }

    fn of(pattern: Pattern, program_type: ProgramType) -> Self {
        let name = match &pattern {
            Pattern::Only(name) | Pattern::Under(name) | Pattern::Both(name) => name.clone(),
            Pattern::Any => String::new(),
        };
        let def = SecDef {
            name: Cow::Owned(name),
            program_type,
            attach_type: None,
            attach_type_optional: false,
            sleepable: false,
            xdp_frags: false,
            needs_btf_target: false,
            attaches_itself: false,
            target_kind: TargetKind::Comment,
            target: None,
            program_flags: 0,
            cookie: Some(0),
        };
        Self { pattern, def, autoload: true }
    }

    /// Where its programs are meant to be attached.
    #[must_use]
    pub fn attach_type(mut self, attach_type: AttachType) -> Self {
        self.def.attach_type = Some(attach_type);
        self
    }

    /// As [`Self::attach_type`]; a kernel that does not know `expected_attach_type` for this program type does as well
    /// without it.
    #[must_use]
    pub fn optional_attach_type(mut self, attach_type: AttachType) -> Self {
        self.def.attach_type_optional = true;
        self.attach_type(attach_type)
    }

    /// They may sleep: `BPF_F_SLEEPABLE`. By libbpf's custom the name of their sections ends in `.s`.
    #[must_use]
    pub fn sleepable(mut self) -> Self {
        self.def.sleepable = true;
        self
    }

    /// Further flags to load them with: `BPF_F_*`.
    #[must_use]
    pub fn program_flags(mut self, flags: u32) -> Self {
        self.def.program_flags = flags;
        self
    }

    /// What the text after the slash means.
    #[must_use]
    pub fn target(mut self, kind: TargetKind) -> Self {
        self.def.target_kind = kind;
        self
    }

    /// They are loaded for what the text after the slash names, which is looked up in the kernel's BTF.
    #[must_use]
    pub fn btf_target(mut self, kind: TargetKind) -> Self {
        self.def.needs_btf_target = true;
        self.target(kind)
    }

    /// The name says enough to attach them, as for names of the table with this program type, attach type and target.
    #[must_use]
    pub fn attaches_itself(mut self) -> Self {
        self.def.attaches_itself = true;
        self
    }

    /// They are loaded only when asked for, as if their sections began with `?`.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.autoload = false;
        self
    }

    /// A number to know its programs by; 0 unless set.
    #[must_use]
    pub fn cookie(mut self, cookie: u64) -> Self {
        self.def.cookie = Some(cookie);
        self
    }

    /// What it says of a section, if it is for that one.
    fn find(&self, section: &str) -> Option<SecDef> {
        let target = match &self.pattern {
            Pattern::Only(name) => (section == name).then_some(None)?,
            Pattern::Under(name) => Some(section.strip_prefix(name.as_str())?.strip_prefix('/')?),
            Pattern::Both(name) => match section.strip_prefix(name.as_str())? {
                "" => None,
                rest => Some(rest.strip_prefix('/')?),
            },
            Pattern::Any => section.split_once('/').map(|(_, target)| target),
        };
        Some(SecDef { target: target.map(str::to_owned), ..self.def.clone() })
    }
}

/// The handlers of one object, in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[doc(alias = "libbpf_register_prog_handler")]
pub struct SecHandlers {
    list: Vec<SecHandler>,
    fallback: Option<SecHandler>,
}

impl SecHandlers {
    /// None: only the table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one. It is asked after those that were added before, and before the table; a fallback after the table, and in
    /// the place of one that was added before.
    #[expect(clippy::should_implement_trait, reason = "a list that is added to, not a sum")]
    #[must_use]
    pub fn add(mut self, handler: SecHandler) -> Self {
        match handler.pattern {
            Pattern::Any => self.fallback = Some(handler),
            _ => self.list.push(handler),
        }
        self
    }

    /// What a section's name says: by the first handler that is for it, else by the table, else by the fallback. A leading
    /// `?` is passed over.
    #[must_use]
    pub fn find(&self, section: &str) -> Option<SecDef> {
        self.find_with_autoload(section).map(|(def, _)| def)
    }

    /// As [`Self::find`], and whether programs are loaded unless asked otherwise.
    pub(crate) fn find_with_autoload(&self, section: &str) -> Option<(SecDef, bool)> {
        let stripped = section.strip_prefix('?');
        let name = stripped.unwrap_or(section);
        let handled = |handler: &SecHandler| Some((handler.find(name)?, handler.autoload));
        let found = self.list.iter().find_map(handled);
        let found = found.or_else(|| sec_name::parse(name).map(|def| (def, true)));
        let (def, autoload) = found.or_else(|| self.fallback.as_ref().and_then(handled))?;
        Some((def, autoload && stripped.is_none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: ProgramType = ProgramType::KPROBE;

    #[track_caller]
    fn check(handlers: &SecHandlers, section: &str, expected: Option<(u64, Option<&str>)>) {
        let found = handlers.find(section).filter(|def| def.cookie.is_some());
        let found = found.as_ref().map(|def| (def.cookie.unwrap_or_default(), def.target.as_deref()));
        assert_eq!(found, expected, "{section}");
    }

    #[test]
    fn patterns() {
        let handlers = SecHandlers::new()
            .add(SecHandler::new("only", P).cookie(1))
            .add(SecHandler::new("under/", P).cookie(2))
            .add(SecHandler::new("both+", P).cookie(3))
            .add(SecHandler::new("both.s+", P).cookie(4).sleepable())
            .add(SecHandler::new("deep/er+", P).cookie(5));
        check(&handlers, "only", Some((1, None)));
        check(&handlers, "?only", Some((1, None)));
        check(&handlers, "only/x", None);
        check(&handlers, "under", None);
        check(&handlers, "under/", Some((2, Some(""))));
        check(&handlers, "under/a/b", Some((2, Some("a/b"))));
        check(&handlers, "both", Some((3, None)));
        check(&handlers, "both/x", Some((3, Some("x"))));
        check(&handlers, "bothx", None);
        check(&handlers, "both.s/x", Some((4, Some("x"))));
        check(&handlers, "deep/er/x", Some((5, Some("x"))));
        check(&handlers, "deep", None);
        check(&handlers, "", None);
    }

    #[test]
    fn before_the_table_in_order_and_after_it() {
        let handlers = SecHandlers::new()
            .add(SecHandler::fallback(P).cookie(9))
            .add(SecHandler::new("xdp+", P).cookie(1))
            .add(SecHandler::new("xdp/devmap", P).cookie(2))
            .add(SecHandler::fallback(P).cookie(8).optional());
        check(&handlers, "xdp", Some((1, None)));
        // The table has it too, and the second handler fits better: the first that fits wins.
        check(&handlers, "xdp/devmap", Some((1, Some("devmap"))));
        check(&handlers, "xdp.frags", None);
        assert!(handlers.find("xdp.frags").is_some());
        check(&handlers, "anything/at/all", Some((8, Some("at/all"))));
        let autoload = |section| handlers.find_with_autoload(section).unwrap().1;
        assert!(autoload("xdp") && !autoload("?xdp") && !autoload("anything") && autoload("socket"));
        check(&SecHandlers::new(), "anything", None);
        check(&SecHandlers::new().add(SecHandler::new("", P)), "x", None);
    }
}
