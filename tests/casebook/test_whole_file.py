"""A file for the user is written wholly or not at all."""

import errno
import os
import sys
from pathlib import Path

import pytest

from casebook.problem import Problem
from casebook.whole_file import write_whole
from resources import language


@pytest.fixture(autouse=True)
def english() -> None:
    language.use("en")


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    write_whole(tmp_path / "verslag.pdf", b"een")
    write_whole(tmp_path / "verslag.pdf", b"twee")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("verslag.pdf", b"twee")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_whole(tmp_path / "verslag.pdf", b"een")
    assert (tmp_path / "verslag.pdf").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"is not there\. Nothing was changed"):
        write_whole(tmp_path / "weg" / "verslag.pdf", b"een")


def test_a_folder_in_the_place_of_the_file_is_said_and_leaves_no_rest(tmp_path: Path) -> None:
    (tmp_path / "verslag.pdf").mkdir()
    with pytest.raises(Problem, match=r"verslag.pdf is a folder"):
        write_whole(tmp_path / "verslag.pdf", b"een")
    assert [each.name for each in tmp_path.iterdir()] == ["verslag.pdf"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
def test_a_full_disk_leaves_the_old_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "verslag.pdf"
    path.write_bytes(b"oud")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Problem, match="no room left"):
        write_whole(path, b"nieuw")
    assert path.read_bytes() == b"oud"
    assert [each.name for each in tmp_path.iterdir()] == ["verslag.pdf"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_folder_that_refuses_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Problem, match="not allowed"):
        write_whole(tmp_path / "verslag.pdf", b"een")
    tmp_path.chmod(0o700)
