"""Dagster's webserver behind the shield that `wrapped serve` has: it answers to known hosts only, and to no other site's requests.

`python -m wrapped_assets.orchestration.webserver` takes the options of `dagster-webserver`. WRAPPED_UI_HOSTS holds the hosts.
"""

import os

from dagster_webserver import app
from dagster_webserver.cli import cli
from dagster_webserver.webserver import DagsterWebserver
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


if __name__ == "__main__":
    keep_private()
    app.DagsterWebserver = ShieldedWebserver  # the name by which Dagster makes its application
    cli(auto_envvar_prefix="DAGSTER_WEBSERVER")
