# SPDX-License-Identifier: ISC
"""What bindings/python does; with the argument "layout", how it sees the structures."""
import ctypes
import os
import signal
import sys
import tempfile
import unittest

import pspawn


def print_layout():
    """For tests/consumers.t: `struct NAME SIZE`, `member NAME MEMBER OFFSET`."""
    for name, structure in sorted(vars(pspawn).items()):
        if isinstance(structure, type) and issubclass(structure, ctypes.Structure):
            print("struct", name, ctypes.sizeof(structure))
            for member, *_ in structure._fields_:
                print("member", name, member, getattr(structure, member).offset)


class Binding(unittest.TestCase):
    def test_start_with_a_map(self):
        end = ctypes.c_int(-1)
        with tempfile.TemporaryFile() as file:
            child = pspawn.start(
                ["sh", "-c", "cat <&3 >&9; pwd >&4; echo $WORD >&4; exit 3"],
                fds=[pspawn.fd_open(3, "/dev/null", os.O_RDONLY, 0), pspawn.fd_dup(4, file.fileno()),
                     pspawn.fd_pipe_out(9, end), pspawn.fd_same(2, 4)],
                attrs=[pspawn.attr_env_clear(), pspawn.attr_env_set("WORD=word")], dir="/")
            self.assertGreater(child.pid, 0)
            self.assertEqual(os.read(end.value, 1), b"")
            os.close(end.value)
            status = child.wait()
            file.seek(0)
            self.assertEqual(file.read(), b"/\nword\n")
        self.assertEqual((status.exited, status.code, status.exit_code), (True, 3, 3))
        with self.assertRaises(ProcessLookupError):
            child.kill()

    def test_waits_and_kills(self):
        with pspawn.start(["sleep", "3600"]) as child:
            self.assertIsNone(child.wait(1))
            child.kill(signal.SIGTERM)
            status = child.wait()
            self.assertEqual((status.exited, status.signal, status.code), (False, 15, -1))
        with pspawn.start(["sleep", "3600"]) as child:
            pid = child.pid
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)

    def test_run(self):
        text = bytes(range(256)) * 1000
        done = pspawn.run(["sh", "-c", "cat; echo err >&2"], input=text)
        self.assertEqual((done.stdout, done.stderr, done.exit_code), (text, b"err\n", 0))

    def test_errors_are_sentences(self):
        with self.assertRaises(pspawn.Error) as caught:
            pspawn.start(["true"], dir="/nonexistent")
        self.assertEqual(str(caught.exception),
                         'change directory to "/nonexistent": No such file or directory')
        with self.assertRaises(pspawn.Error) as caught:
            pspawn.start(["true"], fds=[pspawn.fd_null(0), pspawn.fd_dup(5, 999)])
        self.assertEqual(caught.exception.index, 1)
        with self.assertRaises(pspawn.Error) as caught:
            pspawn.run(["sleep", "3600"], timeout_ms=1)
        self.assertEqual(caught.exception.errno, __import__("errno").ETIMEDOUT)
        with self.assertRaises(pspawn.Error):
            pspawn.run(["yes"], limit=100)
        with self.assertRaises(ValueError):
            pspawn.run(["tr\0ue"])


if __name__ == "__main__":
    if sys.argv[1:] == ["layout"]:
        print_layout()
    else:
        unittest.main()
