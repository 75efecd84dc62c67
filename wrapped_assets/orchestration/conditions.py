"""The automation condition of every asset: whatever the planner calls stale, and nothing else."""

import time

import dagster as dg

from wrapped_assets.contracts.errors import InputError
from wrapped_assets.contracts.graph import project_graph
from wrapped_assets.orchestration.facts import discreetly
from wrapped_assets.orchestration.lake import open_project
from wrapped_assets.orchestration.where import data_root

_ANSWER_LIVES_SECONDS = 20.0  # one evaluation asks once for every asset: they share an answer, and the next evaluation asks anew
_answer: tuple[float, str, dict[str, set[str]]] = (float("-inf"), "", {})


def stale_periods() -> dict[str, set[str]]:
    """The periods of each asset that the planner would compute now; what waits for an input follows when that is done."""
    global _answer  # Dagster makes and copies conditions as it likes: they cannot hold it
    asked, place = time.monotonic(), str(data_root())
    if asked - _answer[0] > _ANSWER_LIVES_SECONDS or _answer[1] != place:
        _answer = (asked, place, discreetly("planner", _ask))
    return _answer[2]


def _ask() -> dict[str, set[str]]:
    from wrapped_assets.planning.plan import make_plan  # not needed to load

    try:
        plan = make_plan(open_project(data_root()).situation())
    except InputError:
        return {}  # nothing was imported yet
    found: dict[str, set[str]] = {}
    for step in plan.steps:
        if step.reason != "upstream":
            found.setdefault(step.cell.asset, set()).add(step.cell.period)
    # A missing cell whose input is missing too is not computed before it.
    graph = project_graph()
    for key in list(found):
        waits_for = {source for source, _ in graph.inputs(graph.by_key[key]) if source != key and source in graph.by_key}
        late = {period for source in waits_for for period in found.get(source, ())}
        found[key] = {period for period in found[key] if not any(_covers(period, other) for other in late)}
    return found


def _covers(period: str, other: str) -> bool:
    """Whether what is computed of `other` is read by `period`: the same month or year, or a month of the year."""
    return other[: len(period)] == period or other == period


class PlannerSaysStale(dg.AutomationCondition):
    """True for the partitions that hold a stale cell: logic, rules, data or a column that is read changed."""

    @property
    def description(self) -> str:
        return "The planner would compute it: its logic, a rule that it depends on, landed data, or a column that it reads changed"

    def evaluate(self, context: dg.AutomationContext) -> dg.AutomationResult:
        """The stale partitions among those that exist."""
        wanted = stale_periods().get("/".join(context.key.path), set())
        keys = wanted & set(context.candidate_subset.expensively_compute_partition_keys())
        found = context.asset_graph_view.get_subset_from_partition_keys(context.key, context.partitions_def, keys)
        return dg.AutomationResult(context=context, true_subset=found)


def planned() -> dg.AutomationCondition:
    """Requested while it is stale, after what it reads is done, and not again while that is under way. A failure waits for a person.

    It compares with the lake and not with what Dagster saw last, so that a change made while the daemon was off is not missed.
    """
    condition = dg.AutomationCondition
    waiting = condition.in_progress() | condition.newly_requested() | condition.any_deps_in_progress()
    return (PlannerSaysStale() & ~waiting & ~condition.execution_failed()).with_label("the planner says it is stale")
