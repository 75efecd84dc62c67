"""What a root remembers of launches: where its site is."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.storage import registry
from wrapped_assets.storage.later import sa, tables
from wrapped_assets.storage.reading import reading
from wrapped_assets.storage.root import Root
from wrapped_assets.storage.transactions import exclusive

_URL = "site_url"


def launches(root: Root) -> dict[int, datetime]:
    """The instant of each edition's launch, by year; editions without one are left out."""
    with reading(root) as reader:
        years = [year for (year,) in reader.rows("select distinct year from editions where launch_at is not null order by year")]
        found = registry.editions(root, years, reader)
    return {year: edition.launch_at for year, edition in found.items() if edition.launch_at}


def site_url(root: Root) -> str:
    """Where readers find the site, without a slash at the end; "" where nobody said it."""
    with reading(root) as reader:
        rows = reader.rows("select value from settings where name = :name", name=_URL)
    return str(rows[0][0]) if rows else ""


def set_site_url(root: Root, url: str) -> None:
    """Says where readers find the site. InputError for what is no address of a site."""
    found = urlsplit(url)
    if found.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", found.netloc) or found.query or found.fragment:
        raise InputError(f"expected the site's address, such as https://wrapped.example.org, got {url!r}")
    with exclusive(root.engine) as connection:
        connection.execute(sa.delete(tables.settings).where(tables.settings.c.name == _URL))
        connection.execute(sa.insert(tables.settings).values(name=_URL, value=url.rstrip("/")))
