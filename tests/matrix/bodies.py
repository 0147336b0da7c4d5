"""The bodies of B1; `python -m tests.matrix.bodies` meets them all and prints its peak in KiB."""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path
from typing import Final

from simulator import Answer, Fault, Flood, Simulation
from tests.matrix.story import tell_spoiled
from tests.scenarios.world import Gate

_MIB: Final = 1024 * 1024
_DEEP: Final = 100_000
_DIGITS: Final = b"9" * 5_000
# Members that are written one after the other unpack to one long text.
_BOMB: Final = gzip.compress(b" " * _MIB, mtime=0) * 200
_BODIES: Final[dict[str, bytes]] = {
    "empty": b"",
    "null": b"null",
    "list": b"[[]]",  # a list in a list, since GitHub's list of comments may be empty
    "string": b'"devin-0123456789abcdef0123456789abcdef"',
    "html": b"<!doctype html><html><h1>Welcome</h1></html>",
    "bom": b'\xef\xbb\xbf{"session_id": "x"}',
    "utf-16": '{"session_id": "x"}'.encode("utf-16"),
    "invalid-utf-8": b'{"session_id": "\xff\xfe"}',
    "lone-surrogate": b'{"session_id": "\\ud800", "status": "\\ud800"}',
    "nul": b'{"session_id": "\\u0000", "status": "\\u0000"}',
    "nan": b'{"session_id": NaN, "status": NaN}',
    "duplicate-keys": b'{"session_id": "a", "session_id": "b", "status": "x", "status": "y"}',
    "5000-digits": b'{"session_id": ' + _DIGITS + b', "status": ' + _DIGITS + b"}",
    "depth-100000": b'{"session_id":' * _DEEP,
}
FAULTS: Final[dict[str, Fault]] = {
    **{name: Answer(200, body) for name, body in _BODIES.items()},
    "100-mb": Flood(100 * _MIB),
    "gzip-bomb": Answer(200, _BOMB, (("Content-Encoding", "gzip"),)),
    "wrong-type": Answer(200, b"\x89PNG\r\n\x1a\n\x00\x00", (("Content-Type", "image/png"),)),
}
_MEASURED: Final = ("create", "middle-poll", "github-list", "github-create")


def _measure() -> int:
    """Return the largest memory of this process in KiB, after every body in several phases."""
    for phase in _MEASURED:
        for fault in FAULTS.values():
            with Simulation() as sim, tempfile.TemporaryDirectory() as folder:
                gate = Gate(sim, Path(folder))
                gate.workspace.mkdir()
                gate.on_pull_request()
                told = tell_spoiled(gate, phase, "once", fault, done=True)
                assert told.run.outcome == "passed", told.run.log
    # Not `ru_maxrss`, which a process takes over from the one that started it.
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    sys.stdout.write(str(_measure()))
