"""Whether everything held: the same everywhere, nothing saved lost, nothing erased left."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from casebook import tables
from casebook.database import Database, quick_check
from casebook.envelope import Refused, header_of
from casebook.erasing import clean_up
from casebook.log import revisions_of
from sync.circles import replica_of
from sync.hub import tables as hub
from sync.syncing import exchange_all
from tests.casebook.forensics import places_of
from tests.storm.client import key_of
from tests.storm.scene import PEOPLE, Scene

ROUNDS = 8


def judge(scene: Scene) -> dict[str, Any]:
    """The summary; `holds` says whether it is as it should be."""
    casebooks, rounds = scene.settle(ROUNDS)
    said = [line for name, _municipality in PEOPLE for line in _lines(scene.home(name) / "saved.jsonl")]
    erased = {space: replica_of(casebooks["ank"], space).erased() for space in scene.spaces.values()}
    agrees = {each.agrees for db in casebooks.values() for each in exchange_all(db).values()}
    summary: dict[str, Any] = {"rounds": rounds, "said": _counted(said), "stores agree": False not in agrees}
    for circle, space in scene.spaces.items():
        sets = {name: frozenset(replica_of(db, space).ids()) for name, db in casebooks.items()}
        states = {name: _states(db, space) for name, db in casebooks.items()}
        waiting = {name: replica_of(db, space).how_many_wait() for name, db in casebooks.items()}
        summary[circle] = {
            "envelopes": len(sets["ank"]),
            "records": len(states["ank"]),
            "same set": len(set(sets.values())) == 1,
            "same state": len({json.dumps(each, sort_keys=True) for each in states.values()}) == 1,
            "waiting": sum(waiting.values()),
        }
    summary["lost"] = [
        line["of"]
        for line in said
        if line["what"] in ("saved", "edited") and not _is_kept(casebooks, line, erased[line["space"]])
    ]
    summary["erased"] = sum(map(len, erased.values()))
    for db in casebooks.values():
        quick_check(db)
        clean_up(db)
        db.close()
    summary["left"] = _left(scene, said, erased)
    summary["left in stores"] = _left_in_stores(scene, {each for found in erased.values() for each in found})
    summary["readable in stores"] = _readable_in_stores(scene, [each["marker"] for each in said if "marker" in each])
    summary["holds"] = (
        summary["stores agree"]
        and not summary["lost"]
        and not summary["left"]
        and not summary["left in stores"]
        and not summary["readable in stores"]
        and all(each["same set"] and each["same state"] and not each["waiting"] for each in _circles(scene, summary))
    )
    return summary


def _circles(scene: Scene, summary: dict[str, Any]) -> list[dict[str, Any]]:
    return [summary[each] for each in scene.spaces]


def _lines(file: Path) -> list[dict[str, str]]:
    found = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue  # cut off by a kill: it was not confirmed
    return found


def _counted(said: list[dict[str, str]]) -> dict[str, int]:
    return {what: sum(each["what"] == what for each in said) for what in sorted({each["what"] for each in said})}


def _states(db: Database, space: str) -> dict[str, list[str]]:
    """Every record of a space as it is shown."""
    c = tables.record.c
    with db.read() as connection:
        rows = connection.execute(select(c.id, c.state, c.heads, c.differs).where(c.space == space)).all()
    return {row.id: [row.state.hex(), row.heads.hex(), row.differs.hex()] for row in rows}


def _is_kept(casebooks: dict[str, Database], line: dict[str, str], erased: set[str]) -> bool:
    """Whether a confirmed save is in every casebook, unless its record was erased."""
    if line["of"] in erased:
        return True
    for db in casebooks.values():
        with db.read() as connection:
            if not revisions_of(db, connection, line["of"]):
                return False
    return True


def _left(scene: Scene, said: list[dict[str, str]], erased: dict[str, set[str]]) -> list[str]:
    """Where the title of an erased case still stands: casebooks opened page by page, folder and hubs as they are."""
    gone = {each for found in erased.values() for each in found}
    markers = [each["marker"].encode() for each in said if each["what"] == "saved" and each["of"] in gone]
    return [
        f"{marker.decode()} in {name}/{file}"
        for name, _municipality in PEOPLE
        for file, marker in places_of(scene.home(name), key_of(name), markers)
        if not file.endswith(("saved.jsonl", "clock"))
    ]


def _left_in_stores(scene: Scene, erased: set[str]) -> int:
    """How many revisions of erased records still have contents in a hub or the folder."""
    left = sum(_record_of(file) in erased for file in scene.folder.rglob("*.rev"))
    for address in scene.databases:
        engine = create_engine(address)
        with engine.connect() as connection:
            rows = connection.execute(
                select(hub.envelope.c.rec).where(hub.envelope.c.kind == "rev", hub.envelope.c.env.is_not(None))
            )
            left += sum(row.rec in erased for row in rows)
        engine.dispose()
    return left


def _record_of(file: Path) -> str:
    try:
        return header_of(file.read_bytes()).rec
    except Refused:
        return ""  # cut off by a kill: the others never take it in


def _readable_in_stores(scene: Scene, markers: list[str]) -> list[str]:
    """The titles that stand readable in the folder, or in the files and logs of the hubs."""
    wanted = [each.encode() for each in markers]
    found = []
    for folder in (scene.folder, *scene.root.glob("hub-*"), scene.root / "postgres"):
        for file in folder.rglob("*"):
            content = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
            if b"merk" in content:
                found += [f"{each.decode()} in {file}" for each in wanted if each in content]
    return found[:20]
