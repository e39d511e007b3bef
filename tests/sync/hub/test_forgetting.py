"""What was erased leaves no byte in the files of a hub's database: at once on SQLite, after a sweep on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from nacl.utils import random
from sqlalchemy import make_url, text

from sync.hub.__main__ import main
from sync.hub.backup import backup, restore
from sync.hub.serving import Hub
from sync.hub.settings import Limits, Settings
from sync.store import Outcome
from tests.sync.hub.served import hub_with, store_at
from tests.sync.people import START, Person, Story, record_of
from tests.sync.store_contract import everything

OFTEN = Limits(requests_a_minute=0)
ERASED, KEPT = range(0, 200, 10), range(1, 200, 10)


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


class Filled:
    """A hub with two hundred records, small and large, of which some bytes are remembered."""

    def __init__(self, hub: Hub, story: Story) -> None:
        self.hub, self._story = hub, story
        self.records = [record_of(story.admin, number) for number in range(200)]
        large = [random(3_000 if number % 3 else 40).hex() for number in range(200)]
        self.raws = [story.revision(story.admin, large[n], record=each)[1] for n, each in enumerate(self.records)]
        assert set(store_at(hub, story).push([story.chain[0].envelope.raw, *self.raws])) == {Outcome.OK}

    def erase(self) -> None:
        """Some of them."""
        erasures = [self._story.erasure(self._story.admin, self.records[each])[1] for each in ERASED]
        assert set(store_at(self.hub, self._story).push(erasures)) == {Outcome.OK}

    def found_in(self, folder: Path, which: range) -> set[int]:
        """Those of these of which the bytes stand in a file in or below this folder."""
        found = set[int]()
        for file in (each for each in folder.rglob("*") if each.is_file()):
            content = file.read_bytes()
            found |= {each for each in which if self.raws[each][-150:-100] in content}
        return found


@pytest.fixture
def on_postgres(tmp_path: Path, postgres_address: str, story: Story) -> Iterator[Filled]:
    with hub_with(Settings(data=tmp_path / "hub", database=postgres_address, limits=OFTEN)) as hub:
        yield Filled(hub, story)


def folder_of(hub: Hub) -> Path:
    """Where PostgreSQL keeps its files."""
    with hub.db.read() as connection:
        return Path(str(connection.scalar(text("SHOW data_directory"))))


def asked(address: str, *statements: str) -> None:
    """Said to the server as its administrator, who has all that was written until now on the disk."""
    server = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        for each in (*statements, "CHECKPOINT"):
            connection.execute(each)


def test_a_sweep_leaves_no_byte_of_what_was_erased_in_any_file_of_postgres(
    on_postgres: Filled, story: Story, postgres_address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(on_postgres.hub)
    # A file of the journal that is used again keeps what stood in it.
    asked(postgres_address, "ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
    on_postgres.erase()
    asked(postgres_address)
    assert on_postgres.found_in(folder, ERASED) == set(ERASED)
    before = everything(store_at(on_postgres.hub, story))
    arguments = ["sweep", "--data", str(on_postgres.hub.settings.data), "--database", postgres_address]
    # The file of the journal that was in use is old only at the second time.
    assert [main(arguments), main(arguments)] == [0, 0]
    assert "Niets van wat gewist is" in capsys.readouterr().out
    assert on_postgres.found_in(folder, ERASED) == set()
    assert on_postgres.found_in(folder / "base", KEPT) == set(KEPT)
    assert everything(store_at(on_postgres.hub, story)) == before


def test_who_may_not_empty_the_journal_of_postgres_cleans_the_tables_and_is_told(
    on_postgres: Filled, postgres_address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    on_postgres.erase()
    role = f"hub_{random(4).hex()}"
    # A database of one's own, as the handbook has it.
    tables = ("space", "envelope", "awaited", "erased", "used", "frozen", "code", "alembic_version")
    asked(
        postgres_address,
        f"CREATE ROLE {role} LOGIN PASSWORD 'hub'",
        *(f"ALTER TABLE {each} OWNER TO {role}" for each in tables),
    )
    address = make_url(postgres_address).set(username=role, password="hub").render_as_string(hide_password=False)
    arguments = ["sweep", "--data", str(on_postgres.hub.settings.data), "--database", address]
    assert main(arguments) == 0
    assert "journaal" in capsys.readouterr().out
    asked(
        postgres_address,
        f"GRANT pg_checkpoint TO {role}",
        f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {role}",
    )
    assert main(arguments) == 0
    assert "journaal" not in capsys.readouterr().out
    assert on_postgres.found_in(folder_of(on_postgres.hub) / "base", ERASED) == set()


def test_a_hub_goes_on_while_it_is_swept(on_postgres: Filled, story: Story) -> None:
    store, swept = store_at(on_postgres.hub, story), Event()
    sent: list[bytes] = []

    def sweep() -> None:
        for _again in range(3):
            on_postgres.hub.db.sweep()
        swept.set()

    sweeping = Thread(target=sweep)
    sweeping.start()
    while not swept.is_set() or len(sent) < 5:
        sent.append(story.revision(story.admin, "intussen")[1])
        assert store.push([sent[-1]]) == [Outcome.OK]
    sweeping.join()
    assert set(sent) <= set(everything(store))


def test_on_sqlite_what_was_erased_is_gone_at_once(tmp_path: Path, story: Story) -> None:
    settings = Settings(data=tmp_path / "hub")
    with hub_with(settings) as hub:
        filled = Filled(hub, story)
        assert filled.found_in(settings.data, ERASED) == set(ERASED)
        filled.erase()
        assert filled.found_in(settings.data, ERASED) == set()
        assert (settings.data / "hub.db-wal").stat().st_size == 0
        assert filled.found_in(settings.data, KEPT) == set(KEPT)
        assert main(["sweep", "--data", str(settings.data)]) == 0


@pytest.mark.parametrize("where", ["sqlite", "postgres"])
def test_an_old_backup_that_is_put_back_is_clean_before_the_hub_serves(
    tmp_path: Path, story: Story, where: str, request: pytest.FixtureRequest
) -> None:
    with hub_with(Settings(data=tmp_path / "one", limits=OFTEN)) as hub:
        filled = Filled(hub, story)
        backup(hub.db, tmp_path / "backup", START)
        filled.erase()
        expected = everything(store_at(hub, story))
    database = str(request.getfixturevalue("postgres_address")) if where == "postgres" else ""
    second = Settings(data=tmp_path / "two", database=database, ledger=hub.settings.ledger_file, limits=OFTEN)
    with hub_with(second) as again:
        assert restore(again.db, tmp_path / "backup", again.ledger) == len(ERASED)
        assert set(everything(store_at(again, story))) == set(expected)
        if where == "postgres":
            again.db.sweep()
            asked(database)
            assert filled.found_in(folder_of(again) / "base", ERASED) == set()
        else:
            assert filled.found_in(tmp_path / "two", ERASED) == set()
