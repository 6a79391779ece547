# SPDX-License-Identifier: ISC
"""pspawn for Python, by ctypes: a small but complete example of a binding.

    import pspawn
    done = pspawn.run(["sort", "-r"], input=b"a\\nb\\n", dir="/", timeout_ms=5000)
    print(done.stdout, done.exit_code)

    with pspawn.start(["make"], fds=[pspawn.fd_dup(1, log.fileno()), pspawn.fd_same(2, 1)]) as make:
        make.wait()

A failure is raised as pspawn.Error, an OSError whose text is pspawn's sentence. The header pspawn.h
is the manual. Structures have the names and members that they have there. To add a member, put
it where the header has it; a structure that the library fills ends with `tail`, which is room for
members that this file does not know. tests/consumers.t compares all of it with the header.
"""
import collections
import ctypes
import errno
import os
import signal as _signal
import sys
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_ulonglong, c_void_p

FOREVER = -1
_library = ctypes.CDLL("libpspawn.0.dylib" if sys.platform == "darwin" else "libpspawn.so.0")

# ---- structures: see pspawn.h and pspawn_run.h


class pspawn_fd(ctypes.Structure):
    _fields_ = [("child", c_int), ("kind", c_int), ("number", c_int), ("flags", c_int),
                ("mode", c_uint), ("options", c_uint), ("path", c_char_p), ("end", POINTER(c_int))]


class pspawn_attr(ctypes.Structure):
    _fields_ = [("kind", c_int), ("number", c_int), ("flags", c_uint), ("reserved", c_uint),
                ("value", c_ulonglong * 2), ("data", c_void_p), ("count", c_size_t),
                ("spare", c_ulonglong * 2)]


class pspawn_cmd(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("file", c_char_p), ("argv", POINTER(c_char_p)),
                ("envp", POINTER(c_char_p)), ("dir", c_char_p), ("path", c_char_p),
                ("backend", c_char_p), ("fds", POINTER(pspawn_fd)), ("nfds", c_size_t),
                ("attrs", POINTER(pspawn_attr)), ("nattrs", c_size_t), ("flags", c_uint),
                ("start_ms", c_int), ("search", c_int), ("reserved", c_uint)]


class pspawn_error(ctypes.Structure):
    _fields_ = [("code", c_int), ("step", c_int), ("index", c_int), ("tail", c_void_p * 16)]


class pspawn_child(ctypes.Structure):
    _fields_ = [("pid", c_int), ("pollfd", c_int), ("tail", c_void_p * 32)]


class pspawn_status(ctypes.Structure):
    _fields_ = [("exited", c_int), ("code", c_int), ("signal", c_int), ("core", c_int),
                ("lost", c_int), ("tail", c_void_p * 32)]


class pspawn_buffer(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("length", c_size_t), ("tail", c_void_p * 8)]


class pspawn_stream(ctypes.Structure):
    _fields_ = [("child", c_int), ("kind", c_int), ("stage", c_int), ("keep", c_int),
                ("flags", c_uint), ("also", c_int), ("limit", c_size_t), ("data", c_void_p),
                ("size", c_size_t), ("context", c_void_p), ("give", c_void_p), ("take", c_void_p),
                ("line", c_void_p), ("buffer", POINTER(pspawn_buffer)), ("file", POINTER(c_int)),
                ("transfer", c_void_p), ("after", c_char_p), ("spare", c_void_p * 1)]


class pspawn_io(ctypes.Structure):
    # The first members: the library takes those after `size` bytes as zero.
    _fields_ = [("size", c_size_t), ("streams", POINTER(pspawn_stream)), ("nstreams", c_size_t),
                ("timeout_ms", c_int), ("silent_ms", c_int), ("drain", c_int),
                ("drain_idle_ms", c_int), ("drain_max_ms", c_int), ("reach", c_int),
                ("stops", c_void_p),
                ("nstops", c_size_t), ("statuses", c_void_p), ("flags", c_uint),
                ("rows", ctypes.c_ushort), ("columns", ctypes.c_ushort), ("modes", c_void_p),
                ("user", c_void_p), ("reserved", c_uint * 4)]


