"""Colleagues who write in one circle at the same time, each from what they happened to have seen."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from nacl.signing import SigningKey

from casebook.areas import Area
from casebook.case import Case
from casebook.condition import Condition
from casebook.database import Database
from casebook.envelope import Envelope, RevisionId, Stamped, State, opened, seal
from casebook.record import new_id
from casebook.spaces import SpaceKind, add_key, add_space

KEYS = {1: b"1" * 32, 2: b"2" * 32}
BANNED = "00000000-0000-7000-8000-000000000bad"


@dataclass
class World:
    """The envelopes of a circle; the same seed gives the same revisions of the same records."""

    seed: int
    space: str = field(default_factory=new_id)
    envelopes: list[Envelope] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        people = {f"00000000-0000-7000-8000-00000000000{n}": SigningKey(bytes([n]) * 32) for n in range(3)}
        people[BANNED] = SigningKey(b"b" * 32)
        records = self._records(chance, list(people))
        written: dict[str, list[Envelope]] = {}
        wall = 1_795_000_000_000
        for _time in range(chance.randint(5, 40)):
            record, kind, fields = chance.choice(records)
            before = written.setdefault(record, [])
            seen = chance.sample(before, min(len(before), chance.randint(0, 2)))
            device = chance.choice(list(people))
            wall += chance.randint(0, 2) * 1000
            state = State(kind, {name: _stamped(chance, each, wall) for name, each in fields.items()})
            number = chance.choice(list(KEYS))
            _id, raw = seal(
                state,
                record=record,
                space=self.space,
                parents=tuple(each.id for each in seen),
                device=device,
                wall=wall,
                key=KEYS[number],
                key_number=number,
                signer=people[device],
            )
            before.append(opened(raw))
        self.envelopes = [each for revisions in written.values() for each in revisions]

    def _records(self, chance: random.Random, people: list[str]) -> list[tuple[str, str, dict[str, object]]]:
        found: list[tuple[str, str, dict[str, object]]] = []
        for number in range(chance.randint(1, 3)):
            person = chance.choice(people)
            case = str(new_id(device=person))
            found.append((case, Case.kind, {"title": f"Casus {number}", "goal": "Groen.", "areas": ["oost", "west"]}))
            found += [
                (str(new_id(device=person)), Condition.kind, {"case_id": case, "text": "Samen"}) for _time in range(2)
            ]
        found.append((str(new_id(device=person)), Area.kind, {"code": "oost", "name": "Oost"}))
        found.append((str(new_id(device=person)), "kind_of_tomorrow", {"case_id": found[0][0], "text": "?"}))
        return found


def _stamped(chance: random.Random, value: object, wall: int) -> Stamped:
    if isinstance(value, list):
        return Stamped({each: Stamped(chance.random() < 0.7, wall, b"") for each in value}, wall, b"")
    if chance.random() < 0.1:
        return Stamped(value, wall, b"")
    return Stamped(f"{value} {chance.randint(1, 4)}.", wall, b"") if value != "oost" else Stamped(value, wall, b"")


def join(db: Database, world: World) -> None:
    """Give a casebook room for the circle, with its first key."""
    with db.write() as connection:
        add_space(db, connection, world.space, SpaceKind.CIRCLE)
        add_key(db, connection, world.space, 1, b"c" * 32, KEYS[1])


def not_searched_yet(db: Database) -> None:
    """Leave the cases as a first fetch does for a moment: here, and none of their words in the index."""
    with db.write() as connection:
        connection.exec_driver_sql("INSERT INTO unindexed SELECT n FROM record WHERE kind = 'case'")
        connection.exec_driver_sql("DELETE FROM words")


def counts(revisions: Iterable[tuple[RevisionId, str, tuple[RevisionId, ...]]], _record: str) -> set[RevisionId]:
    """All that was not written on the banned device."""
    return {each for each, device, _parents in revisions if device != BANNED}
