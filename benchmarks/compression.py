"""Size and speed of Parquet compressions on a data root's real cells: `python -m benchmarks.compression ROOT`."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import polars as pl

CHOICES = [("zstd", 1), ("zstd", 3), ("lz4", None), ("snappy", None), ("uncompressed", None)]
LAYERS = ("landing/plays", "listens/listens", "catalogue/tracks", "aggregates/recording_months", "insights/top_recordings")
MOST_FILES = 8  # of each


def main() -> None:
    """Prints bytes per row, and nanoseconds of processor time per row to write and to read, for each asset and choice."""
    root = Path(sys.argv[1])
    print("| Asset | " + " | ".join(f"{name} {level or ''}".strip() for name, level in CHOICES) + " |")
    print("|---|" + "---:|" * len(CHOICES))
    for layer in LAYERS:
        folder = root / layer if layer.startswith("landing") else root / "lake" / layer
        paths = sorted(folder.glob("*/**/*.parquet"))
        frames = [pl.read_parquet(path) for path in paths[:: max(1, len(paths) // MOST_FILES)]]
        cells = [_cell(frames, name, level) for name, level in CHOICES]
        print(f"| {layer} | " + " | ".join(cells) + " |")
    print("\nEach cell: bytes per row · ns to write · ns to read.")


def _cell(frames: list[pl.DataFrame], compression: str, level: int | None) -> str:
    rows = sum(frame.height for frame in frames)
    started = time.process_time()
    buffers = [io.BytesIO() for _ in frames]
    for frame, buffer in zip(frames, buffers, strict=True):
        frame.write_parquet(buffer, compression=compression, compression_level=level, row_group_size=512 * 1024)  # type: ignore[arg-type]
    written = time.process_time()
    for buffer in buffers:
        pl.read_parquet(buffer.getvalue())
    read = time.process_time()
    size = sum(buffer.getbuffer().nbytes for buffer in buffers)
    return f"{size / rows:.1f} · {(written - started) / rows * 1e9:.0f} · {(read - written) / rows * 1e9:.0f}"


if __name__ == "__main__":
    main()
