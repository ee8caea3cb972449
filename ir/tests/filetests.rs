//! Runs the data files under tests/ir and tests/opt.

use std::path::Path;
use ultra_ir::text::run_filetest;

#[test]
fn filetests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let mut failures = Vec::new();
    let mut count = 0;
    for dir in ["ir", "opt"] {
        let mut files: Vec<_> =
            std::fs::read_dir(root.join(dir)).expect(dir).map(|e| e.expect("entry").path()).collect();
        files.sort();
        for path in files.iter().filter(|p| p.extension().is_some_and(|x| x == "filetest")) {
            count += 1;
            failures.extend(run_filetest(path).err());
        }
    }
    assert!(failures.is_empty(), "{} of {count} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0);
}
