"""The certificates that are here, as one chain, and the membership they make."""

from collections.abc import Iterable, Iterator

from casebook.envelope import Refused, RevisionId
from sync.certificates import Certificate, Create
from sync.forks import evaluate
from sync.membership import Membership


class Chain:
    """It never changes: with more certificates there is a new one."""

    def __init__(self, certificates: Iterable[Certificate], membership: Membership | None = None) -> None:
        self._known = {each.id: each for each in certificates}
        self.root = next((each for each in self._known.values() if isinstance(each.action, Create)), None)
        if membership is None and self.root:
            membership = evaluate(self.root, self._known.values())
        self.membership = membership

    def __iter__(self) -> Iterator[Certificate]:
        return iter(sorted(self._known.values(), key=lambda each: (each.n, each.id)))

    @property
    def path(self) -> set[RevisionId]:
        """The certificates that stand, from the first to the newest."""
        found: set[RevisionId] = set()
        at = self.membership.head if self.membership else None
        while at:
            found.add(at)
            at = self._known[at].before
        return found

    def grown(self, certificates: Iterable[Certificate]) -> tuple["Chain", list[Certificate]]:
        """The chain with those of these certificates that somebody of this space signed, and which those are.

        One that stands on a certificate that is not here, or by somebody unknown, is left out: it comes again.
        """
        current, accepted, forked = self.membership, list[Certificate](), False
        waiting = sorted(certificates, key=lambda each: (each.n, each.id))
        known = dict(self._known)
        for each in waiting:
            if each.id in known or each.before not in known or current is None:
                continue
            try:
                current = current.after(each)
            except Refused:
                forked = True
                if not _is_signed(each, current):
                    continue
            known[each.id] = each
            accepted.append(each)
        return Chain(known.values(), None if forked else current), accepted


def _is_signed(cert: Certificate, membership: Membership) -> bool:
    try:
        cert.envelope.verify(membership.signer(cert.author))
    except Refused:
        return False
    return True
