// SPDX-License-Identifier: ISC
//! What bindings/rust does; with the argument "layout", how it sees the structures.

#[path = "../../bindings/rust/pspawn.rs"]
mod pspawn;

use pspawn::{raw, Command, FOREVER};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::io::AsRawFd;

/// For tests/consumers.t: `struct NAME SIZE`, `member NAME MEMBER OFFSET`.
macro_rules! print_layout {
    ($($name:ident { $($member:ident)* })*) => {
        $(
            println!("struct {} {}", stringify!($name), std::mem::size_of::<raw::$name>());
            $({
                let place = std::mem::MaybeUninit::<raw::$name>::uninit();
                let begin = place.as_ptr();
                let member = unsafe { std::ptr::addr_of!((*begin).$member) };
                println!(
                    "member {} {} {}",
                    stringify!($name),
                    stringify!($member),
                    member as usize - begin as usize
                );
            })*
        )*
    };
}

fn layout() {
    print_layout! {
        pspawn_fd { child kind number flags mode options path end }
        pspawn_attr { kind number flags reserved value data count spare }
        pspawn_cmd { size file argv envp dir path backend fds nfds attrs nattrs flags start_ms search reserved }
        pspawn_error { code step index tail }
        pspawn_child { pid pollfd tail }
        pspawn_status { exited code signal core lost tail }
        pspawn_buffer { data length tail }
        pspawn_stream {
            child kind stage keep flags also limit data size context give take line buffer
            file transfer after spare
        }
        pspawn_io {
            size streams nstreams timeout_ms silent_ms drain drain_idle_ms drain_max_ms reach stops nstops
            statuses flags rows columns modes user reserved
        }
        pspawn_result { status tail }
    }
}

fn starts_with_a_map() {
    let path = std::env::temp_dir().join(format!("pspawn-{}", std::process::id()));
    let mut file = std::fs::File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let script = "cat <&3; pwd >&4; echo $WORD >&2; test -z \"$(ls /dev/fd/9 2>/dev/null)\"; exit 3";
    let mut child = Command::new(["sh", "-c", script])
        .dir("/")
        .fd_open(3, "/dev/null", 0, 0)
        .fd_dup(4, file.as_raw_fd())
        .fd_same(2, 4)
        .fd_null(0)
        .fd_close(1)
        .env("WORD", "word")
        .start()
        .unwrap();
    assert!(child.pid() > 0 && child.pollfd() >= -1);
    let status = child.wait(FOREVER).unwrap().unwrap();
    assert_eq!((status.code(), status.signal(), status.exit_code()), (Some(3), None, 3));
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.read_to_string(&mut text).unwrap();
    assert!(text.contains("/\n") && text.ends_with("word\n"), "{text}");
    assert!(child.kill(0).is_err());
}

fn waits_and_kills() {
    let sleeper = Command::new(["sleep", "3600"]);
    let mut child = sleeper.start().unwrap();
    assert!(child.wait(1).unwrap().is_none());
    child.kill(15).unwrap();
    let status = child.wait(FOREVER).unwrap().unwrap();
    assert_eq!((status.code(), status.signal(), status.exit_code()), (None, Some(15), 143));
    drop(sleeper.start().unwrap());
    Command::new(["true"]).start().unwrap().forget();
}

fn runs() {
    let text: Vec<u8> = (0..1 << 20).map(|i| (i % 251) as u8).collect();
    let done = Command::new(["sh", "-c", "cat; echo err >&2"]).run(&text).unwrap();
    assert!(done.stdout == text);
    assert_eq!(done.stderr, b"err\n");
    assert_eq!(done.status.exit_code(), 0);
}

fn errors_are_sentences() {
    let failed = Command::new(["true"]).dir("/nonexistent").start().err().unwrap();
    assert_eq!(
        failed.to_string(),
        "change directory to \"/nonexistent\": No such file or directory"
    );
    let failed = Command::new(["true"]).fd_null(0).fd_dup(5, 999).start().err().unwrap();
    assert_eq!(failed.index, 1);
    assert!(failed.step > 0 && failed.code > 0);
    assert!(Command::new(["sleep", "3600"]).timeout_ms(1).run(b"").is_err());
    assert!(Command::new(["yes"]).run(b"").is_err());
    assert!(Command::new(["tr\0ue"]).start().is_err());
}

fn main() {
    if std::env::args().any(|argument| argument == "layout") {
        return layout();
    }
    starts_with_a_map();
    waits_and_kills();
    runs();
    errors_are_sentences();
}
