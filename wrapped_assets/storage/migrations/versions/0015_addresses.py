"""Addresses of rendered pages that were changed or closed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

EVENTS = ("insert", "update", "delete")
BUMP = "update generations set number = number + 1 where name = 'people'"


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("listener_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("listener_id", "year"),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for event in EVENTS:
        what = f"create trigger addresses_{event}_generation after {event} on addresses"
        op.execute(sa.text(f"{what} {f'begin {BUMP}; end' if is_sqlite else 'for each statement execute function bump_generation()'}"))


def downgrade() -> None:
    op.drop_table("addresses")  # and its triggers
