"""One's own space on a second device, and back on a new computer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casebook.case import Case
from casebook.condition import Condition
from casebook.database import Database, create_casebook, open_casebook, set_setting
from casebook.history import versions
from casebook.keys import FileKey
from casebook.present import case_file, entry, every, fingerprint, rebuild
from casebook.problem import Problem
from casebook.record import RecordId, new_id
from casebook.saving import Change, save, undo
from casebook.spaces import SpaceKind, add_space, spaces
from sync import circles, own_space
from sync.syncing import exchange_all

KEY = FileKey(b"k" * 32, b"s" * 16)


@pytest.fixture
def store(tmp_path: Path) -> str:
    folder = tmp_path / "shared"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def first(tmp_path: Path, store: str) -> Iterator[Database]:
    """The first computer: one's own space with a case in it, shared through a folder."""
    db = create_casebook(tmp_path / "first" / "casebook.db", KEY)
    with db.write() as connection:
        set_setting(connection, "name", "Ank")
    save(db, [Change(Case(title="Van de eerste", initiator_name="Jan Jansen"))], "New case")
    circles.connect(db, db.personal, store)
    exchange_all(db)
    yield db
    db.close()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Database]:
    """Another computer, with a fresh casebook in which something was typed already."""
    db = create_casebook(tmp_path / "second" / "casebook.db", KEY)
    yield db
    db.close()


def titles(db: Database) -> set[str]:
    return {each.record.title for each in every(db, Case)}


def present_of(db: Database) -> str:
    with db.write() as connection:
        return fingerprint(connection)


def joined(first: Database, second: Database) -> None:
    made = circles.own_device_code(first, first.personal)
    exchange_all(first)
    circles.join(second, made.address, made.code)
    for each in (second, first, second):
        exchange_all(each)


def test_two_devices_of_one_person_hold_the_same_with_what_points_at_persons(first: Database, second: Database) -> None:
    joined(first, second)
    assert second.personal == first.personal
    (found,) = every(second, Case)
    assert (found.record.title, found.record.initiator_name) == ("Van de eerste", "Jan Jansen")
    (person,) = circles.people(first, first.personal)
    assert len(person.devices) == 2


def test_what_was_typed_in_the_fresh_casebook_moves_along_with_its_history(first: Database, second: Database) -> None:
    case = Case(title="Eerste titel")
    save(second, [Change(case), Change(Condition(case_id=case.id, text="Beheer"))], "New case")
    held = entry(second, case.id)
    assert held
    save(second, [Change(Case(id=case.id, title="Tweede titel"), held)], "Edit")
    joined(first, second)
    assert titles(first) == titles(second) == {"Van de eerste", "Tweede titel"}
    file = case_file(first, case.id)
    assert file
    assert [each.text for each in file.conditions] == ["Beheer"]
    assert len(versions(second, RecordId(case.id))) == 2
    assert undo(second) == "Edit"
    assert titles(second) == {"Van de eerste", "Eerste titel"}


def test_after_it_the_casebook_opens_again_with_one_space_of_its_own(first: Database, second: Database) -> None:
    save(second, [Change(Case(title="Van de tweede"))], "New case")
    joined(first, second)
    path = second.path
    second.close()
    again = open_casebook(path, KEY)
    assert again.personal == first.personal
    assert [each.kind for each in spaces(again)] == [SpaceKind.PERSONAL]
    shown = present_of(again)
    rebuild(again)
    assert present_of(again) == shown
    assert titles(again) == {"Van de eerste", "Van de tweede"}
    again.close()


def test_a_recovery_code_brings_ones_own_space_back_on_a_new_computer(first: Database, second: Database) -> None:
    made = circles.recovery_code(first)
    exchange_all(first)
    first.close()
    circles.join(second, made.address, made.code)
    exchange_all(second)
    assert titles(second) == {"Van de eerste"}


def test_a_space_of_ones_own_that_is_shared_gives_way_to_no_other(
    first: Database, second: Database, store: str
) -> None:
    circles.connect(second, second.personal, store)
    exchange_all(second)
    made = circles.own_device_code(first, first.personal)
    exchange_all(first)
    before = second.personal
    with pytest.raises(Problem, match="gedeeld"):
        circles.join(second, made.address, made.code)
    assert second.personal == before
    assert len(spaces(second)) == 1


def test_what_was_stopped_halfway_goes_on_at_the_next_start(
    first: Database, second: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(second, [Change(Case(title="Van de tweede"))], "New case")
    made = circles.own_device_code(first, first.personal)
    exchange_all(first)

    def stopped(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr(circles, "adopt_personal", stopped)
        with pytest.raises(KeyboardInterrupt):
            circles.join(second, made.address, made.code)
    path = second.path
    second.close()
    again = open_casebook(path, KEY)
    own_space.finish(again)
    exchange_all(again)
    assert again.personal == first.personal
    assert titles(again) == {"Van de eerste", "Van de tweede"}
    again.close()


def test_a_circle_of_others_is_left_alone(second: Database) -> None:
    with second.write() as connection:
        add_space(second, connection, new_id(), SpaceKind.CIRCLE)
    before = second.personal
    own_space.finish(second)
    assert second.personal == before
