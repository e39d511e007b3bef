"""What a hub has survives its machine, and what was erased does not come back with it."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from casebook.problem import Problem
from sync.hub.__main__ import main
from sync.hub.backup import backup, restore
from sync.hub.checking import complaints
from sync.hub.serving import Hub, begin_hub
from sync.hub.settings import Settings
from sync.hub.tables import envelope, space
from sync.store import Outcome
from tests.sync.hub.served import hub_with, store_at
from tests.sync.people import START, Person, Story, record_of
from tests.sync.store_contract import everything


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "hub")


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    with hub_with(settings) as found:
        yield found


@pytest.fixture
def filled(hub: Hub, story: Story) -> Hub:
    """A hub with a record of two revisions, three other records and a member."""
    story.welcome("bea")
    ours = record_of(story.admin, 1)
    first, old = story.revision(story.admin, "old", record=ours)
    new = story.revision(story.admin, "new", record=ours, parents=(first,))[1]
    others = [story.revision(story.admin, f"{n}")[1] for n in range(3)]
    outcomes = store_at(hub, story).push([*(each.envelope.raw for each in story.chain), new, old, *others])
    assert set(outcomes) == {Outcome.OK}
    return hub


def told(hub: Hub) -> list[str]:
    with hub.db.read() as connection:
        return list(complaints(connection))


def test_a_backup_of_sqlite_comes_back_on_postgres_and_the_other_way(
    filled: Hub, story: Story, tmp_path: Path, postgres_address: str
) -> None:
    before = store_at(filled, story).pull(None, 100, False)
    backup(filled.db, tmp_path / "one", START)
    with hub_with(Settings(data=tmp_path / "pg", database=postgres_address)) as second:
        restore(second.db, tmp_path / "one", second.ledger)
        assert store_at(second, story).pull(None, 100, False) == before
        assert told(second) == []
        store_at(second, story).push([story.revision(story.admin, "later")[1]])
        after = store_at(second, story).pull(None, 100, True)
        backup(second.db, tmp_path / "two", START)
    with hub_with(Settings(data=tmp_path / "third")) as third:
        restore(third.db, tmp_path / "two", third.ledger)
        assert store_at(third, story).pull(None, 100, True) == after
        assert told(third) == []


def test_what_was_erased_after_the_backup_is_erased_again_before_the_hub_serves(
    filled: Hub, story: Story, settings: Settings, tmp_path: Path
) -> None:
    backup(filled.db, tmp_path / "backup", START)
    erase = story.erasure(story.admin, record_of(story.admin, 1))[1]
    assert store_at(filled, story).push([erase]) == [Outcome.OK]
    expected = set(everything(store_at(filled, story)))
    for_again = Settings(data=tmp_path / "again", ledger=settings.ledger_file)
    with hub_with(for_again) as again:
        assert restore(again.db, tmp_path / "backup", again.ledger) == 1
        store = store_at(again, story)
        assert set(everything(store)) == expected
        assert store.push([story.revision(story.admin, "back", record=record_of(story.admin, 1))[1]]) == [
            Outcome.ERASED
        ]
        assert told(again) == []


def test_a_database_that_was_put_back_behind_our_back_forgets_again_when_the_hub_starts(
    filled: Hub, story: Story, settings: Settings
) -> None:
    file = settings.data / "hub.db"
    filled.db.forget_erased()
    copy = file.read_bytes()
    store_at(filled, story).push([story.erasure(story.admin, record_of(story.admin, 1))[1]])
    expected = set(everything(store_at(filled, story)))
    filled.db.close()
    for each in settings.data.glob("hub.db*"):
        each.unlink()
    file.write_bytes(copy)
    with hub_with(settings) as again:
        assert set(everything(store_at(again, story))) == expected
        assert told(again) == []


def test_the_ledger_waits_for_a_space_that_the_backup_does_not_have(story: Story, tmp_path: Path) -> None:
    record = record_of(story.admin, 1)
    with hub_with(Settings(data=tmp_path / "one")) as hub:
        store = store_at(hub, story)
        erase = story.erasure(story.admin, record)[1]
        store.push([story.chain[0].envelope.raw, erase])
    with hub_with(Settings(data=tmp_path / "two", ledger=tmp_path / "one" / "erasures.jsonl")) as again:
        store = store_at(again, story)
        late = story.revision(story.admin, "late", record=record)[1]
        assert store.push([story.chain[0].envelope.raw, late, erase]) == [Outcome.OK, Outcome.ERASED, Outcome.OK]


def test_nothing_of_an_erased_record_stays_in_the_files_of_sqlite(
    filled: Hub, story: Story, settings: Settings
) -> None:
    record = record_of(story.admin, 2)
    raw = story.revision(story.admin, "secret", record=record)[1]
    marker = raw[-200:]
    store = store_at(filled, story)
    store.push([raw])
    assert marker in b"".join(each.read_bytes() for each in settings.data.iterdir())
    store.push([story.erasure(story.admin, record)[1]])
    assert marker not in b"".join(each.read_bytes() for each in settings.data.iterdir())


@pytest.mark.parametrize("damage", ["cut", "flipped", "rubbish", "no words", "missing"])
def test_a_damaged_backup_changes_nothing(filled: Hub, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "backup"
    backup(filled.db, file, START)
    whole = file.read_bytes()
    file.write_bytes(
        {
            "cut": whole[:-40],
            "flipped": whole[:300] + bytes([whole[300] ^ 8]) + whole[301:],
            "rubbish": b"rubbish",
            "no words": gzip.compress(gzip.decompress(whole).replace(b"space", b"\xa4pace", 1)),
            "missing": b"",
        }[damage]
    )
    with hub_with(Settings(data=tmp_path / "again")) as again:
        with pytest.raises(Problem):
            restore(again.db, file, again.ledger)
        with again.db.read() as connection:
            assert connection.execute(space.select()).all() == []


def test_a_backup_is_not_put_back_over_what_is_there(filled: Hub, tmp_path: Path) -> None:
    backup(filled.db, tmp_path / "backup", START)
    with pytest.raises(Problem):
        restore(filled.db, tmp_path / "backup", filled.ledger)
    assert told(filled) == []


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (delete(envelope).where(envelope.c.seq == 3), "number 3 is missing"),
        (update(envelope).where(envelope.c.seq == 3).values(env=None), "was not erased"),
        (update(envelope).where(envelope.c.seq == 4).values(superseded=0), "not hidden"),
        (update(envelope).where(envelope.c.seq == 5).values(superseded=1), "nothing follows"),
        (update(space).values(live_count=3), "the digest"),
        (update(space).values(seq=70), "the numbers end at"),
        (update(space).values(cert_head=bytes(32)), "came last"),
        (update(envelope).where(envelope.c.seq == 5).values(dev="another"), "says otherwise"),
    ],
)
def test_a_check_sees(filled: Hub, damage: object, expected: str) -> None:
    assert told(filled) == []
    filled.db.write(lambda connection: connection.execute(damage))  # type: ignore[call-overload]  # any statement
    assert any(expected in each for each in told(filled))


def test_from_a_terminal(filled: Hub, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, again = ["--data", str(settings.data)], ["--data", str(tmp_path / "again")]
    assert main(["backup", *data, str(tmp_path / "backup")]) == 0
    assert main(["restore", *again, str(tmp_path / "backup")]) == 0
    assert main(["check", *again]) == 0
    assert main(["restore", *again, str(tmp_path / "backup")]) == 1
    assert main(["ticket", *again]) == 0
    assert "kringen" in capsys.readouterr().err
    hub = begin_hub(Settings(data=tmp_path / "again"))
    hub.db.write(lambda connection: connection.execute(update(space).values(seq=70)))
    hub.db.close()
    assert main(["check", *again]) == 1


@pytest.mark.parametrize(("version", "said"), [("0000", "oudere versie"), ("9999", "nieuwere versie")])
def test_a_backup_of_another_version_is_told_and_changes_nothing(
    filled: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, said: str
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("sync.hub.backup.NEWEST", version)
        backup(filled.db, tmp_path / "backup", START)
    with hub_with(Settings(data=tmp_path / "again")) as again:
        with pytest.raises(Problem, match=said):
            restore(again.db, tmp_path / "backup", again.ledger)
        with again.db.read() as connection:
            assert connection.execute(space.select()).all() == []


def test_a_database_of_a_newer_hub_is_told_and_left_alone(
    filled: Hub, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.db.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    assert main(["serve", "--data", str(settings.data), "--port", "0"]) == 1
    assert "nieuwere versie" in capsys.readouterr().err
    assert not filled.db.is_ready()
