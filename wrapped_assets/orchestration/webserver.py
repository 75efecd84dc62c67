"""Dagster's webserver behind the shield that `wrapped serve` has: it answers to known hosts only, and to no other site's requests.

`python -m wrapped_assets.orchestration.webserver WORKSPACE HOST PORT`. WRAPPED_UI_HOSTS holds further hosts that it answers to.
"""

import os
import sys
from asyncio import CancelledError
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.version import __version__
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette
from starlette.middleware import Middleware

from wrapped_assets.orchestration.where import HOSTS
from wrapped_assets.serving.shield import THIS_MACHINE, Shield
from wrapped_assets.storage.private import keep_private

_HEADERS = {"X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'"}  # Dagster's own headers stay


class ShieldedWebserver(DagsterWebserver):
    """Dagster's webserver; the shield is outermost, so that it sees GraphQL, websockets, downloads and reports alike."""

    def build_middleware(self) -> list[Middleware]:
        hosts = {*THIS_MACHINE, *os.environ.get(HOSTS, "").split()}
        return [Middleware(Shield, headers=_HEADERS, hosts=hosts), *super().build_middleware()]


@asynccontextmanager
async def _until_stopped(_app: Starlette) -> AsyncIterator[None]:
    with suppress(CancelledError):  # an interrupt is a normal end
        yield


def run(workspace: str, host: str, port: int) -> None:
    """Serves the workspace until it is interrupted."""
    with dg.DagsterInstance.get() as instance:
        target = WorkspaceFileTarget(paths=[workspace])
        with WorkspaceProcessContext(instance, target, version=__version__, code_server_log_level="warning") as context:
            application = ShieldedWebserver(context, live_data_poll_rate=2000).create_asgi_app(lifespan=_until_stopped)
            uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    keep_private()
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
