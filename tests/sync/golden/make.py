"""Makes the files that stand beside it: a circle as one version of the program leaves it, in every place it can be.

Run with each version that is given out, as `python -m tests.sync.golden.make NAME`, and never again for that name:
later versions have to go on reading what stands here.
"""

import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any
from unittest.mock import patch

from casebook.case import Case
from casebook.condition import Condition
from casebook.database import Database, create_casebook, set_setting
from casebook.envelope import header_of
from casebook.keys import FileKey
from casebook.present import entry, every
from casebook.saving import Change, Edit, save, save_edits
from sync import circles, erasing
from sync.certificates import Policy, Role
from sync.copying import copy_case
from sync.hub.backup import backup
from sync.hub.settings import Settings
from sync.syncing import exchange_all
from tests.casebook.conftest import Clock
from tests.sync.hub.served import hub_with, on_a_port
from tests.sync.people import START

HERE = Path(__file__).parent
KEY = FileKey(b"k" * 32, b"s" * 16)


@contextmanager
def casebook(folder: Path, name: str, clock: Clock) -> Iterator[Database]:
    """A casebook of somebody with this name."""
    db = create_casebook(folder / f"{name}.db", KEY, clock=clock)
    with db.write() as connection:
        set_setting(connection, "name", name.title())
        set_setting(connection, "municipality", "Spaarnwijk")
    yield db
    db.close()


def make(name: str) -> None:
    """Write the files of a version called *name*."""
    clock = Clock(START)
    with tempfile.TemporaryDirectory() as temporary, patch("platform.node", return_value="werkplek"):
        folder = Path(temporary)
        shared = folder / "shared"
        shared.mkdir()
        with (
            casebook(folder, "ank", clock) as ank,
            casebook(folder, "bea", clock) as bea,
            casebook(folder, "cas", clock) as cas,
        ):
            expected = _live(ank, bea, cas, shared)
            _keep(HERE / f"{name}.json", expected)
            _zip(shared, HERE / f"{name}-folder.zip")
            with hub_with(Settings(data=folder / "hub")) as hub:
                with on_a_port(hub) as address:
                    circles.connect(ank, expected["space"], address)
                    exchange_all(ank)
                hub.db.forget_erased()
                backup(hub.db, HERE / f"{name}-hub.backup", START)
                copyfile(folder / "hub" / "hub.db", HERE / f"{name}-hub.db")
            circles.disconnect(ank, expected["space"])
        copyfile(folder / "ank.db", HERE / f"{name}-casebook.db")


def _live(ank: Database, bea: Database, cas: Database, shared: Path) -> dict[str, Any]:
    """Everything that can happen in a circle, once."""
    space = circles.begin(ank, "Kring Spaarne", promise="Wat we hier zien blijft hier.")
    circles.connect(ank, space, str(shared))
    _exchange(ank)
    invitation = circles.invite_code(ank, space, role=Role.AUTHOR, uses=2)
    taken_back = circles.invite_code(ank, space, days=1)
    _exchange(ank)
    for each in (bea, cas):
        circles.join(each, invitation.address, invitation.code)
        _exchange(each, ank)
    del taken_back
    circles.cancel(ank, space, next(each.id for each in circles.invites(ank, space) if each.uses_left == 1))
    circles.act(circles.replica_of(ank, space), Policy("https://login.example/gemeente", "casusboek", ["example"]))
    circles.act(circles.replica_of(ank, space), Policy())
    case = Case(
        id=ank.new_id(), title="Buurttuin aan de Vliet", goal="Groen. Samen.", areas=frozenset({"groen", "wonen"})
    )
    save(
        ank, [Change(case), Change(Condition(id=ank.new_id(), case_id=case.id, text="Beheer is geregeld"))], "New case"
    )
    garden = copy_case(ank, case.id, space)
    gone = Case(id=ank.new_id(), title="Wordt gewist")
    save(ank, [Change(gone, space=space)], "New case")
    repair = Case(id=bea.new_id(), title="Repair-café vraagt startsubsidie")
    save(bea, [Change(repair, space=space)], "New case")
    save(cas, [Change(Case(id=cas.new_id(), title="Van wie wegging"), space=space)], "New case")
    _exchange(ank, bea, cas, ank, bea)
    circles.set_role(ank, space, circles.own_member(bea, space), Role.EDITOR)
    _exchange(ank, bea)
    for each, goal in ((ank, "Groen. Met de buurt."), (bea, "Groen. Met de school.")):
        seen = entry(each, garden)
        assert seen
        save_edits(each, [Edit(garden, "case", {"goal": goal}, seen.heads)], "Change")
    erasing.erase(ank, gone.id)
    circles.remove(ank, space, [cas.device.id])
    _exchange(ank, bea, ank, bea, ank)
    # Who is removed takes the codes they knew along: this one is for those who come later.
    invitation = circles.invite_code(ank, space, uses=500, days=365)
    save_edits(ank, [Edit(repair.id, "case", {"can_now": "Geschreven met de nieuwe sleutel"})], "Change")
    _exchange(ank, bea, ank)
    replica = circles.replica_of(ank, space)
    membership = replica.membership
    assert membership
    assert membership.key > 1
    return {
        "space": space,
        "code": invitation.code,
        "erased": sorted(replica.erased()),
        "members": {each: int(role) for each, role in sorted(membership.members().items())},
        "head": membership.head.hex(),
        "keys": sorted([n, cert.hex(), secret.hex()] for n, cert, secret in replica.secrets()),
        "cases": cases_of(ank, space),
    }


def cases_of(db: Database, space: str) -> dict[str, dict[str, object]]:
    """The cases of a circle, as they are shown."""
    found = (each for each in every(db, Case) if each.space == space)
    return {
        each.record.title: {
            "id": each.record.id,
            "goal": each.record.goal,
            "areas": sorted(each.record.areas),
            "can_now": each.record.can_now,
            "differs": sorted(one.field for one in each.differences),
        }
        for each in found
    }


def _zip(folder: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for each in sorted(one for one in folder.rglob("*") if one.is_file()):
            content = each.read_bytes()
            assert each.suffix == ".json" or header_of(content)
            packed.writestr(zipfile.ZipInfo(str(each.relative_to(folder)), (2026, 11, 24, 0, 0, 0)), content)


def _keep(file: Path, what: object) -> None:
    file.write_text(json.dumps(what, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def _exchange(*casebooks: Database) -> None:
    for each in casebooks:
        exchange_all(each)


if __name__ == "__main__":
    make(sys.argv[1])
