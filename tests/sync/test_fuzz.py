"""Whatever bytes a store gives, a parser gives what it promises or says `Refused`: soon, and in little memory."""

import json
import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt
from nacl.signing import SigningKey

from casebook.envelope import (
    LARGEST,
    LARGEST_CERTIFICATE,
    MAGIC,
    Envelope,
    Refused,
    header_of,
    opened,
    read,
    shown,
    state_openly,
)
from sync.certificates import SHORT, Create, Invite, Role, certificate, certify, unsealed
from sync.folder_names import named, path_of
from sync.frames import framed, unframed
from sync.membership import founded
from tests.sync.people import Person, Story

EXAMPLES = int(os.environ.get("CASUSBOEK_FUZZ_EXAMPLES", "250"))
"""Of each test; a long run takes some millions."""

SECONDS = 2.0
MEMORY = 48 * 1024 * 1024
"""No input may take longer, or more memory at once: a state of 4 MiB, as read from JSON, is the largest there is."""

KEY = bytes(32)
SIGNER = SigningKey(bytes(32))
STORY = Story(Person("ank"))
GOOD = [
    STORY.chain[0].envelope.raw,
    STORY.sign(Person("bea").add()).envelope.raw,
    STORY.revision(STORY.admin, "a case")[1],
    STORY.erasure(STORY.admin, "a-record")[1],
]

fuzzed = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


@contextmanager
def within_bounds() -> Iterator[None]:
    """What happens inside is soon done, in little memory."""
    tracemalloc.start()
    started = perf_counter()
    try:
        yield
        seconds, (_now, most) = perf_counter() - started, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MEMORY
    assert seconds < SECONDS


def tried(parse: Callable[[], object]) -> object:
    """What it gives, None when it says `Refused`; all else it raises is a mistake of ours."""
    try:
        return parse()
    except Refused:
        return None


def looked_at(raw: bytes) -> None:
    """All that is done with an envelope before anybody trusts it."""
    tried(lambda: header_of(raw))
    envelope = tried(lambda: opened(raw))
    if isinstance(envelope, Envelope):
        tried(lambda: envelope.verify(SIGNER.verify_key))
        tried(lambda: envelope.unseal(KEY))
        assert envelope.raw == raw
        assert all(len(each) == 32 for each in envelope.parents)
        path = tried(lambda: path_of(envelope))
        if isinstance(path, str):
            folder, _slash, name = path.rpartition("/")
            found = named(folder, name)
            assert found is not None
            assert found.fits(envelope, envelope.header.space)
        cert = tried(lambda: certificate(envelope))
        if cert is not None:
            tried(lambda: founded(certificate(envelope)))
            tried(lambda: STORY.membership.after(certificate(envelope)))


def enveloped(header: bytes, body: bytes = b"", signature: bytes = bytes(64)) -> bytes:
    return MAGIC + struct.pack(">I", len(header)) + header + body + signature


def header(**changed: object) -> bytes:
    """A header as it should be, but for what is *changed*."""
    plain: dict[str, object] = {
        "v": 1,
        "space": "space-1",
        "rec": "space-1",
        "kind": "cert",
        "parents": [],
        "dev": "device",
        "key": 0,
        "wall": 1,
    }
    return json.dumps(plain | changed).encode()


def sealed(plain: bytes, *, compress: bool = True) -> bytes:
    """A revision with these contents, sealed with the right key: a member may be malicious."""
    about = header(kind="rev", rec="r", key=1)
    contents = zlib.compress(plain, 9) if compress else plain
    nonce = bytes(24)
    return enveloped(about, nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(contents, about, nonce, KEY))


def packed(value: object) -> bytes | None:
    """As msgpack; None for what it cannot say."""
    try:
        return msgspec.msgpack.encode(value)
    except (OverflowError, UnicodeEncodeError):
        return None


