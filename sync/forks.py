"""The chain of certificates of a space as one membership, also where it forks: the same from the same set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from casebook.envelope import Refused, RevisionId
from sync.certificates import Certificate, Role
from sync.membership import Membership, founded


def evaluate(root: Certificate, certificates: Iterable[Certificate]) -> Membership:
    """The membership after a whole chain that begins with *root*, in whatever order the certificates came.

    Where several stand on the same one (two people in a folder at one time), the branch on which administrators
    signed most goes on, and of equals the one with the lowest id. What somebody signed who loses the right to it on
    another branch, or who was let in by such a one, weighs nothing beside the rest, and comes after all others.
    Removals, lower roles and invites taken back count on every branch. A certificate of which the author may not do
    that does nothing, and those on it go on from there.
    """
    current = founded(root)
    following: dict[RevisionId, list[Certificate]] = {}
    for each in {each.id: each for each in certificates}.values():
        if each.before:
            following.setdefault(each.before, []).append(each)
    while True:
        # Whom a branch removed may be in after all, when who did so had lost the right to it: it goes on with those.
        tree, only_end = _grown(current, following)
        if not tree:
            return current
        current = only_end or _followed(current, tree)


@dataclass(slots=True)
class _Place:
    """A certificate on its place in the tree of them all."""

    cert: Certificate
    takes: frozenset[str]
    """The devices and invites of which it takes rights away."""
    behind: frozenset[str]
    """Who signed it, and by whom that one came in."""
    at: int
    is_by_administrator: bool
    weight: int = 0
    """How many certificates of administrators stand here one upon another, and how many of those nobody contests."""
    sure: int = 0
    size: int = 1
    after: "list[_Place]" = field(default_factory=list)

    def holds(self, other: "_Place") -> bool:
        """Whether *other* is this one, or stands on it."""
        return self.at <= other.at < self.at + self.size


def _grown(
    start: Membership, following: Mapping[RevisionId, list[Certificate]]
) -> tuple[dict[RevisionId, _Place], Membership | None]:
    """Every certificate that somebody who was in signed, branch by branch, and the membership at the end if it is one.

    Of every other end nothing is kept: there may be thousands, each with all who belong to it.
    """
    tree: dict[RevisionId, _Place] = {}
    ends = 0
    waiting: list[tuple[Membership, Certificate]] = []
    current = start
    while True:
        grown = [(current, each) for each in following.get(current.head, ()) if _is_admitted(current, each)]
        waiting += grown
        ends += not grown
        if not waiting:
            break
        before, cert = waiting.pop()
        current, works = _with(before, cert)
        takes = before.taken_by(cert.action) | _cancelled(before, current) if works else frozenset[str]()
        by_administrator = before.role_of(cert.author) is Role.ADMIN
        place = _Place(cert, takes, before.brought_in(cert.author), len(tree), by_administrator)
        tree[cert.id] = place
        if before.head in tree:
            tree[before.head].after.append(place)
    for place in reversed(tree.values()):
        place.size += sum(each.size for each in place.after)
    return tree, current if ends == 1 else None


def _cancelled(before: Membership, after: Membership) -> frozenset[str]:
    """The invites that went with who left."""
    return frozenset(
        name for name, each in after.invites.items() if each.is_cancelled and not before.invites[name].is_cancelled
    )


def _followed(current: Membership, tree: Mapping[RevisionId, _Place]) -> Membership:
    """The membership at the end of the branch that goes on, with what the others take away."""
    takers: dict[str, list[_Place]] = {}
    for place in tree.values():
        for name in place.takes:
            takers.setdefault(name, []).append(place)

    def is_contested(place: _Place) -> bool:
        return any(not place.holds(each) for name in place.behind for each in takers.get(name, ()))

    def order(place: _Place) -> tuple[bool, int, int, bool, RevisionId]:
        does_nothing = not _with(current, place.cert)[1]
        return is_contested(place), -place.sure, -place.weight, does_nothing, place.cert.id

    for place in reversed([*tree.values()]):
        by_administrator = place.is_by_administrator
        place.weight = by_administrator + max((each.weight for each in place.after), default=0)
        is_sure = by_administrator and not is_contested(place)
        place.sure = is_sure + max((each.sure for each in place.after), default=0)
    places = [each for each in tree.values() if each.cert.before == current.head]
    while places:
        chosen, *lost = sorted(places, key=order)
        current, _works = _with(current, chosen.cert)
        for loser in (each for other in lost for each in _branch(other) if each.takes):
            current = current.limited(loser.cert.action)
        places = chosen.after
    return current


def _branch(top: _Place) -> list[_Place]:
    """A place and all that stand on it."""
    found = [top]
    for each in found:
        found += each.after
    return sorted(found, key=lambda each: (each.cert.n, each.cert.id))


def _is_admitted(current: Membership, cert: Certificate) -> bool:
    try:
        current.admits(cert)
    except Refused:
        return False
    return True


def _with(current: Membership, cert: Certificate) -> tuple[Membership, bool]:
    """The membership after a certificate on its place, and whether that does anything."""
    try:
        return current.changed(cert), True
    except Refused:
        return current.passed(cert), False
