"""Errors that say what was expected, what came and what to do. None of them contains a listener's data."""


class WrappedError(Exception):
    """Base class of errors that end a command with a message instead of a traceback."""

    exit_code = 1


class InputError(WrappedError):
    """Raised for wrong usage or input; nothing was changed."""

    exit_code = 2


class RefusedError(WrappedError):
    """Raised when a gate refuses; nothing was written."""

    exit_code = 4


class RegistryUnavailable(WrappedError):  # noqa: N818 (a state of the world)
    """Raised when the registry cannot be read or written now. With `may_pass`, trying again may help."""

    def __init__(self, message: str, *, may_pass: bool) -> None:
        super().__init__(message)
        self.may_pass = may_pass


class DeclarationError(WrappedError):
    """Raised when a declaration breaks its contract; the message says how to write it instead."""


class BuildError(WrappedError):
    """Raised when a cell could not be computed or published; the previous state is kept."""


class WriteError(BuildError):
    """Raised when the disk does not take a file: it is full, failing or read-only."""
