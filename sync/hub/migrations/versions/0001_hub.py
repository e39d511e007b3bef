"""The hub as it began."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of a hub."""
    op.create_table(
        "space",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("live_count", sa.BigInteger, nullable=False),
        sa.Column("live_xor", sa.LargeBinary, nullable=False),
        sa.Column("cert_head", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "envelope",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.LargeBinary, nullable=False),
        sa.Column("rec", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("dev", sa.Text, nullable=False),
        sa.Column("wall", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("superseded", sa.SmallInteger, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("env", sa.LargeBinary),
    )
    op.create_index("ix_envelope_id", "envelope", ["space", "id"], unique=True)
    op.create_index("ix_envelope_rec", "envelope", ["space", "rec"])
    op.create_index("ix_envelope_kind", "envelope", ["space", "kind", "seq"])
    heads = sa.text("superseded = 0")
    op.create_index("ix_envelope_heads", "envelope", ["space", "seq"], sqlite_where=heads, postgresql_where=heads)
    op.create_table(
        "awaited",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("parent", sa.LargeBinary, primary_key=True),
        sa.Column("rec", sa.Text, primary_key=True),
    )
    op.create_table(
        "erased",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("rec", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "used",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("dev", sa.Text, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("envelopes", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "frozen",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("device", sa.Text, primary_key=True),
        sa.Column("member", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "code",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("space", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """There is nothing before the beginning."""
    raise NotImplementedError
