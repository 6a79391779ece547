# SPDX-License-Identifier: ISC
# Python: subprocess.Popen(), which closes the rest. Options and output as in contend.h.
import argparse
import mmap
import os
import subprocess
import threading
import time

parser = argparse.ArgumentParser(allow_abbrev=False)
for name, value in ("fds", 0), ("memory", 0), ("threads", 1), ("starts", 100), ("within", 10000):
    parser.add_argument("--" + name, type=int, default=value)
parser.add_argument("program")
options = parser.parse_args()

sources = [os.open("/dev/null", flags) for flags in (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)]
for _ in range(options.fds):
    os.open("/dev/null", os.O_RDONLY)
if options.memory:
    memory = mmap.mmap(-1, options.memory << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_NOHUGEPAGE)
    for _ in range(options.memory):
        memory.write(b"\1" * (1 << 20))

each = -(-options.starts // options.threads)
barrier = threading.Barrier(options.threads)
measured = []
times = [0, 0]


def start():
    began = time.monotonic_ns()
    child = subprocess.Popen([options.program], stdin=sources[0], stdout=sources[1],
                             stderr=sources[2])
    started = time.monotonic_ns()
    if child.wait() != 0:
        os._exit(1)
    return time.monotonic_ns() - began, started - began


def repeat(count, milliseconds):
    until = time.monotonic() + milliseconds / 1000
    done = []
    while len(done) < count and (len(done) < 4 or time.monotonic() < until):
        done.append(start())
    return done


def run(number):
    repeat(min(each, 20), options.within / 5)
    barrier.wait()
    if number == 0:
        times[0] = time.monotonic_ns()
    measured.extend(repeat(each, options.within))
    barrier.wait()
    if number == 0:
        times[1] = time.monotonic_ns()


threads = [threading.Thread(target=run, args=(number,)) for number in range(1, options.threads)]
for thread in threads:
    thread.start()
run(0)
for thread in threads:
    thread.join()
for whole, call in measured:
    print("start", whole, call)
print("rate", len(measured) * 10**9 // (times[1] - times[0]))
