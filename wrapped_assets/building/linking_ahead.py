"""Links the buckets of a large import in several processes, before the plan asks for the hashes of all links.

What a process leaves behind are the files that `linking.py` keeps. A process that is lost leaves its share to the plan.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from wrapped_assets.building.bucket_links import BucketLinks, Slot
from wrapped_assets.building.link_marks import folder_of, kept_marks, named
from wrapped_assets.building.linking import known_in, linking_logic
from wrapped_assets.building.local_executor import environment, processors, python
from wrapped_assets.storage.chunks import load_chunks
from wrapped_assets.storage.root import Root
from wrapped_assets.vocabulary.periods import period_year


def link_ahead(root: Root, count: int, most_seconds: float) -> None:
    """Makes the links that nobody has kept, with so many processes; nothing where one would do. One that takes longer is ended."""
    count = min(count, processors())
    wanted = _unkept(root) if count > 1 else []
    shares = [share for number in range(count) if (share := wanted[number::count])]
    if len(shares) < 2:
        return
    command = python(f"from {__name__} import work; work()")
    started: list[subprocess.Popen[bytes]] = []
    try:
        for share in shares:
            asked = json.dumps({"root": str(root.path.resolve()), "registry": root.address, "slots": share}).encode()
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment(len(shares)))  # noqa: S603
            started.append(process)
            with suppress(BrokenPipeError):
                assert process.stdin
                process.stdin.write(asked)
                process.stdin.close()
        until = time.monotonic() + most_seconds
        for process in started:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
    finally:
        for process in started:
            process.kill()
            process.wait()


def work() -> None:
    """Makes the links of the slots that standard input names. What fails here fails again in the plan, which says so."""
    asked = json.load(sys.stdin)
    with suppress(Exception):
        root = replace(Root.open(Path(asked["root"])), registry_url=asked["registry"])
        links = _all_links(root)
        for bucket, version in asked["slots"]:
            if (slot := (bucket, version)) in links.slots:
                links.marks(slot)


def _all_links(root: Root) -> BucketLinks:
    chunks = load_chunks(root)
    years = {period_year(month) for _, month, _ in chunks}
    return BucketLinks.of(root, chunks, known_in(root, range(min(years) - 1, max(years) + 2) if years else ()))


def _unkept(root: Root) -> list[Slot]:
    links, folder = _all_links(root), folder_of(root)
    logic = linking_logic()
    names = {slot: named(links.chunks, slot[0], logic, links.known[slot[1]]) for slot in links}
    return [slot for slot, name in names.items() if name is not None and kept_marks(folder, slot[0], name) is None]
