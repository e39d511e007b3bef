"""What is erased is gone for ever: from the log, the present, the index, the drafts, the copies and the file itself."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from casebook.case import Case
from casebook.case_query import Query
from casebook.condition import Condition
from casebook.database import Database, copies, copy_daily, open_casebook, restore
from casebook.digest import Digest, Place, digest_of, mark
from casebook.drafts import Draft, keep, kept, settle
from casebook.envelope import opened, state_openly
from casebook.erasing import clean_up, erase, exports_with
from casebook.history import put_back, versions
from casebook.keys import FileKey
from casebook.present import case_file, cases, entry, every, fingerprint, rebuild
from casebook.problem import Problem
from casebook.receiving import receive
from casebook.record import RecordId, created_ms, new_id
from casebook.saving import Change, Edit, can_undo, redo, save, save_edits, undo
from casebook.spaces import SpaceKind, add_key, add_space
from casebook.statements import keep as keep_statement
from casebook.whole_casebook import export_all, import_all
from tests.casebook.conftest import Clock
from tests.casebook.forensics import files_with
from tests.casebook.world import counts

MARKER = "Qxzwvmerkteken"
TRACE = b"xzwvmerk"


def circle(db: Database) -> str:
    space = new_id()
    with db.write() as connection:
        add_space(db, connection, space, SpaceKind.CIRCLE)
        add_key(db, connection, space, 1, b"c" * 32, b"1" * 32)
    return space


def erase_all(db: Database, space: str, *records: str) -> None:
    """As the owner of the casebook does it."""
    changed: set[str] = set()
    with db.write(changed) as connection:
        for record in records:
            _id, raw = state_openly(
                "erase",
                space=space,
                record=record,
                parents=(),
                device=db.device.id,
                wall=db.clock(),
                signer=db.device.signer,
            )
            keep_statement(connection, opened(raw), Place.WAITS)
            changed |= erase(db, connection, space, record)


def envelopes(db: Database, *records: str) -> list[bytes]:
    with db.read() as connection:
        return [
            row[0]
            for record in records
            for row in connection.exec_driver_sql("SELECT env FROM rev WHERE rec = ?", (record,))
        ]


def with_marker(space: str) -> tuple[Case, Condition]:
    case = Case(title=f"{MARKER} titel", summary=f"Over {MARKER}.", goal=f"{MARKER}doel", initiator_name=MARKER)
    return case, Condition(case_id=case.id, text=f"Als {MARKER} meedoet")


def filled(db: Database) -> None:
    chance = random.Random(1)
    words = ["buurt", "tuin", "subsidie", "qualiteit", "quotum", "xylofoon", "wijk", "plein", "boom"]
    for start in range(0, 60, 20):
        texts = [" ".join(chance.choices(words, k=60)) for _number in range(20)]
        save(db, [Change(Case(title=f"Casus {start + n}", goal=each)) for n, each in enumerate(texts)], "New case")


def test_no_byte_of_an_erased_case_is_in_any_file(db: Database, file_key: FileKey, tmp_path: Path) -> None:
    """Shared and personal, typed and saved, before and after a copy was put back."""
    shared = circle(db)
    filled(db)
    spaces = {each: with_marker(each) for each in (db.personal, shared)}
    for space, made in spaces.items():
        save(db, [Change(each, space=space) for each in made], "New case")
        seen = entry(db, made[0].id)
        assert seen is not None
        save(db, [Change(replace(seen.record, needs_deviation=f"Wijkt af: {MARKER}"), seen)], "Change")
        keep(db, Draft(made[0].id, "case", {"can_now": f"Concept {MARKER}"}, seen.heads))
    undo(db)
    copy_daily(db, date(2026, 11, 1))
    copy_daily(db, date(2026, 11, 2))
    db.close()
    restore(db.path, copies(db.path)[0], file_key)
    db = open_casebook(db.path, file_key, clock=db.clock)
    copy_daily(db, date(2026, 11, 3))
    keep(db, Draft(spaces[shared][1].id, "condition", {"text": MARKER}))
    save_edits(db, [Edit(spaces[shared][0].id, "case", {"goal": f"Nogmaals {MARKER}"})], "Change", drop_drafts=False)
    ids = [each.id for made in spaces.values() for each in made]
    sealed = [each[at : at + 16] for each in envelopes(db, *ids) for at in (7 + 250, len(each) - 40)]
    held = files_with(tmp_path, file_key, TRACE)
    kinds = ("casebook.db", "casebook.db-wal", "11-01.db", "11-02.db", "11-03.db")
    assert all(any(each.endswith(kind) for each in held) for kind in kinds), held
    assert any("before-restore" in each for each in held)
    assert all(files_with(tmp_path, file_key, each) for each in sealed)

    for space, made in spaces.items():
        erase_all(db, space, *(each.id for each in made))
    assert clean_up(db)

    assert files_with(tmp_path, file_key, TRACE) == set()
    assert set().union(*(files_with(tmp_path, file_key, each) for each in sealed)) == set()
    assert files_with(tmp_path, file_key, b"xylofoon")
    assert len(copies(db.path)) == 1
    assert len(every(db, Case)) == 60
    with db.read() as connection:
        before = fingerprint(connection)
    rebuild(db)
    with db.read() as connection:
        assert fingerprint(connection) == before
    db.close()


def test_an_erased_record_is_nowhere_to_be_found(db: Database) -> None:
    case, condition = with_marker(db.personal)
    save(db, [Change(Case(title="Blijft"))], "New case")
    save(db, [Change(case), Change(condition)], "New case")
    save_edits(db, [Edit(case.id, "case", {"goal": "Groen"})], "Change")
    keep(db, Draft(case.id, "case", {"goal": "Groener"}))
    revision = versions(db, case.id)[-1].revision
    erase_all(db, db.personal, case.id, condition.id)
    assert entry(db, case.id) is None
    assert case_file(db, case.id) is None
    assert versions(db, case.id) == []
    assert put_back(db, case.id, revision) == 0
    assert kept(db) == []
    assert cases(db, Query(words=MARKER)) == []
    assert [each.title for each in cases(db, Query())] == ["Blijft"]
    assert can_undo(db) is not None
    assert undo(db) == "New case"
    assert cases(db, Query()) == []
    assert undo(db) is None
    assert redo(db) == "New case"
    assert redo(db) is None
    assert [each.title for each in cases(db, Query())] == ["Blijft"]


def test_a_case_whose_condition_is_erased_is_not_found_by_its_words(db: Database) -> None:
    case, condition = Case(title="Blijft"), Condition(case_id=new_id(), text="")
    condition = replace(condition, case_id=case.id, text=MARKER)
    save(db, [Change(case), Change(condition)], "New case")
    erase_all(db, db.personal, condition.id)
    assert cases(db, Query(words=MARKER)) == []
    assert [each.title for each in cases(db, Query(words="blijft"))] == ["Blijft"]


def test_what_was_erased_does_not_come_back(db: Database, tmp_path: Path) -> None:
    case, condition = with_marker(db.personal)
    save(db, [Change(case), Change(condition)], "New case")
    export_all(db, tmp_path / "whole.json")
    raws = envelopes(db, case.id)
    erase_all(db, db.personal, case.id)
    assert import_all(db, tmp_path / "whole.json") == 0
    for edit in (
        Edit(case.id, "case", {"goal": "Groen"}),
        Edit(new_id(), "condition", {"case_id": case.id, "text": "Samen"}),
    ):
        with pytest.raises(Problem):
            save_edits(db, [edit], "Change")
    keep(db, Draft(case.id, "case", {"goal": MARKER}))
    assert kept(db) == []
    assert settle(db) == 0
    with db.write() as connection:
        assert receive(db, connection, [opened(each) for each in raws], counts) == set()
        assert digest_of(connection, db.personal) == Digest()
    assert entry(db, case.id) is None


def test_erasing_in_one_space_leaves_a_record_of_another_alone(db: Database) -> None:
    shared = circle(db)
    case = Case(title="Van mij")
    save(db, [Change(case)], "New case")
    keep(db, Draft(case.id, "case", {"goal": "Groen"}))
    erase_all(db, shared, case.id)
    save_edits(db, [Edit(case.id, "case", {"goal": "Groen"})], "Change", drop_drafts=False)
    assert len(kept(db)) == 1
    found = entry(db, case.id)
    assert found is not None
    assert found.record.goal == "Groen"


def test_the_digest_forgets_what_is_erased(db: Database) -> None:
    shared = circle(db)
    gone, stays = Case(title="Weg"), Case(title="Blijft")
    save(db, [Change(gone, space=shared), Change(stays, space=shared)], "New case")
    save_edits(db, [Edit(gone.id, "case", {"goal": "Groen"})], "Change")
    sent = [opened(each).id for each in envelopes(db, gone.id)[:1]]
    remaining = [opened(each).id for each in envelopes(db, stays.id)]
    with db.write() as connection:
        mark(connection, shared, sent + remaining, Place.IN_STORE)
    erase_all(db, shared, gone.id)
    with db.read() as connection:
        assert digest_of(connection, shared) == Digest().with_(remaining)


def test_the_audit_list_tells_of_an_erasure_and_of_files_it_can_be_in(
    db: Database, clock: Clock, tmp_path: Path
) -> None:
    export_all(db, tmp_path / "earlier.json")
    case = Case(title="Weg")
    save(db, [Change(case)], "New case")
    clock.now = created_ms(case.id) + 1000
    export_all(db, tmp_path / "later.json")
    erase_all(db, db.personal, case.id)
    with db.read() as connection:
        told = connection.exec_driver_sql("SELECT detail FROM audit WHERE what = 'erase'").scalars().all()
    assert told == [case.id]
    assert [each.name for each in exports_with(db, case.id)] == ["later.json"]


def test_traces_that_somebody_still_reads_are_taken_away_the_next_time(
    db: Database, file_key: FileKey, tmp_path: Path
) -> None:
    @event.listens_for(db.engine, "connect")
    def hurry(connection: object, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]  # a connection of SQLite

    case, _condition = with_marker(db.personal)
    save(db, [Change(case)], "New case")
    with db.read() as reading:
        assert reading.exec_driver_sql("SELECT title FROM record").scalar() == case.title
        erase_all(db, db.personal, case.id)
        assert not clean_up(db)
    db.close()
    again = open_casebook(db.path, file_key)
    assert clean_up(again)
    assert clean_up(again)
    assert files_with(tmp_path, file_key, TRACE) == set()
    again.close()


def test_others_can_save_while_traces_are_taken_away(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of a big casebook takes seconds to write anew: that is done in many small transactions."""
    filled(db)
    erase_all(db, db.personal, every(db, Case)[0].record.id)
    monkeypatch.setattr("casebook.erasing._PAGES", 1)
    steps = []

    def between(seconds: float) -> None:
        steps.append(seconds)
        save(db, [Change(Case(title=f"Tussendoor {len(steps)}"))], "New case")

    monkeypatch.setattr("casebook.erasing.time.sleep", between)
    assert clean_up(db)
    assert len(steps) > 5
    assert len(cases(db, Query(words="tussendoor"))) == len(steps)


def test_erasing_what_is_not_here_is_remembered(db: Database) -> None:
    record = RecordId(new_id())
    erase_all(db, db.personal, record, record)
    assert clean_up(db)
    with pytest.raises(Problem):
        save_edits(db, [Edit(record, "case", {"title": "x"})], "New case")
