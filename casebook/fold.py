"""The state of a record from its revisions, and what differs: the same set gives the same state, in any order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from casebook.envelope import Revision, RevisionId, Stamped, State, short
from casebook.fields import Merge, fields_by_name
from casebook.record import KINDS
from casebook.text_merge import merge_texts


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that people changed at the same time: what is shown, and every value that stands beside it."""

    field: str
    shown: Any
    others: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """A record as it is now. A text merged from several has a stamp without a revision, until somebody saves."""

    state: State
    heads: tuple[RevisionId, ...]
    differences: tuple[Difference, ...] = ()


MergeOf = Callable[[str, str], Merge | None]
ARCHIVED = "archived"
_exact = msgspec.json.Encoder(order="deterministic").encode
"""Two values are the same when this is: for Python 1, 1.0 and True are one."""


def declared(kind: str, field: str) -> Merge | None:
    """How a field of this version merges; None where this version does not know it."""
    record_type = KINDS.get(kind)
    info = fields_by_name(record_type).get(field) if record_type else None
    return info.merge if info else None


def fold(revisions: Iterable[Revision], merge_of: MergeOf = declared) -> Folded:
    """The state of a record (`SYNC.md` 2.3). Raises ValueError when there is no revision at all."""
    known = {each.id: each for each in revisions}
    heads = heads_of(known.values())
    if not heads:
        raise ValueError("a record has at least one revision")
    if len(heads) == 1:
        return Folded(heads[0].state, (heads[0].id,))
    return _Merge(known, heads, merge_of).result()


def heads_of(revisions: Iterable[Revision]) -> list[Revision]:
    """The revisions that no other one follows, oldest first."""
    kept = list(revisions)
    followed = {parent for each in kept for parent in each.parents}
    return sorted((each for each in kept if each.id not in followed), key=_order)


def seen_from(revisions: Iterable[Revision], heads: Iterable[RevisionId]) -> list[Revision]:
    """Those revisions that somebody who saw *heads* had seen."""
    known = {each.id: each for each in revisions}
    reached = set().union(*(ancestry(known, each) for each in heads))
    return [known[each] for each in reached]


def ancestry(known: Mapping[RevisionId, Revision], revision: RevisionId) -> set[RevisionId]:
    """A revision and all those before it, as far as they are here."""
    reached: set[RevisionId] = set()
    waiting = [revision]
    while waiting:
        each = waiting.pop()
        if each in known and each not in reached:
            reached.add(each)
            waiting.extend(known[each].parents)
    return reached


def _order(revision: Revision) -> tuple[int, bytes]:
    return (revision.wall, revision.id)


def _newest(stamps: Iterable[Stamped]) -> Stamped:
    return max(stamps, key=lambda each: (each.wall, each.rev))


class _Merge:
    """One merge of several heads, field by field."""

    def __init__(self, known: Mapping[RevisionId, Revision], heads: Sequence[Revision], merge_of: MergeOf) -> None:
        self._known = known
        self._heads = heads
        self._merge_of = merge_of
        self._before = {each.id: ancestry(known, each.id) for each in heads}
        self._seen = {head: {short(each) for each in before} for head, before in self._before.items()}
        self._differences: list[Difference] = []

    def result(self) -> Folded:
        newest = self._heads[-1].state
        names = sorted({name for head in self._heads for name in head.state.fields})
        fields = {name: self._field(newest.kind, name) for name in names}
        state = State(
            kind=newest.kind,
            fields=fields,
            version=max(head.state.version for head in self._heads),
            needs=max(head.state.needs for head in self._heads),
        )
        return Folded(state, tuple(head.id for head in self._heads), tuple(self._differences))

    def _field(self, kind: str, name: str) -> Stamped:
        having = [(head, head.state.fields[name]) for head in self._heads if name in head.state.fields]
        rule = self._merge_of(kind, name)
        if rule is Merge.SET and all(isinstance(each.value, dict) for _head, each in having):
            return self._set(having)
        standing = self._standing(having)
        if name == ARCHIVED and self._was_missed(having, standing):
            return self._returned(having)
        if len({_exact(each.value) for each in standing}) == 1:
            return _newest(standing)
        if rule is Merge.TEXT:
            return self._text(name, standing)
        chosen = _newest(standing)
        if rule is not None:
            self._differ(name, chosen.value, standing)
        return chosen

    def _standing(self, having: Sequence[tuple[Revision, Stamped]]) -> list[Stamped]:
        """The values that nobody replaced knowingly: a value that another head had seen has gone."""
        stands = [
            mine
            for head, mine in having
            if not any(
                (theirs.wall, theirs.rev) != (mine.wall, mine.rev) and mine.rev in self._seen[other.id]
                for other, theirs in having
                if other is not head
            )
        ]
        kept = stands or [mine for _head, mine in having]
        return sorted({(each.wall, each.rev): each for each in kept}.values(), key=lambda e: (e.wall, e.rev))

    def _set(self, having: Sequence[tuple[Revision, Stamped]]) -> Stamped:
        elements = sorted({name for _head, each in having for name in each.value})
        merged = {
            name: _newest(self._standing([(head, each.value[name]) for head, each in having if name in each.value]))
            for name in elements
        }
        newest = _newest(each for _head, each in having)
        return Stamped(merged, newest.wall, newest.rev)

    def _was_missed(self, having: Sequence[tuple[Revision, Stamped]], standing: Sequence[Stamped]) -> bool:
        """Whether somebody archived the record, and another one worked on it without knowing that."""
        archived = {each.rev for each in standing if each.value}
        agree = {head.id for head, each in having if each.value}
        return bool(archived) and any(
            head.id not in agree and not archived & self._seen[head.id] for head in self._heads
        )

    def _returned(self, having: Sequence[tuple[Revision, Stamped]]) -> Stamped:
        """Somebody worked on what another one archived: it comes back, with a note."""
        in_use = [each for _head, each in having if not each.value]
        # Who never archived a record need not have the field at all.
        kept = _newest(in_use) if in_use else Stamped(value=False, wall=0, rev=b"")
        self._differ(ARCHIVED, kept.value, [each for _head, each in having])
        return kept

    def _text(self, name: str, standing: Sequence[Stamped]) -> Stamped:
        newest = standing[-1]
        base = self._base(name)
        if base is None or not all(isinstance(each.value, str) for each in standing):
            self._differ(name, newest.value, standing)
            return newest
        text, overlaps = standing[0].value, False
        for each in standing[1:]:
            text, clash = merge_texts(base, text, each.value)
            overlaps = overlaps or clash
        if overlaps:
            self._differ(name, text, standing)
        unchanged = [each for each in standing if each.value == text]
        return _newest(unchanged) if unchanged else Stamped(text, newest.wall, b"")

    def _base(self, name: str) -> str | None:
        """The text at the nearest revision that all heads follow."""
        common = set.intersection(*self._before.values())
        older = {parent for each in common for parent in self._known[each].parents}
        nearest = [self._known[each] for each in common - older]
        if not nearest:
            return None
        held = max(nearest, key=_order).state.fields.get(name)
        if held is None:
            return ""
        return held.value if isinstance(held.value, str) else None

    def _differ(self, name: str, shown: Any, standing: Iterable[Stamped]) -> None:
        others = {_exact(each.value): each.value for each in standing}
        others.pop(_exact(shown), None)
        self._differences.append(Difference(name, shown, tuple(others.values())))
