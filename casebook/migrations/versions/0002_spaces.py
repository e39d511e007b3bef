"""Several spaces in one casebook: their keys, statements and stores, and what became of each revision."""

import sqlalchemy as sa
from alembic import op

from casebook.record import new_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there stays as it is: it waits for a store, and counts."""
    with op.batch_alter_table("rev") as rev:
        rev.add_column(sa.Column("key", sa.Integer, nullable=False, server_default="1"))
        rev.add_column(sa.Column("counts", sa.Integer, nullable=False, server_default="1"))
        rev.add_column(sa.Column("refused", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_rev_waits", "rev", ["space"], sqlite_where=sa.text("pushed = 0"))
    op.create_index("ix_rev_closed", "rev", ["space"], sqlite_where=sa.text("counts = 2"))
    op.create_index("ix_rev_put_by", "rev", ["space"], sqlite_where=sa.text("counts = 3"))
    with op.batch_alter_table("space", recreate="always") as space:
        space.add_column(sa.Column("count", sa.Integer, nullable=False, server_default="0"))
        space.add_column(sa.Column("xor", sa.LargeBinary, nullable=False, server_default=sa.text("(zeroblob(32))")))
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("space", sa.Text, nullable=False, server_default=""))
    _keys()
    _device()
    _new_tables()


def _keys() -> None:
    op.rename_table("key", "old_key")
    op.create_table(
        "key",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("cert", sa.LargeBinary, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
    op.execute("INSERT INTO key (space, n, cert, secret) SELECT space, n, x'', secret FROM old_key")
    op.drop_table("old_key")


def _device() -> None:
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("member", sa.Text))
    op.execute(f"UPDATE device SET member = '{new_id()}'")
    with op.batch_alter_table("device") as device:
        device.alter_column("member", nullable=False)


def _new_tables() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("rec", sa.Text, nullable=False),
        sa.Column("dev", sa.Text, nullable=False),
        sa.Column("wall", sa.Integer, nullable=False),
        sa.Column("counts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("pushed", sa.Integer, nullable=False),
        sa.Column("refused", sa.Text, nullable=False, server_default=""),
        sa.Column("env", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_statement_space", "statement", ["space", "kind"])
    op.create_index("ix_statement_rec", "statement", ["rec"])
    op.create_table(
        "peer",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False, server_default="0"),
        sa.Column("state", sa.Text, nullable=False, server_default=""),
    )


def downgrade() -> None:
    """A casebook does not go back: an older version says that this file is of a newer one."""
    raise NotImplementedError
