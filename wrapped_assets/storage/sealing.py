"""Seals files that name people before they leave for a store: nobody reads or changes one without the key of the data root.

A sealed file is a row of pieces, each with a nonce of its own (AES-256-GCM). What a piece is tied to are the file's name, the piece's place
and whether it is the last one, so that no piece can be left out, moved, or put into another file.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import BinaryIO

PIECE_BYTES = 1 << 22
_NONCE_BYTES, _TAG_BYTES = 12, 16


class BrokenSealError(ValueError):
    """A sealed file is not as it was sealed, or was sealed with another key or under another name."""


def sealing_key(root_key: bytes) -> bytes:
    """The key of a data root that seals its documents."""
    return blake2b(b"documents of a data root", key=root_key, digest_size=32).digest()


def seal(key: bytes, name: str, source: BinaryIO, target: BinaryIO) -> None:
    """Writes what `source` holds to `target`, sealed, a piece at a time."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, place, piece = AESGCM(key), 0, source.read(PIECE_BYTES)
    while True:
        after = source.read(PIECE_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        target.write(nonce + cipher.encrypt(nonce, piece, _tied(name, place, is_last=not after)))
        if not after:
            return
        place, piece = place + 1, after


def unseal(key: bytes, name: str, source: BinaryIO, target: BinaryIO) -> None:
    """Writes what was sealed to `target`. BrokenSealError where it is anything else; `target` may have a part of it by then."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, whole, place = AESGCM(key), _NONCE_BYTES + PIECE_BYTES + _TAG_BYTES, 0
    piece = source.read(whole)
    while True:
        after = source.read(whole)
        try:
            target.write(cipher.decrypt(piece[:_NONCE_BYTES], piece[_NONCE_BYTES:], _tied(name, place, is_last=not after)))
        except (InvalidTag, ValueError):
            raise BrokenSealError("a sealed file is not as it was sealed") from None
        if not after:
            return
        place, piece = place + 1, after


def _tied(name: str, place: int, *, is_last: bool) -> bytes:
    return f"{place}\x1f{int(is_last)}\x1f{name}".encode()
