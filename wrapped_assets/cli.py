"""The command line `wrapped`: finds the commands, and turns errors into messages and exit codes."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import os
import re
import sys
from typing import Any

import click

from wrapped_assets import __version__, commands
from wrapped_assets.commands.options import FilePath
from wrapped_assets.contracts.errors import WrappedError
from wrapped_assets.kernels.one_line import one_line


class Commands(click.Group):
    """The modules of `commands`, imported only when they are called, so that each starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        found = (file.removesuffix(".py") for folder in commands.__path__ for file in os.listdir(folder) if file.endswith(".py"))  # noqa: PTH208
        return sorted(name.rstrip("_").replace("_", "-") for name in found if name not in ("__init__", "options"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        module = name.replace("-", "_") + ("_" if name == "import" else "")
        return importlib.import_module(f"wrapped_assets.commands.{module}").command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Runs a command. What imports make lives until the end, so the collector looks at it less often, and not at all at the end."""
        gc.set_threshold(50_000, 20, 100)
        atexit.register(gc.freeze)
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WrappedError as error:
            click.echo(f"wrapped: {one_line(error)}", err=True)  # it may repeat what was typed, or a file's name
            ctx.exit(error.exit_code)
        except UnicodeEncodeError:
            click.echo("wrapped: expected names and paths in UTF-8, got bytes that are no text: nothing was changed", err=True)
            ctx.exit(2)
        except MemoryError:
            remedy = "free some, use fewer `--workers`, or import into a data root of more buckets, and run the command again"
            click.echo(f"wrapped: the machine has no more memory to give; what was recorded stays: {remedy}", err=True)
            ctx.exit(1)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of a pipe has gone: nothing to say
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                ctx.exit(0)
            said = error.strerror or _by_number(error) or type(error).__name__
            gone = "; another command, such as an erasure, may have removed a file that this one used: run it again"
            _say_of_the_system(said + (gone if error.errno == errno.ENOENT else ""))
            ctx.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if said := _by_number(error):
                _say_of_the_system(said)
                ctx.exit(1)
            if os.environ.get("WRAPPED_SHOW_ERRORS"):  # on one's own machine: the message may quote data
                raise
            from wrapped_assets.contracts.places import raised_at

            cause = type(getattr(error, "orig", None) or error).__name__
            place = raised_at(error)
            at = f" at {place}" if place else ""
            click.echo(f"wrapped: failed unexpectedly ({cause}{at}); WRAPPED_SHOW_ERRORS=1 shows the error, and may show data", err=True)
            ctx.exit(1)


def _by_number(error: Exception) -> str | None:
    """The system's words for an error that Polars gives in words of its own, of several classes, with a path that may say too much."""
    number = re.search(r"\(os error (\d+)\)", str(error))
    return os.strerror(int(number[1])) if number else None


def _say_of_the_system(said: str) -> None:
    click.echo(f"wrapped: {said}; nothing was half-written", err=True)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--data", type=FilePath(file_okay=False), envvar="WRAPPED_DATA", help="The data root; data/home unless given.")
@click.version_option(__version__, prog_name="wrapped")
@click.pass_context
def main(ctx: click.Context, data: str | None) -> None:
    """A year in music from listening history.

    Start with `wrapped demo`, or with your own export: `wrapped import my_spotify_data.zip --listener me --time-zone Europe/Lisbon`,
    then `wrapped build` and `wrapped story --listener me --year 2025`.
    """
    ctx.obj = data
