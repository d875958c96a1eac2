//! Images made here, around a small kernel's types: each form, cut off and changed everywhere.

use std::io::Write;

use bpf_btf::Btf;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::packing::Packing;
use super::*;

/// What `linux_banner` says of a Debian kernel, after `Linux version `.
const BANNER: &str = "6.12.117+deb12-cloud-amd64 (who@where) (gcc) #1 SMP Debian 6.12.117-1 (2026-11-14)";
const X86_64: u16 = 62;

/// Types of a kernel in miniature.
fn btf(order: &str) -> Vec<u8> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../fixtures/kernels/recent.{order}.bpf.o"));
    bpf_elf::btf_section(&std::fs::read(path).unwrap()).unwrap().unwrap().to_vec()
}

/// Memory of a kernel: its banner, its configuration, and its types somewhere in it.
fn memory() -> Vec<u8> {
    let version = format!("%s version %s\0Linux version %s\0Linux version {BANNER}\n\0");
    let config = [&b"IKCFG_ST"[..], &gzip(b"CONFIG_HZ=250\n"), b"IKCFG_ED"].concat();
    [version.as_bytes(), &config].concat()
}

/// An ELF file with sections `.rodata` and `.BTF`.
fn elf(machine: u16, memory: &[u8], btf: &[u8]) -> Vec<u8> {
    let names = b"\0.rodata\0.BTF\0.shstrtab\0";
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let table = 64 + memory.len() + btf.len() + names.len();
    out.extend(2_u16.to_le_bytes());
    out.extend(machine.to_le_bytes());
    out.extend(1_u32.to_le_bytes());
    for word in [0_u64, 0, table as u64] {
        out.extend(word.to_le_bytes());
    }
    out.extend(0_u32.to_le_bytes());
    for half in [64_u16, 0, 0, 64, 4, 3] {
        out.extend(half.to_le_bytes());
    }
    [memory, btf, names].iter().for_each(|bytes| out.extend(*bytes));
    let mut at = 64;
    out.extend([0; 64]);
    for (name, kind, len) in [(1_u32, 1_u32, memory.len()), (9, 1, btf.len()), (14, 3, names.len())] {
        out.extend(name.to_le_bytes());
        out.extend(kind.to_le_bytes());
        for word in [0_u64, 0, at as u64, len as u64, 0, 1, 0] {
            out.extend(word.to_le_bytes());
        }
        at += len;
    }
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A bzImage of protocol 2.15 for 64 bits, with two setup sectors.
fn bz_image(payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 3 * 512 + 16];
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(0x1f1, &[2]);
    put(0x1fe, &[0x55, 0xaa]);
    put(0x202, b"HdrS");
    put(0x206, &0x20f_u16.to_le_bytes());
    put(0x20e, &0x300_u16.to_le_bytes());
    put(0x236, &[1, 0]);
    put(0x248, &16_u32.to_le_bytes());
    put(0x24c, &u32::try_from(payload.len()).unwrap().to_le_bytes());
    put(0x500, BANNER.as_bytes());
    out.extend(payload);
    out.extend(b"what follows");
    out
}

fn zboot(payload: &[u8]) -> Vec<u8> {
    let mut out = b"MZ\0\0zimg".to_vec();
    out.extend(0x80_u32.to_le_bytes());
    out.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
    out.resize(24, 0);
    out.extend(b"gzip\0");
    out.resize(0x3c, 0);
    out.extend(0x40_u32.to_le_bytes());
    out.extend(b"PE\0\0\x64\xaa");
    out.resize(0x80, 0);
    out.extend(payload);
    out
}

/// An arm64 `Image`.
fn flat(btf: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 0x40];
    out[..2].copy_from_slice(b"MZ");
    out[0x38..0x3c].copy_from_slice(b"ARM\x64");
    // What only begins like BTF, and a piece of it that is smaller.
    out.extend(b"\x9f\xeb\x01\0\x18\0\0\0");
    out.extend(memory());
    out.extend(b"\x9f\xeb\x01\0\x18\0\0\0\0\0\0\0\x0c\0\0\0\x0c\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\0\0");
    out.extend(btf);
    out.extend(b"what follows");
    out
}

fn found(bytes: Vec<u8>) -> Result<(Vec<u8>, Facts), FindError> {
    match find(Bytes::Small(bytes))? {
        Found::Btf { btf, facts } => Ok((btf.as_ref().to_vec(), facts)),
        Found::Saved(_) => Err(FindError::NotBtf("a saved kernel".into())),
    }
}

fn error(bytes: Vec<u8>) -> String {
    match found(bytes) {
        Ok(_) => "found".into(),
        Err(FindError::Image(error)) => format!("{}: {error}", error.code()),
        Err(FindError::NotBtf(what)) => what,
    }
}

