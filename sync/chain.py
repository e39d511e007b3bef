"""The certificates that are here, as one chain, and the membership they make."""

from collections.abc import Iterable, Iterator

from nacl.signing import VerifyKey

from casebook.envelope import Envelope, Refused, RevisionId
from sync.certificates import Add, Certificate, Create, Invite
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
        self._signers = _Signers(self._known.values())

    def __iter__(self) -> Iterator[Certificate]:
        return iter(sorted(self._known.values(), key=lambda each: (each.n, each.id)))

    def __len__(self) -> int:
        return len(self._known)

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
        signers = _Signers(known.values())
        for each in waiting:
            if each.id in known or each.before not in known or current is None:
                continue
            try:
                current = current.after(each)
            except Refused:
                forked = True
                if not signers.signed(each.envelope):
                    continue
            known[each.id] = each
            signers.introduce(each)
            accepted.append(each)
        return Chain(known.values(), None if forked else current), accepted

    def is_signed(self, envelope: Envelope) -> bool:
        """Whether a device or an invite that is, or was, in it signed this, on whatever branch it came in.

        So it does not matter in which order branches come: whoever has the same set believes the same.
        """
        return self._signers.signed(envelope)

    def denies(self, envelope: Envelope) -> bool:
        """Whether the one that an envelope names is, or was, in it, on whatever branch, and did not sign this."""
        return self._signers.knows(envelope.header.dev) and not self._signers.signed(envelope)


class _Signers:
    """The devices and invites that ever came in, with the keys they sign with: a fork can give one name two."""

    def __init__(self, certificates: Iterable[Certificate]) -> None:
        self._keys: dict[str, set[bytes]] = {}
        for each in certificates:
            self.introduce(each)

    def introduce(self, cert: Certificate) -> None:
        """Know whoever a certificate brings in."""
        match cert.action:
            case Create(device=name, vk=vk) | Add(device=name, vk=vk) | Invite(invite=name, vk=vk):
                self._keys.setdefault(name, set()).add(vk)

    def knows(self, name: str) -> bool:
        """Whether this device or invite ever came in."""
        return name in self._keys

    def signed(self, envelope: Envelope) -> bool:
        """Whether the one that an envelope names signed it."""
        return any(_has_signed(each, envelope) for each in self._keys.get(envelope.header.dev, ()))


def _has_signed(key: bytes, envelope: Envelope) -> bool:
    try:
        envelope.verify(VerifyKey(key))
    except Refused:
        return False
    return True
