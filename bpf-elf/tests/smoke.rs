#[test]
fn all() {
    fn walk(d: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        for e in std::fs::read_dir(d).unwrap() {
            let p = e.unwrap().path();
            if p.is_dir() {
                walk(&p, out)
            } else if p.extension().is_some_and(|x| x == "o") {
                out.push(p)
            }
        }
    }
    let mut v = vec![];
    walk(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures")), &mut v);
    v.sort();
    for p in v {
        let b = std::fs::read(&p).unwrap();
        match bpf_elf::ObjectFile::parse(&b) {
            Ok(o) => println!("{} ok {} progs {} maps", p.display(), o.programs().len(), o.maps().len()),
            Err(e) => println!("{} {} {e} {:?}", p.display(), e.code(), e.help()),
        }
    }
}
