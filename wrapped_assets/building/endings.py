"""Keeps a request to end, such as SIGTERM, this program's own where a library takes the signals for itself."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

_ENDS = (signal.SIGTERM, signal.SIGHUP)  # what a service manager sends, and a terminal that closes


@contextmanager
def answered_here() -> Iterator[Callable[[], None]]:
    """Yields what to call once the library has taken the signals: who answered before does so again.

    Where nobody did, a sentence is said and the process ends with exit code 1, after `finally` has been carried out everywhere. At the end
    the signals are as they were. Does nothing outside of the main thread, where Python answers no signals and libraries take none.
    """
    before = {each: signal.getsignal(each) for each in _ENDS} if threading.current_thread() is threading.main_thread() else {}

    def answer() -> None:
        for number, handler in before.items():
            signal.signal(number, _end if handler in (signal.SIG_DFL, None) else handler)

    try:
        yield answer
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _end(number: int, _frame: object) -> NoReturn:
    for each in _ENDS:
        signal.signal(each, signal.SIG_IGN)  # what is begun now must not be cut short
    with suppress(OSError):  # the terminal is gone; and a stream may be in the midst of another line
        os.write(2, f"wrapped: ended by {signal.Signals(number).name}; what was recorded stays: run the command again\n".encode())
    raise SystemExit(1)  # as Ray's library makes of any other one
