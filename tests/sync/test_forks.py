"""Two people change a space at one time, or somebody pretends they did: all come to the same membership."""

from dataclasses import replace
from time import perf_counter
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.utils import random

from casebook.envelope import Refused, opened
from sync.certificates import Action, Add, Cancel, Certificate, Policy, Remove, Role, SetRole, rotation
from sync.chain import Chain
from sync.forks import evaluate
from sync.membership import Membership
from tests.sync.people import Person, Story, invitation


@pytest.fixture
def story() -> Story:
    """A circle with two administrators, an editor and a reader."""
    found = Story(Person("ank"))
    found.welcome("bea", Role.ADMIN)
    found.welcome("cas")
    found.welcome("rik", Role.READER)
    return found


def after(story: Story, *more: Certificate) -> Membership:
    return evaluate(story.chain[0], [*story.chain, *more])


def on(certificate: Certificate, action: Action, story: Story, by: Person) -> Certificate:
    """A certificate on top of one that may be on a branch of its own."""
    return story.sign(action, by, replace(story.membership, n=certificate.n, head=certificate.id))


def ground(story: Story, action: Action, by: Person, on: Membership, *, below: Certificate) -> Certificate:
    """A certificate with a lower id than another."""
    while True:
        found = story.sign(action, by, on)
        if found.id < below.id:
            return found


def test_of_two_on_one_place_the_lowest_goes_on(story: Story) -> None:
    first, second = story.sign(Person("x").add()), story.sign(Person("y").add(), story.people["bea"])
    lowest = min(first, second, key=lambda each: each.id)
    for order in ([first, second], [second, first], [second, first, second, *story.chain]):
        found = after(story, *order)
        assert found.head == lowest.id
        assert found.n == story.membership.n + 1


def test_the_branch_with_more_of_the_administrators_goes_on(story: Story) -> None:
    """Who was away for weeks does not undo what the others did meanwhile."""
    start = story.membership
    one = story.do(Person("x").add())
    story.do(Person("y").add())
    stale = ground(story, Person("z").add(), story.people["bea"], start, below=one)
    assert after(story, stale).head == story.membership.head


@pytest.mark.parametrize("who", ["cas", "rik"])
def test_a_member_does_not_undo_what_administrators_did(story: Story, who: str) -> None:
    start, person = story.membership, story.people[who]
    first = story.do(Policy(issuer="https://example.nl"))
    own = invitation(Person("own"), member=who, role=start.roles[who])
    other = ground(story, own, person, start, below=first)
    branch = [other]
    for _ in range(5):
        branch.append(
            on(branch[-1], invitation(Person(random(4).hex()), member=who, role=start.roles[who]), story, person)
        )
    assert after(story, *branch).head == first.id


def test_a_code_does_not_undo_what_administrators_did(story: Story) -> None:
    code = Person("code")
    story.do(invitation(code, uses=0))
    start = story.membership
    first = story.do(Policy(issuer="https://example.nl"))
    branch = [ground(story, Person("x0").add(), code, start, below=first)]
    for n in range(1, 4):
        branch.append(on(branch[-1], Person(f"x{n}").add(), story, code))
    assert after(story, *branch).head == first.id


def test_removals_of_both_branches_count(story: Story) -> None:
    first = story.sign(Remove(devices=["device-of-cas"], cut=[b"c" * 16]))
    second = story.sign(Remove(devices=["device-of-rik"], cut=[]), story.people["bea"])
    found = after(story, first, second)
    assert set(found.members()) == {"ank", "bea"}
    assert b"c" * 16 in found.cuts["device-of-cas"]


def test_two_who_remove_each_other_are_both_removed(story: Story) -> None:
    first = story.sign(Remove(devices=["device-of-bea"], cut=[]))
    second = story.sign(Remove(devices=["device-of-ank"], cut=[]), story.people["bea"])
    found = after(story, first, second)
    assert set(found.members()) == {"cas", "rik"}
    story.membership = found
    story.do(SetRole(member="cas", role=Role.ADMIN), story.people["cas"])
    assert evaluate(story.chain[0], [*story.chain, first, second]).admins() == {"cas"}


