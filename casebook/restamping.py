"""A clock that was wrong, put right: revisions that no store has yet are sealed again at another moment."""

from collections.abc import Callable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from casebook.envelope import Revision, RevisionId, Stamped, State, short

SealAgain = Callable[[Revision, State, tuple[RevisionId, ...], int], RevisionId]
"""Seals this revision with another state, other parents and another moment; gives its new id."""

_Moved = Mapping[bytes, tuple[int, bytes]]


def restamp_each(revisions: Sequence[Revision], offset: int, again: SealAgain) -> dict[RevisionId, RevisionId]:
    """Seal revisions again, *offset* milliseconds later, parents first; returns the new id of each.

    Within a record time still never goes back: after what is not sealed again comes a later moment.
    """
    known = {each.id: each for each in revisions}
    renamed: dict[RevisionId, RevisionId] = {}
    moved: dict[bytes, tuple[int, bytes]] = {}
    for id_ in TopologicalSorter({each: set(known[each].parents) & known.keys() for each in known}).static_order():
        each, own = known[id_], short(id_)
        before = [stamp.wall for stamp in _moved(each.state, moved).fields.values() if stamp.rev != own]
        wall = max([0, each.wall + offset, *(seen + 1 for seen in before)])
        state = _moved(each.state, moved | {own: (wall, b"")})
        renamed[id_] = again(each, state, tuple(renamed.get(parent, parent) for parent in each.parents), wall)
        moved[own] = (wall, short(renamed[id_]))
    return renamed


def _moved(state: State, moved: _Moved) -> State:
    fields = {name: _stamp(each, moved) for name, each in state.fields.items()}
    return State(state.kind, fields, state.version, state.needs)


def _stamp(each: Stamped, moved: _Moved) -> Stamped:
    wall, rev = moved.get(each.rev, (each.wall, each.rev))
    return Stamped(_value(each.value, moved), wall, rev)


def _value(value: Any, moved: _Moved) -> Any:
    if isinstance(value, dict):
        return {name: _stamp(one, moved) if isinstance(one, Stamped) else one for name, one in value.items()}
    return value
