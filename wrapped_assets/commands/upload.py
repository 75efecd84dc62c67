"""`wrapped upload`: sends rendered pages to a folder or a store from which others serve them."""

from __future__ import annotations

import click

from wrapped_assets.commands.options import YEAR, data_option, emit_json, json_option, open_project


@click.command("upload", epilog="Example: wrapped upload 2025 --to s3://wrapped-example/site")
@click.argument("year", type=YEAR)
@click.option("--to", "address", required=True, metavar="ADDRESS", help="A folder, or s3://bucket/prefix, gs://… or az://….")
@click.option("--no-flip", is_flag=True, help="Upload and compare, and leave readers where they are.")
@data_option
@json_option
def command(year, address, no_flip, data, as_json) -> None:
    """Upload the rendered pages of the live publication, read each back, and point readers at it in one step.

    Only what is not there yet is sent, so an interrupted upload goes on where it stopped. Pages that may no longer be shown are removed.
    Credentials come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL …).
    """
    from wrapped_assets.serving.rendered.uploading import upload
    from wrapped_assets.storage.responsible import must_have_controller

    project = open_project(data)
    must_have_controller(project.root)
    done = upload(project, year, address, flips=not no_flip)
    if as_json:
        emit_json({"year": year, "number": done.number, "objects": done.objects, "sent": done.sent, "removed": done.removed,
                   "site_files": done.site_files, "is_live": done.is_live})  # fmt: skip
        return
    state = "readers see it" if done.is_live else "readers were not pointed at it"
    click.echo(f"{done.objects:,} files of {year} (number {done.number}) are there: {done.sent:,} sent, {done.removed:,} removed; "
               f"{done.site_files:,} files of the microsite sent; {state}")
