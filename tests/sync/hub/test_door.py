"""Who comes in at a hub, and who does not."""

from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from nacl.signing import SigningKey

from casebook.envelope import opened
from casebook.problem import Problem
from sync.certificates import Cancel, Remove, certificate
from sync.frames import framed
from sync.hub.app import create_app
from sync.hub.codes import TICKET, TOKEN, new_code
from sync.hub.serving import Hub
from sync.hub.settings import Settings
from sync.hub_client import HubStore
from sync.signed_request import authorization
from sync.store import Emptied, NotAllowed, Outcome, TicketNeeded
from tests.sync.hub.served import hub_with, store_at
from tests.sync.in_process import InProcess
from tests.sync.people import START, Person, Story, invitation, record_of, second_device

OK = Outcome.OK


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_with(Settings(data=tmp_path)) as found:
        yield found


@pytest.fixture
def ank(hub: Hub, story: Story) -> Iterator[HubStore]:
    """The administrator, with the space begun."""
    found = store_at(hub, story)
    found.push([story.chain[0].envelope.raw])
    yield found
    found.close()


@pytest.fixture
def raw(hub: Hub) -> Iterator[httpx.Client]:
    """Requests as somebody else makes them."""
    with httpx.Client(transport=InProcess(create_app(hub)), base_url="http://127.0.0.1") as found:
        yield found


def publish(ank: HubStore, story: Story) -> None:
    ank.push([each.envelope.raw for each in story.chain])


def visitor(hub: Hub, story: Story, person: Person) -> HubStore:
    return store_at(hub, story, person)


def test_a_stranger_gets_nothing(hub: Hub, ank: HubStore, story: Story) -> None:
    mallory = visitor(hub, story, Person("mallory"))
    for ask in (lambda: mallory.pull(None, 10, False), lambda: list(mallory.ids()), lambda: mallory.get([bytes(32)])):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotAllowed):
        mallory.push([story.revision(story.admin, "hers", record=record_of(story.admin, 1))[1]])


def test_a_device_that_signs_with_another_key_gets_nothing(hub: Hub, ank: HubStore, story: Story) -> None:
    forger = Person("ank", SigningKey.generate())
    with pytest.raises(NotAllowed):
        visitor(hub, story, forger).pull(None, 10, False)


def test_a_removed_device_gets_nothing(hub: Hub, ank: HubStore, story: Story) -> None:
    bea = story.welcome("bea")
    publish(ank, story)
    hers = visitor(hub, story, bea)
    assert hers.pull(None, 10, False).envelopes
    story.do(Remove(devices=[bea.device], cut=[]))
    publish(ank, story)
    with pytest.raises(NotAllowed):
        hers.pull(None, 10, False)
    with pytest.raises(NotAllowed):
        hers.push([story.revision(bea, "late")[1]])


