"""Joining through a hub that asks who comes in to sign in first: real casebooks, a hub and a provider on real ports."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casebook.database import Database, create_casebook, set_setting
from casebook.keys import FileKey
from casebook.problem import Problem
from casebook.record import made_here
from sync import circles, entering, policy
from sync.certificates import Policy, Role
from sync.hub.settings import Settings
from sync.hub_client import HubStore, issuers_at
from sync.inviting import keys_of
from sync.signing_in import CodeToType, SigningIn
from sync.store import Outcome, Unreachable
from sync.syncing import exchange_all
from tests.sync.hub.provider import Provider, browse
from tests.sync.hub.served import serving

Show = Callable[[str], bool]


@dataclass
class SignsIn:
    """Somebody with a browser, or without; how often it was asked, and the codes that were told."""

    show: Show = browse
    asked: list[Policy] = field(default_factory=list)
    told: list[CodeToType] = field(default_factory=list)

    def __call__(self, policy: Policy, key: bytes) -> str:
        self.asked.append(policy)
        return SigningIn(policy, key, seconds=20).anywhere(self.show, self.told.append)


@contextmanager
def casebook(folder: Path, name: str) -> Iterator[Database]:
    db = create_casebook(folder / name / "casebook.db", FileKey(name.encode().ljust(32, b"."), b"s" * 16))
    with db.write() as connection:
        set_setting(connection, "name", name.title())
    yield db
    db.close()


@dataclass
class Office:
    """Two colleagues; each works as themself."""

    both: tuple[Database, Database]

    @property
    def ank(self) -> Database:
        made_here(self.both[0].device.id)
        return self.both[0]

    @property
    def bea(self) -> Database:
        made_here(self.both[1].device.id)
        return self.both[1]

    def nothing_changed(self) -> bool:
        """Whether Bea is in no circle."""
        return len(circles.circles(self.bea)) == 1


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(
            (stack.enter_context(casebook(tmp_path, "ank")), stack.enter_context(casebook(tmp_path, "bea"))),
        )


@pytest.fixture
def space(office: Office, hub_address: str) -> str:
    """A circle of Ank at the hub, without any policy."""
    space = circles.begin(office.ank, "Kring Spaarne")
    circles.connect(office.ank, space, hub_address)
    exchange_all(office.ank)
    return space


@pytest.fixture
def invited(office: Office, space: str) -> circles.Invitation:
    """An invitation to the circle, which asks who joins to sign in."""
    policy.ask_to_sign_in(office.ank, space, domains=["@Gemeente.example "])
    made = circles.invite_code(office.ank, space)
    exchange_all(office.ank)
    return made


def joins(office: Office, made: circles.Invitation, signs_in: SignsIn) -> str:
    return circles.join(office.bea, made.address, made.code, signs_in)


def test_who_signs_in_is_in_at_once_and_reads_what_the_others_share(
    office: Office, invited: circles.Invitation, issuer: Provider
) -> None:
    bea = SignsIn()
    space = joins(office, invited, bea)
    assert bea.asked == [Policy(issuer.address, "casusboek", ["gemeente.example"])]
    exchange_all(office.bea)
    exchange_all(office.ank)
    assert [each.name for each in circles.people(office.ank, space)] == ["Ank", "Bea"]
    assert next(each.name for each in circles.circles(office.bea) if each.space == space) == "Kring Spaarne"


def test_without_a_browser_a_code_is_told(office: Office, invited: circles.Invitation, issuer: Provider) -> None:
    bea = SignsIn(show=lambda _address: False)
    joins(office, invited, bea)
    assert bea.told == [CodeToType("WDJB-MJHT", f"{issuer.address}/activate")]
    assert not office.nothing_changed()


def test_where_nothing_is_asked_nobody_signs_in(office: Office, space: str) -> None:
    made = circles.invite_code(office.ank, space)
    exchange_all(office.ank)
    bea = SignsIn()
    joins(office, made, bea)
    assert bea.asked == []
    assert not office.nothing_changed()


def test_when_the_policy_goes_who_has_a_code_joins_again_without_signing_in(
    office: Office, invited: circles.Invitation, space: str
) -> None:
    policy.ask_nobody(office.ank, space)
    exchange_all(office.ank)
    assert policy.policy_of(office.ank, space) == Policy()
    bea = SignsIn()
    joins(office, invited, bea)
    assert bea.asked == []


def test_who_cannot_sign_in_is_told_and_can_try_again(
    office: Office, invited: circles.Invitation, issuer: Provider
) -> None:
    wrong: dict[str, object] = {"email": "bea@elders.example"}
    for claims, refuses, said in (
        (wrong, False, "niet met een mailadres dat deze kring toelaat"),
        ({"email": None}, False, "geen gecontroleerd mailadres"),
        ({"email_verified": False}, False, "geen gecontroleerd mailadres"),
        ({"aud": "another"}, False, issuer.address),
        ({}, True, "ingelogd"),
    ):
        issuer.claims, issuer.refuses = dict(claims), refuses
        for show in (browse, lambda _address: False):
            with pytest.raises(Problem, match=said):
                joins(office, invited, SignsIn(show))
            assert office.nothing_changed()
    issuer.refuses = False
    joins(office, invited, SignsIn())
    assert not office.nothing_changed()


def test_an_issuer_that_the_hub_lost_sight_of_is_told_before_anybody_signs_in(
    office: Office, invited: circles.Invitation, space: str, tmp_path: Path, issuer: Provider
) -> None:
    with serving(Settings(data=tmp_path / "hub")) as other:
        address, bea = f"{other}#{space}", SignsIn()
        with pytest.raises(Problem, match=issuer.address):
            circles.join(office.bea, address, invited.code, bea)
        assert bea.asked == []
        assert office.nothing_changed()


def test_an_issuer_that_is_away_is_told_and_nothing_changes(office: Office, space: str, tmp_path: Path) -> None:
    away = "http://127.0.0.1:9"
    with serving(Settings(data=tmp_path / "hub", issuers=(away,))) as other:
        circles.connect(office.ank, space, other)
        policy.ask_to_sign_in(office.ank, space)
        made = circles.invite_code(office.ank, space)
        exchange_all(office.ank)
        with pytest.raises(Problem, match=away):
            joins(office, made, SignsIn())
        assert office.nothing_changed()


def test_where_nobody_can_sign_in_it_says_so(office: Office, invited: circles.Invitation) -> None:
    with pytest.raises(Problem, match="inlogt"):
        circles.join(office.bea, invited.address, invited.code)
    assert office.nothing_changed()


def test_an_answer_that_was_lost_does_not_use_the_invite_up(
    office: Office, invited: circles.Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = HubStore.push

    def lost(store: HubStore, envelopes: list[bytes]) -> list[Outcome]:
        if push(store, envelopes) == [Outcome.OK]:
            raise Unreachable("the answer was lost")
        raise AssertionError

    monkeypatch.setattr(HubStore, "push", lost)
    with pytest.raises(Problem):
        joins(office, invited, SignsIn())
    assert office.nothing_changed()
    monkeypatch.undo()
    space = joins(office, invited, SignsIn())
    exchange_all(office.bea)
    exchange_all(office.ank)
    assert len(circles.people(office.ank, space)) == 2


def test_who_is_in_already_cannot_join_once_more(office: Office, invited: circles.Invitation) -> None:
    joins(office, invited, SignsIn())
    with pytest.raises(Problem):
        joins(office, invited, SignsIn())
    assert len(circles.circles(office.bea)) == 2


def test_a_code_with_a_slip_and_one_that_is_used_are_told_apart(
    office: Office, invited: circles.Invitation, tmp_path: Path
) -> None:
    slip = invited.code[:-1] + ("a" if invited.code[-1] != "a" else "b")
    with pytest.raises(Problem, match="code"):
        circles.join(office.bea, invited.address, slip, SignsIn())
    assert office.nothing_changed()
    joins(office, invited, SignsIn())
    with casebook(tmp_path, "cas") as cas, pytest.raises(Problem, match="gebruikt"):
        circles.join(cas, invited.address, invited.code, SignsIn())


def test_another_device_cannot_go_on_where_this_one_came_in(
    office: Office, invited: circles.Invitation, tmp_path: Path
) -> None:
    joins(office, invited, SignsIn())
    with casebook(tmp_path, "mallory") as mallory, pytest.raises(Problem):
        circles.join(mallory, invited.address, invited.code, SignsIn())


def test_a_certificate_that_came_between_is_no_matter(
    office: Office, invited: circles.Invitation, space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = entering._signed
    times: list[int] = []

    def slow(*arguments: object) -> object:
        made = signed(*arguments)  # type: ignore[arg-type]  # whatever it is given
        if not times:
            times.append(1)
            circles.invite_code(office.ank, space)
            exchange_all(office.ank)
        return made

    monkeypatch.setattr(entering, "_signed", slow)
    joins(office, invited, SignsIn())
    assert not office.nothing_changed()


def test_a_hub_tells_which_issuers_it_trusts(hub_address: str, issuer: Provider) -> None:
    assert issuers_at(hub_address) == (issuer.address,)


@pytest.mark.parametrize(
    "asked",
    [
        {"issuer": "https://elders.example"},
        {"client": " "},
        {"client": "x" * 201},
        {"domains": [""]},
        {"domains": ["gemeente"]},
        {"domains": ["a b.nl"]},
        {"domains": ["x" * 70 + ".nl"]},
    ],
)
def test_a_policy_that_would_let_nobody_in_is_not_made(office: Office, space: str, asked: dict[str, str]) -> None:
    with pytest.raises(Problem):
        policy.ask_to_sign_in(office.ank, space, **asked)
    assert policy.policy_of(office.ank, space) == Policy()


def test_at_a_hub_without_issuers_or_in_a_folder_nobody_is_asked_to_sign_in(
    office: Office, space: str, tmp_path: Path
) -> None:
    with serving(Settings(data=tmp_path / "other")) as other:
        circles.connect(office.ank, space, other)
        with pytest.raises(Problem):
            policy.ask_to_sign_in(office.ank, space)
    with pytest.raises(Problem):
        policy.ask_to_sign_in(office.ank, space)  # the hub is away
    (tmp_path / "shared").mkdir()
    circles.connect(office.ank, space, str(tmp_path / "shared"))
    with pytest.raises(Problem, match="hub"):
        policy.ask_to_sign_in(office.ank, space)
    assert policy.policy_of(office.ank, space) == Policy()


def test_only_an_administrator_says_who_signs_in(office: Office, invited: circles.Invitation) -> None:
    space = joins(office, invited, SignsIn())
    exchange_all(office.bea)
    assert circles.circle(office.bea, space).role is Role.EDITOR  # type: ignore[union-attr]  # it is there
    for work in (policy.ask_to_sign_in, policy.ask_nobody):
        with pytest.raises(Problem):
            work(office.bea, space)


def test_a_further_device_of_ones_own_signs_in_too(
    office: Office, space: str, tmp_path: Path, invited: circles.Invitation
) -> None:
    made = circles.own_device_code(office.ank, space)
    exchange_all(office.ank)
    with casebook(tmp_path, "laptop") as laptop:
        made_here(laptop.device.id)
        mine = SignsIn()
        circles.join(laptop, made.address, made.code, mine)
        assert len(mine.asked) == 1
        assert laptop.device.member != office.ank.device.member
        assert circles.own_member(laptop, space) == circles.own_member(office.ank, space)
    assert keys_of(invited.code, space)
