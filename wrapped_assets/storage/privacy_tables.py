"""The tables of the privacy registry: consent, restriction, suppression, exports, budgets and erasure cases."""

from __future__ import annotations

import sqlalchemy as sa

from wrapped_assets.storage.schema import Instant, metadata


def _of_listener(*, is_key: bool = False) -> sa.Column[int]:
    """Whom a row is about; it goes when the listener goes."""
    whom = sa.ForeignKey("listeners.listener_id", ondelete="CASCADE")
    return sa.Column("listener_id", sa.BigInteger, whom, primary_key=is_key, autoincrement=False, nullable=False)


def _of_export() -> sa.Column[str]:
    return sa.Column("export_id", sa.String(32), sa.ForeignKey("exports.export_id"), primary_key=True)


# Append-only, by triggers: no event is changed, and none goes before its listener. The fields are those of ISO/IEC TS 27560.
consent_events = sa.Table(
    "consent_events", metadata,
    sa.Column("event_id", sa.String(32), primary_key=True),
    _of_listener(),
    sa.Column("purpose", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("lawful_basis", sa.String(32), nullable=False),
    sa.Column("notice_version", sa.String(64), nullable=False),
    sa.Column("notice_sha256", sa.String(64), nullable=False),  # of the text that the person was shown
    sa.Column("method", sa.String(32), nullable=False),
    sa.Column("jurisdiction", sa.String(8)),
    sa.Column("valid_from", Instant, nullable=False),
    sa.Column("valid_until", Instant),  # exclusive; null: until the next event
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False, server_default="0"),  # the order of recording, which no clock can change
    sa.CheckConstraint("state in ('objected', 'withdrawn', 'refused', 'expired', 'given')", name="consent_state"),
    sa.Index("consent_events_by_purpose", "purpose", "listener_id", "valid_from"),
    sa.Index("consent_events_by_listener", "listener_id"),
    sa.Index("consent_events_by_sequence", "sequence"),
    sa.Index("consent_events_by_end", "valid_until"),
)  # fmt: skip