@pytest.mark.parametrize("what", ["device", "member"])
def test_who_is_frozen_gets_nothing_until_thawed(
    hub: Hub, ank: HubStore, raw: httpx.Client, story: Story, what: str
) -> None:
    bea = story.welcome("bea")
    publish(ank, story)
    hers = visitor(hub, story, bea)
    token = hub.db.write(lambda connection: new_code(connection, TOKEN, START))
    asked = {"space": story.space, what: bea.device if what == "device" else bea.name}

    def administer(call: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return raw.post(f"/v1/admin/{call}", json=asked, headers=headers).status_code

    assert administer("freeze") == administer("freeze") == 200
    with pytest.raises(NotAllowed, match="frozen"):
        hers.pull(None, 10, False)
    with pytest.raises(NotAllowed):
        hers.push([story.revision(bea, "late")[1]])
    assert ank.pull(None, 10, False).envelopes
    garbled = raw.post("/v1/admin/freeze", content=b'{"space":"\xff"}', headers={"Authorization": f"Bearer {token}"})
    assert garbled.status_code == 400
    assert administer("thaw") == 200
    assert hers.push([story.revision(bea, "back")[1]]) == [OK]


def test_only_an_administrator_gives_back_what_the_hub_lost(hub: Hub, ank: HubStore, story: Story) -> None:
    """Who says that something was there before may have signed it just now: with a used invite, on an old place."""
    bea = story.welcome("bea")
    before = story.membership
    publish(ank, story)
    ank.push([story.do(Person("cas").add()).envelope.raw])
    lost = story.sign(Person("dirk").add(), on=before).envelope.raw
    assert visitor(hub, story, bea).push([lost], given_back=True) == [Outcome.DENIED]
    assert ank.push([lost], given_back=True) == [OK]


def test_without_the_token_nobody_is_frozen(hub: Hub, ank: HubStore, raw: httpx.Client, story: Story) -> None:
    ticket = hub.db.write(lambda connection: new_code(connection, TICKET, START))
    asked = {"space": story.space, "device": story.admin.device}
    for header in ({}, {"Authorization": "Bearer guess"}, {"Authorization": f"Bearer {ticket}"}):
        assert raw.post("/v1/admin/freeze", json=asked, headers=header).status_code == 401
    assert ank.pull(None, 10, False).envelopes


def test_an_invite_fetches_certificates_and_adds_one_device(hub: Hub, ank: HubStore, story: Story) -> None:
    code, bea = Person("code"), Person("bea")
    story.do(invitation(code))
    publish(ank, story)
    ank.push([story.revision(story.admin, "secret")[1]])
    joining = HubStore(
        "http://127.0.0.1",
        story.space,
        bea.device,
        bea.signer,
        lambda: START,
        invite=code.signer,
        transport=InProcess(create_app(hub)),
    )
    page = joining.pull(None, 10, False)
    assert {opened(each).header.kind for each in page.envelopes} == {"cert"}
    assert page.digest is None
    with pytest.raises(NotAllowed):
        list(joining.ids())
    with pytest.raises(NotAllowed):
        joining.push([story.revision(story.admin, "more")[1]])
    add = story.do(bea.add(), by=code)
    assert joining.push([add.envelope.raw]) == [OK]
    # From now on the device asks by itself, and gets everything.
    assert {opened(each).header.kind for each in joining.pull(None, 10, False).envelopes} == {"cert", "rev"}
    assert joining.push([story.revision(bea, "hers")[1]]) == [OK]


def test_joining_again_after_a_lost_answer_is_harmless(ank: HubStore, raw: httpx.Client, story: Story) -> None:
    code, bea = Person("code"), Person("bea")
    story.do(invitation(code))
    add = story.do(bea.add(), by=code)
    publish(ank, story)
    body = framed([add.envelope.raw])
    target = f"/v1/{story.space}/push"
    header = {"Authorization": authorization(code.device, code.signer, START, "POST", target, body)}
    answer = raw.post(target, content=body, headers=header)
    assert answer.json()["outcomes"] == ["known"]


@pytest.mark.parametrize("ended", ["used", "cancelled", "old"])
def test_an_invite_that_is_not_open_gets_nothing(hub: Hub, ank: HubStore, story: Story, ended: str) -> None:
    code = Person("code")
    story.do(invitation(code, until=START - 1 if ended == "old" else 0))
    if ended == "used":
        story.do(Person("bea").add(), by=code)
    elif ended == "cancelled":
        story.do(Cancel(code.device))
    publish(ank, story)
    with pytest.raises(NotAllowed):
        visitor(hub, story, code).pull(None, 10, False)


def test_of_somebody_frozen_the_invites_are_frozen_too(hub: Hub, ank: HubStore, story: Story) -> None:
    from sync.hub.freezing import freeze

    bea, code = story.welcome("bea"), Person("code")
    story.do(invitation(code, role=story.membership.roles["bea"], member="bea"), by=bea)
    publish(ank, story)
    theirs = visitor(hub, story, code)
    assert theirs.pull(None, 10, False).envelopes
    hub.db.write(lambda connection: freeze(connection, story.space, member="bea", now=START))
    with pytest.raises(NotAllowed):
        theirs.pull(None, 10, False)


def test_a_captured_request_does_nothing_new(hub: Hub, ank: HubStore, raw: httpx.Client, story: Story) -> None:
    target = f"/v1/{story.space}/push"
    body = framed([story.revision(story.admin, "once")[1]])
    header = {"Authorization": authorization(story.admin.device, story.admin.signer, START, "POST", target, body)}
    assert raw.post(target, content=body, headers=header).json()["outcomes"] == ["ok"]
    before = ank.pull(None, 10, False)
    assert raw.post(target, content=body, headers=header).json()["outcomes"] == ["known"]
    assert ank.pull(None, 10, False) == before
    other = framed([story.revision(story.admin, "twice")[1]])
    assert raw.post(target, content=other, headers=header).status_code == 401
    assert raw.post(f"/v1/{story.space}/get", content=body, headers=header).status_code == 401
    assert raw.get(f"/v1/{story.space}/pull?after=0", headers=header).status_code == 401


def test_an_old_request_is_refused_with_the_time(hub: Hub, ank: HubStore, raw: httpx.Client, story: Story) -> None:
    target = f"/v1/{story.space}/ids"
    old = authorization(story.admin.device, story.admin.signer, START - 301_000, "GET", target, b"")
    answer = raw.get(target, headers={"Authorization": old})
    assert (answer.status_code, answer.json()["error"], answer.json()["now"]) == (401, "clock", START)


@pytest.mark.parametrize("days", [-3, 3])
def test_with_a_wrong_clock_the_client_finds_the_offset_and_goes_on(
    hub: Hub, ank: HubStore, story: Story, days: int
) -> None:
    wrong = START + days * 86_400_000
    store = HubStore(
        "http://127.0.0.1",
        story.space,
        story.admin.device,
        story.admin.signer,
        lambda: wrong,
        transport=InProcess(create_app(hub)),
    )
    assert store.pull(None, 10, False).now == START
    assert store.offset == START - wrong


def test_nobody_begins_a_space_from_elsewhere_without_a_ticket(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path, founding="nobody")) as hub:
        create = story.chain[0].envelope.raw
        with pytest.raises(TicketNeeded):
            store_at(hub, story).push([create])
        ticket = hub.db.write(lambda connection: new_code(connection, TICKET, START))
        other = Story(Person("bea"), space="space-2")
        founder, second = (
            HubStore(
                "http://127.0.0.1",
                each.space,
                each.admin.device,
                each.admin.signer,
                lambda: START,
                ticket=ticket.upper(),
                transport=InProcess(create_app(hub)),
            )
            for each in (story, other)
        )
        assert founder.push([create]) == [OK]
        with pytest.raises(TicketNeeded):
            second.push([other.chain[0].envelope.raw])


