//! Reading ring buffers: many of them, in order, without copying.

use std::ops::{ControlFlow, Deref};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use bpf_sys::uapi::MapType;
use bpf_sys::{Epoll, RingMapping};

use crate::events::EventError;
use crate::map::Map;

/// Reads the records of one or more `BPF_MAP_TYPE_RINGBUF` maps.
///
/// Records of a ring come in the order in which programs reserved them, each once; those that a program discarded do not
/// come. One that is still being written holds up the later ones of its ring. A record that the callback has seen is done
/// with, also where the callback then stops the reading, or panics. What no reader has taken stays for the next one.
///
/// It is `Send`, and owns what it needs: the maps live as long as it does. A map has one reader at a time in a process; see
/// [`RingMapping`] for what other processes must not do.
///
/// ```no_run
/// use std::ops::ControlFlow;
/// use std::time::Duration;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let loaded = bpf_loader::Object::open("events.bpf.o")?.load()?;
/// let mut events = bpf_loader::RingBuffer::new([loaded.map("events")?])?;
/// loop {
///     events.poll(Some(Duration::from_secs(1)), |record| {
///         println!("{}: {} bytes", record.map().name(), record.len());
///         ControlFlow::Continue(())
///     })?;
/// }
/// # }
/// ```
///
/// # Kernel
/// Since 5.8: `kernel/bpf/ringbuf.c`.
#[derive(Debug)]
#[doc(alias = "ring_buffer__new")]
pub struct RingBuffer {
    rings: Vec<Ring>,
    /// Where the next round begins, so that a callback that always stops early leaves no ring out.
    first: usize,
    epoll: Epoll,
}

#[derive(Debug)]
struct Ring {
    map: Map,
    memory: RingMapping,
}

/// What a program wrote: a borrow of the ring's own memory, which ends before its place is used again.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    map: &'a Map,
    bytes: &'a [u8],
}

impl<'a> Record<'a> {
    /// The map that it comes from.
    #[must_use]
    pub fn map(&self) -> &'a Map {
        self.map
    }

    /// What the program wrote. It begins at a multiple of 8 bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl Deref for Record<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes
    }
}

/// What a round over the rings came to.
#[derive(Default)]
struct Round {
    records: usize,
    /// Whether the position of any ring moved, also past discarded records.
    moved: bool,
    stopped: bool,
}

/// How long to wait for a record that is being written, at first and at most. Such a ring counts as readable.
const FIRST_PAUSE: Duration = Duration::from_micros(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(1);

impl RingBuffer {
    /// A reader of these maps; of none, if there are none.
    ///
    /// # Errors
    /// As for [`Self::add`].
    pub fn new<'m>(maps: impl IntoIterator<Item = &'m Map>) -> Result<Self, EventError> {
        let epoll = Epoll::new().map_err(|source| EventError::Wait { source })?;
        let mut reader = Self { rings: Vec::new(), first: 0, epoll };
        maps.into_iter().try_for_each(|map| reader.add(map))?;
        Ok(reader)
    }

    /// Reads this map too, on from where its last reader stopped.
    ///
    /// # Errors
    /// [`EventError::WrongMapType`]; [`EventError::Refused`], also where this process reads the map already.
    #[doc(alias = "ring_buffer__add")]
    pub fn add(&mut self, map: &Map) -> Result<(), EventError> {
        let name = || map.name().to_owned();
        if map.map_type() != MapType::RINGBUF {
            return Err(EventError::WrongMapType { map: name(), map_type: map.map_type() });
        }
        let refused = |doing| move |source| EventError::Refused { doing, map: name(), source };
        let memory = RingMapping::new(map.fd()).map_err(refused("mapping"))?;
        let token = u64::try_from(self.rings.len()).unwrap_or(u64::MAX);
        self.epoll.add(map.as_fd(), token).map_err(refused("waiting for"))?;
        self.rings.push(Ring { map: map.clone(), memory });
        Ok(())
    }

    /// The maps, in the order in which they were added.
    pub fn maps(&self) -> impl Iterator<Item = &Map> {
        self.rings.iter().map(|ring| &ring.map)
    }

    /// Hands out the records that are there now, without waiting; answers how many. What programs add meanwhile is for the
    /// next call, so this always ends.
    ///
    /// [`ControlFlow::Break`] stops; the record that the callback was given then is done with, and counts.
    ///
    /// # Errors
    /// [`EventError::Damaged`]: the records before the damage have been handed out.
    #[doc(alias = "ring_buffer__consume")]
    pub fn consume(
        &mut self,
        mut callback: impl FnMut(Record<'_>) -> ControlFlow<()>,
    ) -> Result<usize, EventError> {
        Ok(self.round(&mut callback)?.records)
    }

    /// As [`Self::consume`]; where there are no records, waits for some, as long as `timeout` says: `None` for ever. Answers 0
    /// when the time was over. Signals do not end the wait.
    ///
    /// # Errors
    /// As [`Self::consume`]; [`EventError::Wait`].
    #[doc(alias = "ring_buffer__poll")]
    pub fn poll(
        &mut self,
        timeout: Option<Duration>,
        mut callback: impl FnMut(Record<'_>) -> ControlFlow<()>,
    ) -> Result<usize, EventError> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let left = || deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let (mut ready, mut pause) = (Vec::new(), FIRST_PAUSE);
        loop {
            let round = self.round(&mut callback)?;
            if round.records > 0 || round.stopped || left().is_some_and(|left| left.is_zero()) {
                return Ok(round.records);
            }
            if round.moved {
                continue;
            }
            // Nothing moved, and the round told the kernel where the readers are before it looked: what comes now wakes.
            ready.clear();
            self.epoll.wait(left(), &mut ready).map_err(|source| EventError::Wait { source })?;
            let round = self.round(&mut callback)?;
            if round.records > 0 || round.stopped {
                return Ok(round.records);
            }
            if !ready.is_empty() && !round.moved {
                // A record is being written. Its ring stays readable all the time.
                std::thread::sleep(left().map_or(pause, |left| left.min(pause)));
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
        }
    }

    fn round(
        &mut self,
        callback: &mut dyn FnMut(Record<'_>) -> ControlFlow<()>,
    ) -> Result<Round, EventError> {
        let count = self.rings.len();
        let mut round = Round::default();
        for at in 0..count {
            let at = (self.first + at) % count;
            let Some(ring) = self.rings.get_mut(at) else { continue };
            ring.read(callback, &mut round)?;
            if round.stopped {
                self.first = (at + 1) % count;
                break;
            }
        }
        Ok(round)
    }
}

impl Ring {
    /// Hands out what is there now.
    fn read(
        &mut self,
        callback: &mut dyn FnMut(Record<'_>) -> ControlFlow<()>,
        round: &mut Round,
    ) -> Result<(), EventError> {
        let map = &self.map;
        let damaged = |source| EventError::Damaged { map: map.name().to_owned(), source };
        let before = self.memory.consumer_position();
        self.memory.look().map_err(damaged)?;
        while let Some(record) = self.memory.next().map_err(damaged)? {
            round.records += 1;
            if callback(Record { map, bytes: record.bytes() }).is_break() {
                round.stopped = true;
                break;
            }
        }
        round.moved |= self.memory.consumer_position() != before;
        Ok(())
    }
}

impl AsFd for RingBuffer {
    /// Readable while there are records, or one is being written: for an event loop that then calls [`Self::consume`].
    #[doc(alias = "ring_buffer__epoll_fd")]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}
