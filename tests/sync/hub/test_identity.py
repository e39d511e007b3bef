"""A circle that asks for it lets in only who its issuer knows, with a provider on a real port."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from casebook.problem import Problem
from sync.certificates import Certificate, Policy, Role
from sync.hub.app import create_app
from sync.hub.serving import Hub
from sync.hub.settings import Settings
from sync.hub_client import HubStore
from sync.issuer import nonce_for
from sync.signing_in import CodeToType, SigningIn
from sync.store import IdentityNeeded, Lack, NotAllowed, Outcome
from tests.sync.hub.provider import Provider, browse
from tests.sync.hub.served import hub_with, store_at
from tests.sync.in_process import InProcess
from tests.sync.people import Person, Story, invitation

BEA = Person("bea")
CODE = Person("code")


@pytest.fixture
def story(issuer: Provider) -> Story:
    """A circle with an open invite, that asks who joins to sign in."""
    story = Story(Person("ank"), wall=time.time_ns() // 1_000_000 - 1_000)
    story.do(policy(issuer))
    story.do(invitation(CODE, uses=0))
    return story


@pytest.fixture
def hub(tmp_path: Path, issuer: Provider, story: Story) -> Iterator[Hub]:
    with hub_with(Settings(data=tmp_path, issuers=(issuer.address,))) as hub:
        hub.clock = lambda: time.time_ns() // 1_000_000
        founder = at(hub, story, story.admin)
        founder.push([each.envelope.raw for each in story.chain])
        yield hub


def policy(issuer: Provider) -> Policy:
    return Policy(issuer.address, "casusboek", ["gemeente.example"])


def at(hub: Hub, story: Story, person: Person, identity: str = "", joins: bool = False) -> HubStore:
    return HubStore(
        "http://127.0.0.1",
        story.space,
        person.device,
        person.signer,
        hub.clock,
        invite=CODE.signer if joins else None,
        identity=identity,
        transport=InProcess(create_app(hub)),
    )


def added(story: Story) -> Certificate:
    return story.sign(BEA.add(), by=CODE)


def joins(hub: Hub, story: Story, identity: str) -> bool:
    return at(hub, story, BEA, identity, joins=True).push([added(story).envelope.raw]) == [Outcome.OK]


def for_bea() -> str:
    return nonce_for(bytes(BEA.signer.verify_key))


def signing_in(issuer: Provider) -> SigningIn:
    return SigningIn(policy(issuer), bytes(BEA.signer.verify_key), seconds=10)


def test_who_signed_in_with_the_browser_joins(hub: Hub, story: Story, issuer: Provider) -> None:
    assert joins(hub, story, signing_in(issuer).in_browser(browse))


def test_who_signed_in_on_another_device_joins(hub: Hub, story: Story, issuer: Provider) -> None:
    shown: list[CodeToType] = []
    assert joins(hub, story, signing_in(issuer).elsewhere(shown.append))
    assert shown == [CodeToType("WDJB-MJHT", f"{issuer.address}/activate")]


def test_without_signing_in_nobody_joins(hub: Hub, story: Story) -> None:
    for token in ("", "rubbish", "a.b.c", "e30.e30.e30"):
        with pytest.raises(IdentityNeeded):
            joins(hub, story, token)


def test_a_token_for_another_device_lets_nobody_in(hub: Hub, story: Story, issuer: Provider) -> None:
    stolen = issuer.token(nonce_for(bytes(Person("mallory").signer.verify_key)))
    assert not joins(hub, story, stolen)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": ["casusboek", "another"]},
        {"iss": "https://elsewhere.example"},
        {"exp": 1},
        {"exp": "never"},
        {"email": "mallory@elsewhere.example"},
    ],
)
def test_a_token_that_says_something_else_lets_nobody_in(
    hub: Hub, story: Story, issuer: Provider, claims: dict[str, object]
) -> None:
    issuer.claims = dict(claims)
    with pytest.raises(IdentityNeeded):
        joins(hub, story, issuer.token(for_bea()))


@pytest.mark.parametrize(
    "claims", [{"email": ""}, {"email": None}, {"email": "gemeente.example"}, {"email_verified": False}]
)
def test_an_issuer_without_a_mail_address_that_it_is_sure_of_lets_nobody_in_and_that_is_what_is_said(
    hub: Hub, story: Story, issuer: Provider, claims: dict[str, object]
) -> None:
    issuer.claims = dict(claims)
    with pytest.raises(IdentityNeeded) as told:
        joins(hub, story, issuer.token(for_bea()))
    assert told.value.lack is Lack.MAIL
    assert next(iter(claims)) in str(told.value), "the details name the claim, for the administrator"


def test_a_token_signed_by_somebody_else_lets_nobody_in(hub: Hub, story: Story, issuer: Provider) -> None:
    other = Provider(address=issuer.address)
    with pytest.raises(IdentityNeeded):
        joins(hub, story, other.token(for_bea()))


def test_when_the_issuer_takes_another_key_people_still_join(hub: Hub, story: Story, issuer: Provider) -> None:
    moment = [0.0]
    hub.issuers.clock = lambda: moment[0]
    issuer.claims = {"aud": "another"}
    with pytest.raises(IdentityNeeded):
        joins(hub, story, issuer.token(for_bea()))
    issuer.claims = {}
    issuer.rotate()
    moment[0] += 11
    assert joins(hub, story, issuer.token(for_bea()))


def test_the_hub_visits_no_issuer_that_its_administrator_did_not_name(
    tmp_path: Path, story: Story, issuer: Provider
) -> None:
    with hub_with(Settings(data=tmp_path / "other")) as hub:
        hub.clock = lambda: time.time_ns() // 1_000_000
        at(hub, story, story.admin).push([each.envelope.raw for each in story.chain])
        with pytest.raises(IdentityNeeded, match="does not trust"):
            joins(hub, story, issuer.token(for_bea()))


def test_an_administrator_adds_a_device_without_signing_in(hub: Hub, story: Story) -> None:
    cas = Person("cas")
    assert at(hub, story, story.admin).push([story.do(cas.add(Role.EDITOR)).envelope.raw]) == [Outcome.OK]
    # But another member does not let anybody in who comes with an invite.
    assert at(hub, story, cas).push([added(story).envelope.raw]) == [Outcome.DENIED]


def test_an_issuer_that_does_not_repeat_what_was_asked_is_told_of(issuer: Provider) -> None:
    issuer.repeats_nonce = False
    with pytest.raises(Problem):
        signing_in(issuer).elsewhere(lambda _code: None)


def test_nobody_waits_for_ever(issuer: Provider) -> None:
    attempt = signing_in(issuer)

    def show(_address: str) -> bool:
        attempt.cancelled.set()
        return True

    with pytest.raises(Problem):
        attempt.in_browser(show)


def test_an_answer_with_another_state_is_not_taken(issuer: Provider) -> None:
    attempt = signing_in(issuer)

    def forge(address: str) -> None:
        back = httpx.URL(address).params["redirect_uri"]
        httpx.get(f"{back}?state=forged&code=forged")
        attempt.cancelled.set()

    def show(address: str) -> bool:
        threading.Thread(target=forge, args=(address,)).start()
        return True

    with pytest.raises(Problem):
        attempt.in_browser(show)


def test_an_issuer_that_is_away_is_a_sentence() -> None:
    attempt = SigningIn(Policy("http://127.0.0.1:9", "casusboek"), bytes(32))
    with pytest.raises(Problem):
        attempt.in_browser(lambda _address: True)


def test_an_invite_still_gets_no_more_than_the_certificates(hub: Hub, story: Story) -> None:
    with pytest.raises(NotAllowed):
        list(store_at(hub, story, CODE).ids())
