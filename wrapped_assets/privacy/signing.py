"""Signatures under exports: by a key of the signer's own, so that two roles are two keys and not two typed names.

A data root belongs to one user of the operating system, who types whatever name they like. Where a policy asks for two roles, each
approval is therefore signed with an Ed25519 key whose public half is listed in `responsible.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from wrapped_assets.contracts.errors import InputError, RefusedError
from wrapped_assets.kernels.texts import compared
from wrapped_assets.privacy.policy import Policy, policy_of
from wrapped_assets.privacy.staged_files import write_private
from wrapped_assets.storage import approvals, exports
from wrapped_assets.storage.approvals import Approval
from wrapped_assets.storage.responsible import Responsible, responsible
from wrapped_assets.storage.root import Root


def make_key(path: Path) -> str:
    """Writes a new private key that only its owner may read; returns the public key in hex. InputError where there is a file."""
    key = Ed25519PrivateKey.generate()
    try:
        write_private(path, (key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),))
    except FileExistsError:
        raise InputError("there is a file at that path: a key never replaces anything") from None
    return key.public_key().public_bytes_raw().hex()


def approve(root: Root, export_id: str, role: str, approver: str, key: Path | None = None) -> Approval:
    """Signs the bytes that are staged now, with the key of the signer where one is given.

    InputError for a role that the policy does not ask for, a second role of the same person, or a key that is not the approver's in
    that role; where the policy asks for two roles, also without a key.
    """
    record = exports.find_export(root, export_id)
    policy = policy_of(record.name).policy
    if key is None and len(policy.approvals) > 1:
        raise InputError(
            f"{record.name} needs {len(policy.approvals)} persons, and a typed name is nobody: sign with --key FILE. `wrapped privacy key` "
            "makes a key, `wrapped privacy signer` lists whose it is"
        )
    signed = None
    if key is not None and record.sha256 is not None:
        own = _private(key)
        public = own.public_key().public_bytes_raw().hex()
        if not _is_listed(responsible(root), approver, role, public):
            raise InputError(f"this key is not listed for that name in the role {role}: `wrapped privacy signer` lists it")
        signed = public, own.sign(_message(export_id, role, record.sha256)).hex()
    return approvals.approve(root, export_id, role, approver, signed, roles=policy.approvals)


def must_be_signed(root: Root, policy: Policy, export_id: str, given: Sequence[Approval]) -> None:
    """RefusedError unless every signature is valid and by a listed key, and several roles are as many persons with a key of their own."""
    known = responsible(root)
    for each in given:
        if each.public_key and not _is_valid(each, export_id, known):
            raise RefusedError(f"the signature in the role {each.role} is not valid, or its key is not listed any more: sign again")
    if len(policy.approvals) < 2:
        return
    needed = [each for each in given if each.role in policy.approvals]
    if unsigned := [each.role for each in needed if not each.public_key]:
        raise RefusedError(f"the approval in the role {unsigned[0]} is a typed name without a signature: sign again with --key FILE")
    names = compared(each.approver for each in needed)
    if len({each.public_key for each in needed}) < len(needed) or len(set(names.values())) < len(needed):
        raise RefusedError("two roles were signed by the same person: the second role needs another person with a key of their own")


def _message(export_id: str, role: str, sha256: str) -> bytes:
    return f"wrapped: approval of an export\n{export_id}\n{role}\n{sha256}\n".encode()


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise InputError("expected a private key as `wrapped privacy key FILE` writes it")
    return found


def _is_listed(known: Responsible, name: str, role: str, public_key: str) -> bool:
    alike = compared([name, *(each.name for each in known.signers)])
    return any(alike[each.name] == alike[name] and (each.role, each.public_key) == (role, public_key) for each in known.signers)


def _is_valid(approval: Approval, export_id: str, known: Responsible) -> bool:
    if not _is_listed(known, approval.approver, approval.role, approval.public_key):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(approval.public_key))
        key.verify(bytes.fromhex(approval.signature), _message(export_id, approval.role, approval.sha256))
    except (InvalidSignature, ValueError):
        return False
    return True
