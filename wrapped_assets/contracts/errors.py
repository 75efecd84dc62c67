"""Errors that a person can act on: what was expected, what came, what to do. None of them carries a listener's data."""


class WrappedError(Exception):
    """Anything that ends a command with a message instead of a traceback."""

    exit_code = 1


class InputError(WrappedError):
    """Wrong usage or input: nothing was changed."""

    exit_code = 2


class RefusedError(WrappedError):
    """A gate refused: nothing was written."""

    exit_code = 4


class RegistryUnavailable(WrappedError):  # noqa: N818 (a state of the world)
    """The registry cannot be read or written now. `may_pass`: trying again may help."""

    def __init__(self, message: str, *, may_pass: bool) -> None:
        super().__init__(message)
        self.may_pass = may_pass


class DeclarationError(WrappedError):
    """An asset's declaration breaks its contract; the message says how to write it instead."""


class BuildError(WrappedError):
    """A cell could not be computed or published; what was there before is still there."""
