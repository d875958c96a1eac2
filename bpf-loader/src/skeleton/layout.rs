//! What generated types are made of where Rust has nothing of that layout: truth values, and members that are read and written
//! as bytes or bits of their struct.

use std::fmt;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A C `bool` as a program left it: a byte that should be 0 or 1.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
#[repr(transparent)]
pub struct Bool(u8);

impl Bool {
    /// False.
    pub const FALSE: Self = Self(0);
    /// True.
    pub const TRUE: Self = Self(1);

    /// The truth value; `None` for a byte that is neither 0 nor 1, which no C program stores.
    #[must_use]
    pub const fn get(self) -> Option<bool> {
        match self.0 {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Whether it is not 0: what C makes of any number.
    #[must_use]
    pub const fn is_set(self) -> bool {
        self.0 != 0
    }

    /// The byte.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self.0
    }
}

impl From<bool> for Bool {
    fn from(value: bool) -> Self {
        Self(u8::from(value))
    }
}

impl fmt::Debug for Bool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.get() {
            Some(value) => value.fmt(f),
            None => write!(f, "Bool({})", self.0),
        }
    }
}

/// Stops the compiler where a type has not the size and, on 64-bit machines, the alignment that BTF tells of.
pub const fn assert_layout<T>(size: usize, align: usize) {
    assert!(size_of::<T>() == size, "this type has another size than in the object");
    assert!(
        cfg!(not(target_pointer_width = "64")) || align_of::<T>() == align,
        "this type has another alignment than in the object"
    );
}

/// Stops the compiler where pairs of numbers, offsets of fields here and in the object, are not equal.
pub const fn assert_offsets(offsets: &[(usize, usize)]) {
    let mut rest = offsets;
    while let [(here, there), others @ ..] = rest {
        assert!(*here == *there, "a field is elsewhere than in the object");
        rest = others;
    }
}

/// The value that begins at that byte of another. What lies outside is zero; generated code asks for nothing outside.
#[must_use]
pub fn read_at<S: IntoBytes + Immutable, T: FromBytes + IntoBytes>(whole: &S, at: usize) -> T {
    let mut value = T::new_zeroed();
    let bytes = whole.as_bytes().get(at..).unwrap_or_default();
    for (to, from) in value.as_mut_bytes().iter_mut().zip(bytes) {
        *to = *from;
    }
    value
}

/// Puts a value into another, from that byte on. What lies outside is left out.
pub fn write_at<S: FromBytes + IntoBytes, T: IntoBytes + Immutable>(whole: &mut S, at: usize, value: &T) {
    let bytes = whole.as_mut_bytes().get_mut(at..).unwrap_or_default();
    for (to, from) in bytes.iter_mut().zip(value.as_bytes()) {
        *to = *from;
    }
}

/// Bytes that up to 64 bits can be spread over.
const MOST: usize = 9;

/// The bitfield of so many bits that begins at that bit, sign-extended where `T` is signed. Bits are counted as BTF does it: from
/// the least significant on little-endian machines, from the most significant on others.
#[must_use]
pub fn bits_at<S: IntoBytes + Immutable, T: BitValue>(whole: &S, at: u32, width: u32) -> T {
    let Some(place) = BitPlace::new(at, width) else { return T::from_bits(0, 1) };
    let mut bytes = [0; MOST];
    let from = whole.as_bytes().get(place.first..).unwrap_or_default();
    for (to, from) in bytes.iter_mut().zip(from) {
        *to = *from;
    }
    let bits = (place.load(bytes) >> place.shift) & place.mask;
    T::from_bits(u64::try_from(bits).unwrap_or(0), width)
}

/// Sets the bitfield of so many bits that begins at that bit. Bits of the value that do not fit are left out, as in C.
pub fn set_bits_at<S: FromBytes + IntoBytes, T: BitValue>(whole: &mut S, at: u32, width: u32, value: T) {
    let Some(place) = BitPlace::new(at, width) else { return };
    let to = whole.as_mut_bytes().get_mut(place.first..).unwrap_or_default();
    let mut bytes = [0; MOST];
    for (to, from) in bytes.iter_mut().zip(to.iter()) {
        *to = *from;
    }
    let others = place.load(bytes) & !(place.mask << place.shift);
    let bits = (u128::from(value.to_bits()) & place.mask) << place.shift;
    for (to, from) in to.iter_mut().zip(place.store(others | bits)) {
        *to = from;
    }
}

