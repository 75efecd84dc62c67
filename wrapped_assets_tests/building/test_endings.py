"""Who answers a signal that a library takes for itself."""

from __future__ import annotations

import signal
import threading

import pytest

from wrapped_assets.building.endings import answered_here


def test_whoever_answered_before_does_so_again_and_the_signals_are_as_they_were(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: heard.append(number))  # as Dagster does in a run
    hung_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # `nohup` ignores it
    try:
        with answered_here() as answer:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as a library does
            answer()
            signal.raise_signal(signal.SIGTERM)
            with pytest.raises(SystemExit):  # nobody answered this one
                signal.raise_signal(signal.SIGHUP)
        assert heard == [signal.SIGTERM]
        signal.raise_signal(signal.SIGTERM)
        assert heard == [signal.SIGTERM] * 2
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGHUP, hung_up)
    assert "ended by SIGHUP" in capfd.readouterr().err


def test_what_was_ignored_before_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as `nohup` does
    try:
        with answered_here() as answer:
            answer()
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_thread_leaves_the_signals_alone() -> None:
    def inside() -> None:
        with answered_here() as answer:
            answer()

    handler = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is handler
