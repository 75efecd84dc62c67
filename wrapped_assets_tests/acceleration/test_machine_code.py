"""Compiled kernels are kept, checked, and done without where they cannot be: the numbers are the same."""

from __future__ import annotations

import contextlib
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import llvmlite.binding
import numpy as np
import pytest

from wrapped_assets.acceleration import can_run, compiled, kept, recent, run, run_once


def doubled(numbers: np.ndarray) -> np.ndarray:
    """A kernel that compiles fast."""
    found = np.zeros(len(numbers), np.int64)
    for row in range(len(numbers)):
        found[row] = 2 * numbers[row]
    return found


NUMBERS = np.arange(5)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder and a process that has compiled nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compiled, "_compiled", {})
    monkeypatch.setattr(compiled, "_seen", {"rows": 0})
    compiled.is_available.cache_clear()
    yield tmp_path / "wrapped-assets" / "kernels"
    compiled.is_available.cache_clear()


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a new process knows."""
    monkeypatch.setattr(compiled, "_compiled", {})


def doubles() -> bool:
    return run(doubled, NUMBERS).tolist() == [0, 2, 4, 6, 8]


def test_a_kernel_is_compiled_once_with_a_line_and_kept(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert can_run(10**9)
    assert doubles()
    assert capsys.readouterr().err == "wrapped: compiling doubled for this processor, once …\n"
    forget(monkeypatch)
    assert doubles()
    assert capsys.readouterr().err == ""
    assert [path.name.partition("-")[0] for path in cache.iterdir()] == ["doubled"]


def halved(numbers: np.ndarray) -> np.ndarray:
    """Another kernel."""
    found = np.zeros(len(numbers), np.int64)
    for row in range(len(numbers)):
        found[row] = numbers[row] // 2
    return found


def test_of_two_processes_one_compiles_and_the_other_takes_what_it_made(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found: list[bool] = []
    assert can_run(10**9)
    with kept.turn():
        other = threading.Thread(target=lambda: found.append(doubles()))  # waits for its turn: a lock is one of an open file
        other.start()
        other.join(0.2)
        assert found == []
        monkeypatch.setattr(kept, "turn", contextlib.nullcontext)
        assert doubles()
    other.join()
    assert found == [True]
    assert capsys.readouterr().err.count("compiling") == 1


def test_a_process_that_was_stopped_while_it_compiles_holds_nobody_up(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LONGEST_WAIT", 0.1)
    assert can_run(10**9)
    with kept.turn():
        assert doubles()


@pytest.mark.slow
def test_what_is_kept_loads_without_what_numba_infers_types_by_and_scipy_and_another_kernel_is_compiled_after_it(cache: Path) -> None:
    kernels = "from wrapped_assets_tests.acceleration.test_machine_code import *; "
    command = [sys.executable, "-c", kernels + "assert can_run(10**9) and doubles()"]
    assert "compiling doubled" in subprocess.run(command, check=True, capture_output=True, text=True).stderr
    typed = "print('numba.np.arraymath' in sys.modules, 'scipy.linalg' in sys.modules); "
    loaded = f"{kernels}assert can_run(10**9) and doubles(); {typed}print(run(halved, NUMBERS).tolist()); {typed}"
    found = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert found.stdout.split("\n")[:3] == ["False False", "[0, 0, 1, 1, 2]", "True False"]
    assert "compiling halved" in found.stderr
    assert "compiling doubled" not in found.stderr


def test_a_result_is_remembered_for_equal_arrays_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def counted(kernel: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
        ran.append(kernel.__name__)
        return kernel(*arrays)

    monkeypatch.setattr(recent, "_latest", {})
    monkeypatch.setattr(recent, "run", counted)
    for numbers in (NUMBERS, NUMBERS.copy(), np.arange(10)[:5], np.arange(0, 10, 2) // 2):
        assert run_once(doubled, numbers).tolist() == [0, 2, 4, 6, 8]
    assert ran == ["doubled"]
    for numbers in (NUMBERS.astype(np.int32), NUMBERS[:4], NUMBERS[::-1], np.zeros(5, np.int64)):
        assert run_once(doubled, numbers).tolist() == (2 * numbers).tolist()
    assert run_once(halved, NUMBERS).tolist() == [0, 0, 1, 1, 2]
    assert ran == [*["doubled"] * 5, "halved"]
    monkeypatch.setattr(recent, "MOST_BYTES", 100)
    run_once(doubled, np.arange(11))
    assert [size for _, result in recent._latest.items() for size in (result.nbytes,)] == [88]


def test_arrays_that_may_be_changed_strided_ones_and_others_need_one_compilation(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert can_run(10**9)
    closed = NUMBERS.copy()
    closed.flags.writeable = False
    for _ in range(2):  # the second time in another process
        for numbers in (NUMBERS, closed, np.repeat(NUMBERS, 2)[::2]):
            assert run(doubled, numbers).tolist() == [0, 2, 4, 6, 8]
        forget(monkeypatch)
    assert run(doubled, NUMBERS.astype(np.int32)).tolist() == [0, 2, 4, 6, 8]
    assert capsys.readouterr().err.count("compiling") == 2
    assert len(list(cache.iterdir())) == 2


def test_damaged_machine_code_is_compiled_again(cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert can_run(10**9)
    assert doubles()
    capsys.readouterr()
    for path in [path for path in cache.rglob("*") if path.suffix in (".nbc", ".nbi", ".json")]:
        for damaged in (b"", path.read_bytes()[:-1], bytes(byte ^ 1 for byte in path.read_bytes())):
            path.write_bytes(damaged)
            forget(monkeypatch)
            assert doubles()
            assert "compiling doubled" in capsys.readouterr().err


def test_code_for_another_processor_is_not_loaded(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_run(10**9)
    assert doubles()
    here = list(cache.iterdir())
    monkeypatch.setattr(llvmlite.binding, "get_host_cpu_name", lambda: "another")
    assert not any(str(path) == kept.place_of(doubled, ("int64",)) for path in here)
    forget(monkeypatch)
    assert doubles()
    assert len(list(cache.iterdir())) == 2


def test_a_copy_of_a_kernel_elsewhere_is_kept_beside_it(cache: Path, tmp_path: Path) -> None:
    copies = [tmp_path / name / "kernels.py" for name in ("one", "two")]
    for copy in copies:
        copy.parent.mkdir()
        copy.write_text("def tripled(numbers):\n    return numbers * 3\n")
        os.utime(copy, (0, 0))
    kernels = [runpy.run_path(str(copy))["tripled"] for copy in copies]
    assert kept.place_of(kernels[0], ("int64",)) != kept.place_of(kernels[1], ("int64",))


def test_a_folder_that_cannot_be_written_is_said_once_and_nothing_is_compiled(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    assert not can_run(10**9)
    assert not can_run(10**9)
    assert capsys.readouterr().err.count("cannot be written; Polars computes the same") == 1


def test_on_a_full_disk_a_kernel_is_compiled_for_this_process_alone(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_run(10**9)

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept.tempfile, "mkdtemp", full)
    assert doubles()
    assert list(cache.iterdir()) == []


def test_code_that_others_may_have_written_is_not_loaded(cache: Path) -> None:
    cache.mkdir(parents=True)
    os.chmod(cache, 0o777)
    assert not can_run(10**9)


def test_without_numba_polars_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not can_run(10**9)


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_ACCELERATION", "off")
    assert not can_run(10**9)


def test_a_household_never_waits_for_a_compiler() -> None:
    assert not any(can_run(compiled.ENOUGH_ROWS - 1) for _ in range(1_000))
    assert not any(can_run(compiled.ENOUGH_ROWS) for _ in range(100))
    assert can_run(compiled.ENOUGH_IN_ALL)


def test_a_month_of_five_thousand_plays_is_enough_once_many_were_met() -> None:
    assert can_run(compiled.ENOUGH_IN_ALL)
    assert can_run(5_000)
