"""One client of the storm, as a process of its own: it works at random and exchanges, until it is told to stop.

What it wrote down in `saved.jsonl` was confirmed to its user: that is what may never be lost.
"""

import json
import os
import sys
import time
from pathlib import Path
from random import Random

from sqlalchemy import select

from casebook import tables
from casebook.case import Case
from casebook.database import Database, now_ms, open_casebook
from casebook.keys import FileKey
from casebook.present import entry
from casebook.problem import Problem
from casebook.record import made_by, made_here
from casebook.saving import Change, save
from sync.casebook_shelf import CasebookShelf
from sync.engine import exchange
from sync.erasing import erase
from sync.replica import Replica
from sync.store import Emptied, NotAllowed, Store, Unreachable
from sync.stores import stored_in

SALT = b"s" * 16


def key_of(name: str) -> FileKey:
    """The key of a client's casebook."""
    return FileKey(name.encode().ljust(32, b"."), SALT)


def opened(folder: Path) -> Database:
    """The casebook of a client, whose clock is as wrong as the file `clock` says."""
    wrong = folder / "clock"

    def clock() -> int:
        return now_ms() + int(wrong.read_text() or 0)

    return open_casebook(folder / "casebook.db", key_of(folder.name), clock=clock)


class Client:
    """Somebody at work in several circles."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._db = opened(folder)
        made_here(self._db.device.id)
        self._chance = Random(seed)
        self._saved = (folder / "saved.jsonl").open("a", encoding="utf-8")
        with self._db.read() as connection:
            rows = connection.execute(select(tables.peer.c.space, tables.peer.c.address, tables.peer.c.seen)).all()
        self._replicas = {row.space: Replica(CasebookShelf(self._db, row.space), self._chance) for row in rows}
        self._stores: dict[str, Store] = {
            row.space: stored_in(self._db, self._replicas[row.space], row.address, connected=row.seen > 0)
            for row in rows
        }
        self._count = 0

    def work(self) -> None:
        """One step: a save, an edit, an erasure or an exchange."""
        space = self._chance.choice(sorted(self._replicas))
        step = self._chance.choices((self._begin, self._edit, self._erase, self._exchange), (30, 30, 2, 38))[0]
        try:
            step(space)
        except Problem as problem:
            self._tell("problem", problem.sentence)

    def _begin(self, space: str) -> None:
        self._count += 1
        case = Case(title=f"{self._folder.name}{os.getpid()}x{self._count}merk", summary="Een vraag. Nog een zin.")
        save(self._db, [Change(case, space=space)], "New")
        self._tell("saved", case.id, space=space, marker=case.title)

    def _edit(self, space: str) -> None:
        record = self._some(space)
        held = entry(self._db, record) if record else None
        if held and isinstance(held.record, Case):
            self._count += 1
            field = self._chance.choice(("goal", "learned", "outcome"))
            text = f"{self._folder.name} {os.getpid()} {self._count}."
            save(self._db, [Change(_with(held.record, field, text), held)], "Edit")
            self._tell("edited", held.record.id, space=space)

    def _erase(self, space: str) -> None:
        record = self._some(space)
        if record and made_by(record, self._db.device.id):
            held = entry(self._db, record)
            erase(self._db, record)
            self._tell("erased", record, space=space, marker=held.record.title if held else "")

    def _exchange(self, space: str) -> None:
        try:
            for _step in exchange(self._replicas[space], self._stores[space], compare=self._chance.random() < 0.1):
                pass
        except (Unreachable, Emptied, NotAllowed) as error:
            self._tell("away", type(error).__name__, space=space)

    def _some(self, space: str) -> str:
        c = tables.record.c
        with self._db.read() as connection:
            chosen = select(c.id).where(c.space == space, c.kind == Case.kind).order_by(c.changed.desc()).limit(40)
            found = connection.scalars(chosen).all()
        return self._chance.choice(found) if found else ""

    def _tell(self, what: str, of: str, **more: str) -> None:
        self._saved.write(json.dumps({"what": what, "of": of, **more}) + "\n")
        self._saved.flush()
        os.fsync(self._saved.fileno())


def _with(case: Case, field: str, text: str) -> Case:
    from dataclasses import replace

    changes: dict[str, str] = {field: text}
    return replace(case, **changes)  # type: ignore[arg-type]  # each of these fields is a text


def main() -> int:
    """Work until the file `stop` stands in the folder."""
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    client = Client(folder, seed)
    while not (folder / "stop").exists():
        client.work()
        time.sleep(0.02)
    return 0


if __name__ == "__main__":
    sys.exit(main())
