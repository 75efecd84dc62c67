"""Who answers for a data root: the controller, whom listeners can write to, and who may sign exports. Kept in `responsible.yaml`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

import sqlalchemy as sa
import yaml

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.kernels.one_line import one_line
from wrapped_assets.storage import tables
from wrapped_assets.storage.root import Root

FILE = "responsible.yaml"
_LONGEST = 200
Made = TypeVar("Made", "Controller", "Signer")


@dataclass(frozen=True)
class Controller:
    """The person or organisation that decides what the data is used for (GDPR Art. 4 no. 7), and how to reach them."""

    name: str
    contact: str


@dataclass(frozen=True)
class Signer:
    """Somebody who may sign exports in a role; `public_key` is an Ed25519 key, 64 hex digits."""

    name: str
    role: str
    public_key: str


@dataclass(frozen=True)
class Responsible:
    """What is known of those who answer for the data; both may be missing."""

    controller: Controller | None = None
    signers: tuple[Signer, ...] = ()


def responsible(root: Root) -> Responsible:
    """Who answers for this data root. InputError for a file that says something else."""
    path = root.documents.brought(FILE)
    return _parsed(path.read_bytes() if path.exists() else None)


def _parsed(content: bytes | None) -> Responsible:
    try:
        found = yaml.safe_load(content or b"") or {}
        if not isinstance(found, dict) or set(found) - {"controller", "signers"}:
            raise TypeError
        given = found.get("controller")
        return Responsible(_read(Controller, given) if given else None, tuple(_read(Signer, each) for each in found.get("signers") or ()))
    except (yaml.YAMLError, UnicodeDecodeError, TypeError):
        raise InputError(
            f"expected {FILE} in the data root with `controller: {{name, contact}}` and `signers: [{{name, role, public_key}}]`, as texts; "
            "got something else. `wrapped privacy controller` writes it"
        ) from None


def _read(kind: type[Made], given: Any) -> Made:
    if not isinstance(given, dict) or set(given) != {each.name for each in fields(kind)} or not all(map(_is_said, given.values())):
        raise TypeError
    return kind(**given)


def _is_said(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST and one_line(text) == text


def set_controller(root: Root, controller: Controller) -> None:
    """Names the controller, in place of the one before. InputError for a name or contact that is no line of text."""
    if not (_is_said(controller.name) and _is_said(controller.contact)):
        raise InputError(f"expected the controller's name and contact, each one line of at most {_LONGEST} characters")
    _change(root, lambda known: Responsible(controller, known.signers))


def add_signer(root: Root, signer: Signer) -> None:
    """Notes who may sign in a role, in place of whom it was. InputError for a name that is no line, or a key that is none."""
    if not (_is_said(signer.name) and _is_said(signer.role) and re.fullmatch("[0-9a-f]{64}", signer.public_key)):
        raise InputError("expected a signer's name, their role, and their public key of 64 hex digits as `wrapped privacy key` prints it")

    def added(known: Responsible) -> Responsible:
        others = [each for each in known.signers if (each.name, each.role) != (signer.name, signer.role)]
        return Responsible(known.controller, tuple(sorted((*others, signer), key=lambda each: (each.role, each.name))))

    _change(root, added)


def must_have_controller(root: Root) -> Controller:
    """The controller. InputError where nobody is named: what others get must say who answers for it."""
    found = responsible(root).controller
    if found is None:
        raise InputError(
            "what is made for others must say who is responsible for the data and how to reach them: name them first with "
            "`wrapped privacy controller --name NAME --contact ADDRESS`"
        )
    return found


def said_of_officers(root: Root) -> set[str]:
    """Names of the controller, of signers, and of those who approved exports: they stand in files for their office."""
    found = responsible(root)
    names = {found.controller.name, found.controller.contact} if found.controller else set()
    table = tables.approvals
    with root.engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.approver, table.c.account)).all()
    return names | {each.name for each in found.signers} | {text for row in rows for text in row if text}


def _change(root: Root, change: Callable[[Responsible], Responsible]) -> None:
    root.documents.change(FILE, lambda content: _as_yaml(change(_parsed(content))))


def _as_yaml(found: Responsible) -> bytes:
    content = {"controller": asdict(found.controller) if found.controller else None, "signers": [asdict(each) for each in found.signers]}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()
