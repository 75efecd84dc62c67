"""Says which tests are running where nothing has been reported for a while; a plugin of pytest."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic

import pytest

QUIET_SECONDS = 4.5


class Running:
    """Watches the session from the process that reports it."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter
        self._tests: list[str] = []
        self._began = self._reported = monotonic()
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def pytest_sessionstart(self) -> None:
        self._thread.start()

    def pytest_sessionfinish(self) -> None:
        self._ended.set()
        self._thread.join()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tests.append(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if nodeid in self._tests:
            self._tests.remove(nodeid)
        self._reported = monotonic()

    def _watch(self) -> None:
        while not self._ended.wait(0.25):
            if monotonic() - self._reported > QUIET_SECONDS:
                self._reported = monotonic()
                what = f"running {', '.join(self._tests)}" if self._tests else "collecting the tests"
                self._reporter.write_line(f"[{self._reported - self._began:.0f} s: {what}]")


def pytest_configure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Running(reporter), "running")