def test_through_a_proxy_nobody_is_on_this_machine(hub: Hub, raw: httpx.Client, story: Story) -> None:
    target, body = f"/v1/{story.space}/push", framed([story.chain[0].envelope.raw])
    header = {
        "Authorization": authorization(story.admin.device, story.admin.signer, START, "POST", target, body),
        "X-Forwarded-For": "192.0.2.1",
    }
    assert raw.post(target, content=body, headers=header).json()["error"] == "ticket"


def test_somebody_elses_certificate_begins_nothing(hub: Hub, story: Story) -> None:
    with pytest.raises(NotAllowed):
        visitor(hub, story, Person("mallory")).push([story.chain[0].envelope.raw])


def test_what_is_pushed_before_a_space_begins_is_no_reason_to_stop(hub: Hub, story: Story) -> None:
    store = store_at(hub, story)
    assert store.pull(None, 10, False).envelopes == ()
    assert list(store.ids()) == store.get([bytes(32)]) == []
    assert not store.push([story.revision(story.admin, "early")[1]])[0].is_in


def test_a_hub_that_forgot_a_space_is_never_taken_for_an_empty_one(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path / "one")) as first, hub_with(Settings(data=tmp_path / "other")) as second:
        store = store_at(first, story)
        store.push([story.chain[0].envelope.raw])
        cursor = store.pull(None, 10, False).cursor
        with pytest.raises(Emptied):
            store_at(second, story).pull(cursor, 10, False)


def test_a_second_device_of_a_member_comes_in_by_itself(hub: Hub, ank: HubStore, story: Story) -> None:
    laptop = second_device(story.admin, "laptop")
    cert = certificate(story.sign(laptop.add(story.membership.roles["ank"])).envelope)
    assert ank.push([cert.envelope.raw]) == [OK]
    assert visitor(hub, story, laptop).pull(None, 10, False).envelopes


@pytest.mark.parametrize("version", [0, 2, 99])
def test_who_speaks_another_version_hears_which_one_is_spoken_here(
    hub: Hub, ank: HubStore, raw: httpx.Client, story: Story, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    answer = raw.get(f"/v{version}/{story.space}/pull")
    assert (answer.status_code, answer.json()["error"], answer.json()["newest"]) == (404, "version", 1)
    assert raw.get("/v1/nothing/of/the/kind").json()["error"] == "no_such_call"
    monkeypatch.setattr("sync.hub_client.PROTOCOL", version)
    with pytest.raises(Problem, match="ouder" if version > 1 else "nieuwere"):
        ank.pull(None, 10, False)
    monkeypatch.undo()
    assert ank.pull(None, 10, False).envelopes