class pspawn_result(ctypes.Structure):
    _fields_ = [("status", pspawn_status), ("tail", c_void_p * 32)]


# ---- functions


def _text(text):
    """Bytes for C, which would cut them at a NUL."""
    text = os.fsencode(text)
    if b"\0" in text:
        raise ValueError("a NUL in %r" % text)
    return text


def _function(name, result, *arguments):
    function = getattr(_library, name)
    function.restype = result
    function.argtypes = arguments
    return function


def _constructor(name, structure, *arguments):
    """A constructor of the library. What an entry points to stays as long as the entry."""
    function = _function(name, structure, *arguments)

    def construct(*values):
        values = [_text(value) if kind is c_char_p else value
                  for kind, value in zip(arguments, values)]
        entry = function(*values)
        entry.kept = values
        return entry

    return construct


# A few of those of pspawn.h; any other is one line more. A pipe's end is a ctypes.c_int().
fd_dup = _constructor("pspawn_fd_dup", pspawn_fd, c_int, c_int)
fd_same = _constructor("pspawn_fd_same", pspawn_fd, c_int, c_int)
fd_open = _constructor("pspawn_fd_open", pspawn_fd, c_int, c_char_p, c_int, c_uint)
fd_null = _constructor("pspawn_fd_null", pspawn_fd, c_int)
fd_close = _constructor("pspawn_fd_close", pspawn_fd, c_int)
fd_pipe_in = _constructor("pspawn_fd_pipe_in", pspawn_fd, c_int, POINTER(c_int))
fd_pipe_out = _constructor("pspawn_fd_pipe_out", pspawn_fd, c_int, POINTER(c_int))
attr_env_set = _constructor("pspawn_attr_env_set", pspawn_attr, c_char_p)
attr_env_clear = _constructor("pspawn_attr_env_clear", pspawn_attr)
attr_setsid = _constructor("pspawn_attr_setsid", pspawn_attr)
attr_rlimit = _constructor("pspawn_attr_rlimit", pspawn_attr, c_int, c_ulonglong, c_ulonglong)

_stream_feed = _constructor("pspawn_stream_feed", pspawn_stream, c_int, c_void_p, c_size_t)
_stream_collect = _constructor("pspawn_stream_collect", pspawn_stream, c_int,
                               POINTER(pspawn_buffer))
_stream_stop_at = _constructor("pspawn_stream_stop_at", pspawn_stream, pspawn_stream, c_size_t)
_start = _function("pspawn_start", c_int, POINTER(pspawn_child), POINTER(pspawn_cmd),
                   POINTER(pspawn_error))
_wait = _function("pspawn_wait", c_int, POINTER(pspawn_child), POINTER(pspawn_status), c_int)
_kill = _function("pspawn_kill", c_int, POINTER(pspawn_child), c_int)
_kill_all = _function("pspawn_kill_all", c_int, POINTER(pspawn_child), c_int, POINTER(c_int))
_forget = _function("pspawn_forget", None, POINTER(pspawn_child))
_run = _function("pspawn_run", c_int, POINTER(pspawn_cmd), POINTER(pspawn_io),
                 POINTER(pspawn_result), POINTER(pspawn_error))
_strerror = _function("pspawn_strerror", c_int, POINTER(pspawn_error), POINTER(pspawn_cmd),
                      ctypes.c_char_p, c_size_t)
_exit_code = _function("pspawn_exit_code", c_int, POINTER(pspawn_status))
_free = ctypes.CDLL(None).free
_free.argtypes = [c_void_p]
_free.restype = None

# ---- what a caller uses


class Error(OSError):
    """str() is the sentence; step is an enum pspawn_step, index an entry of fds or attrs, or -1."""

    def __init__(self, error, cmd):
        length = _strerror(byref(error), byref(cmd), None, 0)
        buffer = ctypes.create_string_buffer(length + 1)
        _strerror(byref(error), byref(cmd), buffer, length + 1)
        self.sentence = os.fsdecode(buffer.value)
        super().__init__(error.code, self.sentence)
        self.step = error.step
        self.index = error.index

    def __str__(self):
        return self.sentence


