"""The tables of a casebook: the log, which is the truth, and the present, which can be made again from it.

`rev.head`: no revision that counts follows it. `rev.pushed`: 0 waits for the store, 1 is in it, 2 was refused by it.
`rev.counts`: 0 the writer might not write this, 1 it counts, 2 it would, but the key that opens it is not here,
3 it is put by, to be judged when all of its history is here.
`statement.counts`: 1 for an erasure that was carried out.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    select,
    text,
)

log = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
present = MetaData(naming_convention=log.naming_convention)

act = Table(
    "act",
    log,
    Column("n", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("undoes", Integer),
    Column("redoes", Integer),
)

rev = Table(
    "rev",
    log,
    Column("id", LargeBinary, primary_key=True),
    Column("space", Text, nullable=False),
    Column("rec", Text, nullable=False),
    Column("dev", Text, nullable=False),
    Column("wall", Integer, nullable=False),
    Column("head", Integer, nullable=False),
    Column("pushed", Integer, nullable=False),
    Column("act", Integer, ForeignKey("act.n")),
    Column("env", LargeBinary, nullable=False),
    Column("key", Integer, nullable=False, server_default="1"),
    Column("counts", Integer, nullable=False, server_default="1"),
    Column("refused", Text, nullable=False, server_default=""),
    Index("ix_rev_rec", "rec", "head"),
    Index("ix_rev_act", "act"),
    Index("ix_rev_waits", "space", sqlite_where=text("pushed = 0")),
    # Each takes part only in a question that has its condition word for word: see `WAITS`, `CLOSED` and `PUT_BY`.
    Index("ix_rev_closed", "space", sqlite_where=text("counts = 2")),
    Index("ix_rev_put_by", "space", sqlite_where=text("counts = 3")),
)

WAITS, CLOSED, PUT_BY = text("rev.pushed = 0"), text("rev.counts = 2"), text("rev.counts = 3")
"""What few revisions are: asked for in these words SQLite finds them without reading the log."""

statement = Table(
    "statement",
    log,
    Column("id", LargeBinary, primary_key=True),
    Column("space", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rec", Text, nullable=False),
    Column("dev", Text, nullable=False),
    Column("wall", Integer, nullable=False),
    Column("counts", Integer, nullable=False, server_default="0"),
    Column("pushed", Integer, nullable=False),
    Column("refused", Text, nullable=False, server_default=""),
    Column("env", LargeBinary, nullable=False),
    Index("ix_statement_space", "space", "kind"),
    Index("ix_statement_rec", "rec"),
)

space = Table(
    "space",
    log,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("count", Integer, nullable=False, server_default="0"),
    Column("xor", LargeBinary, nullable=False, server_default=text("(zeroblob(32))")),
)

key = Table(
    "key",
    log,
    Column("space", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("cert", LargeBinary, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

peer = Table(
    "peer",
    log,
    Column("space", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default=""),
)

device = Table(
    "device",
    log,
    Column("id", Text, primary_key=True),
    Column("seed", LargeBinary, nullable=False),
    Column("box_seed", LargeBinary, nullable=False),
    Column("member", Text, nullable=False),
)

draft = Table(
    "draft",
    log,
    Column("rec", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("heads", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("at", Integer, nullable=False),
    Column("space", Text, nullable=False, server_default=""),
)

setting = Table("setting", log, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

audit = Table(
    "audit",
    log,
    Column("n", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

record = Table(
    "record",
    present,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("space", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("heads", LargeBinary, nullable=False),
    Column("differs", LargeBinary, nullable=False),
    Column("archived", Integer, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("asked_on", Text, nullable=False),
    Column("sort_title", Text, nullable=False),
    Index("ix_record_case_id", "case_id"),
    Index("ix_record_kind", "kind", "archived", "n"),
    *(
        Index(f"ix_record_{name}", "kind", "archived", name, "n")
        for name in ("sort_title", "reference", "status", "direction", "area", "asked_on", "changed")
    ),
)

facet = Table(
    "facet",
    present,
    Column("facet", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("n", Integer, primary_key=True),
    Index("ix_facet_n", "n"),
    sqlite_with_rowid=False,
)

unindexed = Table("unindexed", present, Column("n", Integer, primary_key=True))
"""Cases whose words are not in the index yet; see `projecting.index_words`."""


def among(column: ColumnElement[object]) -> ColumnElement[bool]:
    """Whether a column holds one of the *ids* that `listed` made: for any number of them the same statement."""
    value = func.json_each(bindparam("ids")).table_valued("value").c.value
    return column.in_(select(func.unhex(value) if isinstance(column.type, LargeBinary) else value))


def listed(ids: Iterable[str | int | bytes]) -> str:
    """These as `among` and `json_each` take them."""
    return msgspec.json.encode([each.hex() if isinstance(each, bytes) else each for each in ids]).decode()
