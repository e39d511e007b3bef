"""A report, read in a language that marks every word it translates: what is unmarked escaped."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from casebook.database import create_casebook
from casebook.keys import FileKey
from casebook.names import names_of
from casebook.paper.case_report import case_report
from casebook.present import case_file
from casebook.saving import Change, save
from tests.words.marking import case_with_everything, escaped_among, speak_marked

NOT_READ = {"language", "made", "shapes", "tone"}


def test_every_word_of_a_report_is_translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_marked(monkeypatch)
    db = create_casebook(tmp_path / "casebook.db", FileKey(b"k" * 32, b"s" * 16))
    case, belonging = case_with_everything()
    save(db, [Change(each) for each in (case, *belonging)], "act")
    file = case_file(db, case.id)
    assert file is not None
    words = list(printed(case_report(file, names_of(db), date(2026, 11, 23))))
    db.close()
    assert len(words) > 50
    assert escaped_among(words) == set()


def printed(part: object) -> Iterator[str]:
    """All words of a report."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from printed(each)
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            if field.name not in NOT_READ:
                yield from printed(getattr(part, field.name))
