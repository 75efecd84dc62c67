"""What a folder or a store that takes published pages may answer instead of taking them, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PermissionDeniedError, PreconditionError, UnauthenticatedError

from wrapped_assets.contracts.errors import BuildError


class StoreUnavailableError(BuildError):
    """A store did not take, or did not give back, what was asked for."""


@contextmanager
def told(address: str) -> Iterator[None]:
    """Errors of stores in words: never with a key, a token or an address of a page."""
    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError):
        raise StoreUnavailableError(
            f"{address} refused the credentials: check those in the environment (for S3 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), and "
            "what they may do"
        ) from None
    except (BaseError, OSError) as error:
        if isinstance(error, (NotFoundError, FileNotFoundError, PreconditionError, AlreadyExistsError)):
            raise
        kind = "is full" if "No space left" in str(error) else f"failed ({type(error).__name__})"
        raise StoreUnavailableError(f"{address} {kind}; what was uploaded stays, and the same command goes on where it stopped") from None
