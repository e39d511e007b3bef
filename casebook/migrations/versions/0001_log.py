"""The log as it began."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the log."""
    op.create_table(
        "act",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("redoes", sa.Integer),
    )
    op.create_table(
        "rev",
        sa.Column("id", sa.LargeBinary, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("rec", sa.Text, nullable=False),
        sa.Column("dev", sa.Text, nullable=False),
        sa.Column("wall", sa.Integer, nullable=False),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("pushed", sa.Integer, nullable=False),
        sa.Column("act", sa.Integer, sa.ForeignKey("act.n")),
        sa.Column("env", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_rev_rec", "rev", ["rec", "head"])
    op.create_index("ix_rev_act", "rev", ["act"])
    op.create_table("space", sa.Column("id", sa.Text, primary_key=True), sa.Column("kind", sa.Text, nullable=False))
    op.create_table(
        "key",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seed", sa.LargeBinary, nullable=False),
        sa.Column("box_seed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "draft",
        sa.Column("rec", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("heads", sa.LargeBinary, nullable=False),
        sa.Column("fields", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
    )
    op.create_table(
        "setting", sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    op.create_table(
        "audit",
        sa.Column("n", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """There is nothing before the beginning."""
    raise NotImplementedError
