// SPDX-License-Identifier: ISC
//! pspawn for Rust: a small but complete example of a binding, one module without a crate.
//!
//! ```ignore
//! let done = Command::new(["sort", "-r"]).dir("/").run(b"a\nb\n")?;
//! println!("{:?} {}", done.stdout, done.status.exit_code());
//! ```
//!
//! The header pspawn.h is the manual. Structures in `raw` have the names and members that they
//! have there. To add a member, put it where the header has it; a structure that the library fills
//! ends with `tail`, which is room for members that this file does not know. tests/consumers.t
//! compares all of it with the header.

use std::ffi::{CStr, CString, OsStr};
use std::fmt;
use std::mem::{size_of, zeroed};
use std::os::raw::{c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::ptr::{null, null_mut};

/// What pspawn.h and pspawn_run.h declare.
#[allow(non_camel_case_types)]
pub mod raw {
    use std::os::raw::{c_char, c_int, c_uint, c_ulonglong, c_ushort, c_void};

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct pspawn_fd {
        pub child: c_int,
        pub kind: c_int,
        pub number: c_int,
        pub flags: c_int,
        pub mode: c_uint,
        pub options: c_uint,
        pub path: *const c_char,
        pub end: *mut c_int,
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct pspawn_attr {
        pub kind: c_int,
        pub number: c_int,
        pub flags: c_uint,
        pub reserved: c_uint,
        pub value: [c_ulonglong; 2],
        pub data: *const c_void,
        pub count: usize,
        pub spare: [c_ulonglong; 2],
    }

    #[repr(C)]
    pub struct pspawn_cmd {
        pub size: usize,
        pub file: *const c_char,
        pub argv: *const *const c_char,
        pub envp: *const *const c_char,
        pub dir: *const c_char,
        pub path: *const c_char,
        pub backend: *const c_char,
        pub fds: *const pspawn_fd,
        pub nfds: usize,
        pub attrs: *const pspawn_attr,
        pub nattrs: usize,
        pub flags: c_uint,
        pub start_ms: c_int,
        pub search: c_int,
        pub reserved: c_uint,
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct pspawn_error {
        pub code: c_int,
        pub step: c_int,
        pub index: c_int,
        pub tail: [*const c_void; 16],
    }

    #[repr(C)]
    pub struct pspawn_child {
        pub pid: c_int,
        pub pollfd: c_int,
        pub tail: [*const c_void; 32],
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct pspawn_status {
        pub exited: c_int,
        pub code: c_int,
        pub signal: c_int,
        pub core: c_int,
        pub lost: c_int,
        pub tail: [*const c_void; 32],
    }

    #[repr(C)]
    pub struct pspawn_buffer {
        pub data: *mut c_char,
        pub length: usize,
        pub tail: [*const c_void; 8],
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct pspawn_stream {
        pub child: c_int,
        pub kind: c_int,
        pub stage: c_int,
        pub keep: c_int,
        pub flags: c_uint,
        pub also: c_int,
        pub limit: usize,
        pub data: *const c_void,
        pub size: usize,
        pub context: *mut c_void,
        pub give: *const c_void,
        pub take: *const c_void,
        pub line: *const c_void,
        pub buffer: *mut pspawn_buffer,
        pub file: *mut c_int,
        pub transfer: *mut c_void,
        pub after: *const c_char,
        pub spare: [*const c_void; 1],
    }

    /// The first members: the library takes those after `size` bytes as zero.
    #[repr(C)]
    pub struct pspawn_io {
        pub size: usize,
        pub streams: *const pspawn_stream,
        pub nstreams: usize,
        pub timeout_ms: c_int,
        pub silent_ms: c_int,
        pub drain: c_int,
        pub drain_idle_ms: c_int,
        pub drain_max_ms: c_int,
        pub reach: c_int,
        pub stops: *const c_void,
        pub nstops: usize,
        pub statuses: *mut c_void,
        pub flags: c_uint,
        pub rows: c_ushort,
        pub columns: c_ushort,
        pub modes: *const c_void,
        pub user: *mut c_void,
        pub reserved: [c_uint; 4],
    }

    #[repr(C)]
    pub struct pspawn_result {
        pub status: pspawn_status,
        pub tail: [*const c_void; 32],
    }

    #[link(name = "pspawn")]
    extern "C" {
        pub fn pspawn_fd_dup(child: c_int, parent: c_int) -> pspawn_fd;
        pub fn pspawn_fd_same(child: c_int, other: c_int) -> pspawn_fd;
        pub fn pspawn_fd_open(
            child: c_int,
            path: *const c_char,
            flags: c_int,
            mode: c_uint,
        ) -> pspawn_fd;
        pub fn pspawn_fd_null(child: c_int) -> pspawn_fd;
        pub fn pspawn_fd_close(child: c_int) -> pspawn_fd;
        pub fn pspawn_attr_env_set(assignment: *const c_char) -> pspawn_attr;
        pub fn pspawn_stream_feed(child: c_int, data: *const c_void, size: usize)
            -> pspawn_stream;
        pub fn pspawn_stream_collect(child: c_int, buffer: *mut pspawn_buffer) -> pspawn_stream;
        pub fn pspawn_stream_stop_at(stream: pspawn_stream, limit: usize) -> pspawn_stream;
        pub fn pspawn_start(
            child: *mut pspawn_child,
            cmd: *const pspawn_cmd,
            error: *mut pspawn_error,
        ) -> c_int;
        pub fn pspawn_wait(
            child: *mut pspawn_child,
            status: *mut pspawn_status,
            timeout_ms: c_int,
        ) -> c_int;
        pub fn pspawn_kill(child: *const pspawn_child, signal: c_int) -> c_int;
        pub fn pspawn_kill_all(
            child: *const pspawn_child,
            signal: c_int,
            reach: *mut c_int,
        ) -> c_int;
        pub fn pspawn_forget(child: *mut pspawn_child);
        pub fn pspawn_run(
            cmd: *const pspawn_cmd,
            io: *const pspawn_io,
            result: *mut pspawn_result,
            error: *mut pspawn_error,
        ) -> c_int;
        pub fn pspawn_strerror(
            error: *const pspawn_error,
            cmd: *const pspawn_cmd,
            buf: *mut c_char,
            size: usize,
        ) -> c_int;
        pub fn pspawn_exit_code(status: *const pspawn_status) -> c_int;
        pub fn free(memory: *mut c_void);
    }
}

pub const FOREVER: c_int = -1;
const SIGKILL: c_int = 9;

/// `to_string()` is pspawn's sentence.
#[derive(Debug)]
pub struct Error {
    sentence: String,
    /// An errno value.
    pub code: i32,
    /// An `enum pspawn_step`.
    pub step: i32,
    /// The entry of the description, or -1.
    pub index: i32,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Error {}

impl Error {
    fn of_start(error: &raw::pspawn_error, cmd: &raw::pspawn_cmd) -> Error {
        let mut buffer = vec![0u8; 4096];
        let text = buffer.as_mut_ptr() as *mut c_char;
        let sentence = unsafe {
            raw::pspawn_strerror(error, cmd, text, buffer.len());
            CStr::from_ptr(text).to_string_lossy().into_owned()
        };
        Error { sentence, code: error.code, step: error.step, index: error.index }
    }

    fn of_call(code: c_int) -> Error {
        let sentence = std::io::Error::from_raw_os_error(-code).to_string();
        Error { sentence, code: -code, step: 0, index: -1 }
    }
}

#[derive(Clone, Copy)]
pub struct Status(raw::pspawn_status);

impl Status {
    /// The code of a program that has exited; none where a signal has ended it.
    pub fn code(&self) -> Option<i32> {
        if self.0.exited != 0 { Some(self.0.code) } else { None }
    }
    pub fn signal(&self) -> Option<i32> {
        if self.0.signal != 0 { Some(self.0.signal) } else { None }
    }
    /// As shells say it: 128 and the number for a signal.
    pub fn exit_code(&self) -> i32 {
        unsafe { raw::pspawn_exit_code(&self.0) }
    }
}

/// What has become of a run.
pub struct Done {
    pub status: Status,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// What to start. It owns all texts; one with a NUL in it makes the start fail.
#[derive(Default)]
pub struct Command {
    argv: Vec<CString>,
    dir: Option<CString>,
    texts: Vec<CString>, // what entries point to: the text does not move when this grows
    fds: Vec<raw::pspawn_fd>,
    attrs: Vec<raw::pspawn_attr>,
    timeout_ms: c_int,
    has_nul: bool,
}

impl Command {
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(argv: I) -> Command {
        let mut command = Command::default();
        for argument in argv {
            let text = command.text(argument);
            command.argv.push(text);
        }
        command
    }

    pub fn dir<S: AsRef<OsStr>>(mut self, dir: S) -> Command {
        self.dir = Some(self.text(dir));
        self
    }

    /// The child's `child` is our `parent`.
    pub fn fd_dup(mut self, child: i32, parent: i32) -> Command {
        self.fds.push(unsafe { raw::pspawn_fd_dup(child, parent) });
        self
    }

    /// The child's `child` is the same open file as its `other`.
    pub fn fd_same(mut self, child: i32, other: i32) -> Command {
        self.fds.push(unsafe { raw::pspawn_fd_same(child, other) });
        self
    }

    pub fn fd_null(mut self, child: i32) -> Command {
        self.fds.push(unsafe { raw::pspawn_fd_null(child) });
        self
    }

    pub fn fd_close(mut self, child: i32) -> Command {
        self.fds.push(unsafe { raw::pspawn_fd_close(child) });
        self
    }

    /// `flags` and `mode` as for open(2).
    pub fn fd_open<S: AsRef<OsStr>>(mut self, child: i32, path: S, flags: i32, mode: u32) -> Command {
        let text = self.text(path);
        self.fds.push(unsafe { raw::pspawn_fd_open(child, text.as_ptr(), flags, mode) });
        self.texts.push(text);
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Command {
        let text = self.text(format!("{name}={value}"));
        self.attrs.push(unsafe { raw::pspawn_attr_env_set(text.as_ptr()) });
        self.texts.push(text);
        self
    }

    /// How long a run may last.
    pub fn timeout_ms(mut self, timeout_ms: i32) -> Command {
        self.timeout_ms = timeout_ms;
        self
    }

    /// pspawn_start()
    pub fn start(&self) -> Result<Child, Error> {
        self.with_raw(|cmd| unsafe {
            let mut child = Child { handle: zeroed() };
            let mut error = zeroed();
            if raw::pspawn_start(&mut child.handle, cmd, &mut error) < 0 {
                return Err(Error::of_start(&error, cmd));
            }
            Ok(child)
        })
    }

    /// pspawn_run(): feed it `input` as its 0, collect its 1 and 2, and wait. More output than
    /// 16 MiB of either stops it, as the timeout does.
    pub fn run(&self, input: &[u8]) -> Result<Done, Error> {
        const LIMIT: usize = 16 << 20;
        self.with_raw(|cmd| unsafe {
            let mut result: raw::pspawn_result = zeroed();
            let mut error = zeroed();
            let mut out: raw::pspawn_buffer = zeroed();
            let mut err: raw::pspawn_buffer = zeroed();
            let streams = [
                raw::pspawn_stream_feed(0, input.as_ptr().cast(), input.len()),
                raw::pspawn_stream_stop_at(raw::pspawn_stream_collect(1, &mut out), LIMIT),
                raw::pspawn_stream_stop_at(raw::pspawn_stream_collect(2, &mut err), LIMIT),
            ];
            let mut io: raw::pspawn_io = zeroed();
            io.size = size_of::<raw::pspawn_io>();
            io.streams = streams.as_ptr();
            io.nstreams = streams.len();
            io.timeout_ms = self.timeout_ms;
            let code = raw::pspawn_run(cmd, &io, &mut result, &mut error);
            let (stdout, stderr) = (taken(&out), taken(&err));
            if code < 0 {
                return Err(Error::of_start(&error, cmd));
            }
            Ok(Done { status: Status(result.status), stdout, stderr })
        })
    }

    /// The C structure, for as long as `use_it` lasts.
    fn with_raw<T>(
        &self,
        use_it: impl FnOnce(&raw::pspawn_cmd) -> Result<T, Error>,
    ) -> Result<T, Error> {
        const EINVAL: c_int = 22;
        if self.has_nul {
            return Err(Error::of_call(-EINVAL));
        }
        let mut argv: Vec<*const c_char> = self.argv.iter().map(|text| text.as_ptr()).collect();
        argv.push(null());
        let mut cmd: raw::pspawn_cmd = unsafe { zeroed() };
        cmd.size = size_of::<raw::pspawn_cmd>();
        cmd.argv = argv.as_ptr();
        cmd.dir = self.dir.as_ref().map_or(null(), |dir| dir.as_ptr());
        cmd.fds = self.fds.as_ptr();
        cmd.nfds = self.fds.len();
        cmd.attrs = self.attrs.as_ptr();
        cmd.nattrs = self.attrs.len();
        use_it(&cmd)
    }

    fn text<S: AsRef<OsStr>>(&mut self, text: S) -> CString {
        CString::new(text.as_ref().as_bytes()).unwrap_or_else(|_| {
            self.has_nul = true;
            CString::default()
        })
    }
}

/// A running child. When it is dropped while it runs, it is killed and waited for, so that no
/// unknown program and no zombie is left; `forget()` lets it live on.
pub struct Child {
    handle: raw::pspawn_child,
}

impl Child {
    pub fn pid(&self) -> i32 {
        self.handle.pid
    }

    /// Readable when the child has ended; -1 where there is none.
    pub fn pollfd(&self) -> i32 {
        self.handle.pollfd
    }

    /// The status, or none while it still runs after so many milliseconds (`FOREVER`).
    pub fn wait(&mut self, timeout_ms: i32) -> Result<Option<Status>, Error> {
        const EINPROGRESS: c_int = if cfg!(target_os = "linux") { 115 } else { 36 };
        let mut status: raw::pspawn_status = unsafe { zeroed() };
        match unsafe { raw::pspawn_wait(&mut self.handle, &mut status, timeout_ms) } {
            0 => Ok(Some(Status(status))),
            code if code == -EINPROGRESS => Ok(None),
            code => Err(Error::of_call(code)),
        }
    }

    pub fn kill(&self, signal: i32) -> Result<(), Error> {
        match unsafe { raw::pspawn_kill(&self.handle, signal) } {
            0 => Ok(()),
            code => Err(Error::of_call(code)),
        }
    }

    pub fn forget(mut self) {
        unsafe { raw::pspawn_forget(&mut self.handle) }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        unsafe {
            if self.handle.pid == 0 {
                return;
            }
            if raw::pspawn_kill_all(&self.handle, SIGKILL, std::ptr::null_mut()) >= 0 {
                raw::pspawn_wait(&mut self.handle, null_mut(), FOREVER);
            }
            raw::pspawn_forget(&mut self.handle);
        }
    }
}

/// The bytes of a buffer, which is given back.
unsafe fn taken(buffer: &raw::pspawn_buffer) -> Vec<u8> {
    if buffer.data.is_null() {
        return Vec::new();
    }
    let bytes = std::slice::from_raw_parts(buffer.data as *const u8, buffer.length).to_vec();
    raw::free(buffer.data.cast());
    bytes
}
