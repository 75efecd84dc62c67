"""How the application is put on a port: quiet, and deaf to what a request says of where it comes from."""

from __future__ import annotations

from typing import Any

import uvicorn
from starlette.types import ASGIApp


def configuration(app: ASGIApp, host: str, port: int, **more: Any) -> uvicorn.Config:
    """Uvicorn's settings. An access log would keep the links; a forwarding header would let anybody say that they are the login's proxy."""
    return uvicorn.Config(app, host=host, port=port, access_log=False, proxy_headers=False, **{"log_level": "warning", **more})