numbers = st.integers() | st.sampled_from([0, -1, 2**31, 2**53, 2**63, 2**64, 10**400])
scalars = st.none() | st.booleans() | numbers | st.floats() | st.text(max_size=80)
plain_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An envelope that was good until something happened to it on the way."""
    raw = bytearray(draw(st.sampled_from(GOOD)))
    for _time in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        match draw(st.integers(0, 4)):
            case 0:
                raw[at:] = b""
            case 1:
                raw[at : at + draw(st.integers(0, 40))] = draw(st.binary(max_size=40))
            case 2:
                raw[at:at] = draw(st.sampled_from(GOOD))[: draw(st.integers(0, 400))]
            case 3 if at < len(raw):
                raw[at] ^= 1 << draw(st.integers(0, 7))
            case _:
                raw[3:7] = struct.pack(">I", draw(st.integers(0, 2**32 - 1)))
    return bytes(raw)


@fuzzed
@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda each: MAGIC + each) | damaged())
def test_any_bytes_as_an_envelope(raw: bytes) -> None:
    looked_at(raw)


@fuzzed
@given(st.binary(max_size=300), st.binary(max_size=100))
def test_any_header(about: bytes, body: bytes) -> None:
    looked_at(enveloped(about, body))


@fuzzed
@given(
    st.dictionaries(st.sampled_from(["v", "space", "rec", "kind", "parents", "dev", "key", "wall", "x"]), plain_values)
)
def test_a_header_with_anything_in_it(changed: dict[str, object]) -> None:
    looked_at(enveloped(json.dumps(changed).encode(), bytes(40)))
    looked_at(enveloped(header(**changed), bytes(40)))


@fuzzed
@given(st.binary(max_size=300) | plain_values.map(lambda each: packed([1, each]) or b""))
def test_any_body_of_a_certificate(body: bytes) -> None:
    looked_at(enveloped(header(), body))
    looked_at(enveloped(header(parents=[shown(STORY.chain[0].id)]), body))


@fuzzed
@given(st.data())
def test_a_certificate_with_anything_in_a_field(data: st.DataObject) -> None:
    """Signed as it should be: a malicious administrator may put in what fits the form."""
    whole = msgspec.to_builtins(
        data.draw(st.sampled_from([STORY.chain[0].action, Person("bea").add(), _INVITE])), builtin_types=(bytes,)
    )
    whole[data.draw(st.sampled_from(sorted(whole)))] = data.draw(plain_values | st.binary(max_size=40))
    body = packed([data.draw(st.integers(0, 3)), whole])
    if body is not None:
        looked_at(
            state_openly(
                "cert",
                space=STORY.space,
                record=STORY.space,
                parents=data.draw(st.sampled_from([(), (STORY.membership.head,)])),
                device=STORY.admin.device,
                wall=1,
                signer=STORY.admin.signer,
                body=body,
            )[1]
        )


_INVITE = Invite(
    invite="i", vk=bytes(32), bk=bytes(32), role=Role.EDITOR, uses=1, until=0, member="", proof=bytes(32), boxes=[]
)


def test_what_is_sealed_here_is_opened() -> None:
    """Otherwise what follows would test nothing."""
    assert opened(sealed(b'{"t":"case","sv":1,"f":{"title":["x",1,"~"]}}')).unseal(KEY).state.kind == "case"


@fuzzed
@given(st.binary(max_size=500), st.booleans())
def test_any_contents_sealed_with_the_right_key(plain: bytes, compress: bool) -> None:
    looked_at(sealed(plain, compress=compress))


@fuzzed
@given(
    st.fixed_dictionaries({"t": plain_values, "sv": plain_values, "f": plain_values}, optional={"needs": plain_values})
)
def test_any_state_sealed_with_the_right_key(state: dict[str, object]) -> None:
    looked_at(sealed(json.dumps(state).encode()))


@fuzzed
@given(st.binary(max_size=200), st.binary(max_size=80) | st.just(bytes(48)))
def test_any_box(box: bytes, short: bytes) -> None:
    tried(lambda: unsealed(box, STORY.admin.box))
    tried(lambda: unsealed(short, STORY.admin.box))


@fuzzed
@given(st.binary(max_size=400), st.integers(0, 20))
def test_any_frames(raw: bytes, most: int) -> None:
    found = tried(lambda: unframed(raw, most))
    if isinstance(found, list):
        assert framed(found) == raw


@fuzzed
@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(0, 60))
def test_frames_that_are_cut_short_are_refused(envelopes: list[bytes], cut: int) -> None:
    raw = framed(envelopes)
    assert unframed(raw, 8) == envelopes
    part = raw[: max(len(raw) - cut, 0)]
    found = tried(lambda: unframed(part, 8))
    assert found is None or found in [envelopes[:many] for many in range(len(envelopes) + 1)]


signs = st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567ABZſK018-. \n\0", max_size=70)


@fuzzed
@given(
    st.sampled_from(["c", "e", "r/2611", "r", "", "x"]),
    st.text(max_size=80)
    | signs
    | st.builds(
        "{}.{}".format, st.text(alphabet="az27QZ", min_size=52, max_size=52), st.sampled_from(["rev", "ERA", "rcp"])
    )
    | st.builds("{:08}-{}.cert".format, st.integers(0, 2**40), st.text(alphabet="az27QZ", min_size=52, max_size=52)),
)
def test_any_name_of_a_file(folder: str, name: str) -> None:
    found = named(folder, name)
    if found:
        assert shown(read(shown(read(name.lower().rpartition(".")[0].rpartition("-")[2])))) in name.lower()
        assert len(found.id) == 32
        assert found.path == f"{folder}/{name}"


@fuzzed
@given(st.text(max_size=80) | signs)
def test_any_id(text: str) -> None:
    found = tried(lambda: read(text))
    assert found is None or (isinstance(found, bytes) and len(found) == 32)


DEEP = 250_000
FAR = 2**32 - 1

BOMBS: dict[str, bytes] = {
    "header of nested lists": enveloped(b"[" * DEEP),
    "header of nested objects": enveloped(b'{"v":' * (DEEP // 5)),
    "unknown field that is deep": enveloped(header()[:-1] + b',"x":' + b"[" * DEEP + b"]" * DEEP + b"}"),
    "name of a megabyte": enveloped(header(dev="x" * 900_000)),
    "number without an end": enveloped(header()[:-2] + b"9" * 900_000 + b"}"),
    "exponent": enveloped(header()[:-2] + b"1e999999999}"),
    "many parents": enveloped(header(parents=["a"] * 150_000)),
    "parents that are empty": enveloped(header(parents=[""] * 250_000)),
    "sixty-five parents": enveloped(header(parents=["a" * 52] * 65)),
    "length beyond the end": MAGIC + struct.pack(">I", FAR) + bytes(200),
    "length to the end": MAGIC + struct.pack(">I", 193) + bytes(200),
    "header that is no UTF-8": enveloped(header(dev="x").replace(b"x", b"\xff\xfe")),
    "half a surrogate": enveloped(header(dev="x").replace(b'"x"', b'"\\ud800"')),
    "null bytes": enveloped(header(dev="\0" * 64)),
    "too large": enveloped(header(), bytes(LARGEST_CERTIFICATE)),
    "too large for a revision": enveloped(header(kind="rev"), bytes(LARGEST + 2048)),
    "msgpack of nested lists": enveloped(header(), b"\x91" * 1_000_000),
    "msgpack of nested lists behind a number": enveloped(header(), b"\x92\x01" + b"\x91" * 1_000_000),
    "msgpack of nested maps": enveloped(header(), b"\x92\x01" + b"\x81\xa1x" * 300_000),
    "msgpack list that says it is long": enveloped(header(), b"\xdd\xff\xff\xff\xff" + bytes(1000)),
    "msgpack map that says it is long": enveloped(header(), b"\x92\x01\xdf\xff\xff\xff\xff" + bytes(1000)),
    "msgpack bytes that say they are long": enveloped(header(), b"\x92\x01\xc6\xff\xff\xff\xff" + bytes(1000)),
    "msgpack of another kind": enveloped(header(), b"\x92\x01\xc9\xff\xff\xff\xff\x01" + bytes(1000)),
    "msgpack of a name that is no UTF-8": enveloped(header(), b"\x92\x01\x81\xa4type\xa6\xffreate"),
    "less than a seal": enveloped(header(kind="rev"), bytes(39)),
    "contents that swell": sealed(bytes(250 * 1024 * 1024)),
    "contents that swell to nested lists": sealed(b'{"t":"x","sv":1,"f":' + b"[" * 4_000_000),
    "contents that are deep": sealed(b'{"t":"x","sv":1,"f":{"x":' + b"[" * DEEP + b"]" * DEEP + b"}}"),
    "sets in sets": sealed(
        b'{"t":"x","sv":1,"f":{"x":' + b'["set",{"a":' * 900 + b'[1,1,"~"]' + b'},1,"~"]' * 900 + b"}}"
    ),
    "number of a megabyte": sealed(b'{"t":"x","f":{},"sv":' + b"9" * 1_000_000 + b"}"),
    "half a compressed state": sealed(zlib.compress(bytes(1000))[:-4], compress=False),
    "two compressed states": sealed(zlib.compress(b"{}") + zlib.compress(b"{}"), compress=False),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_no_harm(name: str) -> None:
    with within_bounds():
        looked_at(BOMBS[name])


@pytest.mark.parametrize(
    "raw",
    [b"\xff\xff\xff\xff", struct.pack(">I", FAR) + bytes(100), bytes(4) * 500_000, framed([b"a"] * 200_000)],
    ids=["length alone", "length beyond the end", "many empty ones", "many small ones"],
)
def test_frames_that_are_bombs_are_refused(raw: bytes) -> None:
    with within_bounds():
        assert tried(lambda: unframed(raw, 500)) is None


def test_a_certificate_as_large_as_one_may_be_is_read_in_bounds() -> None:
    """3,000 devices and their boxes, in a rotation; and a cut of as many revisions as fit."""
    with within_bounds():
        looked_at(
            certify(
                Create(member="m", device="d", vk=bytes(SIGNER.verify_key), bk=bytes(32), kind="circle"),
                n=1,
                before=None,
                space="space-1",
                device="d",
                wall=1,
                signer=SIGNER,
            ).envelope.raw
        )
        cut = [bytes(SHORT)] * 55_000
        body = msgspec.msgpack.encode([2, {"type": "remove", "devices": ["d"], "cut": cut}])
        looked_at(enveloped(header(parents=[shown(STORY.chain[0].id)]), body))
