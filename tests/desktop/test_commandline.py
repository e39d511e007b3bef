"""The commands, as a script uses them."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casebook.case import Case
from casebook.case_query import Query
from casebook.database import copies, copy_daily, create_casebook, open_casebook
from casebook.keys import PassphraseTooShort, file_key, new_file_key
from casebook.present import count, entry
from casebook.saving import Change, save
from desktop.__main__ import main as start
from desktop.commandline import main
from tests.casebook.world import not_searched_yet

WORDS = "vier woorden zijn lang"


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """The beginning of every command: a casebook with two cases, and its passphrase."""
    (tmp_path / "pass").write_text(WORDS + "\n", encoding="utf-8")
    path = tmp_path / "casebook.db"
    db = create_casebook(path, new_file_key(WORDS))
    cases = (
        Case(title="Buurttuin", reference="BOM-1", initiator_name="Jansen"),
        Case(title="Speelstraat", reference="BOM-2", summary="Een tuin komt later."),
    )
    save(db, [Change(each) for each in cases], "New case")
    db.close()
    return ["--casebook", str(path), "--passphrase-file", str(tmp_path / "pass")]


def test_find_answers_in_the_order_of_the_window(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*asked, "find", "tuin", "--json"]) == 0
    assert [each["reference"] for each in json.loads(capsys.readouterr().out)] == ["BOM-1", "BOM-2"]


@pytest.mark.parametrize(
    ("command", "answer"),
    [(["find", "buurttuin"], ["BOM-1"]), (["check"], True)],
)
def test_cases_that_just_came_in_are_searched_first(
    asked: list[str], command: list[str], answer: object, capsys: pytest.CaptureFixture[str]
) -> None:
    db = open_casebook(Path(asked[1]), file_key(Path(asked[1]), WORDS))
    not_searched_yet(db)
    db.close()
    assert main([*asked, *command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert ([each["reference"] for each in told] if isinstance(told, list) else told["present_was_right"]) == answer


def test_what_is_exported_imports_back_to_the_same_records(asked: list[str], tmp_path: Path) -> None:
    out = tmp_path / "all.json"
    assert main([*asked, "export", str(out)]) == 0
    assert "Jansen" not in out.read_text(encoding="utf-8")
    other = ["--casebook", str(tmp_path / "other.db"), *asked[2:]]
    assert main([*other, "import", str(out)]) == 0
    again = tmp_path / "again.json"
    assert main([*other, "export", str(again)]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_importing_the_same_file_twice_changes_nothing(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "all.json"
    main([*asked, "export", str(out)])
    capsys.readouterr()
    assert main([*asked, "import", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"changed": 0}


def test_a_file_of_another_program_is_refused_with_a_sentence(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.json").write_text("{]", encoding="utf-8")
    assert main([*asked, "import", str(tmp_path / "bad.json")]) == 1
    assert "bad.json" in capsys.readouterr().err


def test_a_report_is_written_by_reference(asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*asked, "report", "BOM-1", "--out", str(tmp_path / "case.pdf")]) == 0
    assert (tmp_path / "case.pdf").read_bytes().startswith(b"%PDF")
    assert main([*asked, "report", "NONE", "--out", str(tmp_path / "no.pdf")]) == 1
    assert "NONE" in capsys.readouterr().err


def test_check_finds_the_present_right(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*asked, "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"records": 2, "present_was_right": True}


def test_a_wrong_passphrase_is_told_and_changes_nothing(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wrong").write_text("iets anders", encoding="utf-8")
    assert main([*asked[:3], str(tmp_path / "wrong"), "find", "tuin"]) == 1
    assert capsys.readouterr().err.strip()
    path = Path(asked[1])
    db = open_casebook(path, file_key(path, WORDS))
    assert entry(db, "nothing") is None
    db.close()


def test_no_command_makes_a_casebook_with_a_passphrase_that_is_too_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "short").write_text("geheim\n", encoding="utf-8")
    asked = ["--casebook", str(tmp_path / "new.db"), "--passphrase-file", str(tmp_path / "short")]
    assert main([*asked, "find", "tuin"]) == 1
    assert capsys.readouterr().err == PassphraseTooShort().sentence + "\n"
    assert not (tmp_path / "new.db").exists()


def test_a_command_that_is_not_understood_exits_with_two() -> None:
    assert main(["dance"]) == 2


def test_without_a_screen_every_command_there_is_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.suppress(SystemExit):
        main(["--help"])
    there = re.search(r"\{([^}]+)\}", capsys.readouterr().out)
    monkeypatch.setattr(sys, "argv", ["casusboek"])
    for each in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert start() == 1
    named = re.search(r"scherm: ([^;]+);", capsys.readouterr().err)
    assert there
    assert named
    assert sorted(named.group(1).split(", ")) == sorted("".join(there.group(1).split()).split(","))


def test_the_commands_need_neither_screen_nor_qt(asked: list[str]) -> None:
    code = (
        "import sys; from desktop.commandline import main; code = main(sys.argv[1:]);"
        "sys.exit(code or any(name.startswith('PySide6') for name in sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, *asked, "find", "tuin"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Buurttuin" in done.stdout


def test_without_a_screen_the_program_names_the_commands() -> None:
    root = Path(__file__).parents[2]
    bare = {
        name: each for name, each in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "desktop"], cwd=root, env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "find" in done.stderr


def test_a_list_comes_in_with_the_columns_that_were_named(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text("nr;wat;naam\nBOM-1;x;Moestuin\nBOM-9;x;Bankje\n;x;\n", encoding="utf-8")
    named = ["--map", "title=naam", "--map", "reference=nr", "--json"]
    assert main([*asked, "import", str(tmp_path / "list.csv"), *named, "--plan"]) == 0
    announced = json.loads(capsys.readouterr().out)
    assert main([*asked, "import", str(tmp_path / "list.csv"), *named]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done == announced
    assert (done["new"], done["updated"], done["skipped"]) == (1, 1, 1)
    assert main([*asked, "find", "bankje", "--json"]) == 0
    assert [each["reference"] for each in json.loads(capsys.readouterr().out)] == ["BOM-9"]


def test_an_import_is_told_in_words_too(asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.csv").write_text("nr;titel\nB-1;Bankje\nB-2;\n", encoding="utf-8")
    assert main([*asked, "import", str(tmp_path / "list.csv")]) == 0
    assert "title = titel" in capsys.readouterr().out


def test_a_column_that_is_not_there_is_told(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text("nr;titel\n1;Bankje\n", encoding="utf-8")
    assert main([*asked, "import", str(tmp_path / "list.csv"), "--map", "title=naam"]) == 1
    assert "naam" in capsys.readouterr().err


def test_areas_come_in(asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "areas.csv").write_text("code;naam;inwoners\nL;Laak;45000\n", encoding="utf-8")
    assert main([*asked, "import", str(tmp_path / "areas.csv"), "--areas", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 1


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_the_list_is_exported_by_the_ending_of_its_name(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main([*asked, "export", str(tmp_path / name), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 2}
    assert (tmp_path / name).exists()
    assert main([*asked, "export", str(tmp_path / "list.doc")]) == 1


def test_a_daily_copy_is_listed_and_put_back(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(asked[1])
    db = open_casebook(path, file_key(path, WORDS))
    copy_daily(db, date(2026, 11, 23))
    save(db, [Change(Case(title="Zandbak"))], "New case")
    db.close()
    assert main([*asked, "restore", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"copy": "2026-11-23", "of": 2, "bytes": copies(path)[0].stat().st_size}
    ]
    assert main([*asked, "restore", "2026-11-01"]) == 1
    assert main([*asked, "restore", "2026-11-23"]) == 0
    capsys.readouterr()
    assert main([*asked, "find", "zandbak", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_copy_is_listed_and_put_back_where_the_head_of_the_casebook_is_damaged(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(asked[1])
    db = open_casebook(path, file_key(path, WORDS))
    copy_daily(db, date(2026, 11, 23))
    db.close()
    path.write_bytes(b"x" * 8192)
    assert main([*asked, "find", "tuin"]) == 1
    assert main([*asked, "restore", "2026-11-23"]) == 0
    capsys.readouterr()
    assert main([*asked, "find", "buurttuin", "--json"]) == 0
    assert [each["reference"] for each in json.loads(capsys.readouterr().out)] == ["BOM-1"]


def run(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    """A command as a process of its own."""
    root = Path(__file__).parents[2]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", *arguments], cwd=root, env=environment, text=True, **streams
    )


def test_a_list_that_is_not_there_makes_no_casebook(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = tmp_path / "fresh.db"
    assert main(["--casebook", str(fresh), *asked[2:], "import", str(tmp_path / "weg.csv")]) == 1
    assert "weg.csv" in capsys.readouterr().err
    assert not fresh.exists()


@pytest.mark.parametrize("target", ["nergens/case.pdf", "."])
def test_a_place_where_nothing_can_be_written_is_told(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    assert main([*asked, "report", "BOM-1", "--out", str(tmp_path / target)]) == 1
    said = capsys.readouterr().err.strip()
    assert said.endswith(".")
    assert "Errno" not in said


def test_an_empty_answer_says_so_beside_the_answer(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["find", "zandbak"], ["restore"]):
        assert main([*asked, *command]) == 0
        told = capsys.readouterr()
        assert (told.out, bool(told.err)) == ("", True)
        assert main([*asked, *command, "--json"]) == 0
        told = capsys.readouterr()
        assert (told.out, told.err) == ("[]\n", "")


def test_what_is_not_understood_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find"]) == 2
    assert "--help" in capsys.readouterr().err
    done = run("zoek", "tuin")
    assert "zoek" in done.communicate()[1]
    assert done.returncode == 2


def test_a_mistake_of_our_own_is_owned_up_to_without_a_traceback(
    asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main([*asked, "find", "tuin"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert main(["--details", *asked, "find", "tuin"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_nobody_reading_on_is_no_mistake(asked: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = run(*asked, "find", "tuin", stdout=write)
    os.close(write)
    assert done.communicate()[1] == ""
    assert done.returncode == 141


@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="where this was started, Ctrl+C is ignored by all"
)
def test_an_import_that_is_stopped_leaves_nothing(asked: list[str], tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "nr;titel\n" + "".join(f"{n};Tuin {n}\n" for n in range(20_000)), encoding="utf-8"
    )
    ours, theirs = os.openpty()
    busy = run(*asked, "import", str(tmp_path / "list.csv"), stderr=theirs)
    os.close(theirs)
    told = ""
    while "%" not in told:
        told += os.read(ours, 100).decode()
    # A signal that comes while the interpreter is tidying up is dropped by it: whoever means it, asks again.
    while busy.poll() is None:
        busy.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            busy.wait(5)
    busy.communicate()
    os.close(ours)
    assert busy.returncode == 130
    assert main([*asked, "undo"]) == 0
    path = Path(asked[1])
    db = open_casebook(path, file_key(path, WORDS))
    assert count(db, Query()) == 0
    db.close()


def test_a_sheet_that_is_not_there_is_told(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text("nr;titel\n1;Tuin\n", encoding="utf-8")
    assert main([*asked, "import", str(tmp_path / "list.csv"), "--sheet", "2027"]) == 1
    assert "2027" in capsys.readouterr().err