/// Where a bitfield is in the bytes that hold it, read as one number.
struct BitPlace {
    first: usize,
    shift: u32,
    mask: u128,
}

impl BitPlace {
    fn new(at: u32, width: u32) -> Option<Self> {
        let before = at % 8;
        let shift = if cfg!(target_endian = "little") {
            before
        } else {
            72_u32.checked_sub(before + width.min(64))?
        };
        let mask = (1_u128 << width.min(64)) - 1;
        Some(Self { first: usize::try_from(at / 8).ok()?, shift, mask })
    }

    fn load(&self, bytes: [u8; MOST]) -> u128 {
        let add = |number: u128, byte: &u8| number << 8 | u128::from(*byte);
        if cfg!(target_endian = "little") {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        }
    }

    fn store(&self, number: u128) -> [u8; MOST] {
        let mut bytes = [0; MOST];
        let le = number.to_le_bytes();
        bytes.copy_from_slice(le.first_chunk::<MOST>().unwrap_or(&[0; MOST]));
        if cfg!(target_endian = "big") {
            bytes.reverse();
        }
        bytes
    }
}

/// An integer that a bitfield can be.
pub trait BitValue: sealed::Sealed + Copy {
    /// The integer of bits, of which so many count.
    #[doc(hidden)]
    fn from_bits(bits: u64, width: u32) -> Self;
    /// Its bits.
    #[doc(hidden)]
    fn to_bits(self) -> u64;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

macro_rules! bit_values {
    ($($signed:ident $unsigned:ident)*) => {$(
        impl sealed::Sealed for $unsigned {}
        impl sealed::Sealed for $signed {}

        impl BitValue for $unsigned {
            fn from_bits(bits: u64, _: u32) -> Self {
                Self::try_from(bits & u64::from(Self::MAX)).unwrap_or(0)
            }

            fn to_bits(self) -> u64 {
                u64::from(self)
            }
        }

        impl BitValue for $signed {
            fn from_bits(bits: u64, width: u32) -> Self {
                let unused = 64_u32.saturating_sub(width).min(63);
                let extended = ((bits << unused).cast_signed() >> unused).cast_unsigned();
                $unsigned::from_bits(extended, Self::BITS).cast_signed()
            }

            fn to_bits(self) -> u64 {
                u64::from(self.cast_unsigned())
            }
        }
    )*};
}

bit_values!(i8 u8 i16 u16 i32 u32 i64 u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth() {
        assert_eq!([0, 1, 2].map(|byte| Bool(byte).get()), [Some(false), Some(true), None]);
        assert_eq!((Bool::from(true), Bool(2).is_set(), Bool(7).byte()), (Bool::TRUE, true, 7));
        assert_eq!(format!("{:?} {:?}", Bool::FALSE, Bool(3)), "false Bool(3)");
    }

    #[test]
    fn bytes_of_a_whole() {
        let mut whole = [1_u8, 2, 3, 4];
        assert_eq!(read_at::<_, [u8; 2]>(&whole, 1), [2, 3]);
        assert_eq!(read_at::<_, [u8; 2]>(&whole, 3), [4, 0]);
        write_at(&mut whole, 2, &[9_u8, 9, 9]);
        assert_eq!(whole, [1, 2, 9, 9]);
    }

    #[test]
    fn bits_come_back_and_touch_no_others() {
        for (at, width) in [(0, 1), (3, 5), (7, 2), (4, 64), (1, 33), (63, 64), (8, 8)] {
            for value in [0, 1, 0x5555_5555_5555_5555, u64::MAX] {
                for rest in [0_u8, 0xff] {
                    let mut whole = [rest; 16];
                    set_bits_at(&mut whole, at, width, value);
                    let kept = if width == 64 { value } else { value & ((1 << width) - 1) };
                    assert_eq!(bits_at::<_, u64>(&whole, at, width), kept, "{at} {width}");
                    set_bits_at(&mut whole, at, width, if rest == 0 { 0_u64 } else { u64::MAX });
                    assert_eq!(whole, [rest; 16], "{at} {width}");
                }
            }
        }
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn bits_are_where_c_has_them() {
        // struct { int a : 3, b : 5; unsigned c : 12; } with a = -1, b = 5, c = 0xabc.
        let whole = [0x2f_u8, 0xbc, 0x0a, 0];
        assert_eq!((bits_at::<_, i32>(&whole, 0, 3), bits_at::<_, i32>(&whole, 3, 5)), (-1, 5));
        assert_eq!(bits_at::<_, u32>(&whole, 8, 12), 0xabc);
    }
}
