# SPDX-License-Identifier: ISC
"""Python: subprocess.run()."""
import subprocess
import sys
import time

work, number = sys.argv[1:]
size = int(number)
data = b"x" * size if work == "feed" else None
began = time.monotonic()
if work == "collect":
    done = subprocess.run(["head", "-c", number, "/dev/zero"], capture_output=True, check=True)
    if len(done.stdout) != size:
        sys.exit("wrong size")
else:
    subprocess.run(["cat"], input=data, stdout=subprocess.DEVNULL, check=True)
print(round((time.monotonic() - began) * 1e6))
