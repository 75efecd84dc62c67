"""How the application is put on a port: quiet, patient within limits, and deaf to what a request says of where it comes from."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.types import ASGIApp

from wrapped_assets.serving.patience import ENDING_SECONDS, IDLE_SECONDS, PatientProtocol, readers_at_once


class Configuration(uvicorn.Config):
    """Uvicorn's settings, and how many connections there may be."""

    readers_at_once: int


def configuration(app: ASGIApp, host: str, port: int, **more: Any) -> Configuration:
    """Uvicorn's settings. An access log would keep the links; a forwarding header would let anybody say that they are the login's proxy.

    Its warnings are off, for whoever sends what is no request could fill a disk with them.
    """
    settings = {
        "access_log": False, "proxy_headers": False, "log_level": "error", "http": PatientProtocol, "ws": "none",
        "timeout_keep_alive": IDLE_SECONDS, "timeout_graceful_shutdown": ENDING_SECONDS,
    }  # fmt: skip
    found = Configuration(app, host=host, port=port, **{**settings, **more})
    found.readers_at_once = readers_at_once()
    return found
