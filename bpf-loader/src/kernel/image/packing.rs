//! What kernels are compressed by. However little a file has, no more than a kernel comes out of it.

use std::io::{self, Read};

use flate2::read::GzDecoder;

use crate::kernel::image::ImageError;

/// The most bytes of a kernel. Those of distributions have some 90 MB.
const MOST: usize = 256 << 20;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Xz,
    Lzma,
    Zstd,
    Lz4,
    Bzip2,
    Lzo,
}

/// How each begins, and its name. `scripts/Makefile.lib` and `lib/decompress.c` of the kernel have them; lz4 is of the
/// old form there, which has neither sums nor an end.
const STARTS: [(Packing, &[u8], &str); 7] = [
    (Packing::Gzip, b"\x1f\x8b", "gzip"),
    (Packing::Xz, b"\xfd7zXZ\0", "xz"),
    (Packing::Lzma, b"\x5d\0\0", "lzma"),
    (Packing::Zstd, b"\x28\xb5\x2f\xfd", "zstd"),
    (Packing::Lz4, b"\x02\x21\x4c\x18", "lz4"),
    (Packing::Bzip2, b"BZh", "bzip2"),
    (Packing::Lzo, b"\x89LZO", "lzo"),
];

impl Packing {
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        STARTS.iter().find(|(_, start, _)| bytes.starts_with(start)).map(|(packing, ..)| *packing)
    }

    fn name(self) -> &'static str {
        STARTS.iter().find(|(packing, ..)| *packing == self).map_or("", |(.., name)| name)
    }

    /// What was compressed. What follows it is passed over: images have its length there.
    pub(super) fn unpack(self, bytes: &[u8]) -> Result<Vec<u8>, ImageError> {
        self.unpack_up_to(bytes, MOST)
    }

    pub(super) fn unpack_up_to(self, bytes: &[u8], most: usize) -> Result<Vec<u8>, ImageError> {
        let packing = self.name();
        let damaged = |why: io::Error| ImageError::Damaged { packing, why: why.to_string() };
        let unpacked = match self {
            Self::Gzip => up_to(GzDecoder::new(bytes), most),
            #[cfg(feature = "decompress")]
            Self::Xz | Self::Lzma | Self::Zstd | Self::Lz4 => others::unpack(self, bytes, most),
            #[cfg(not(feature = "decompress"))]
            Self::Xz | Self::Lzma | Self::Zstd | Self::Lz4 => {
                return Err(ImageError::Unsupported { packing, by_feature: true });
            }
            Self::Bzip2 | Self::Lzo => return Err(ImageError::Unsupported { packing, by_feature: false }),
        };
        let unpacked = unpacked.map_err(damaged)?;
        if unpacked.len() > most {
            return Err(ImageError::TooLarge { packing, most });
        }
        Ok(unpacked)
    }
}

/// One byte more than allowed tells that there are more.
fn up_to(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    from.take(most.saturating_add(1)).read_to_end(&mut out)?;
    Ok(out)
}

#[cfg(feature = "decompress")]
mod others {
    use std::io;

    use super::{Packing, up_to};

    /// The most memory that a decoder may want for what it looks back at, in KiB: that of `xz -9` and more, and of
    /// `zstd --long`.
    const LOOK_BACK: u32 = 160 << 10;

    pub(super) fn unpack(packing: Packing, bytes: &[u8], most: usize) -> io::Result<Vec<u8>> {
        match packing {
            Packing::Xz => up_to(lzma_rust2::XzReader::new_mem_limit(bytes, false, LOOK_BACK), most),
            Packing::Lzma => up_to(lzma_rust2::LzmaReader::new_mem_limit(bytes, LOOK_BACK, None)?, most),
            Packing::Zstd => {
                let window = u64::from(LOOK_BACK) << 10;
                let decoder = ruzstd::decoding::StreamingDecoder::new_with_max_window_size(bytes, window);
                up_to(decoder.map_err(io::Error::other)?, most)
            }
            _ => lz4(bytes, most),
        }
    }

    /// Blocks, each with its length before it. A length that is no block's ends them: images have the length of the
    /// whole there.
    fn lz4(bytes: &[u8], most: usize) -> io::Result<Vec<u8>> {
        const BLOCK: usize = 8 << 20;
        let mut out = Vec::new();
        let mut rest = bytes.get(4..).unwrap_or_default();
        let mut block = Vec::new();
        while let Some((len, after)) = rest.split_first_chunk::<4>() {
            let len = usize::try_from(u32::from_le_bytes(*len)).unwrap_or(usize::MAX);
            // Where the length of the whole stands, nothing follows.
            if after.is_empty() {
                break;
            }
            let (packed, after) = after.split_at_checked(len).ok_or(io::ErrorKind::UnexpectedEof)?;
            block.resize(BLOCK, 0);
            let read = lz4_flex::block::decompress_into(packed, &mut block).map_err(io::Error::other)?;
            out.extend_from_slice(block.get(..read).unwrap_or_default());
            if out.len() > most {
                break;
            }
            rest = after;
        }
        Ok(out)
    }
}
