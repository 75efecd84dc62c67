"""Pseudonyms for row-level exports: keyed by a random key of each export, which is wrapped, and destroyed to end their meaning."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from collections.abc import Iterable

from wrapped_assets.contracts.errors import InputError, WrappedError
from wrapped_assets.storage.buckets import set_setting, setting
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.whole_files import write_whole

KEY_BYTES = 32
PSEUDONYM_BYTES = 16  # 128 bits: no two of a billion listeners meet
KEK_FILE = "export.kek"
_MADE = "export_kek"  # the setting that says that some machine has the file


def new_key() -> bytes:
    """A random key for one export; never derived from another, or destroying it would destroy nothing."""
    return secrets.token_bytes(KEY_BYTES)


def pseudonyms(key: bytes, listener_ids: Iterable[int]) -> dict[int, str]:
    """Listener → 32 hex digits that only this export's key can find again."""
    return {
        each: hmac.digest(key, each.to_bytes(8, "big"), "sha256")[:PSEUDONYM_BYTES].hex() for each in listener_ids
    }  # fmt: skip


def wrapping_key(root: Root) -> bytes:
    """The key that wraps the others: of the environment (WRAPPED_EXPORT_KEK, hex), or a file of its own in the data root.

    InputError for an environment's key that is none, WrappedError where the file is on another machine of the same root.
    """
    if given := os.environ.get("WRAPPED_EXPORT_KEK"):
        if not re.fullmatch(f"[0-9a-fA-F]{{{2 * KEY_BYTES}}}", given):
            raise InputError(f"expected WRAPPED_EXPORT_KEK to be {2 * KEY_BYTES} hex digits; got {len(given)} characters")
        return bytes.fromhex(given)
    path = root.path / KEK_FILE
    if not path.exists():
        with root.lock("export_kek"):
            if not path.exists():
                _must_be_the_first(root)
                write_whole(path, new_key(), replaces=False)
    return path.read_bytes()


def _must_be_the_first(root: Root) -> None:
    """WrappedError where another machine has made the file; a key never leaves the machine that made it by itself."""
    if root.is_shared and setting(root, _MADE):
        raise WrappedError(
            f"the key that wraps the keys of exports is on another machine of this data root: copy its {KEK_FILE} to {root.path}, or give "
            "every machine the same WRAPPED_EXPORT_KEK"
        )
    if root.is_shared:
        set_setting(root, _MADE, "made")


def wrapped(kek: bytes, key: bytes) -> bytes:
    """The key as it may be stored (AES key wrap, RFC 3394)."""
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap  # 6 MiB of memory, in a server that never exports too

    return aes_key_wrap(kek, key)


def unwrapped(kek: bytes, stored: bytes) -> bytes:
    """The key again; WrappedError where the wrapping key is another one."""
    from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

    try:
        return aes_key_unwrap(kek, stored)
    except InvalidUnwrap:
        raise WrappedError("the export's key was wrapped by another key: restore the key file or WRAPPED_EXPORT_KEK") from None
