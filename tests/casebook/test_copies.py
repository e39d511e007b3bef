"""What one can go back to is listed with what is in it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from casebook.audit import noted
from casebook.case import Case
from casebook.copies import listed, put_back
from casebook.database import Database, copy_anew, copy_daily, open_casebook, restore
from casebook.keys import FileKey
from casebook.saving import Change, save
from casebook.whole_casebook import export_all


def test_each_copy_says_its_day_its_size_and_its_cases(db: Database, file_key: FileKey) -> None:
    save(db, [Change(Case(title="Eerst"))], "x")
    copy_daily(db, date(2026, 11, 8))
    save(db, [Change(Case(title="Daarna")), Change(Case(title="Weg", archived=True))], "x")
    copy_daily(db, date(2026, 11, 9))
    found = listed(db.path, file_key)
    assert [(each.made, each.cases, each.is_daily) for each in found] == [
        (date(2026, 11, 9), 2, True),
        (date(2026, 11, 8), 1, True),
    ]
    assert all(each.size == each.path.stat().st_size > 0 for each in found)


def test_what_was_kept_when_a_copy_was_put_back_is_listed_too(db: Database, file_key: FileKey) -> None:
    copy = copy_daily(db, date(2026, 11, 8))
    assert copy is not None
    save(db, [Change(Case(title="Daarna"))], "x")
    db.close()
    kept = restore(db.path, copy, file_key)
    newest = listed(db.path, file_key)[0]
    assert (newest.path, newest.cases, newest.is_daily) == (kept, 1, False)


def test_looking_at_copies_leaves_them_as_they_are(db: Database, file_key: FileKey) -> None:
    copy = copy_daily(db, date(2026, 11, 8))
    assert copy is not None
    before = copy.read_bytes()
    listed(db.path, file_key)
    assert copy.read_bytes() == before
    assert list(copy.parent.iterdir()) == [copy]


def test_the_audit_list_goes_on_when_a_copy_is_put_back(db: Database, file_key: FileKey, tmp_path: Path) -> None:
    export_all(db, tmp_path / "first.json")
    copy = copy_daily(db, date(2026, 11, 8))
    assert copy is not None
    export_all(db, tmp_path / "second.json")
    db.close()
    put_back(db.path, copy, file_key)
    again = open_casebook(db.path, file_key)
    found = [(each.what, each.detail) for each in noted(again)]
    assert found == [("restore", copy.name), ("export", "second.json"), ("export", "first.json")]
    again.close()


def test_a_casebook_that_is_beyond_reading_is_replaced_by_its_copy(db: Database, file_key: FileKey) -> None:
    save(db, [Change(Case(title="Eerst"))], "x")
    copy = copy_daily(db, date(2026, 11, 8))
    assert copy is not None
    db.close()
    db.path.write_bytes(b"x" * 8192)
    kept = put_back(db.path, copy, file_key)
    assert kept.read_bytes() == b"x" * 8192
    assert [each.cases for each in listed(db.path, file_key)] == [None, 1]


def test_a_damaged_copy_is_listed_without_a_number(db: Database, file_key: FileKey) -> None:
    copy = copy_daily(db, date(2026, 11, 8))
    assert copy is not None
    copy.write_bytes(b"x" * 8192)
    _strange(copy, "2026-99-99")
    _strange(copy, "of-iets-anders")
    assert [(each.path, each.cases) for each in listed(db.path, file_key)] == [(copy, None)]


def _strange(copy: Path, name: str) -> None:
    (copy.parent / f"casebook-{name}.db").write_bytes(b"x")


def test_two_that_make_a_copy_at_one_time_do_not_clear_each_others_away(db: Database) -> None:
    with ThreadPoolExecutor(4) as several:
        made = list(several.map(lambda day: copy_anew(db, date(2026, 11, day)), (8, 8, 8, 8, 8, 8)))
    assert made[0].exists()
    assert not list(made[0].parent.glob("*.part"))
