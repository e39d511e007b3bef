"""What a member may not change is refused before it is written, with a sentence, and never on the way out."""

from pathlib import Path

import pytest
from sqlalchemy import update

from casebook import tables
from casebook.case import Case
from casebook.condition import Condition
from casebook.database import Database
from casebook.history import put_back, versions
from casebook.importing.mapping import CASES, guess
from casebook.importing.plan import Step, plan
from casebook.importing.sheets import Sheet
from casebook.present import entry, every
from casebook.problem import Problem
from casebook.record import RecordId
from casebook.rights import RIGHTS, Writes, allowed
from casebook.saving import Change, Edit, redo, save, save_edits, undo
from casebook.whole_casebook import export_all, import_all
from resources.language import _
from sync import circles
from sync.certificates import Role
from sync.copying import copy_case
from sync.refusals import keep_for_oneself, refusals
from sync.shelf import REFUSED
from sync.store import Outcome
from sync.syncing import differing, exchange_all
from tests.sync.turns import both, on


def case_of(db: Database, space: str, title: str = "Bloembakken") -> Case:
    """A case that this person made in a circle."""
    on(db)
    case = Case(title=title, reference="K-1")
    save(db, [Change(case, space=space)], "New case")
    return case


def titled(db: Database, case: Case, title: str) -> None:
    """Give a case another title, as the screen does."""
    held = entry(on(db), case.id)
    assert held
    save_edits(db, [Edit(case.id, "case", {"title": title}, held.heads)], "Change a case")


def given(ank: Database, bea: Database, space: str, role: Role) -> None:
    """Ank lets Bea do this from now on, and both know."""
    circles.set_role(on(ank), space, bea.device.member, role)
    both(ank, bea)


def test_a_reader_changes_nothing_and_adds_nothing(ank: Database, bea: Database, shared: str) -> None:
    case = case_of(ank, shared)
    both(ank, bea)
    given(ank, bea, shared, Role.READER)
    why = allowed(bea).in_space(shared).why
    assert why == _("You read along here. An administrator of the circle can let you write too.")
    with pytest.raises(Problem, match=why):
        titled(bea, case, "Van Bea")
    with pytest.raises(Problem, match=why):
        save(on(bea), [Change(Condition(case_id=case.id, text="Beheer"))], "Add")
    with pytest.raises(Problem, match=why):
        save(on(bea), [Change(Case(title="Nieuw"), space=shared)], "New case")
    own = case_of(bea, "")
    with pytest.raises(Problem, match=why):
        copy_case(bea, own.id, shared)
    assert len(every(bea, Case)) == 2
    assert {each.waiting for each in exchange_all(bea).values()} == {0}


def test_a_reader_puts_no_earlier_version_back(ank: Database, bea: Database, shared: str) -> None:
    case = case_of(ank, shared)
    titled(ank, case, "Anders")
    both(ank, bea)
    given(ank, bea, shared, Role.READER)
    with pytest.raises(Problem):
        put_back(bea, RecordId(case.id), versions(bea, RecordId(case.id))[-1].revision)


def test_an_author_changes_what_is_their_own_and_adds_to_what_is_not(ank: Database, bea: Database, shared: str) -> None:
    case = case_of(ank, shared)
    both(ank, bea)
    given(ank, bea, shared, Role.AUTHOR)
    with pytest.raises(Problem, match=_("This is somebody else's: you read it, and may add to it.")):
        titled(bea, case, "Van Bea")
    save(on(bea), [Change(Condition(case_id=case.id, text="Beheer"))], "Add")
    own = case_of(bea, shared, "Van Bea zelf")
    titled(bea, own, "Van Bea, beter")
    both(bea, ank)
    assert {each.record.title for each in every(ank, Case)} == {"Bloembakken", "Van Bea, beter"}
    assert [each.record.text for each in every(ank, Condition)] == ["Beheer"]


def test_who_was_taken_out_reads_what_is_there_and_works_on_in_their_own_space(
    ank: Database, bea: Database, shared: str
) -> None:
    case = case_of(ank, shared)
    both(ank, bea)
    circles.remove(on(ank), shared, [bea.device.id])
    both(ank, bea)
    assert allowed(bea).in_space(shared).writes is Writes.LEFT
    with pytest.raises(Problem, match=allowed(bea).in_space(shared).why):
        titled(bea, case, "Van Bea")
    assert entry(bea, case_of(bea, "").id)


def test_listeners_hear_that_one_may_do_more_or_less_and_nothing_when_that_is_the_same(
    ank: Database, bea: Database, shared: str
) -> None:
    heard: list[frozenset[str]] = []
    bea.listeners.append(heard.append)
    given(ank, bea, shared, Role.READER)
    assert sum(RIGHTS in each for each in heard) == 1
    circles.invite_code(on(ank), shared)
    both(ank, bea)
    assert sum(RIGHTS in each for each in heard) == 1
    given(ank, bea, shared, Role.EDITOR)
    assert sum(RIGHTS in each for each in heard) == 2
    titled(bea, case_of(bea, shared), "Weer van Bea")


