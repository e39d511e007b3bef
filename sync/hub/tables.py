"""The tables of a hub: headers, sealed envelopes, and what it has to remember to judge them."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, text

hub = MetaData()

space = Table(
    "space",
    hub,
    Column("id", Text, primary_key=True),
    # The number of the newest envelope. This row is locked first, so numbers appear in the order of their size.
    Column("seq", BigInteger, nullable=False),
    # The digest of all that is here with its contents.
    Column("live_count", BigInteger, nullable=False),
    Column("live_xor", LargeBinary, nullable=False),
    Column("cert_head", LargeBinary, nullable=False),
)

envelope = Table(
    "envelope",
    hub,
    Column("space", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", LargeBinary, nullable=False),
    Column("rec", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("dev", Text, nullable=False),
    Column("wall", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    # Whether a later revision of the same record follows it.
    Column("superseded", SmallInteger, nullable=False),
    Column("size", Integer, nullable=False),
    # Nothing once the record was erased: the row stays, as proof without contents.
    Column("env", LargeBinary),
    Index("ix_envelope_id", "space", "id", unique=True),
    Index("ix_envelope_rec", "space", "rec"),
)
Index(
    "ix_envelope_heads",
    envelope.c.space,
    envelope.c.seq,
    sqlite_where=text("superseded = 0"),
    postgresql_where=text("superseded = 0"),
)
Index("ix_envelope_kind", envelope.c.space, envelope.c.kind, envelope.c.seq)

awaited = Table(
    "awaited",
    hub,
    # A revision that another one follows, but that is not here yet: it is superseded as soon as it comes.
    Column("space", Text, primary_key=True),
    Column("parent", LargeBinary, primary_key=True),
    Column("rec", Text, primary_key=True),
)

erased = Table(
    "erased",
    hub,
    Column("space", Text, primary_key=True),
    Column("rec", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

used = Table(
    "used",
    hub,
    # What a device brought in today.
    Column("space", Text, primary_key=True),
    Column("dev", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("envelopes", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

frozen = Table(
    "frozen",
    hub,
    # A device, or all devices of a member, that an administrator of the hub keeps out.
    Column("space", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("member", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

code = Table(
    "code",
    hub,
    # The hash of a ticket (begins one space) or of a token (administers the hub); the code itself is nowhere.
    Column("hash", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("space", Text, nullable=False),
)