# Of a program that has ended: `code` is -1 where `signal` has ended it; `exit_code` is as in shells.
Status = collections.namedtuple("Status", "exited code signal core lost exit_code")
Done = collections.namedtuple("Done", "status exit_code stdout stderr")


def _status_of(status):
    return Status(bool(status.exited), status.code, status.signal, bool(status.core),
                  bool(status.lost), _exit_code(byref(status)))


def _describe(argv, fds, attrs, dir):
    """The C structure, and with it all that it points to."""
    texts = [_text(argument) for argument in argv]
    cmd = pspawn_cmd(size=ctypes.sizeof(pspawn_cmd))
    cmd.argv = (c_char_p * (len(texts) + 1))(*texts, None)
    cmd.dir = None if dir is None else _text(dir)
    cmd.fds, cmd.nfds = (pspawn_fd * len(fds))(*fds), len(fds)
    cmd.attrs, cmd.nattrs = (pspawn_attr * len(attrs))(*attrs), len(attrs)
    cmd.kept = (list(fds), list(attrs))
    return cmd


class Child:
    """A running child. `with` ends it where it is still running: SIGKILL, and a wait."""

    def __init__(self, handle):
        self._handle = handle

    @property
    def pid(self):
        return self._handle.pid

    def fileno(self):
        """Readable when the child has ended, for select and asyncio; -1 where there is none."""
        return self._handle.pollfd

    def wait(self, timeout_ms=FOREVER):
        """The Status, or None while it still runs after so many milliseconds."""
        status = pspawn_status()
        code = _wait(byref(self._handle), byref(status), timeout_ms)
        if code == -errno.EINPROGRESS:
            return None
        _check(code)
        return _status_of(status)

    def kill(self, signal=_signal.SIGTERM):
        _check(_kill(byref(self._handle), signal))

    def forget(self):
        """Let it run on without us."""
        _forget(byref(self._handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._handle.pid and _kill_all(byref(self._handle), _signal.SIGKILL, None) >= 0:
            _wait(byref(self._handle), None, FOREVER)
        self.forget()


def _check(code):
    if code < 0:
        raise OSError(-code, os.strerror(-code))


def start(argv, fds=(), attrs=(), dir=None):
    """Start a program: pspawn_start()."""
    cmd, handle, error = _describe(argv, fds, attrs, dir), pspawn_child(), pspawn_error()
    if _start(byref(handle), byref(cmd), byref(error)) < 0:
        raise Error(error, cmd)
    return Child(handle)


def run(argv, fds=(), attrs=(), dir=None, input=b"", timeout_ms=0, limit=16 << 20):
    """Feed it `input` as its 0, collect its 1 and 2, and wait: pspawn_run().

    More output than `limit` bytes stops it, as the timeout does: an Error.
    """
    cmd, result, error = _describe(argv, fds, attrs, dir), pspawn_result(), pspawn_error()
    out, err = pspawn_buffer(), pspawn_buffer()
    data = ctypes.create_string_buffer(bytes(input), max(len(input), 1))
    streams = [_stream_feed(0, ctypes.addressof(data), len(input)),
               _stream_stop_at(_stream_collect(1, out), limit),
               _stream_stop_at(_stream_collect(2, err), limit)]
    io = pspawn_io(size=ctypes.sizeof(pspawn_io), timeout_ms=timeout_ms)
    io.streams, io.nstreams = (pspawn_stream * len(streams))(*streams), len(streams)
    code = _run(byref(cmd), byref(io), byref(result), byref(error))
    stdout, stderr = _taken(out), _taken(err)
    if code < 0:
        raise Error(error, cmd)
    status = _status_of(result.status)
    return Done(status, status.exit_code, stdout, stderr)


def _taken(buffer):
    """The bytes of a buffer, which is given back."""
    data = ctypes.string_at(buffer.data, buffer.length) if buffer.data else b""
    _free(buffer.data)
    return data
