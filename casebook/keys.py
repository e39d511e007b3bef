"""The keys of a casebook, and the only place that speaks to the keyring of the operating system."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.pwhash import argon2id
from nacl.signing import SigningKey
from nacl.utils import random

from casebook.problem import NotSaved, Problem
from resources.language import _

SERVICE = "Casusboek"
KEY_BYTES = 32
_PAGE = 4096
SALT_BYTES = 16
"""SQLCipher keeps the salt of a file, unencrypted, in its first 16 bytes: it names the file in the keyring."""

SHORTEST = 15
"""Characters of a new passphrase at least: nothing else guards the file (NIST SP 800-63B-4, section 3.1.1.2)."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key that opens one file, with the salt that stands at its head."""

    key: bytes
    salt: bytes

    @property
    def pragma(self) -> str:
        """The key as SQLCipher wants it, derived already."""
        return f"x'{self.key.hex()}{self.salt.hex()}'"


@dataclass(frozen=True, slots=True)
class Device:
    """This device: its name in every revision, whose it is, what it signs with, and what is sealed for it."""

    id: str
    member: str
    signer: SigningKey
    box: PrivateKey


@dataclass(frozen=True, slots=True)
class SpaceKey:
    """A key of a space; the certificate that brought it tells two with one number apart (a fork of the chain)."""

    space: str
    number: int
    secret: bytes
    cert: bytes = b""


class Keys:
    """The keys of every space in a casebook; it never changes: a new key makes a new one of these."""

    def __init__(self, held: Iterable[SpaceKey]) -> None:
        # The newest first; of two with one number the lowest certificate, which is the one that stands.
        self._held = sorted(held, key=lambda each: (-each.number, each.cert))
        self._newest: dict[str, SpaceKey] = {}
        self._secrets: dict[tuple[str, int], tuple[bytes, ...]] = {}
        for each in self._held:
            self._newest.setdefault(each.space, each)
            place = each.space, each.number
            self._secrets[place] = (*self._secrets.get(place, ()), each.secret)

    def __len__(self) -> int:
        return len(self._held)

    def newest(self, space: str) -> SpaceKey:
        """What is sealed with now; raises a `Problem` where this device has no key of the space yet."""
        if space not in self._newest:
            raise NotSaved(
                _(
                    "This device has no key of this circle yet, so nothing can be saved in it. "
                    "Synchronise, or ask an administrator of the circle."
                )
            )
        return self._newest[space]

    def secrets(self, space: str, number: int) -> tuple[bytes, ...]:
        """Every key of the space with this number; usually one, none while it has not come yet."""
        return self._secrets.get((space, number), ())


def new_file_key(passphrase: str | None) -> FileKey:
    """A key for a new casebook: in the keyring, or made from a passphrase where there is no keyring.

    Raises `PassphraseNeeded` when neither is there, and `PassphraseTooShort` for one that is soon guessed.
    """
    salt = random(SALT_BYTES)
    if passphrase is not None:
        # Blanks at the ends, or many in a row, make nothing longer.
        if len(" ".join(passphrase.split())) < SHORTEST:
            raise PassphraseTooShort
        return from_passphrase(passphrase, salt)
    made = FileKey(random(KEY_BYTES), salt)
    if not _remember(made):
        raise PassphraseNeeded
    return made


def file_key(path: Path, passphrase: str | None) -> FileKey:
    """The key of the casebook at *path*; raises `PassphraseNeeded` when the keyring does not have it."""
    salt = salt_of(path)
    if passphrase is not None:
        return from_passphrase(passphrase, salt)
    known = _recall(salt)
    if known is None:
        raise PassphraseNeeded
    return FileKey(known, salt)


def passphrase_in(file: Path | None) -> str | None:
    """The passphrase that stands in a file, without the end of its line; None where no file was named."""
    if file is None:
        return None
    try:
        return file.expanduser().read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(
            _("The passphrase file {name} cannot be read. Nothing was changed.").format(name=file.name),
            details=str(error),
        ) from error


class PassphraseNeeded(Problem):
    """There is no key in a keyring: the reader has to give the passphrase."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This computer has no keyring that holds the key of this casebook. Nothing is lost. "
                "Give the passphrase; without a screen: --passphrase-file FILE."
            )
        )


class Unreadable(Problem):
    """The file is no casebook, is damaged, or has another key: a copy of it may still open."""


class PassphraseTooShort(Problem):
    """A passphrase for a new casebook that is soon guessed. One that opens a casebook already may be of any length."""

    def __init__(self) -> None:
        sentence = _(
            "The passphrase for a new casebook has at least {n} characters, for example four words. "
            "Nothing was made yet. Choose a longer one."
        )
        super().__init__(sentence.format(n=SHORTEST))


def from_passphrase(passphrase: str, salt: bytes) -> FileKey:
    """The key that belongs to a passphrase (Argon2id, RFC 9106; about half a second, 64 MiB)."""
    if not passphrase:
        raise Problem(_("A passphrase cannot be empty."))
    try:
        key = argon2id.kdf(
            KEY_BYTES,
            # Keyboards differ in whether é is one sign or two.
            unicodedata.normalize("NFC", passphrase).encode(),
            salt,
            opslimit=argon2id.OPSLIMIT_INTERACTIVE,
            memlimit=argon2id.MEMLIMIT_INTERACTIVE,
        )
    except CryptoError as error:
        raise Problem(
            _("There is too little memory to open the casebook. Nothing is lost."), details=str(error)
        ) from error
    return FileKey(key, salt)


def salt_of(path: Path) -> bytes:
    """The salt at the head of a casebook; raises a `Problem` for a file that cannot be one."""
    try:
        with path.open("rb") as file:
            salt = file.read(SALT_BYTES)
        size = path.stat().st_size
        is_settled = not path.with_name(f"{path.name}-wal").exists()
    except OSError as error:
        raise Problem(
            _("The casebook {name} cannot be read. Check whether the folder is within reach.").format(name=path.name),
            details=str(error),
        ) from error
    if len(salt) < SALT_BYTES or salt.startswith(b"SQLite format 3") or salt[:4] in (b"PK\x03\x04", b"%PDF"):
        raise Unreadable(
            _("{name} is not a casebook. Nothing was changed. Choose another file.").format(name=path.name)
        )
    # While it is in use, or after a power cut, the last page can be half written: SQLite then mends it.
    if size % _PAGE and is_settled:
        raise Unreadable(
            _(
                "{name} is not a casebook, or a part of it is missing. Nothing was changed. "
                "Choose another file, or put back a copy."
            ).format(name=path.name),
            details=f"{size} bytes",
        )
    return salt


def _recall(salt: bytes) -> bytes | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(SERVICE, salt.hex())
    except KeyringError:
        return None
    try:
        key = bytes.fromhex(found or "")
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


def _remember(made: FileKey) -> bool:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, made.salt.hex(), made.key.hex())
    except KeyringError:
        return False
    return _recall(made.salt) == made.key
