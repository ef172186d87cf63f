"""`stanch serve`: the whole service, under one supervisor."""

from typing import Annotated

import typer

from stanch_server.project.commands.options import Config
from stanch_server.project.start import loaded


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65_535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer requests.", min=1, max=64)] = 2,
    threads: Annotated[int, typer.Option(help="Threads of each of them.", min=1, max=256)] = 8,
    sign_in: Annotated[str, typer.Option(help="Print a new sign-in link for this person.", metavar="NAME")] = "",
    config: Config = None,
) -> None:
    """Run the service: web, worker, indexer and sequencer, each started again when it dies.

    The first start makes tables, keys and an admin, and prints a link with which to sign in.
    """
    with loaded(config, quiet=False):
        from stanch_server.project import serving  # noqa: PLC0415 - needs Django

        web = serving.Web(host=host, port=port, workers=workers, threads=threads)
        serving.serve(web, sign_in=sign_in, say=typer.echo)
