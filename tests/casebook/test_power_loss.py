"""The power goes: what lies on the disk, with the log cut off or damaged anywhere, opens as it was a moment ago."""

import shutil
from pathlib import Path
from random import Random

import pytest

from casebook.case import Case
from casebook.database import Database, open_casebook, quick_check
from casebook.keys import FileKey
from casebook.present import every, fingerprint, rebuild
from casebook.saving import Change, save

SAVES = 30


def saved(db: Database, number: int) -> None:
    save(db, [Change(Case(title=f"Casus {number:03}", goal="Groen. " * 20)), Change(Case(title="Erbij"))], "New case")


def left_of(db: Database, folder: Path) -> Path:
    """What would lie on the disk if the power went now: the file and its log as they are, while it is in use."""
    folder.mkdir()
    for each in db.path.parent.glob("casebook.db*"):
        if not each.name.endswith("-shm"):
            shutil.copyfile(each, folder / each.name)
    return folder / "casebook.db"


def numbers(db: Database) -> list[int]:
    return sorted(int(each.record.title[6:]) for each in every(db, Case) if each.record.title.startswith("Casus "))


@pytest.mark.parametrize("damage", ["cut", "flipped", "zeros", "gone"])
def test_what_was_saved_is_there_up_to_some_save_and_whole(
    db: Database, file_key: FileKey, tmp_path: Path, damage: str
) -> None:
    for number in range(5):
        saved(db, number)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(5, SAVES):
        saved(db, number)
    chance, reached = Random(20261124), set()
    for attempt in range(12):
        path = left_of(db, tmp_path / f"{damage}-{attempt}")
        log = path.with_name("casebook.db-wal")
        content = log.read_bytes()
        at = chance.randrange(len(content))
        log.write_bytes(
            {
                "cut": content[:at],
                "flipped": content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :],
                "zeros": content[:at] + bytes(len(content) - at),
                "gone": b"",
            }[damage]
        )
        again = open_casebook(path, file_key)
        quick_check(again)
        found = numbers(again)
        assert found == list(range(len(found)))
        assert len(found) >= 5, "what was in the file itself is never lost"
        assert len(every(again, Case)) == 2 * len(found), "of a save there is all or nothing"
        with again.read() as connection:
            before = fingerprint(connection)
        rebuild(again)
        with again.read() as connection:
            assert fingerprint(connection) == before
        saved(again, len(found))
        again.close()
        reached.add(len(found))
    assert damage == "gone" or len(reached) > 3


def test_what_was_acknowledged_is_in_the_log_when_the_power_goes(
    db: Database, file_key: FileKey, tmp_path: Path
) -> None:
    for number in range(SAVES):
        saved(db, number)
        if number % 10 == 9:
            again = open_casebook(left_of(db, tmp_path / str(number)), file_key)
            assert numbers(again) == list(range(number + 1))
            again.close()
