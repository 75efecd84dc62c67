"""Gathers the code location: every asset that is declared, its checks, the lake, and what starts them."""

import warnings

import dagster as dg
from dagster._loggers import colored_console_logger

from wrapped_assets.contracts.graph import project_graph, whole_graph
from wrapped_assets.orchestration import editions, launch, pages, rebuilding, spans, withdrawing
from wrapped_assets.orchestration.assets import all_assets
from wrapped_assets.orchestration.automation import JOBS, SCHEDULES, SENSORS, retention_job
from wrapped_assets.orchestration.exporting import export_assets
from wrapped_assets.orchestration.lake import Lake, NoIOManager
from wrapped_assets.orchestration.launching import executor
from wrapped_assets.orchestration.partitions import loaded_periods
from wrapped_assets.orchestration.pruning import prune_job
from wrapped_assets.orchestration.scrubbing import scrub_job
from wrapped_assets.orchestration.up_to_date import check_of

# What a run logs is in its page; the terminal of `wrapped ui` gets warnings.
quiet_console = dg.LoggerDefinition(
    colored_console_logger.logger_fn,
    config_schema={"log_level": dg.Field(str, default_value="WARNING"), "name": dg.Field(str, default_value="dagster")},
)


def definitions() -> dg.Definitions:
    """Everything that Dagster is told, as of the data root that the environment names; its data is not touched."""
    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # Dagster says it of its own copies of sensors whenever it loads them
    return dg.Definitions(
        assets=[
            *all_assets(project_graph(), loaded_periods()), editions.editions_asset(project_graph(), loaded_periods()),
            pages.pages_asset(loaded_periods()), launch.launch_asset(loaded_periods()), *export_assets(loaded_periods()),
            spans.months_asset(project_graph(), whole_graph(), loaded_periods()),
        ],
        asset_checks=[check_of(project_graph())],
        jobs=[
            *JOBS.values(), retention_job, scrub_job, prune_job, *editions.JOBS, *rebuilding.JOBS, pages.upload_job,
            withdrawing.withdraw_job, launch.launch_job, spans.spans_job,
        ],
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources={"lake": Lake(), "io_manager": NoIOManager()},
        executor=executor,
        loggers={"console": quiet_console},
    )
