"""What a launch takes on paper: `python -m benchmarks.launch_model --listeners 300000000 --page-ms 6 --put-usd 5`.

Every input is an option. Processor time and bytes of pages and of files are measured (`python -m benchmarks.launch`); the others are
assumptions: put your own store's prices there, and what you know of your listeners.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields

_HOUR = 3600


@dataclass(frozen=True)
class Inputs:
    """Measured: processor time and bytes of a page in one language, and of a listener's card and playlists. The rest is assumed."""

    page_ms: float = 8.5
    page_bytes: float = 11_800.0  # packed with gzip, as a store has it
    files_ms: float = 8.7
    files_bytes: float = 27_000.0
    files: float = 26.0  # objects; 0 leaves cards and playlists out
    languages: float = 1.0
    cores: float = 100.0
    opens: float = 2.0  # of each listener's page, by a device that has it no longer
    files_opened: float = 0.5  # of each listener's files
    first_hour: float = 1 / 3  # share of the opens that come in the first hour
    put_usd: float = 5.0  # for a million objects put
    get_usd: float = 0.4  # for a million objects read
    month_usd: float = 0.023  # for a gigabyte and month
    sent_usd: float = 0.05  # for a gigabyte sent


def row(listeners: int, given: Inputs) -> list[str]:
    """Processor hours, wall hours, objects, gigabytes stored and sent, requests a second in the first hour, and USD."""
    has_files, a_file = given.files > 0, given.files_bytes / max(1.0, given.files)
    objects = listeners * (given.languages + given.files)
    processor = listeners * (given.languages * given.page_ms + has_files * given.files_ms) / 1e3 / _HOUR
    stored = listeners * (given.languages * given.page_bytes + has_files * given.files_bytes) / 1e9
    opened = given.opens + has_files * given.files_opened
    sent = listeners * (given.opens * given.page_bytes + has_files * given.files_opened * a_file) / 1e9
    a_second = listeners * opened * given.first_hour / _HOUR
    putting, reading = objects / 1e6 * given.put_usd, listeners * opened / 1e6 * given.get_usd
    return [
        f"{listeners:,}", f"{processor:,.2f} h", f"{processor / given.cores:,.2f} h", f"{objects:,.0f}", f"{stored:,.1f} GB",
        f"{sent:,.1f} GB", f"{a_second:,.0f}",
        f"{putting:,.2f}", f"{stored * given.month_usd:,.2f}", f"{reading + sent * given.sent_usd:,.2f}",
    ]  # fmt: skip


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, nargs="+", default=[20_000, 1_000_000, 300_000_000])
    for field in fields(Inputs):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    given = vars(parser.parse_args())
    listeners = given.pop("listeners")
    inputs = Inputs(**given)
    print(", ".join(f"{name.replace('_', ' ')} {value:,.4g}" for name, value in vars(inputs).items()) + "\n")
    heads = "Listeners|Processor|Wall|Objects|Stored|Sent|Requests a second|Put USD|Stored USD a month|Read and sent USD"
    print(f"| {heads.replace('|', ' | ')} |\n|{'---:|' * (heads.count('|') + 1)}")
    for each in listeners:
        print(f"| {' | '.join(row(each, inputs))} |")


if __name__ == "__main__":
    main()
