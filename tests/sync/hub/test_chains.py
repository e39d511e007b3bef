"""The chain that a process of a hub remembers is the one in the database, whatever happened to that."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, create_engine, delete, insert

from sync.certificates import Certificate, Policy, Remove, Role
from sync.hub import rows
from sync.hub.chains import Chains
from sync.hub.tables import envelope, hub
from sync.membership import Membership
from sync.store import Digest
from tests.sync.people import Person, Story


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    hub.create_all(engine)
    with engine.connect() as found:
        yield found


@pytest.fixture
def story() -> Story:
    found = Story(Person("ank"))
    found.welcome("bea", Role.ADMIN)
    found.welcome("cas")
    return found


def stored(connection: Connection, certificates: Sequence[Certificate]) -> rows.Known:
    """A space in which these came in, in this order, whatever was there before."""
    connection.execute(delete(envelope))
    found = [rows.row_of(each.envelope, n, 0) for n, each in enumerate(certificates, 1)]
    connection.execute(insert(envelope), found)
    return rows.Known(found[0]["space"], len(found), Digest(), rows.marked(certificates[-1].id))


def believed(chains: Chains, connection: Connection, here: rows.Known) -> Membership:
    found = chains.chain(connection, here).membership
    assert found is not None
    return found


def test_a_process_that_stood_idle_sees_that_another_certificate_came_before_the_same_last_one(
    connection: Connection, story: Story
) -> None:
    bea, cas = Person("bea"), Person("cas")
    top = story.membership
    lost = story.sign(Person("old").add(), on=top)
    last = story.sign(Policy(), by=bea, on=top)
    came = story.sign(Remove(devices=[cas.device], cut=[]), on=top)
    idle = Chains()
    before = believed(idle, connection, stored(connection, [*story.chain, lost, last]))
    assert before.role_of(cas.device) is not None
    here = stored(connection, [*story.chain, came, last])
    assert believed(idle, connection, here).role_of(cas.device) is None
    assert believed(idle, connection, here).devices == believed(Chains(), connection, here).devices


def test_what_comes_in_is_added_to_what_is_remembered(connection: Connection, story: Story) -> None:
    chains = Chains()
    believed(chains, connection, stored(connection, story.chain[:-1]))
    here = stored(connection, story.chain)
    assert believed(chains, connection, here).head == story.chain[-1].id
    assert chains.chain(connection, here) is chains.chain(connection, here)


def test_a_mark_written_by_an_earlier_version_names_the_certificate_too(connection: Connection, story: Story) -> None:
    here = stored(connection, story.chain)
    old = rows.Known(here.id, here.seq, here.digest, story.chain[-1].id)
    assert old.last_cert == here.last_cert == story.chain[-1].id
    assert believed(Chains(), connection, old).head == story.chain[-1].id