/// Each form with the architecture that it tells of.
fn forms() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let btf = btf("el");
    let vmlinux = elf(X86_64, &memory(), &btf);
    let with_size = [gzip(&vmlinux), 123_u32.to_le_bytes().to_vec()].concat();
    vec![
        ("vmlinux", vmlinux.clone(), "x86_64"),
        ("vmlinux.gz", gzip(&vmlinux), "x86_64"),
        ("bzImage", bz_image(&with_size), "x86_64"),
        ("bzImage.gz", gzip(&bz_image(&gzip(&vmlinux))), "x86_64"),
        ("zboot", zboot(&gzip(&flat(&btf))), "aarch64"),
        ("Image", flat(&btf), "aarch64"),
        ("Image.gz", gzip(&flat(&btf)), "aarch64"),
    ]
}

#[test]
fn every_form() {
    for (name, bytes, architecture) in forms() {
        let (found, facts) = found(bytes).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(found, btf("el"), "{name}");
        assert_eq!(facts.architecture, Some(architecture), "{name}");
        assert_eq!(facts.banner.as_deref(), Some(BANNER), "{name}");
        assert_eq!(facts.kconfig.as_deref(), Some("CONFIG_HZ=250\n"), "{name}");
        assert!(!facts.raw, "{name}");
    }
    let (raw, facts) = found(btf("eb")).unwrap();
    assert!(facts.raw && facts.architecture.is_none() && raw == btf("eb"));
    // Big-endian types in a kernel without sections.
    let (big, _) = found(flat(&btf("eb"))).unwrap();
    assert_eq!(big, btf("eb"));
}

#[test]
fn a_kernel_knows_itself_by_its_file() {
    let path = std::env::temp_dir().join(format!("bpf-loader-image-{}", std::process::id()));
    std::fs::write(&path, bz_image(&gzip(&elf(X86_64, &memory(), &btf("el"))))).unwrap();
    let kernel = crate::kernel::Kernel::open(&path);
    std::fs::remove_file(&path).unwrap();
    let kernel = kernel.unwrap();
    let machine = kernel.machine();
    assert_eq!(machine.architecture.as_deref(), Some("x86_64"));
    assert_eq!(machine.release.as_deref(), Some("6.12.117+deb12-cloud-amd64"));
    // As Debian has it: 6.12.117.
    assert_eq!(machine.version_code, Some(0x06_0c_75));
    assert_eq!(kernel.kconfig().unwrap(), "CONFIG_HZ=250\n");
    assert!(!kernel.is_running());
}

#[test]
fn saved_kernels_may_be_compressed() {
    let saved = crate::kernel::Kernel::builder().btf(Btf::parse(btf("el")).unwrap()).build().save().unwrap();
    for bytes in [saved.clone(), gzip(&saved), gzip(&gzip(&saved))] {
        let Ok(Found::Saved(bytes)) = find(Bytes::Small(bytes)) else { panic!("not found") };
        assert!(bytes.as_ref() == saved);
    }
}

