"""`wrapped launch`: what has to happen until an edition goes public, and how far it is."""

from __future__ import annotations

from datetime import UTC

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.group("launch")
def command() -> None:
    """Plan an edition's launch, carry it out, and say how far it is."""


@command.command("plan", epilog="Example: wrapped launch plan 2025 --to s3://wrapped-example/site --locale en --locale de")
@click.argument("year", type=YEAR)
@click.option("--to", "targets", multiple=True, metavar="ADDRESS", help="A folder or store; several are flipped one after the other.")
@click.option("--locale", "locales", multiple=True, default=("en",), show_default=True, help="A language; give several.")
@click.option("--freeze-at", help="When what is built is published and stays: ISO 8601 with an offset.  [default: a day before the launch]")
@data_option
@json_option
def plan(year, targets, locales, freeze_at, data, as_json) -> None:
    """Plan the launch of a year whose instant is set (`wrapped edition set YEAR --launch-at …`).

    From the freeze on the plan is carried out by the schedule in Dagster, or by `wrapped launch run`, whichever comes first.
    """
    from wrapped_assets.contracts.errors import InputError
    from wrapped_assets.serving.launch.edition import BEFORE
    from wrapped_assets.serving.rendered.refusals import must_be_outside
    from wrapped_assets.serving.rendered.target import Target
    from wrapped_assets.storage import registry
    from wrapped_assets.storage.launches import LaunchPlan, instant_given, keep_plan
    from wrapped_assets.stories.language import language_of

    project = open_project(data)
    launch_at = registry.editions(project.root, [year])[year].launch_at
    if launch_at is None:
        raise InputError(f"{year} has no launch: `wrapped edition set {year} --launch-at INSTANT` first")
    freezes = instant_given(freeze_at, "--freeze-at") or launch_at - BEFORE
    if freezes > launch_at:
        raise InputError(f"expected --freeze-at before the launch at {launch_at:%Y-%m-%dT%H:%M:%SZ}")
    for locale in locales:
        language_of(locale)
    for target in targets:
        must_be_outside(project.root, target)
        Target.open(target)
    keep_plan(project.root, LaunchPlan(year, tuple(dict.fromkeys(targets)), tuple(sorted(set(locales))), freezes))
    _tell(project, year, as_json)


@command.command("show", epilog="Example: wrapped launch show 2025")
@click.argument("year", type=YEAR)
@data_option
@json_option
def show(year, data, as_json) -> None:
    """Show each step with its evidence, the time left, and what would be late at the speed that was measured."""
    _tell(open_project(data), year, as_json)


@command.command("run", epilog="Example: wrapped launch run 2025")
@click.argument("year", type=YEAR)
@click.option("--wait", is_flag=True, help="Wait for the freeze and the launch, and go on then.")
@data_option
@json_option
def run(year, wait, data, as_json) -> None:
    """Carry out what can be, in order, and stop with the reason. A step runs only where every step before it is done for this edition.

    Exit code 1 where a step failed. Nothing is done twice, so a timer may call this every minute.
    """
    from datetime import timedelta

    from wrapped_assets.contracts.errors import BuildError
    from wrapped_assets.serving.launch.waiting import carry_on

    said = ""

    def tell(done) -> None:
        nonlocal said
        now = done.reason or f"{year} is launched: nothing is left to do"
        if not as_json and now != said:
            click.echo(now)
        said = now

    def progress(step, facts) -> None:
        if not as_json:
            click.echo(f"{step}: {_found(facts)}")

    done = carry_on(open_project(data), year, None if wait else timedelta(), tell, progress)
    if as_json:
        emit_json({"year": year, "done": done.done, "reason": done.reason, "is_waiting": done.is_waiting, "is_over": done.is_over})
    if done.reason and not done.is_waiting:
        raise BuildError(f"the launch of {year} stopped: {done.reason}")


@command.command("approve", epilog="Example: wrapped launch approve 2025 --by 'Ada Lovelace'")
@click.argument("year", type=YEAR)
@click.option("--by", "name", required=True, metavar="NAME", help="Who looked at it and says yes.")
@data_option
@json_option
def approve_(year, name, data, as_json) -> None:
    """Say that the edition may go public: exactly the publication that is live. Another one needs another word."""
    from wrapped_assets.serving.launch.carrying_out import approve

    found = approve(open_project(data), year, name)
    if as_json:
        emit_json({"year": year, "number": found.facts["number"], "by": name})
    else:
        click.echo(f"{year} (number {found.facts['number']}) is approved by {name}")


@command.command("url", epilog="Example: wrapped launch url https://wrapped.example.org")
@click.argument("url")
@data_option
@json_option
def url_(url, data, as_json) -> None:
    """Say where readers find the site, so that previews of its pages have a picture."""
    from wrapped_assets.storage.launches import set_site_url, site_url

    root = open_project(data).root
    set_site_url(root, url)
    if as_json:
        emit_json({"url": site_url(root)})
    else:
        click.echo(site_url(root))


def _found(facts) -> str:
    """What a step found: "19,849 pages, 16 targets", "by Ada, number 2"."""
    numbers = (isinstance(value, (int, float)) for value in facts.values())
    pairs = zip(facts.items(), numbers, strict=True)
    return ", ".join(f"{value:,} {name.replace('_', ' ')}" if is_number else f"{name} {value}" for (name, value), is_number in pairs)


def _tell(project, year: int, as_json: bool) -> None:
    from wrapped_assets.serving.launch.reporting import document, report, time_left

    found = report(project, year)
    if as_json:
        emit_json(document(found))
        return
    left = found.seconds_left
    when = "no launch is set" if left is None else "the launch is over" if left <= 0 else f"{time_left(left)} to launch"
    click.echo(f"{year}: {when}; freezes at {found.freeze_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    for line in found.lines:
        if line.facts is not None:
            at = f", {line.found_at:%Y-%m-%d %H:%M} UTC" if line.found_at else ""
            click.echo(f"  done  {line.step}: {_found(line.facts)}{at}")
        else:
            takes = "" if not line.expected_seconds else f" (about {time_left(line.expected_seconds)})"
            click.echo(f"  open  {line.step}: {line.meaning}{takes}")
    if found.late:
        click.echo(f"Late at the speed that was measured: {', '.join(found.late)}")
    if found.stopped:
        click.echo(f"Stopped: {found.stopped}")
