"""A font configuration for a browser that draws on this machine, which may have no face at all."""

from __future__ import annotations

import os
from pathlib import Path
from xml.sax.saxutils import escape

PLAIN = Path(__file__).parent / "plain"  # one face with one sign: Chromium aborts where it finds none


def configuration(folder: Path, *, with_installed: bool = True) -> str:
    """The text of a fonts.conf that keeps its cache in `folder`; programs find it by the environment variable FONTCONFIG_FILE.

    It adds one plain face to those that the machine has, or leaves the machine's aside. Systems without fontconfig ignore it.
    """
    installed = os.environ.get("FONTCONFIG_FILE") or "/etc/fonts/fonts.conf"
    include = f'<include ignore_missing="yes">{escape(str(Path(installed).absolute()))}</include>' if with_installed else ""
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{include}<dir>{escape(str(PLAIN))}</dir><cachedir>{escape(str(folder / 'font-cache'))}</cachedir></fontconfig>\n"
    )
