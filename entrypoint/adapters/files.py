"""Reading files that somebody else names: regular ones alone, and never more than so many bytes."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from entrypoint.core.documents import DocumentError


def read_regular(path: Path, max_bytes: int) -> bytes:
    """Return what a regular file holds, or raise `DocumentError` or `OSError`."""
    # Not blocking, since opening a FIFO would otherwise wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            message = "it is no regular file"
            raise DocumentError(message)
        raw = file.read(max_bytes + 1)
    if len(raw) > max_bytes:
        message = f"it has more than {max_bytes // 1024} KiB"
        raise DocumentError(message)
    return raw


def read_named_file(name: str, max_bytes: int) -> str | DocumentError:
    """Return the text of any file of this machine, or why there is none; `-` is stdin."""
    try:
        if name == "-":
            return _read_stdin(max_bytes).decode("utf-8-sig")
        return read_regular(Path(name).resolve(), max_bytes).decode("utf-8-sig")
    except UnicodeDecodeError:
        return DocumentError("it is not UTF-8")
    except FileNotFoundError:
        return DocumentError("there is no such file")
    except OSError as error:
        return DocumentError(error.strerror or "it cannot be read")
    except RuntimeError:  # Python 3.11 raises this for links in a circle
        return DocumentError("its links lead in a circle")
    except DocumentError as error:
        return error
    except ValueError:  # a NUL in the name
        return DocumentError("that is no name of a file")


def _read_stdin(max_bytes: int) -> bytes:
    raw = sys.stdin.buffer.read(max_bytes + 1)
    if not raw:
        message = "nothing came through the pipe; `docker run` needs `-i` for one"
        raise DocumentError(message)
    if len(raw) > max_bytes:
        message = f"it has more than {max_bytes // 1024} KiB"
        raise DocumentError(message)
    return raw