def test_undo_passes_over_what_one_may_not_change_any_more(ank: Database, bea: Database, shared: str) -> None:
    own = case_of(bea, "")
    case = case_of(bea, shared, "In de kring")
    both(bea, ank)
    given(ank, bea, shared, Role.READER)
    assert undo(bea) == "New case"
    assert [entry(bea, each.id).record.archived for each in (own, case)] == [True, False]  # type: ignore[union-attr]
    assert undo(bea) is None
    assert redo(bea) == "New case"


def test_a_list_leaves_alone_what_one_may_not_change_and_says_why(ank: Database, bea: Database, shared: str) -> None:
    case_of(ank, shared)
    both(ank, bea)
    given(ank, bea, shared, Role.READER)
    sheet = Sheet("lijst", ("titel", "nummer"), (("Anders", "K-1"), ("Nieuw", "K-2")))
    lines = plan(on(bea), sheet, guess(sheet, CASES)).lines
    assert [each.step for each in lines] == [Step.SKIP, Step.NEW]
    assert lines[0].why == allowed(bea).in_space(shared).why


def test_a_whole_casebook_comes_in_without_what_one_may_not_change(
    ank: Database, bea: Database, shared: str, tmp_path: Path
) -> None:
    case = case_of(ank, shared)
    own = case_of(bea, "", "Van Bea")
    both(ank, bea)
    export_all(bea, tmp_path / "alles.json")
    titled(ank, case, "Anders")
    titled(bea, own, "Ook anders")
    both(ank, bea)
    given(ank, bea, shared, Role.READER)
    assert import_all(bea, tmp_path / "alles.json") == 1
    assert {each.record.title for each in every(bea, Case)} == {"Anders", "Van Bea"}


def test_what_was_on_its_way_to_a_folder_when_one_might_less_is_told_and_can_be_kept(
    ank: Database, bea: Database, shared: str
) -> None:
    circles.set_role(on(ank), shared, bea.device.member, Role.READER)
    exchange_all(ank)
    case = case_of(bea, shared, "Onderweg")
    save(on(bea), [Change(Condition(case_id=case.id, text="Beheer"))], "Add")
    both(bea, ank)
    assert entry(bea, case.id) is None
    told = refusals(bea, shared)
    assert [(each.about, each.is_lost) for each in told][-1] == ("Onderweg", True)
    assert keep_for_oneself(on(bea), shared) == 2
    assert refusals(bea, shared) == []
    (own,), (condition,) = every(bea, Case), every(bea, Condition)
    assert (own.record.title, own.space, own.record.id) == ("Onderweg", bea.personal, condition.record.case_id)
    both(bea, ank)
    assert every(ank, Case) == []
    assert refusals(bea, shared) == []


def test_what_a_colleague_lost_is_no_refusal_of_who_offers_it_to_the_store_again(
    ank: Database, bea: Database, shared: str
) -> None:
    case = case_of(bea, shared, "Te laat")
    exchange_all(bea)
    circles.set_role(on(ank), shared, bea.device.member, Role.READER)
    exchange_all(ank)
    of_bea = (tables.rev.c.rec == case.id) & (tables.rev.c.dev == bea.device.id)
    with ank.write() as connection:
        # As a hub answers that was put back to before this came.
        denied = update(tables.rev).where(of_bea, tables.rev.c.counts == 0)
        assert connection.execute(denied.values(pushed=REFUSED, refused=Outcome.DENIED.value)).rowcount == 1
    assert refusals(ank, shared) == []
    both(bea)
    assert [each.about for each in refusals(bea, shared)] == ["Te laat"]


def test_a_difference_that_one_may_not_settle_asks_nothing_of_a_reader(
    ank: Database, bea: Database, shared: str
) -> None:
    case = case_of(ank, shared)
    both(ank, bea)
    titled(bea, case, "Van Bea")
    titled(ank, case, "Van Ank")
    both(bea, ank, bea)
    assert (differing(ank, shared), differing(bea, shared)) == (1, 1)
    given(ank, bea, shared, Role.READER)
    assert (differing(ank, shared), differing(bea, shared)) == (1, 0)


def test_a_reader_writes_no_name_in_the_circle_until_that_may_be(ank: Database, bea: Database, space: str) -> None:
    invitation = circles.invite_code(on(ank), space, role=Role.READER)
    exchange_all(ank)
    circles.join(on(bea), invitation.address, invitation.code)
    both(bea, ank)
    assert [each.name for each in circles.people(ank, space)] == ["Ank", ""]
    given(ank, bea, space, Role.AUTHOR)
    both(bea, ank)
    assert [each.name for each in circles.people(ank, space)] == ["Ank", "Bea"]
