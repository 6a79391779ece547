// SPDX-License-Identifier: ISC
//! Rust: std::process::Command.
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (work, number) = (args[1].as_str(), args[2].as_str());
    let size: usize = number.parse().expect("a number of bytes");
    let input = if work == "feed" { vec![b'x'; size] } else { Vec::new() };
    let began = Instant::now();

    if work == "collect" {
        let done = Command::new("head")
            .args(["-c", number, "/dev/zero"])
            .output()
            .expect("head");
        assert!(done.status.success() && done.stdout.len() == size, "wrong size");
    } else {
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("cat");
        child.stdin.take().expect("a pipe").write_all(&input).expect("write");
        assert!(child.wait().expect("wait").success(), "the child has failed");
    }
    println!("{}", began.elapsed().as_micros());
}
