"""The privacy registry: consent, restriction, suppression, exports, budgets and erasure cases."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# A consent event is never changed, and goes only with its listener: the cascade runs when the listener's row is gone already.
SQLITE = (
    """
    create trigger consent_events_unchanged before update on consent_events
    begin select raise(abort, 'consent_events is append-only'); end
    """,
    """
    create trigger consent_events_kept before delete on consent_events
    when exists (select 1 from listeners where listener_id = old.listener_id)
    begin select raise(abort, 'consent_events is append-only'); end
    """,
    # `insert or replace` deletes without asking the trigger above.
    """
    create trigger consent_events_once before insert on consent_events
    when exists (select 1 from consent_events where event_id = new.event_id)
    begin select raise(abort, 'consent_events is append-only'); end
    """,
)
POSTGRESQL = (
    """
    create function consent_events_append_only() returns trigger language plpgsql as $$
    begin
        if tg_op = 'DELETE' then
            if not exists (select 1 from listeners where listener_id = old.listener_id) then return old; end if;
        end if;
        raise exception 'consent_events is append-only' using errcode = 'integrity_constraint_violation';
    end $$
    """,
    """
    create trigger consent_events_append_only before update or delete on consent_events
    for each row execute function consent_events_append_only()
    """,
    """
    create trigger consent_events_not_emptied before truncate on consent_events
    for each statement execute function consent_events_append_only()
    """,
)


def upgrade() -> None:
    op.create_table(
        "consent_events",
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("listener_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lawful_basis", sa.String(length=32), nullable=False),
        sa.Column("notice_version", sa.String(length=64), nullable=False),
        sa.Column("notice_sha256", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("jurisdiction", sa.String(length=8)),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('objected', 'withdrawn', 'refused', 'expired', 'given')", name="consent_state"),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("consent_events_by_purpose", "consent_events", ["purpose", "listener_id", "valid_from"], unique=False)
    op.create_index("consent_events_by_listener", "consent_events", ["listener_id"], unique=False)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "restrictions",
        sa.Column("listener_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("listener_id"),
    )
    op.create_table(
        "tombstones",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("key_generation", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_table(
        "exports",
        sa.Column("export_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64)),
        sa.Column("policy_sha256", sa.String(length=64)),
        sa.Column("snapshot_id", sa.String(length=64)),
        sa.Column("recipient", sa.String(length=64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True)),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state in ('candidate', 'staged', 'cleared', 'delivered', 'refused', 'withdrawn')", name="export_state"
        ),
        sa.PrimaryKeyConstraint("export_id"),
    )
    op.create_table(
        "export_subjects",
        sa.Column("export_id", sa.String(length=32), nullable=False),
        sa.Column("listener_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["exports.export_id"]),
        sa.ForeignKeyConstraint(["listener_id"], ["listeners.listener_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("export_id", "listener_id"),
        sa.UniqueConstraint("export_id", "pseudonym"),
    )
    op.create_table(
        "recalls",
        sa.Column("export_id", sa.String(length=32), nullable=False),
        sa.Column("pseudonym", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["export_id"], ["exports.export_id"]),
        sa.PrimaryKeyConstraint("export_id", "pseudonym"),
    )
    op.create_table(
        "approvals",
        sa.Column("export_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("approver", sa.String(length=128), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["exports.export_id"]),
        sa.PrimaryKeyConstraint("export_id", "role", "sha256"),
    )
    op.create_table(
        "export_keys",
        sa.Column("export_id", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["export_id"], ["exports.export_id"]),
        sa.PrimaryKeyConstraint("export_id"),
    )
    op.create_table(
        "budget_accounts",
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("cap_nano_rho", sa.BigInteger(), nullable=False),
        sa.Column("spent_nano_rho", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("spent_nano_rho >= 0 and spent_nano_rho <= cap_nano_rho", name="budget_within_cap"),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "budget_spends",
        sa.Column("request_key", sa.String(length=128), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("nano_rho", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result_path", sa.String()),
        sa.Column("result_sha256", sa.String(length=64)),
        sa.ForeignKeyConstraint(["account"], ["budget_accounts.account"]),
        sa.PrimaryKeyConstraint("request_key"),
    )
    op.create_table(
        "erasure_cases",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
