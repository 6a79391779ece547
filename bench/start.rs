// SPDX-License-Identifier: ISC

// Rust: std::process::Command, with three files. Options and output as in contend.h.
use std::fs::{File, OpenOptions};
use std::process::{exit, Command};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Instant;

// The standard library has no memory to give that is surely in small pages.
extern "C" {
    fn mmap(at: *mut u8, size: usize, prot: i32, flags: i32, fd: i32, offset: i64) -> *mut u8;
    fn madvise(at: *mut u8, size: usize, advice: i32) -> i32;
}
const PROT_READ_WRITE: i32 = 3;
const MAP_PRIVATE_ANONYMOUS: i32 = 0x22;
const MADV_NOHUGEPAGE: i32 = 15;

struct Options {
    fds: usize,
    memory: usize,
    threads: usize,
    starts: usize,
    within: usize,
    program: String,
}

fn parse() -> Options {
    let mut options = Options {
        fds: 0,
        memory: 0,
        threads: 1,
        starts: 100,
        within: 10000,
        program: String::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let target = match word.as_str() {
            "--fds" => &mut options.fds,
            "--memory" => &mut options.memory,
            "--threads" => &mut options.threads,
            "--starts" => &mut options.starts,
            "--within" => &mut options.within,
            _ if word.starts_with('-') => exit(2),
            _ => {
                options.program = word;
                continue;
            }
        };
        *target = words
            .next()
            .and_then(|value| value.parse().ok())
            .unwrap_or_else(|| exit(2));
    }
    options
}

fn touch_memory(mib: usize) {
    let size = mib << 20;
    if size == 0 {
        return;
    }
    unsafe {
        let memory = mmap(
            std::ptr::null_mut(),
            size,
            PROT_READ_WRITE,
            MAP_PRIVATE_ANONYMOUS,
            -1,
            0,
        );
        assert!(memory as isize != -1, "no memory");
        madvise(memory, size, MADV_NOHUGEPAGE);
        std::ptr::write_bytes(memory, 1, size);
    }
}

fn null(write: bool) -> File {
    OpenOptions::new()
        .read(!write)
        .write(write)
        .open("/dev/null")
        .unwrap()
}

/// A command belongs to one thread; so do its files.
fn describe(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(null(false))
        .stdout(null(true))
        .stderr(null(true));
    command
}

/// Start and wait: nanoseconds of all, and of the start.
fn start(command: &mut Command) -> (u128, u128) {
    let began = Instant::now();
    let mut child = command.spawn().unwrap();
    let call = began.elapsed().as_nanos();
    assert!(child.wait().unwrap().success());
    (began.elapsed().as_nanos(), call)
}

/// So many starts, or what can be done in so many milliseconds.
fn repeat(command: &mut Command, count: usize, within: usize) -> Vec<(u128, u128)> {
    let began = Instant::now();
    let mut measured = Vec::new();
    while measured.len() < count
        && (measured.len() < 4 || began.elapsed().as_millis() < within as u128)
    {
        measured.push(start(command));
    }
    measured
}

fn main() {
    let options = parse();
    let mut commands: Vec<_> = (0..options.threads)
        .map(|_| describe(&options.program))
        .collect();
    let others: Vec<File> = (0..options.fds).map(|_| null(false)).collect();
    touch_memory(options.memory);

    let each = (options.starts + options.threads - 1) / options.threads;
    let within = options.within;
    let barrier = Arc::new(Barrier::new(options.threads));
    let run = move |mut command: Command, barrier: Arc<Barrier>| {
        repeat(&mut command, each.min(20), within / 5);
        barrier.wait();
        let began = Instant::now();
        let measured = repeat(&mut command, each, within);
        barrier.wait();
        (measured, began.elapsed().as_nanos())
    };
    let own = commands.pop().unwrap();
    let threads: Vec<_> = commands
        .into_iter()
        .map(|command| {
            let barrier = barrier.clone();
            thread::spawn(move || run(command, barrier))
        })
        .collect();
    let (mut measured, took) = run(own, barrier);
    for thread in threads {
        measured.extend(thread.join().unwrap().0);
    }
    for (whole, call) in &measured {
        println!("start {whole} {call}");
    }
    println!("rate {}", measured.len() as u128 * 1_000_000_000 / took);
    drop(others);
}
