"""The file of a casebook: its key, its copies, and every bad file told in a sentence."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from casebook import tables
from casebook.case import Case
from casebook.database import (
    COPIES_KEPT,
    Database,
    copies,
    copy_daily,
    create_casebook,
    open_casebook,
    restore,
)
from casebook.drafts import Draft, keep
from casebook.keys import FileKey, PassphraseNeeded, PassphraseTooShort, file_key, from_passphrase, new_file_key
from casebook.migrations import upgrade
from casebook.present import every
from casebook.problem import Problem
from casebook.record import new_id
from casebook.saving import Change, save


def titles(db: Database) -> list[str]:
    return sorted(each.record.title for each in every(db, Case))


def add(db: Database, title: str) -> None:
    save(db, [Change(Case(title=title))], "New case")


def test_the_keyring_holds_the_key(tmp_path: Path) -> None:
    path = tmp_path / "casebook.db"
    create_casebook(path, new_file_key(None)).close()
    open_casebook(path, file_key(path, None)).close()


@pytest.mark.parametrize("short", ["", "geheim", "veertien teken", "drie" + 20 * " " + "woorden"])
def test_a_new_casebook_takes_no_passphrase_of_fewer_than_fifteen_characters(short: str) -> None:
    with pytest.raises(PassphraseTooShort, match="15"):
        new_file_key(short)
    assert new_file_key("een vis, de kat")


def test_a_short_passphrase_that_was_chosen_before_still_opens_its_casebook(tmp_path: Path) -> None:
    path = tmp_path / "casebook.db"
    create_casebook(path, from_passphrase("geheim", 16 * b"s")).close()
    open_casebook(path, file_key(path, "geheim")).close()


def test_a_passphrase_takes_the_place_of_the_keyring(tmp_path: Path) -> None:
    path = tmp_path / "casebook.db"
    create_casebook(path, new_file_key("vier woorden zijn lang")).close()
    with pytest.raises(PassphraseNeeded):
        file_key(path, None)
    with pytest.raises(Problem):
        open_casebook(path, file_key(path, "iets anders"))
    open_casebook(path, file_key(path, "vier woorden zijn lang")).close()


def test_nothing_that_was_typed_stands_plain_in_any_file(db: Database, tmp_path: Path) -> None:
    add(db, "Buurttuinmerkteken")
    keep(db, Draft(new_id(), "case", {"title": "Conceptmerkteken"}))
    for file in tmp_path.iterdir():
        assert b"merkteken" not in file.read_bytes()


def test_every_connection_is_durable_and_wipes_what_it_deletes(db: Database) -> None:
    with db.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}


def test_a_file_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE a(b)")
    connection.commit()
    connection.close()
    for content in (other.read_bytes(), b"", b"\x89PNG\r\n\x1a\n" + b"x" * 5000, b"PK\x03\x04" + b"z" * 5000):
        other.write_bytes(content)
        with pytest.raises(Problem):
            open_casebook(other, file_key(other, "vier woorden"))
        assert other.read_bytes() == content


def test_a_truncated_casebook_is_told(db: Database, file_key: FileKey, tmp_path: Path) -> None:
    for number in range(30):
        add(db, f"Casus {number}")
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    whole = db.path.read_bytes()
    cut = tmp_path / "cut.db"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Problem):
        titles(open_casebook(cut, file_key))


def test_a_casebook_of_a_newer_version_is_not_touched(db: Database, file_key: FileKey) -> None:
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(Problem):
        open_casebook(db.path, file_key)


def test_a_full_disk_is_told_and_loses_nothing(db: Database) -> None:
    add(db, "Eerst")
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for _number in range(200):
            add(db, "x" * 2000)

    with pytest.raises(Problem):
        fill()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert "Eerst" in titles(db)
    add(db, "Daarna")
    assert "Daarna" in titles(db)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, file_key: FileKey) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(Problem):
        create_casebook(tmp_path / "file" / "casebook.db", file_key)


def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO setting VALUES ('a', 'b')")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), db.write() as connection:
        fail(connection)
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM setting WHERE name = 'a'").scalar() == 0


def test_seven_daily_copies_are_kept_and_one_of_them_comes_back(db: Database, file_key: FileKey) -> None:
    add(db, "Eerst")
    for day in range(1, 10):
        copy_daily(db, date(2026, 11, day))
    assert copy_daily(db, date(2026, 11, 9)) is None
    kept = copies(db.path)
    assert len(kept) == COPIES_KEPT
    assert kept[0].name.endswith("2026-11-09.db")
    add(db, "Daarna")
    db.close()
    restore(db.path, kept[0], file_key)
    again = open_casebook(db.path, file_key)
    assert titles(again) == ["Eerst"]
    again.close()


def test_a_copy_opens_with_the_same_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "casebook.db"
    db = create_casebook(path, new_file_key("vier woorden zijn lang"))
    add(db, "Eerst")
    copy = copy_daily(db, date(2026, 11, 9))
    db.close()
    assert copy is not None
    again = open_casebook(copy, file_key(copy, "vier woorden zijn lang"))
    assert titles(again) == ["Eerst"]
    again.close()


def test_the_migrations_make_the_tables_that_a_new_casebook_has(db: Database) -> None:
    def columns(connection: Connection) -> dict[str, set[tuple[str, str, bool]]]:
        seen = inspect(connection)
        return {
            name: {(each["name"], str(each["type"]), bool(each["nullable"])) for each in seen.get_columns(name)}
            for name in tables.log.tables
        }

    with db.engine.connect() as connection:
        fresh = columns(connection)
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for name in [*tables.log.tables, "alembic_version"]:
            connection.exec_driver_sql(f'DROP TABLE "{name}"')
        upgrade(connection)
        assert columns(connection) == fresh
