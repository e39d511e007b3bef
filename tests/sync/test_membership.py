"""Who may do what in a space, put to the test by people who want more than they may."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace as changed
from nacl.utils import random

from casebook.envelope import Refused, opened, state_openly
from sync.certificates import (
    SHORT,
    Action,
    Add,
    Cancel,
    Create,
    KeyBox,
    Policy,
    Remove,
    Role,
    Rotate,
    SetRole,
    boxes_for,
    certificate,
    certify,
    label,
    older_keys,
    rotation,
    sealed_for,
    unsealed,
)
from sync.membership import authentic, founded
from tests.sync.people import START, Person, Story, invitation, record_of, second_device


@pytest.fixture
def story() -> Story:
    """A circle of an administrator, two editors, an author and a reader."""
    found = Story(Person("ank"))
    for name, role in (("bea", Role.EDITOR), ("cas", Role.EDITOR), ("aya", Role.AUTHOR), ("rik", Role.READER)):
        found.welcome(name, role)
    return found


def turn(story: Story) -> Rotate:
    """A new key for everybody."""
    return rotation(story.membership.key + 1, random(32), story.membership.key_readers())


ADMINISTRATING: dict[str, Callable[[Story], Action]] = {
    "invite": lambda _story: invitation(Person("code")),
    "add": lambda _story: Person("newcomer").add(),
    "add to another member": lambda _story: for_member(Person("evil").add(), "ank", Role.ADMIN),
    "make oneself administrator": lambda _story: SetRole(member="bea", role=Role.ADMIN),
    "lower another": lambda _story: SetRole(member="cas", role=Role.READER),
    "remove the administrator": lambda _story: Remove(devices=["device-of-ank"], cut=[]),
    "remove a colleague": lambda _story: Remove(devices=["device-of-cas"], cut=[]),
    "a new key": turn,
    "a policy": lambda _story: Policy(issuer="https://mallory.example"),
    "a second beginning": lambda _story: Create(
        member="bea", device="device-of-bea", vk=bytes(32), bk=bytes(32), kind="circle"
    ),
}


def with_the_key(story: Story, code: Person) -> Action:
    """An invite with the newest key in it."""
    keys = [(story.membership.key, bytes(story.membership.key_cert), bytes(32))]
    return changed(invitation(code), boxes=boxes_for(keys, bytes(code.box.public_key)))


def new_key_is_due(story: Story) -> bool:
    return story.membership.needs_new_key


def for_member(add: Add, member: str, role: Role) -> Add:
    return Add(device=add.device, member=member, vk=add.vk, bk=add.bk, role=role, boxes=add.boxes)


@pytest.mark.parametrize("who", ["bea", "aya", "rik", "stranger"])
@pytest.mark.parametrize("what", ADMINISTRATING)
def test_only_an_administrator_administers(story: Story, who: str, what: str) -> None:
    by = story.people.get(who) or Person("stranger")
    with pytest.raises(Refused):
        story.do(ADMINISTRATING[what](story), by)


@pytest.mark.parametrize("what", [each for each in ADMINISTRATING if each != "a second beginning"])
def test_an_administrator_does(story: Story, what: str) -> None:
    before = story.membership
    story.do(ADMINISTRATING[what](story))
    assert story.membership.n == before.n + 1


@pytest.mark.parametrize("what", ADMINISTRATING)
def test_who_was_removed_does_nothing_more(story: Story, what: str) -> None:
    zoe = story.welcome("zoe", Role.ADMIN)
    story.do(Remove(devices=[zoe.device], cut=[]))
    with pytest.raises(Refused):
        story.do(ADMINISTRATING[what](story), zoe)


@pytest.mark.parametrize("what", ADMINISTRATING)
def test_an_invite_does_nothing_but_add(story: Story, what: str) -> None:
    code = Person("code")
    story.do(invitation(code, role=Role.ADMIN, uses=0))
    if what != "add":
        with pytest.raises(Refused):
            story.do(ADMINISTRATING[what](story), code)


def test_nobody_signs_in_the_name_of_another(story: Story) -> None:
    forged = story.sign(SetRole(member="bea", role=Role.ADMIN), Person("ank"))
    with pytest.raises(Refused):
        story.membership.after(forged)


def test_a_space_begins_once_and_by_itself(story: Story) -> None:
    create = story.chain[0].action
    assert isinstance(create, Create)
    with pytest.raises(Refused):
        story.membership.after(story.sign(create))
    by_another = certify(
        create,
        n=1,
        before=None,
        space=story.space,
        device="device-of-bea",
        wall=START,
        signer=story.people["bea"].signer,
    )
    with pytest.raises(Refused):
        founded(by_another)
    with pytest.raises(Refused):
        founded(story.chain[1])


def test_a_certificate_of_another_space_is_none_of_ours(story: Story) -> None:
    other = Story(story.admin, space="space-2")
    cert = certify(
        Person("x").add(),
        n=story.membership.n + 1,
        before=story.membership.head,
        space=other.space,
        device=story.admin.device,
        wall=START,
        signer=story.admin.signer,
    )
    with pytest.raises(Refused):
        story.membership.after(cert)
    with pytest.raises(Refused):
        authentic(cert.envelope, story.membership)


@pytest.mark.parametrize("n", [0, 1, 5, 7])
def test_a_certificate_says_its_own_place(story: Story, n: int) -> None:
    assert story.membership.n == 5
    with pytest.raises(Refused):
        story.membership.after(
            certify(
                Person("x").add(),
                n=n,
                before=story.membership.head,
                space=story.space,
                device=story.admin.device,
                wall=START,
                signer=story.admin.signer,
            )
        )


def test_no_id_is_given_twice(story: Story) -> None:
    code = Person("code")
    story.do(invitation(code, uses=0))
    bea, evil = story.people["bea"], Person("evil")
    for name in (bea.device, code.device):
        add = evil.add()
        taken = Add(device=name, member="evil", vk=add.vk, bk=add.bk, role=Role.EDITOR)
        with pytest.raises(Refused):
            story.do(taken)
        with pytest.raises(Refused):
            story.do(taken, code)
    with pytest.raises(Refused):
        story.do(invitation(code))
    with pytest.raises(Refused):
        story.do(invitation(bea))
    with pytest.raises(Refused):
        story.do(Add(device="twin", member="twin", vk=bytes(bea.signer.verify_key), bk=bytes(32), role=Role.EDITOR))


class TestInvites:
    @pytest.mark.parametrize("who", ["bea", "aya", "rik"])
    def test_a_member_invites_only_further_devices_of_their_own(self, story: Story, who: str) -> None:
        person = story.people[who]
        own = story.membership.roles[who]
        for role in Role:
            for member in ("", "ank", "cas", "nobody", who):
                invite = invitation(Person(f"{role}{member}"), role=role, member=member)
                if (role, member) == (own, who):
                    story.do(invite, person)
                else:
                    with pytest.raises(Refused):
                        story.do(invite, person)

    def test_an_administrator_cannot_raise_a_member_by_an_invite(self, story: Story) -> None:
        with pytest.raises(Refused):
            story.do(invitation(Person("code"), role=Role.ADMIN, member="bea"))

    def test_with_an_invite_comes_what_it_says_and_nothing_else(self, story: Story) -> None:
        code = Person("code")
        story.do(invitation(code, role=Role.AUTHOR))
        for wrong in (
            Person("x").add(Role.ADMIN),
            Person("x").add(Role.EDITOR),
            Person("x").add(Role.READER),
            for_member(Person("x").add(), "bea", Role.AUTHOR),
            for_member(Person("x").add(), "bea", Role.EDITOR),
            Person("x").add(Role.AUTHOR, [(1, b"", bytes(32))]),
        ):
            with pytest.raises(Refused):
                story.do(wrong, code)
        story.do(Person("x").add(Role.AUTHOR), code)

    def test_an_invite_for_a_member_gives_no_other_member_a_device(self, story: Story) -> None:
        code = Person("code")
        story.do(invitation(code, member="bea", uses=0), story.people["bea"])
        for member in ("ank", "cas", "new"):
            with pytest.raises(Refused):
                story.do(for_member(Person("x").add(), member, Role.EDITOR), code)

    def test_an_invite_works_as_often_as_it_says(self, story: Story) -> None:
        code = Person("code")
        story.do(invitation(code, uses=2))
        story.do(Person("x").add(), code)
        story.do(Person("y").add(), code)
        with pytest.raises(Refused):
            story.do(Person("z").add(), code)

    def test_an_invite_works_until_its_last_moment(self, story: Story) -> None:
        code = Person("code")
        story.do(invitation(code, uses=0, until=story.wall + 3))
        story.do(Person("x").add(), code)
        story.wall += 3
        with pytest.raises(Refused):
            story.do(Person("y").add(), code)

    def test_who_is_removed_cannot_come_back_with_a_code_they_made_or_used(self, story: Story) -> None:
        made, used = Person("made"), Person("used")
        zoe = story.welcome("zoe", Role.ADMIN)
        story.do(invitation(made, uses=0, role=Role.ADMIN), zoe)
        story.do(invitation(used, uses=5))
        mallory = Person("mallory")
        story.do(mallory.add(), used)
        story.do(Remove(devices=[zoe.device], cut=[]))
        story.do(Remove(devices=[mallory.device], cut=[]))
        for code in (made, used):
            with pytest.raises(Refused):
                story.do(Person("again").add(story.membership.invites[code.device].invite.role), code)
            assert code.device not in story.membership.key_readers()

    def test_who_was_lowered_cannot_climb_back_with_a_code_they_made_or_used(self, story: Story) -> None:
        made, used, own = Person("made"), Person("used"), Person("own")
        story.do(invitation(used, uses=5, role=Role.ADMIN))
        mallory = Person("mallory")
        story.do(mallory.add(Role.ADMIN), used)
        story.do(invitation(made, uses=0, role=Role.ADMIN), mallory)
        story.do(invitation(own, uses=0, role=Role.ADMIN, member="mallory"), mallory)
        story.do(SetRole(member="mallory", role=Role.READER))
        for code in (made, used):
            with pytest.raises(Refused):
                story.do(Person("again").add(Role.ADMIN), code)
        story.do(for_member(Person("second").add(), "mallory", Role.ADMIN), own)
        assert story.membership.roles["mallory"] is Role.READER
        assert story.membership.role_of("device-of-second") is Role.READER

    def test_only_its_maker_or_an_administrator_takes_an_invite_back(self, story: Story) -> None:
        code = Person("code")
        story.do(invitation(code, member="bea"), story.people["bea"])
        for who in ("cas", "aya", "rik"):
            with pytest.raises(Refused):
                story.do(Cancel(invite=code.device), story.people[who])
        with pytest.raises(Refused):
            story.do(Cancel(invite=code.device), code)
        with pytest.raises(Refused):
            story.do(Cancel(invite="device-of-bea"))
        story.do(Cancel(invite=code.device), story.people["bea"])
        with pytest.raises(Refused):
            story.do(second_device(story.people["bea"], "2").add(), code)


class TestRolesAndRemoval:
    def test_nobody_removes_a_device_that_is_not_theirs(self, story: Story) -> None:
        with pytest.raises(Refused):
            story.do(Remove(devices=["device-of-bea", "device-of-cas"], cut=[]), story.people["bea"])
        with pytest.raises(Refused):
            story.do(Remove(devices=["nobody"], cut=[]))
        with pytest.raises(Refused):
            story.do(Remove(devices=[], cut=[]))
        story.do(Remove(devices=["device-of-bea"], cut=[]), story.people["bea"])
        assert story.membership.role_of("device-of-bea") is None

    def test_the_last_administrator_does_not_step_down(self, story: Story) -> None:
        with pytest.raises(Refused):
            story.do(SetRole(member="ank", role=Role.EDITOR))
        story.do(SetRole(member="bea", role=Role.ADMIN))
        story.do(SetRole(member="ank", role=Role.EDITOR))
        assert story.membership.admins() == {"bea"}

    def test_without_an_administrator_the_highest_who_is_left_takes_over(self, story: Story) -> None:
        claim = SetRole(member="bea", role=Role.ADMIN)
        story.do(Remove(devices=["device-of-ank"], cut=[]))
        for who, wrong in (
            ("aya", SetRole(member="aya", role=Role.ADMIN)),
            ("rik", SetRole(member="rik", role=Role.ADMIN)),
            ("cas", claim),
            ("bea", SetRole(member="bea", role=Role.READER)),
            ("bea", SetRole(member="cas", role=Role.ADMIN)),
            ("ank", SetRole(member="ank", role=Role.ADMIN)),
        ):
            with pytest.raises(Refused):
                story.do(wrong, story.people[who])
        story.do(claim, story.people["bea"])
        with pytest.raises(Refused):
            story.do(SetRole(member="cas", role=Role.ADMIN), story.people["cas"])

    def test_nobody_who_left_is_given_a_role(self, story: Story) -> None:
        story.do(Remove(devices=["device-of-bea"], cut=[]))
        with pytest.raises(Refused):
            story.do(SetRole(member="bea", role=Role.ADMIN))

    def test_a_member_who_comes_back_may_what_they_could(self, story: Story) -> None:
        story.do(Remove(devices=["device-of-bea"], cut=[]))
        again = second_device(story.people["bea"], "2")
        for role in (Role.ADMIN, Role.READER):
            with pytest.raises(Refused):
                story.do(for_member(again.add(), "bea", role))
        story.do(for_member(again.add(), "bea", Role.EDITOR))
        assert story.membership.role_of(again.device) is Role.EDITOR
        assert story.membership.role_of("device-of-bea") is None


class TestCuts:
    def counted(self, story: Story, record: str, *raws: bytes) -> set[bytes]:
        found = [opened(each) for each in raws]
        return set(story.membership.counted([(each.id, each.header.dev, each.parents) for each in found], record))

    def test_what_was_known_counts_and_what_is_dated_back_does_not(self, story: Story) -> None:
        bea, record = story.people["bea"], record_of(story.people["ank"], 1)
        known, first = story.revision(bea, "known", record=record)
        story.do(Remove(devices=[bea.device], cut=[known[:SHORT]]))
        _late, second = story.revision(bea, "late", record=record, parents=(known,), wall=START)
        _early, third = story.revision(bea, "first of all", record=record, wall=START)
        assert self.counted(story, record, first, second, third) == {known}

    def test_what_others_built_on_counts_whatever_the_cut_says(self, story: Story) -> None:
        ank, bea, record = story.people["ank"], story.people["bea"], record_of(story.people["bea"], 1)
        one, first = story.revision(bea, "one", record=record)
        two, second = story.revision(bea, "two", record=record, parents=(one,))
        three, third = story.revision(ank, "three", record=record, parents=(two,))
        story.do(Remove(devices=[bea.device], cut=[]))
        assert self.counted(story, record, first, second, third) == {one, two, three}
        assert self.counted(story, record, first, second) == set()

    def test_who_was_removed_does_not_lift_what_they_made_by_following_it(self, story: Story) -> None:
        bea, record = story.people["bea"], record_of(story.people["bea"], 1)
        story.do(Remove(devices=[bea.device], cut=[]))
        one, first = story.revision(bea, "one", record=record)
        _two, second = story.revision(bea, "two", record=record, parents=(one,))
        assert self.counted(story, record, first, second) == set()

    def test_a_lower_role_keeps_what_was_and_adds_nothing(self, story: Story) -> None:
        bea, theirs, own = story.people["bea"], record_of(story.people["ank"], 1), record_of(story.people["bea"], 2)
        known, first = story.revision(bea, "known", record=theirs)
        story.do(SetRole(member="bea", role=Role.AUTHOR, cut=[known[:SHORT]]))
        _late, second = story.revision(bea, "late", record=theirs, wall=START)
        mine, third = story.revision(bea, "own", record=own)
        assert self.counted(story, theirs, first, second) == {known}
        assert self.counted(story, own, third) == {mine}

    def test_a_cut_lets_nobody_count_what_they_never_might_write(self, story: Story) -> None:
        """An author who leaves by their own hand names the cut; it must not reach into the work of others."""
        aya, rik, record = story.people["aya"], story.people["rik"], record_of(story.people["ank"], 1)
        second = second_device(aya, "2")
        story.do(for_member(second.add(), "aya", Role.AUTHOR))
        forged, first = story.revision(aya, "mine now", record=record)
        erased, erasure = story.erasure(aya, record)
        own, mine = story.revision(aya, "truly mine", record=record_of(aya, 3))
        read, by_reader = story.revision(rik, "no writer", record=record_of(rik, 4))
        story.do(Remove(devices=[aya.device], cut=[each[:SHORT] for each in (forged, erased, own)]), second)
        story.do(Remove(devices=[rik.device], cut=[read[:SHORT]]), rik)
        assert self.counted(story, record, first) == set()
        assert not story.membership.stands(erased, opened(erasure).header)
        assert self.counted(story, record_of(aya, 3), mine) == {own}
        assert self.counted(story, record_of(rik, 4), by_reader) == set()

    def test_a_second_cut_cannot_give_back_what_a_lower_role_took(self, story: Story) -> None:
        bea, record = story.people["bea"], record_of(story.people["ank"], 1)
        story.do(SetRole(member="bea", role=Role.AUTHOR))
        forged, first = story.revision(bea, "dated back", record=record, wall=START)
        story.do(Remove(devices=[bea.device], cut=[forged[:SHORT]]), bea)
        assert self.counted(story, record, first) == set()

    def test_what_was_cut_with_a_higher_role_stays_when_less_remains(self, story: Story) -> None:
        bea, record = story.people["bea"], record_of(story.people["ank"], 1)
        known, first = story.revision(bea, "known", record=record)
        for action in (
            SetRole(member="bea", role=Role.AUTHOR, cut=[known[:SHORT]]),
            SetRole(member="bea", role=Role.READER, cut=[known[:SHORT]]),
            Remove(devices=[bea.device], cut=[known[:SHORT]]),
        ):
            story.do(action)
            assert self.counted(story, record, first) == {known}

    def test_erasures_of_who_left_stand_only_in_the_cut(self, story: Story) -> None:
        bea, record = story.people["bea"], record_of(story.people["bea"], 1)
        known, first = story.erasure(bea, record)
        story.do(Remove(devices=[bea.device], cut=[known[:SHORT]]))
        late, second = story.erasure(bea, record)
        assert story.membership.stands(known, opened(first).header)
        assert not story.membership.stands(late, opened(second).header)

    @pytest.mark.parametrize(
        ("who", "whose", "may"),
        [
            ("ank", "bea", True),
            ("bea", "cas", False),
            ("bea", "bea", True),
            ("aya", "aya", True),
            ("aya", "bea", False),
            ("rik", "rik", False),
        ],
    )
    def test_an_administrator_erases_all_and_others_their_own(
        self, story: Story, who: str, whose: str, may: bool
    ) -> None:
        statement, erasure = story.erasure(story.people[who], record_of(story.people[whose], 1))
        assert story.membership.stands(statement, opened(erasure).header) is may

    def test_a_record_that_is_no_id_is_nobodys(self, story: Story) -> None:
        for record in ("", "record", "00000000-0000-0000-0000-00000000000g", "0" * 64):
            assert not story.membership.may_write("device-of-aya", record)
            assert not story.membership.may_erase("device-of-bea", record)


class TestKeys:
    def test_a_new_key_is_due_after_a_removal_and_an_invite_taken_back(self, story: Story) -> None:
        story.do(turn(story))
        assert not new_key_is_due(story)
        code = Person("code")
        story.do(with_the_key(story, code))
        assert not new_key_is_due(story)
        story.do(Cancel(invite=code.device))
        assert new_key_is_due(story)
        story.do(turn(story))
        assert not new_key_is_due(story)
        story.do(Remove(devices=["device-of-bea"], cut=[]))
        assert new_key_is_due(story)
        assert "device-of-bea" not in story.membership.key_readers()
        story.do(turn(story))
        assert not new_key_is_due(story)

    def test_a_new_key_is_due_when_somebody_who_is_in_lacks_it(self, story: Story) -> None:
        story.do(turn(story))
        story.welcome("dirk")
        assert new_key_is_due(story)
        story.do(turn(story))
        assert not new_key_is_due(story)

    def test_who_joins_with_an_invite_that_has_the_key_has_it(self, story: Story) -> None:
        story.do(turn(story))
        code = Person("code")
        story.do(with_the_key(story, code))
        story.do(Person("x").add(), code)
        assert not new_key_is_due(story)

    def test_an_invite_that_is_used_up_gets_no_new_key(self, story: Story) -> None:
        code, late = Person("code"), Person("late")
        story.do(invitation(code))
        story.do(invitation(late, until=story.wall + 5))
        story.do(Person("x").add(), code)
        assert code.device not in story.membership.key_readers()
        story.wall += 10
        assert late.device not in story.membership.key_readers(story.wall)
        story.do(rotation(2, random(32), story.membership.key_readers(story.wall)))

    @pytest.mark.parametrize("wrong", ["nobody", "one too few", "a stranger too", "without the invite", "n"])
    def test_a_key_for_less_or_more_than_all_is_refused(self, story: Story, wrong: str) -> None:
        code = Person("code")
        story.do(invitation(code))
        story.do(Remove(devices=["device-of-cas"], cut=[]))
        readers = story.membership.key_readers()
        boxes = rotation(2, random(32), readers).boxes
        match wrong:
            case "nobody":
                boxes = {}
            case "one too few":
                boxes.pop(label("device-of-rik"))
            case "without the invite":
                boxes.pop(label(code.device))
            case "a stranger too":
                boxes[label("stranger")] = bytes(80)
        with pytest.raises(Refused):
            story.do(Rotate(3 if wrong == "n" else 2, boxes))

    def test_after_a_key_that_somebody_who_left_got_too_a_next_one_is_due(self, story: Story) -> None:
        readers = story.membership.key_readers()
        story.do(Remove(devices=["device-of-cas"], cut=[]))
        story.do(rotation(2, random(32), readers))
        assert new_key_is_due(story)

    def test_a_device_whose_key_is_none_keeps_nobody_from_a_new_one(self, story: Story) -> None:
        code = Person("code")
        story.do(invitation(code))
        add = Person("evil").add()
        story.do(Add(device=add.device, member=add.member, vk=add.vk, bk=bytes(32), role=add.role), code)
        secret = random(32)
        action = rotation(2, secret, story.membership.key_readers())
        story.do(action)
        assert unsealed(action.boxes[label("device-of-bea")], story.people["bea"].box) == secret

    def test_older_keys_come_with_a_new_one_for_who_has_that(self, story: Story) -> None:
        older = [(1, b"one", b"1" * 32), (2, b"two", b"2" * 32)]
        new = random(32)
        action = rotation(3, new, story.membership.key_readers(), older)
        assert older_keys(action, new) == older
        assert older_keys(action, random(32)) == []

    def test_a_box_opens_only_for_whom_it_was_made(self) -> None:
        ank, bea = Person("ank"), Person("bea")
        box = sealed_for(bytes(32), bytes(ank.box.public_key))
        assert unsealed(box, ank.box) == bytes(32)
        for wrong in (box[:-1], b"", bytes(80), sealed_for(b"short", bytes(bea.box.public_key))):
            with pytest.raises(Refused):
                unsealed(wrong, bea.box)
        with pytest.raises(Refused):
            unsealed(box, bea.box)


def test_a_garbled_certificate_is_refused(story: Story) -> None:
    for body in (
        b"",
        b"\xc1",
        b"\x92\x06\x80",
        b"\x91" * 100_000,
        b"\x92\x06\x81\xa4type\xa4kill",
        b"\x92\x06\x81\xa4\xff\xfe\xfd\xfc\xa4kill",
    ):
        _id, raw = state_openly(
            "cert",
            space=story.space,
            record=story.space,
            parents=(story.membership.head,),
            device=story.admin.device,
            wall=START,
            signer=story.admin.signer,
            body=body,
        )
        with pytest.raises(Refused):
            certificate(opened(raw))


def test_a_key_box_of_another_shape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"n": 0, "cert": b"", "box": b""}, KeyBox)


def test_a_revision_signed_by_an_invite_does_not_count(story: Story) -> None:
    code = Person("code")
    story.do(invitation(code, role=Role.ADMIN))
    revision, raw = story.revision(code, "not mine to say")
    header = opened(raw).header
    assert story.membership.counted([(revision, header.dev, ())], header.rec) == set()
    assert not story.membership.stands(revision, changed(header, kind="receipt"))
