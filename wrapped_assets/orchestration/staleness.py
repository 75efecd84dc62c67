"""Which partitions are stale, and the run that brings them up to date. Keys and tags hold periods and digests only."""

from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from wrapped_assets.building.situate import Project
from wrapped_assets.kernels.versions import combined
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.planning.plan import decide, make_plan
from wrapped_assets.storage.first_month import note_first_month
from wrapped_assets.vocabulary.periods import Month

MONTHS, YEARS = "months", "years"  # the jobs


@dataclass(frozen=True)
class Stale:
    """The stale months and years, and a digest of what they would be computed from."""

    months: list[str]
    years: list[str]
    digest: str

    def of(self, job: str) -> list[str]:
        """Those that are partitions; older ones become partitions when the definitions are loaded again."""
        first = (loaded_periods().months if job == MONTHS else loaded_periods().years).get_first_partition_key()
        return [period for period in (self.months if job == MONTHS else self.years) if first and period >= first]


def stale(project: Project) -> Stale:
    """What the planner would compute now; notes from which month on there is anything."""
    situation = project.situation()
    if months := [cell.period for cell in situation.expected() if "-" in cell.period]:
        note_first_month(project.root.path, Month.parse(min(months)))
    steps = make_plan(situation).steps
    versions = [(str(step.cell), decide(situation, step.cell).input_version) for step in steps]
    periods = sorted({step.cell.period for step in steps})
    return Stale([period for period in periods if "-" in period], [period for period in periods if "-" not in period], combined(*versions))


def running(job: str) -> str:
    """The running month or year, which is a job's last partition."""
    month = str(Month.of(datetime.now(UTC).date()))
    return month if job == MONTHS else month[:4]


def request(job: str, first: str, last: str, run_key: str) -> dg.RunRequest:
    """One run over a range of partitions."""
    return dg.RunRequest(
        job_name=job, run_key=run_key, tags={ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
    )
