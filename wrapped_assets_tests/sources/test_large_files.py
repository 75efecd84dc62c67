"""A file of two hundred megabytes with a broken row in its middle loses that row, in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from wrapped_assets_tests.sources.test_damage import spotify

ROWS = 640_000
READ = """
import sys
from pathlib import Path
from wrapped_assets.sources.recognition import read_path
(file,) = read_path(sys.argv[1]).files
plays, rejected, unread = 0, [], 0
for batch in file.batches():
    plays, rejected, unread = plays + batch.plays.height, rejected + batch.rejected["reason"].to_list(), unread + batch.unread_bytes
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(plays, ",".join(rejected), unread > 0, int(status["VmHWM"].split()[0]) < 600_000)
"""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["list", "lines"])
def test_a_broken_row_in_the_middle_of_a_large_file_costs_itself(tmp_path: Path, form: str) -> None:
    path = tmp_path / "history.json"
    with path.open("w", encoding="utf-8") as file:
        file.write("[" if form == "list" else "")
        for number in range(ROWS):
            row = json.dumps(spotify(number), ensure_ascii=False)
            broken = row.replace('"platform"', 'platform"') if number == ROWS // 2 else row
            file.write(broken + (("\n" if form == "lines" else ", ") if number < ROWS - 1 else ""))
        file.write("]" if form == "list" else "\n")
    assert path.stat().st_size > 190e6
    found = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    assert found.stdout.split() == [str(ROWS - 1), "unreadable_row", "True", "True"]