/// Whatever the bytes are, there is an answer.
#[test]
fn cut_off_and_changed() {
    for (name, bytes, _) in forms() {
        // All of the headers, and the rest in steps.
        for len in (0..bytes.len()).filter(|len| *len < 0x600 || len % 7 == 0) {
            let cut = found(bytes[..len].to_vec());
            assert!(cut.is_err() || name.ends_with("Image"), "{name}, {len} bytes");
        }
        for at in (0..bytes.len()).filter(|at| *at < 0x600 || at % 11 == 0) {
            for bit in [0x01, 0x10, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= bit;
                let _ = found(changed).map(|(btf, _)| Btf::parse(btf));
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    let kernel = elf(X86_64, &memory(), &btf("el"));
    let mut image = bz_image(&gzip(&kernel));
    image[0x24c..0x250].copy_from_slice(&u32::MAX.to_le_bytes());
    let len = image.len();
    let wanted = format!(
        "E0335: the header of the bzImage says that the kernel is 4294967295 bytes from 0x610 on; the file has {len} bytes"
    );
    assert_eq!(error(image), wanted);

    let deep = (0..6).fold(kernel.clone(), |inner, _| gzip(&inner));
    assert_eq!(error(deep), "E0336: it is packed more than 4 times");

    let bzip2 = error(bz_image(b"BZh91AY&SY"));
    assert_eq!(bzip2, "E0332: it is compressed by bzip2, which is not read");
    assert_eq!(error(b"\x89LZO\0".to_vec()), "E0332: it is compressed by lzo, which is not read");
    assert_eq!(
        error(bz_image(b"new form")),
        "an image (bzImage) whose kernel is compressed in a way that is not known"
    );

    let mut damaged = gzip(&kernel);
    let end = damaged.len() - 5;
    damaged[end] ^= 1;
    assert!(error(damaged).starts_with("E0333: what it holds, compressed by gzip, is damaged: "));

    assert_eq!(error(flat(&[])[..0x60].to_vec()), "an image (arm64 Image) without BTF");
    let object = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(error(object), "an ELF file without a section `.BTF`");
    assert_eq!(error(Vec::new()), "an empty file");
    assert_eq!(error(b"CONFIG_A=y\n".to_vec()), "text");
    assert_eq!(error(vec![1, 2, 3]), "a file of a form that is not known");
}

/// A thousand times as much as there are bytes in the file.
#[test]
fn no_more_than_a_kernel_is_unpacked() {
    let zeros = vec![0; 1 << 20];
    let bomb = gzip(&zeros);
    assert!(bomb.len() < 1 << 14);
    let refused = Packing::Gzip.unpack_up_to(&bomb, zeros.len() - 1);
    assert_eq!(refused, Err(ImageError::TooLarge { packing: "gzip", most: zeros.len() - 1 }));
    assert_eq!(Packing::Gzip.unpack_up_to(&bomb, zeros.len()).unwrap().len(), zeros.len());
}

#[cfg(feature = "decompress")]
mod others {
    use lzma_rust2::{LzmaOptions, LzmaWriter, XzOptions, XzWriter};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut writer = XzWriter::new(Vec::new(), XzOptions::with_preset(1)).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn lzma(bytes: &[u8]) -> Vec<u8> {
        let mut writer = LzmaWriter::new_use_header(Vec::new(), &LzmaOptions::with_preset(1), None).unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    /// Blocks as the kernel has them; two, so that there is a second.
    fn lz4(bytes: &[u8]) -> Vec<u8> {
        let mut out = b"\x02\x21\x4c\x18".to_vec();
        for block in bytes.chunks(bytes.len() / 2 + 1) {
            let packed = lz4_flex::block::compress(block);
            out.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
            out.extend(packed);
        }
        out
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    type Pack = fn(&[u8]) -> Vec<u8>;
    const ALL: [(&str, Pack); 4] = [("xz", xz), ("lzma", lzma), ("zstd", zstd), ("lz4", lz4)];

    #[test]
    fn by_every_packing() {
        let kernel = elf(X86_64, &memory(), &btf("el"));
        for (name, pack) in ALL {
            let packed = pack(&kernel);
            // Images have the length of the whole behind it.
            let with_size = [packed.clone(), vec![0xff; 4]].concat();
            for (form, bytes) in
                [("file", packed.clone()), ("bzImage", bz_image(&with_size)), ("zboot", zboot(&packed))]
            {
                let (found, facts) =
                    found(bytes).unwrap_or_else(|error| panic!("{name} in {form}: {error:?}"));
                assert_eq!(found, btf("el"), "{name} in {form}");
                assert_eq!(facts.banner.as_deref(), Some(BANNER), "{name} in {form}");
            }
        }
    }

    #[test]
    fn cut_off_and_changed() {
        let kernel = elf(X86_64, &memory(), &btf("el"));
        for (_, pack) in ALL {
            let packed = pack(&kernel);
            for at in (0..packed.len()).filter(|at| *at < 0x80 || at % 13 == 0) {
                let _ = found(packed[..at].to_vec());
                let mut changed = packed.clone();
                changed[at] ^= 0x11;
                let _ = found(changed).map(|(btf, _)| Btf::parse(btf));
            }
        }
    }

    #[test]
    fn no_more_than_a_kernel_is_unpacked() {
        let zeros = vec![0; 1 << 20];
        for (name, pack) in ALL {
            let bomb = pack(&zeros);
            let packing = Packing::of(&bomb).unwrap();
            let refused = packing.unpack_up_to(&bomb, zeros.len() - 1);
            assert_eq!(refused, Err(ImageError::TooLarge { packing: name, most: zeros.len() - 1 }));
            assert_eq!(packing.unpack_up_to(&bomb, zeros.len()).unwrap(), zeros, "{name}");
        }
    }

    /// A file of some bytes that wants 4 GiB to look back at.
    #[test]
    fn no_more_memory_than_a_kernel_needs() {
        let mut wide = lzma(b"short");
        wide[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(Packing::Lzma.unpack(&wide), Err(ImageError::Damaged { packing: "lzma", .. })));
        // A zstd frame with a window of 2 GiB: exponent 21 over 1 KiB.
        let frame = [&b"\x28\xb5\x2f\xfd"[..], &[0, 21 << 3, 1, 0, 0]].concat();
        assert!(matches!(Packing::Zstd.unpack(&frame), Err(ImageError::Damaged { packing: "zstd", .. })));
    }
}
