//! Registering a struct_ops: filling its map is what registers one without a link; with one, the link does.

use std::os::fd::AsFd;

use bpf_sys::{SysError, errno};

use crate::attach::AttachError;
use crate::diagnose::{Asked, Circumstances, Refused, likely_cause};
use crate::link::Link;
use crate::plan::{MemberState, PlanStructOps};
use crate::struct_ops::{KEY, State, StructOps};

impl StructOps {
    /// Registers it with the kernel. Dropping the link unregisters it.
    ///
    /// # Errors
    /// [`AttachError::State`] before any call where it is registered already, or cannot be any more;
    /// [`AttachError::Refused`] with the likely cause: the name is taken, a member that the kernel needs is not set.
    ///
    /// # Kernel
    /// Since 5.6; through a link since 6.4 (`kernel/bpf/bpf_struct_ops.c`).
    #[doc(alias = "bpf_map__attach_struct_ops")]
    pub fn attach(&self) -> Result<Link, AttachError> {
        let refuse = |state| Err(AttachError::State { variable: self.name().to_owned(), state });
        let registration = self.registration();
        // Held across the calls: of two threads that attach at once, the second sees what the first did.
        let mut state = registration.lock();
        match *state {
            State::Loaded | State::Ready => {}
            other => return refuse(other),
        }
        let what = format!("struct_ops `{}`", self.name());
        if *state == State::Loaded {
            match self.sys().map_update(self.map().fd(), &KEY, self.image()) {
                // Somebody else who has the map filled it; for a link that is all that is wanted.
                Err(source) if self.plan().link && source.is(errno::EBUSY) => {}
                filled => filled.map_err(|source| self.refused(source))?,
            }
        }
        if !self.plan().link {
            *state = State::Registered;
            return Ok(Link::of_map(what, registration.clone(), self.sys().clone()));
        }
        *state = State::Ready;
        let fd = self.sys().link_struct_ops(self.map().as_fd()).map_err(|source| self.refused(source))?;
        *state = State::Registered;
        Ok(Link::of_fd(what, fd, Some(registration.clone()), self.sys().clone()))
    }

    fn refused(&self, source: SysError) -> AttachError {
        let refused = match explain(self.plan(), &source) {
            Some(refused) => refused,
            None => likely_cause(Asked::Btf, &Circumstances::ALONE, &source),
        };
        let doing = format!("registering `{}` as {}", self.name(), self.plan().struct_type.name);
        AttachError::Refused { doing, refused: Box::new(refused), source }
    }
}

/// Members that the kernel asks for and says nothing about when they are missing; of a group one is enough.
struct Rule {
    ops: &'static str,
    needs: &'static [&'static [&'static str]],
    /// The member that holds the name by which it is registered.
    name: &'static str,
}

// Sources: tcp_validate_congestion_control in net/ipv4/tcp_cong.c, bpf_tcp_ca_validate in net/ipv4/bpf_tcp_ca.c.
const RULES: &[Rule] = &[Rule {
    ops: "tcp_congestion_ops",
    needs: &[&["ssthresh"], &["undo_cwnd"], &["cong_avoid", "cong_control"], &["name"]],
    name: "name",
}];

/// What the kernel's own rules for a struct say of a refusal.
fn explain(plan: &PlanStructOps, source: &SysError) -> Option<Refused> {
    let rule = RULES.iter().find(|rule| rule.ops == plan.struct_type.name)?;
    if source.is(errno::EEXIST) {
        let name = plan.text(rule.name).unwrap_or_default();
        return Some(Refused {
            cause: Some(format!("a {} with the name \"{name}\" is registered already", rule.ops)),
            help: Some(format!("unregister the other one, or choose another {}", rule.name)),
        });
    }
    if !source.is(errno::EINVAL) {
        return None;
    }
    let missing = rule.needs.iter().find(|group| !group.iter().any(|member| plan.is_set(member)))?;
    let names = missing.join(" or ");
    Some(Refused {
        cause: Some(format!("{} needs {names}, which is not set", rule.ops)),
        help: Some(format!("set {names} in `{}`", plan.name)),
    })
}

impl PlanStructOps {
    fn is_set(&self, member: &str) -> bool {
        self.members.iter().any(|found| {
            found.name == member
                && match &found.state {
                    MemberState::Callback(_) => true,
                    MemberState::Data => self.member_bytes(found).iter().any(|byte| *byte != 0),
                    _ => false,
                }
        })
    }

    fn text(&self, member: &str) -> Option<String> {
        let found = self.members.iter().find(|found| found.name == member)?;
        let bytes = self.member_bytes(found);
        let text = bytes.split(|byte| *byte == 0).next()?;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}
