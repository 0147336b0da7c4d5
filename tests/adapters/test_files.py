"""Files that somebody names on a command line: text, or one sentence, and never a wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from entrypoint.adapters.files import read_named_file
from entrypoint.core.documents import DocumentError


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbftext")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge").write_bytes(b" " * 2049)
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize("name", ["file", "link"])
def test_a_file_is_read(folder: Path, name: str) -> None:
    """Also behind a link, wherever it lies, and without its byte order mark."""
    assert read_named_file(str(folder / name), 2048) == "text"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Is a directory"),
        ("pipe", "no regular file"),
        ("/dev/zero", "no regular file"),
        ("bytes", "not UTF-8"),
        ("huge", "more than 2 KiB"),
        ("missing", "no such file"),
        ("file/x", "Not a directory"),
        ("x" * 300, "name too long"),
        ("a\0b", "no name of a file"),
        ("circle", "circle|symbolic links"),
    ],
)
def test_what_is_no_file_is_said(folder: Path, name: str, why: str) -> None:
    """A folder, a pipe that nobody writes to, bytes that are no text: a sentence each."""
    found = read_named_file(str(folder / name), 2048)
    assert isinstance(found, DocumentError)
    with pytest.raises(DocumentError, match=why):
        raise found
