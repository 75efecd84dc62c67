"""Opens object stores, and says in words what went wrong with one: never with a key, a token or an object's name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wrapped_assets.contracts.errors import InputError, RegistryUnavailable

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SCHEMES = ("s3://", "gs://", "az://", "https://")
# Of 5xx answers, lost connections and timeouts: for a minute. The number is larger than that many pauses, so that the time decides.
_BACKOFF: Any = {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=5), "base": 2}
RETRIES: Any = {"max_retries": 500, "retry_timeout": timedelta(seconds=60), "backoff": _BACKOFF}
_TIMEOUTS: Any = {"connect_timeout": "10s", "timeout": "120s"}  # of one try
_NAMED = {  # what names the credentials in the environment
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "gs": ("GOOGLE_SERVICE_ACCOUNT",),
    "az": ("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
}
_SAID = {  # codes of an answer that say more than its status does, with what to do
    "ExpiredToken|InvalidToken|TokenRefreshRequired": "refused a token that has run out or is none: renew AWS_SESSION_TOKEN and its keys",
    "RequestTimeTooSkewed|RequestExpired": "refused a request because this machine's clock is far from its own: set the clock",
    "AuthorizationHeaderMalformed|PermanentRedirect|IllegalLocationConstraint|redirect without LOCATION": (
        "is in another region: set AWS_REGION"
    ),
    "InvalidBucketName": "has a name that no bucket can have: name another one",
}


class StoreUnavailable(RegistryUnavailable):
    """Raised when an object store does not take, or does not give, what is asked of it. With `may_pass`, trying again may help."""


class NoSuchBucketError(StoreUnavailable):
    """Raised when the bucket or container of an address is not there."""


def checked_address(address: str) -> str:
    """The address without a slash at its end. InputError for what is no address of a store."""
    if not re.fullmatch(r"(s3|gs|az)://[^/\s?#@]+(/[^\s?#]*)?|https://[^\s?#@]+", address):
        raise InputError("expected the address of an object store, such as s3://bucket/prefix, without a key, a question mark or a space")
    return address.rstrip("/")


def open_store(address: str, **more: Any) -> ObjectStore:
    """The store, with the credentials of the environment. InputError for an address that is not understood."""
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    # Options that are given replace all that the environment says of the client.
    client = _TIMEOUTS | {"allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("true", "1")}
    try:
        return from_url(address, **{"retry_config": RETRIES, "client_options": client} | more)
    except (BaseError, ValueError, TypeError):
        raise InputError("the address of the store is not understood; expected for example s3://bucket/prefix") from None


@contextmanager
def in_words(address: str) -> Iterator[None]:
    """StoreUnavailable for what the store, its credentials or the way to it are at fault; what tells that there is no object passes."""
    from obstore import exceptions

    try:
        yield
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        refused = _by_code(error) or f"refused the credentials: {_check(address)}, and what they may do"
        raise StoreUnavailable(f"{address} {refused}", may_pass=False) from None
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        if is_without_bucket(error):
            raise NoSuchBucketError(f"there is no such bucket: {address}; make it, or name another one", may_pass=False) from None
        raise
    except (exceptions.AlreadyExistsError, exceptions.PreconditionError, exceptions.NotSupportedError, NotImplementedError):
        raise
    except (exceptions.BaseError, OSError) as error:
        if missing := _missing(address, str(error)):
            said = f"no credentials for {address} were found: set {missing}, or run where the machine has a role"
            raise StoreUnavailable(said, may_pass=False) from None
        if by_code := _by_code(error):
            raise StoreUnavailable(f"{address} {by_code}", may_pass=False) from None
        said = "is full" if "No space left" in str(error) else f"did not answer as it should ({_what_came(error)})"
        raise StoreUnavailable(f"{address} {said}; what is stored stays, run the command again", may_pass=True) from None


def is_without_bucket(error: BaseException) -> bool:
    """Whether an error that says "not found" is about the bucket, and not about an object."""
    return re.search("NoSuchBucket|ContainerNotFound|bucket does not exist", str(error)) is not None


def _what_came(error: BaseException) -> str:
    """The status of the answer, or that there was none: what else a store says may hold an object's name."""
    if status := re.search(r"status code: (\d{3}[A-Za-z ]*)", str(error)):
        return status[1]
    return "no connection, or it was lost" if "error sending request" in str(error) else type(error).__name__


def _by_code(error: BaseException) -> str | None:
    """What a store's answer means where its code says more than its status."""
    found = re.search(r"<Code>(\w+)</Code>|redirect without LOCATION", str(error))
    return next((said for codes, said in _SAID.items() if found and re.fullmatch(codes, found[1] or found[0])), None)


def _check(address: str) -> str:
    names = _NAMED.get(address.partition("://")[0], ())
    return f"check {' and '.join(names)} in the environment" if names else "check those in the environment"


def _missing(address: str, said: str) -> str | None:
    """The variables that would name credentials and do not, where the error is about credentials."""
    absent = [name for name in _NAMED.get(address.partition("://")[0], ()) if not os.environ.get(name)]
    return " and ".join(absent) if absent and re.search(r"credential|169\.254|metadata|token", said, re.IGNORECASE) else None