def test_a_lower_role_and_an_invite_taken_back_count_on_every_branch(story: Story) -> None:
    code = Person("code")
    story.do(invitation(code, uses=0))
    start = story.membership
    story.do(Person("x").add())
    story.do(Person("y").add())
    story.do(Person("z").add())
    lowered = story.sign(SetRole(member="cas", role=Role.READER), story.people["bea"], start)
    cancelled = on(lowered, Cancel(invite=code.device), story, story.people["bea"])
    found = after(story, lowered, cancelled)
    assert found.head == story.membership.head
    assert found.roles["cas"] is Role.READER
    assert found.invites[code.device].is_cancelled


def test_a_higher_role_counts_on_the_branch_that_goes_on_alone(story: Story) -> None:
    start = story.membership
    story.do(Person("x").add())
    story.do(Person("y").add())
    raised = story.sign(SetRole(member="rik", role=Role.ADMIN), story.people["bea"], start)
    assert after(story, raised).roles["rik"] is Role.READER


@pytest.mark.parametrize("what", ["removed", "lowered"])
def test_who_lost_the_right_does_not_get_round_it_on_a_branch_of_their_own(story: Story, what: str) -> None:
    """Bea was an administrator; she dates back, with a lower id, the addition of a helper of hers."""
    start, bea, helper = story.membership, story.people["bea"], Person("helper")
    loss: Action = (
        Remove(devices=[bea.device], cut=[]) if what == "removed" else SetRole(member="bea", role=Role.READER)
    )
    first = story.do(loss)
    forged = [ground(story, helper.add(Role.ADMIN), bea, start, below=first)]
    for n in range(3):
        forged.append(on(forged[-1], Person(f"helper{n}").add(Role.ADMIN), story, bea))
    found = after(story, *forged)
    assert found.admins() == {"ank"}
    assert helper.device not in found.devices


def test_who_was_removed_on_another_branch_signs_nothing_more_on_this_one(story: Story) -> None:
    start = story.membership
    removal = story.sign(Remove(devices=["device-of-bea"], cut=[]), story.admin, start)
    story.do(Person("x").add())
    story.do(Person("y").add())
    late = story.sign(Person("sock").add(Role.ADMIN), story.people["bea"])
    found = after(story, removal, late)
    assert "sock" not in found.members()
    assert "bea" not in found.members()
    assert {"x", "y"} <= set(found.members())


def test_who_was_removed_by_somebody_without_the_right_any_more_goes_on(story: Story) -> None:
    """The branch that goes on says that bea left; but ank, who said so there, had lost the right to it elsewhere."""
    bea, start = story.people["bea"], story.membership
    lowered = story.sign(SetRole(member="ank", role=Role.AUTHOR), bea, start)
    story.do(Policy())
    story.do(Policy())
    removed = story.do(Remove(devices=["device-of-bea"], cut=[]))
    current = after(story, lowered)
    assert current.head == removed.id
    assert current.admins() == {"bea"}
    more = story.sign(Policy(issuer="https://example.nl"), bea, current)
    assert after(story, lowered, more) == current.after(more)
    again = story.sign(Policy(), bea, current.after(more))
    assert after(story, again, more, lowered) == current.after(more).after(again)


def test_in_whatever_order_branches_come_the_same_certificates_are_kept(story: Story) -> None:
    """Also the one by which somebody came in with an invite that stands on the branch that does not go on."""
    code, start = Person("code"), story.membership
    invited = story.sign(invitation(code), story.people["bea"], start)
    joined = on(invited, Person("x").add(), story, code)
    branch = [story.do(Policy()), story.do(Policy()), story.do(Policy())]
    first, second = [invited, joined], branch
    for one, other in ((first, second), (second, first)):
        chain, _accepted = Chain(story.chain[:4]).grown(one)
        chain, accepted = chain.grown(other)
        assert accepted == other
        assert chain.is_signed(joined.envelope)


def test_a_code_that_was_taken_back_lets_nobody_in_on_an_older_certificate(story: Story) -> None:
    code = Person("code")
    story.do(invitation(code, uses=0))
    start = story.membership
    first = story.do(Cancel(invite=code.device))
    forged = ground(story, Person("late").add(), code, start, below=first)
    assert "late" not in after(story, forged).members()


