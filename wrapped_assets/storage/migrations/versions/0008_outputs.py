"""Where files went that commands wrote outside of the lake."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "outputs",
        sa.Column("output_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("listener_id", sa.BigInteger()),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("output_id"),
    )
    op.create_index("outputs_by_listener", "outputs", ["listener_id"])
    op.create_index("outputs_by_path", "outputs", ["path"])


def downgrade() -> None:
    op.drop_table("outputs")
