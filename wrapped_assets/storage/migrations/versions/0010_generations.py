"""A number that grows with whatever may change whom others see, so that nothing rendered before is shown after."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# By triggers, so that no writer can forget it, and in the writer's own transaction.
EVENTS = {
    "consent_events": ("insert",),
    "restrictions": ("insert", "update", "delete"),
    "listeners": ("update", "delete"),
    "groups": ("insert", "update", "delete"),
    "group_members": ("insert", "update", "delete"),
}
BUMP = "update generations set number = number + 1 where name = 'people'"


def upgrade() -> None:
    op.create_table(
        "generations",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("consent_events_by_end", "consent_events", ["valid_until"])
    op.execute(sa.text("insert into generations (name, number) values ('people', 0)"))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            sa.text(
                "create function bump_generation() returns trigger language plpgsql as "
                f"$$ begin {BUMP}; return null; end $$"
            )
        )  # fmt: skip
    for table, events in EVENTS.items():
        for event in events:
            what = f"create trigger {table}_{event}_generation after {event} on {table}"
            how = f"begin {BUMP}; end" if is_sqlite else "for each statement execute function bump_generation()"
            op.execute(sa.text(f"{what} {how}"))


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, events in EVENTS.items():
        for event in events:
            op.execute(sa.text(f"drop trigger {table}_{event}_generation" + ("" if is_sqlite else f" on {table}")))
    if not is_sqlite:
        op.execute(sa.text("drop function bump_generation()"))
    op.drop_index("consent_events_by_end", "consent_events")
    op.drop_table("generations")
