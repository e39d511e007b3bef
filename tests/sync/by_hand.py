"""Revisions made by hand, with a real device and key, as another program could: newer, broken, or malicious."""

import json
import zlib
from typing import Any

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

from casebook.database import Database
from casebook.envelope import RevisionId
from casebook.envelope import _signed as signed
from sync import circles
from sync.hub_client import HubStore
from sync.store import Outcome
from sync.stores import stored_in


class ByHand:
    """Writes with the device of a casebook, in one of its circles."""

    def __init__(self, db: Database, space: str) -> None:
        self.db, self.space = db, space
        self.key = db.keys.newest(space)

    def revision(self, record: str, state: dict[str, Any] | bytes, **header: Any) -> tuple[RevisionId, bytes]:
        """A sealed revision of this state (bytes are sealed as they are), with anything in its header."""
        plain = {
            "v": 1,
            "space": self.space,
            "rec": record,
            "kind": "rev",
            "parents": [],
            "dev": self.db.device.id,
            "key": self.key.number,
            "wall": self.db.clock(),
        }
        raw = json.dumps(plain | header, sort_keys=True).encode()
        packed = state if isinstance(state, bytes) else zlib.compress(json.dumps(state).encode())
        nonce = bytes(24)
        body = nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(packed, raw, nonce, self.key.secret)
        return signed(raw, body, self.db.device.signer)

    def send(self, *raws: bytes) -> list[Outcome]:
        """Straight into the store."""
        line = circles.circle(self.db, self.space)
        assert line
        store = stored_in(self.db, circles.replica_of(self.db, self.space), line.address, connected=True)
        try:
            return store.push(raws)
        finally:
            if isinstance(store, HubStore):
                store.close()
