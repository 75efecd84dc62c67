"""The relational tables: listeners, editions, landed chunks, and the manifest of cells."""

from __future__ import annotations

import sqlalchemy as sa

from wrapped_assets.storage.privacy_tables import (
    addresses,
    approvals,
    budget_accounts,
    budget_spends,
    consent_events,
    erasure_cases,
    export_keys,
    export_subjects,
    exports,
    generations,
    outputs,
    recalls,
    restrictions,
    shares,
    tombstones,
)
from wrapped_assets.storage.schema import metadata

# The privacy registry's tables lie in a file of their own and are reached from here like the others.
__all__ = [
    "OUTSIDE", "addresses", "approvals", "budget_accounts", "budget_spends", "catalogue_files", "cells", "chunks", "consent_events",
    "damaged_files", "documents", "editions", "erasure_cases", "exclusions", "export_keys", "export_subjects", "exports", "generations",
    "group_members", "groups", "imports", "launch_evidence", "launch_plans", "listeners", "logics", "metadata", "objects", "outputs",
    "publication_cells", "publications", "recalls", "restrictions", "settings", "shares", "spans", "tombstones",
]  # fmt: skip

settings = sa.Table(
    "settings", metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)  # fmt: skip

# The only place where a listener's name meets the surrogate that the lake knows.
listeners = sa.Table(
    "listeners", metadata,
    sa.Column("listener_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("country", sa.String(2)),
    sa.Column("birth_year", sa.Integer),
    sa.Column("place", sa.String),  # where the listener lives, as the catalogue of places spells it
)  # fmt: skip

exclusions = sa.Table(
    "exclusions", metadata,
    sa.Column("listener_id", sa.BigInteger, sa.ForeignKey("listeners.listener_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),  # artist, recording, release_group or hours
    sa.Column("target_id", sa.BigInteger, primary_key=True),  # the id; for hours: from * 100 + until
    sa.Column("label", sa.String, nullable=False),  # as the listener wrote it
)  # fmt: skip

editions = sa.Table(
    "editions", metadata,
    sa.Column("environment", sa.String(64), primary_key=True),  # "": the main one
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rules", sa.String(64), nullable=False),
    sa.Column("window_start", sa.Date),
    sa.Column("window_end", sa.Date),
    sa.Column("launch_at", sa.DateTime(timezone=True)),
    sa.Column("catalogue", sa.String(32)),  # the version of the catalogue that it is told by; null: the newest
    sa.Column("is_frozen", sa.Boolean, nullable=False, server_default=sa.false()),  # its population stays as it is
)  # fmt: skip

# A version of the catalogue is a set of files, one per table of it; named by their content, never changed.
catalogue_files = sa.Table(
    "catalogue_files", metadata,
    sa.Column("version", sa.String(32), primary_key=True),
    sa.Column("asset", sa.String(64), primary_key=True),  # sources/known_artists and so on
    sa.Column("number", sa.Integer, nullable=False),  # of the version, in the order in which they were imported
    sa.Column("path", sa.String, nullable=False),
    sa.Column("row_count", sa.BigInteger, nullable=False),
    sa.Column("column_hashes", sa.String, nullable=False),
    sa.Column("file_hash", sa.String(32), nullable=False),
    sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

# People who want to be told their year together; who of them agreed is a matter of consent.
groups = sa.Table(
    "groups", metadata,
    sa.Column("group_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String, nullable=False, unique=True),
)  # fmt: skip

group_members = sa.Table(
    "group_members", metadata,
    sa.Column("group_id", sa.BigInteger, sa.ForeignKey("groups.group_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("listener_id", sa.BigInteger, sa.ForeignKey("listeners.listener_id", ondelete="CASCADE"), primary_key=True),
)  # fmt: skip

# Which spans of months are kept up to date, in which bucket (-1: all).
spans = sa.Table(
    "spans", metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
)  # fmt: skip

# One row per landed file of plays (or of tracks): append-only, content-addressed.
chunks = sa.Table(
    "chunks", metadata,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("asset", sa.String(64), nullable=False),  # sources/landed_plays or sources/landed_tracks
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("bucket", sa.Integer, nullable=False),
    sa.Column("row_count", sa.BigInteger, nullable=False),
    sa.Column("whole", sa.String(32), nullable=False),  # content hashes: of all rows, and of those in the month's first and last hours
    sa.Column("head", sa.String(32), nullable=False),
    sa.Column("tail", sa.String(32), nullable=False),
    sa.Column("file_hash", sa.String(32), nullable=False),
    sa.Column("is_early", sa.Boolean, nullable=False),  # has plays that a western clock puts in the month before
    sa.Column("is_late", sa.Boolean, nullable=False),  # has plays that an eastern clock puts in the month after
    sa.Column("people", sa.LargeBinary),  # of plays: the listeners in it, as sorted little-endian int64
    sa.Index("chunks_by_cell", "bucket", "month"),
)  # fmt: skip

# One row per imported member of an export, keyed by content and listener, so that twice is once.
imports = sa.Table(
    "imports", metadata,
    sa.Column("content", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("play_count", sa.BigInteger, nullable=False),
    sa.Column("rejected", sa.JSON, nullable=False),
    sa.Column("rejected_path", sa.String),
    sa.Column("rejected_hash", sa.String(32)),  # of that file's bytes; null where an older program wrote it
    sa.Column("importer", sa.String(32)),  # of the code that landed it; null where an older program did
)  # fmt: skip

# The manifest. `column_hashes` maps each column to its content hash.
cells = sa.Table(
    "cells", metadata,
    sa.Column("environment", sa.String(64), primary_key=True),  # "": the main one; others hold only what differs from it
    sa.Column("asset", sa.String(128), primary_key=True),
    sa.Column("period", sa.String(7), primary_key=True),
    sa.Column("bucket", sa.Integer, primary_key=True),  # -1: all listeners
    sa.Column("input_version", sa.String(32), nullable=False),
    sa.Column("logic", sa.String(32), nullable=False),
    sa.Column("rules", sa.String(32), nullable=False),
    sa.Column("inputs", sa.String, nullable=False),  # what was read, for `explain`: a line per partition
    sa.Column("data_version", sa.String(32), nullable=False),
    sa.Column("column_hashes", sa.String, nullable=False),
    sa.Column("row_count", sa.BigInteger, nullable=False),
    sa.Column("byte_count", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("path", sa.String, nullable=False),
    sa.Column("file_hash", sa.String(32), nullable=False),
    sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("scheme", sa.Integer, nullable=False, server_default="1"),  # of its content hashes
    sa.Index("cells_by_path", "path"),
)  # fmt: skip

# Everything that a build is given from outside: what the units of a build compare before they publish.
OUTSIDE = (chunks, listeners, exclusions, editions, catalogue_files, groups, group_members, consent_events, restrictions)

# What each logic fingerprint was made of, so that `explain` can name what changed.
logics = sa.Table(
    "logics", metadata,
    sa.Column("fingerprint", sa.String(32), primary_key=True),
    sa.Column("parts", sa.JSON, nullable=False),
)  # fmt: skip

# A published edition is a frozen list of cells; the newest `is_live` one of a year is what readers see.
publications = sa.Table(
    "publications", metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("is_live", sa.Boolean, nullable=False),
    sa.Column("rules", sa.JSON, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("rolled_back_at", sa.DateTime(timezone=True)),  # when readers were taken away from it; null where they never were
    sa.Column("rollback_reason", sa.String(500)),
    sa.Column("bucket_count", sa.Integer),  # of its cells; null: that of the root, which nobody has divided since
)  # fmt: skip

publication_cells = sa.Table(
    "publication_cells", metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("asset", sa.String(128), primary_key=True),
    sa.Column("period", sa.String(7), primary_key=True),
    sa.Column("bucket", sa.Integer, primary_key=True),
    sa.Column("path", sa.String, nullable=False),
    sa.Column("file_hash", sa.String(32)),  # null where an older program published it and its cell had moved on
    sa.Index("publication_cells_by_path", "path"),
)  # fmt: skip

# How an edition is to go public, and what is known to be done of it: the evidence of each step, by edition.
launch_plans = sa.Table(
    "launch_plans", metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("targets", sa.JSON, nullable=False),  # folders and stores; none: `serve` alone
    sa.Column("locales", sa.JSON, nullable=False),
    sa.Column("freeze_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("stopped", sa.String(500)),  # why the plan goes no further by itself; null while it does
)  # fmt: skip

launch_evidence = sa.Table(
    "launch_evidence", metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("step", sa.String(16), primary_key=True),
    sa.Column("edition", sa.String(200), primary_key=True),  # it counts for this one alone
    sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
)  # fmt: skip

# Files that were found missing or damaged, until they are whole again.
damaged_files = sa.Table(
    "damaged_files", metadata,
    sa.Column("path", sa.String, primary_key=True),
    sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

# Every object that may lie in the object store of this root: noted before it is sent, forgotten once the store has removed it.
objects = sa.Table(
    "objects", metadata,
    sa.Column("path", sa.String(220), primary_key=True),
    sa.Column("is_leaving", sa.Boolean, nullable=False),  # about to be removed: nothing may name it any more
)  # fmt: skip

# Of a root in an object store: which object is a document's newest version, and the hash of the document.
documents = sa.Table(
    "documents", metadata,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("path", sa.String(220), nullable=False),
    sa.Column("file_hash", sa.String(32), nullable=False),
)  # fmt: skip