def test_a_new_key_is_due_when_the_branch_with_it_did_not_go_on(story: Story) -> None:
    story.do(rotation(2, random(32), story.membership.key_readers()))
    removed = story.sign(Remove(devices=["device-of-cas"], cut=[]), story.people["bea"])
    story.do(Person("x").add())
    story.do(rotation(3, random(32), story.membership.key_readers()))
    found = after(story, removed)
    assert found.key == 3
    assert found.needs_new_key


def test_a_new_key_after_a_fork_leaves_out_who_was_removed_on_the_other_branch(story: Story) -> None:
    first = story.sign(Policy(issuer="https://example.nl"))
    second = story.sign(Remove(devices=["device-of-cas"], cut=[]), story.people["bea"])
    story.membership = after(story, first, second)
    assert story.membership.needs_new_key
    story.do(rotation(2, random(32), story.membership.key_readers()))
    found = after(story, first, second)
    assert found == story.membership
    assert found.key == 2
    assert not found.needs_new_key


def test_what_may_not_be_does_nothing_and_stops_nothing(story: Story) -> None:
    start = story.membership
    forbidden = story.sign(SetRole(member="rik", role=Role.ADMIN), story.people["rik"])
    story.membership = start.passed(forbidden)
    story.do(Person("x").add())
    found = after(story, forbidden)
    assert found == story.membership
    assert found.roles["rik"] is Role.READER


def test_a_certificate_that_is_not_here_yet_holds_up_those_on_it(story: Story) -> None:
    middle = story.do(Person("x").add())
    last = story.do(Person("y").add())
    known = [each for each in story.chain if each is not middle]
    assert evaluate(story.chain[0], known).n == last.n - 2
    assert evaluate(story.chain[0], [*known, middle]).head == last.id


def test_what_is_not_signed_by_who_came_in_on_another_branch_is_known_to_be_so(story: Story) -> None:
    dirk = Person("dirk")
    other = story.sign(dirk.add(), story.people["bea"])
    for _each in range(2):
        story.do(Policy())
    chain = Chain([*story.chain, other])
    assert chain.membership
    assert dirk.device not in chain.membership.devices
    sealed = story.revision(dirk, "a")[1]
    assert not chain.denies(opened(sealed))
    assert chain.denies(opened(sealed[:-1] + bytes([sealed[-1] ^ 1])))
    assert not chain.denies(opened(story.revision(Person("unknown"), "a")[1]))


def test_certificates_of_another_space_do_nothing(story: Story) -> None:
    other = Story(story.admin, space="space-2")
    other.welcome("evil", Role.ADMIN)
    assert after(story, *other.chain) == story.membership


def test_a_thousand_forks_are_no_trouble(story: Story) -> None:
    """Somebody makes a second certificate on every place; it is slow work for them alone."""
    extra = []
    for n in range(300):
        extra.append(story.sign(invitation(Person(f"i{n}"), member="rik", role=Role.READER), story.people["rik"]))
        story.do(Policy(issuer=f"https://{n}.example"))
    start = perf_counter()
    assert after(story, *extra).head == story.membership.head
    assert perf_counter() - start < 2


ROLES = {"b": Role.ADMIN, "c": Role.EDITOR, "d": Role.READER}


@st.composite
def trees(draw: st.DrawFn) -> tuple[Certificate, list[Certificate]]:
    """A space in which people sign on whatever place they like, allowed or not."""
    story = Story(Person("ank"))
    people = [story.admin, *(story.welcome(name, role) for name, role in ROLES.items())]
    code = Person("code")
    story.do(invitation(code, uses=0, role=Role.EDITOR))
    people.append(code)
    places = [story.membership]
    found = list(story.chain)
    for n in range(draw(st.integers(1, 14))):
        by = draw(st.sampled_from(people))
        actions: list[Action] = [
            Person(f"new{n}").add(),
            invitation(Person(f"code{n}"), member=by.name, role=draw(st.sampled_from(Role))),
            Cancel(invite=code.device),
            SetRole(member=draw(st.sampled_from("bcd")), role=draw(st.sampled_from(Role))),
            Remove(devices=[draw(st.sampled_from(people)).device], cut=[]),
            Add(device=f"more{n}", member=by.name, vk=random(32), bk=random(32), role=Role.EDITOR),
        ]
        place = draw(st.sampled_from(places))
        cert = story.sign(draw(st.sampled_from(actions)), by, place)
        found.append(cert)
        try:
            places.append(place.after(cert))
        except Refused:
            continue
    return story.chain[0], found


