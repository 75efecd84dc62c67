"""What releases spend of delta, beside rho: in whole trillionths, so that sums are exact."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for table, name, default in (
        ("budget_accounts", "cap_pico_delta", "2000000"),
        ("budget_accounts", "spent_pico_delta", "0"),
        ("budget_spends", "pico_delta", "0"),
    ):
        op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default=default))
    # The one release with a threshold so far spent a millionth each time; the cap, as of before, may then be reached already.
    op.execute(sa.text("update budget_spends set pico_delta = 1000000 where request_key like 'charts/%/numbers%'"))
    op.execute(
        sa.text(
            "update budget_accounts set spent_pico_delta = "
            "(select coalesce(sum(pico_delta), 0) from budget_spends where budget_spends.account = budget_accounts.account)"
        )
    )


def downgrade() -> None:
    op.drop_column("budget_spends", "pico_delta")
    op.drop_column("budget_accounts", "spent_pico_delta")
    op.drop_column("budget_accounts", "cap_pico_delta")
