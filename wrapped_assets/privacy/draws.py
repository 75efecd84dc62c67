"""Draws noise for an export: paid for before, once, and kept, so that asking again gives the same numbers and costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson

from wrapped_assets.contracts.errors import BuildError, RefusedError
from wrapped_assets.privacy.noise import GaussianThreshold, Laplace, TopK
from wrapped_assets.privacy.policy import Noise
from wrapped_assets.privacy.snapshot import Snapshot
from wrapped_assets.storage import budget

MOST_ATTEMPTS = 9


class Draws:
    """The noise that a policy allows an export. `redraw`: pays again for a draw that was paid for and then failed."""

    def __init__(self, snapshot: Snapshot, *, redraw: bool = False) -> None:
        self._snapshot, self._redraw = snapshot, redraw
        self.requests: list[str] = []  # what was paid for, for the gate to look up

    def top_k(self, name: str, counts: Sequence[int]) -> list[int]:
        """Places of the highest counts, most first. A person changes each count by at most one."""
        noise = self._noise(name, "top_k")
        return self._once(name, noise, lambda: TopK(noise.k or 1, noise.nano_rho).draw(counts))

    def counts(self, name: str, counts: Mapping[str, int]) -> dict[str, int]:
        """Key → noisy count, of keys that pass the threshold. A person adds at most one to each of the policy's number of keys."""
        noise = self._noise(name, "gaussian_threshold")
        return self._once(name, noise, lambda: GaussianThreshold(noise.keys_per_person or 1, noise.nano_rho, noise.delta).draw(counts))

    def facts(self, name: str, counts: Sequence[int]) -> list[int]:
        """A noisy count for each. A person adds at most one to each of the policy's number of facts."""
        noise = self._noise(name, "laplace")
        return self._once(name, noise, lambda: Laplace(noise.facts_per_person or 1, noise.nano_rho).draw(counts))

    def _noise(self, name: str, mechanism: str) -> Noise:
        policy = self._snapshot.pinned.policy
        noise = policy.noise.get(name)
        if noise is None or noise.mechanism != mechanism:
            raise RefusedError(f"the policy of {policy.export} allows no {mechanism} noise called {name!r}")
        return noise

    def _once(self, name: str, noise: Noise, draw: Callable[[], Any]) -> Any:
        """The stored result of this request, or a fresh one that is paid for first."""
        snapshot, policy = self._snapshot, self._snapshot.pinned.policy
        purpose = policy.eligible.consent if policy.eligible else policy.export
        for attempt in range(MOST_ATTEMPTS):
            request = f"{policy.export}/{snapshot.year}/{snapshot.snapshot_id[:24]}/{name}" + (f"/{attempt}" if attempt else "")
            account = budget.yearly_account(snapshot.year)
            spend = budget.charge(
                snapshot.root, account, request, noise.nano_rho, purpose=purpose, pico_delta=noise.pico_delta, now=snapshot.taken_at
            )
            if spend.result_sha256 is not None and spend.result_path is not None:
                self.requests.append(request)
                return self._kept(spend.result_path, spend.result_sha256)
            if spend.is_fresh:
                self.requests.append(request)
                return self._keep(request, draw())
            if not self._redraw:
                raise RefusedError(
                    f"an earlier run paid for {name} of {policy.export} and failed before it kept a result; its charge stays. "
                    "To pay and draw again, repeat with --redraw"
                )
        raise RefusedError(f"{MOST_ATTEMPTS} draws of {name} failed: find out why before another one is paid for")

    def _keep(self, request: str, result: Any) -> Any:
        content = orjson.dumps(result, option=orjson.OPT_SORT_KEYS)
        digest = sha256(content).hexdigest()
        path = f"exports/draws/{digest[:32]}.json"
        self._snapshot.root.documents.write(path, content)
        budget.keep_result(self._snapshot.root, request, path, digest)
        return orjson.loads(content)

    def _kept(self, path: str, digest: str) -> Any:
        try:
            content = self._snapshot.root.documents.brought(path).read_bytes()
        except OSError:
            content = b""
        if sha256(content).hexdigest() != digest:
            raise BuildError("the stored result of a paid draw is gone or changed: restore it from a backup; it must not be drawn again")
        return orjson.loads(content)