@settings(max_examples=60, deadline=None)
@given(tree=trees(), data=st.data())
def test_the_order_and_number_of_arrivals_make_no_difference(
    tree: tuple[Certificate, list[Certificate]], data: st.DataObject
) -> None:
    root, certificates = tree
    expected = evaluate(root, certificates)
    shuffled = data.draw(st.permutations(certificates))
    assert evaluate(root, shuffled) == expected
    assert evaluate(root, [*shuffled, *reversed(certificates)]) == expected
    removed = {
        device for each in certificates if isinstance(each.action, Remove) for device in each.action.devices
    } & expected.devices.keys()
    assert set(expected.members()) <= set(expected.roles)
    assert all(expected.devices[each].is_active or each in removed for each in expected.devices)


class TestThousands:
    """G13: a new key for 3,000 devices within a second, in at most 300 kB."""

    @pytest.fixture(scope="class")
    @classmethod
    def large(cls) -> Story:
        story = Story(Person("ank"))
        for n in range(3_000):
            add = Person(f"m{n}").add()
            story.do(Add(device=str(uuid4()), member=add.member, vk=add.vk, bk=add.bk, role=Role.EDITOR))
        return story

    def test_a_new_key_for_three_thousand(self, large: Story) -> None:
        start = perf_counter()
        cert = large.sign(rotation(2, random(32), large.membership.key_readers()))
        found = large.membership.after(cert)
        took = perf_counter() - start
        assert found.key == 2
        assert len(cert.envelope.raw) <= 300_000
        assert took <= 1

    def test_a_chain_of_three_thousand(self, large: Story) -> None:
        start = perf_counter()
        assert evaluate(large.chain[0], large.chain) == large.membership
        assert perf_counter() - start <= 3


def _weighty(story: Story, below: Certificate, by: Person) -> list[Certificate]:
    """More certificates of one person, one on another, than all others signed."""
    found = [below]
    for _each in range(12):
        found.append(on(found[-1], Policy("https://theirs.example.nl"), story, by))
    return found


def test_who_was_removed_gets_nobody_in_with_the_code_they_came_by(story: Story) -> None:
    """However much is signed on the place where that was still open."""
    code, dora, sock = Person("code"), Person("dora"), Person("sock")
    invited = story.do(invitation(code, role=Role.ADMIN, uses=1))
    story.do(dora.add(Role.ADMIN), code)
    story.do(Remove([dora.device], []))
    story.welcome("eva")
    found = after(story, *_weighty(story, on(invited, sock.add(Role.ADMIN), story, code), sock))
    assert found.members() == story.membership.members()
    assert found.head == story.membership.head


def test_what_somebody_removed_signed_weighs_nothing_behind_somebody_elses_certificate(story: Story) -> None:
    start = story.chain[-1]
    bea, rik = story.people["bea"], story.people["rik"]
    story.do(Policy("https://ours.example.nl"))
    story.do(Remove([bea.device], []))
    idle = on(start, invitation(Person("code"), member="rik", role=Role.READER), story, rik)
    found = after(story, *_weighty(story, idle, bea))
    assert found.policy == story.membership.policy
    assert found.members() == story.membership.members()


def test_who_was_removed_does_not_come_in_again_where_the_invite_was_not_cancelled_yet(story: Story) -> None:
    code, dora, rik = Person("code"), Person("dora"), story.people["rik"]
    invited = story.do(invitation(code, role=Role.ADMIN, uses=1))
    story.do(dora.add(Role.ADMIN), code)
    story.do(Remove([dora.device], []))
    idle = on(invited, invitation(Person("mine"), member="rik", role=Role.READER), story, rik)
    again = on(idle, dora.add(Role.ADMIN), story, code)
    assert after(story, idle, *_weighty(story, again, dora)).role_of(dora.device) is None