# Who is left out of everything but their own year for now, whatever they agreed to.
restrictions = sa.Table(
    "restrictions", metadata,
    _of_listener(is_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("case_id", sa.String(32), nullable=False),
)  # fmt: skip

# Counted up by triggers with whatever may change whom others see: `storage/generations.py` reads it.
generations = sa.Table(
    "generations", metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)  # fmt: skip

# Pages that listeners let others read: whoever has the token. Only its hash is kept, so that the registry opens no page.
shares = sa.Table(
    "shares", metadata,
    sa.Column("token_sha256", sa.String(64), primary_key=True),
    _of_listener(),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("shared_at", Instant, nullable=False),
)  # fmt: skip

# Addresses of rendered pages that differ from a listener's first one of the year: changed `number` times, or closed.
addresses = sa.Table(
    "addresses", metadata,
    _of_listener(is_key=True),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("is_closed", sa.Boolean, nullable=False),
)  # fmt: skip

# Names that must not come back, as keyed hashes: pseudonymous while the key of their generation exists, nothing after.
tombstones = sa.Table(
    "tombstones", metadata,
    sa.Column("token", sa.String(64), primary_key=True),  # HMAC-SHA256 of the name
    sa.Column("key_generation", sa.Integer, nullable=False),
    sa.Column("case_id", sa.String(32), nullable=False),
    sa.Column("bucket", sa.Integer, nullable=False),
    sa.Column("erased_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)  # fmt: skip

exports = sa.Table(
    "exports", metadata,
    sa.Column("export_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("year", sa.Integer),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("sha256", sa.String(64)),  # of the staged bytes
    sa.Column("policy_sha256", sa.String(64)),
    sa.Column("snapshot_id", sa.String(64)),
    sa.Column("recipient", sa.String(64)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("cleared_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Column("expired_at", Instant),  # when our copies were destroyed
    sa.CheckConstraint("state in ('candidate', 'staged', 'cleared', 'delivered', 'refused', 'withdrawn')", name="export_state"),
)  # fmt: skip

# Who is in an export that has a row for each person.
export_subjects = sa.Table(
    "export_subjects", metadata,
    _of_export(),
    _of_listener(is_key=True),
    sa.Column("pseudonym", sa.String(64), nullable=False),
    sa.UniqueConstraint("export_id", "pseudonym"),
)  # fmt: skip

# What a recipient was asked to delete; the pseudonym alone, for the person is gone.
recalls = sa.Table(
    "recalls", metadata,
    _of_export(),
    sa.Column("pseudonym", sa.String(64), primary_key=True),
    sa.Column("case_id", sa.String(32), nullable=False),
    sa.Column("recalled_at", Instant, nullable=False),
    sa.Column("notified_at", Instant),
    sa.Column("confirmed_at", Instant),
)  # fmt: skip

# An approval is of bytes: other bytes need another one.
approvals = sa.Table(
    "approvals", metadata,
    _of_export(),
    sa.Column("role", sa.String(32), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("approver", sa.String(128), nullable=False),
    sa.Column("account", sa.String(128)),  # the operating system's user, whatever name was typed
    sa.Column("public_key", sa.String(64)),  # the signer's, and what it signed; in hex
    sa.Column("signature", sa.String(128)),
    sa.Column("approved_at", Instant, nullable=False),
)  # fmt: skip

# The key that made an export's pseudonyms, wrapped; null once destroyed.
export_keys = sa.Table(
    "export_keys", metadata,
    _of_export(),
    sa.Column("wrapped_key", sa.LargeBinary),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("destroyed_at", Instant),
)  # fmt: skip

# Budgets of differential privacy in billionths of a zCDP rho and trillionths of a delta: integers, so that sums are exact.
budget_accounts = sa.Table(
    "budget_accounts", metadata,
    sa.Column("account", sa.String(128), primary_key=True),  # whose budget, and of what time: 2025/all
    sa.Column("cap_nano_rho", sa.BigInteger, nullable=False),
    sa.Column("spent_nano_rho", sa.BigInteger, nullable=False),
    sa.Column("cap_pico_delta", sa.BigInteger, nullable=False, server_default="2000000"),
    sa.Column("spent_pico_delta", sa.BigInteger, nullable=False, server_default="0"),
    sa.CheckConstraint("spent_nano_rho >= 0 and spent_nano_rho <= cap_nano_rho", name="budget_within_cap"),
)  # fmt: skip

budget_spends = sa.Table(
    "budget_spends", metadata,
    sa.Column("request_key", sa.String(128), primary_key=True),
    sa.Column("account", sa.String(128), sa.ForeignKey("budget_accounts.account"), nullable=False),
    sa.Column("nano_rho", sa.BigInteger, nullable=False),
    sa.Column("pico_delta", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("purpose", sa.String(64), nullable=False),
    sa.Column("spent_at", Instant, nullable=False),
    sa.Column("result_path", sa.String),  # where the one result of this spend lies; null: the run failed, the charge stays
    sa.Column("result_sha256", sa.String(64)),
)  # fmt: skip

# Files that commands wrote at an --out, so that an erasure can say where to look. A path may name a person: it goes with its listener.
outputs = sa.Table(
    "outputs", metadata,
    sa.Column("output_id", sa.String(32), primary_key=True),
    sa.Column("path", sa.String, nullable=False),
    sa.Column("what", sa.String(32), nullable=False),
    sa.Column("listener_id", sa.BigInteger, sa.ForeignKey("listeners.listener_id", ondelete="CASCADE")),  # null: it may be about anybody
    sa.Column("written_at", Instant, nullable=False),
    sa.Index("outputs_by_listener", "listener_id"),
    sa.Index("outputs_by_path", "path"),
)  # fmt: skip

# The record that an erasure leaves: numbers and hashes, nobody.
erasure_cases = sa.Table(
    "erasure_cases", metadata,
    sa.Column("case_id", sa.String(32), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("counts", sa.JSON, nullable=False),
)  # fmt: skip
