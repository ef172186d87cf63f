"""`stanch audit`: check that the log of what was done is as it was recorded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stanch.cli.exits import Exit
from stanch.cli.options import Json
from stanch.cli.show import to_json
from stanch.errors import InvalidValueError
from stanch_server.project.commands.options import Config
from stanch_server.project.start import loaded

if TYPE_CHECKING:
    from stanch_server.audit.report import Report

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown", help="Check the service's audit log.")


@app.callback()
def audit() -> None:
    """Check the service's audit log."""


@app.command()
def verify(
    *,
    anchors: Annotated[
        Path | None,
        typer.Option(
            help="Folder of signed heads; best a copy that the service cannot write to.", show_default=False
        ),
    ] = None,
    public_key: Annotated[
        str,
        typer.Option(help="The signing key's public half, 64 hexadecimal digits; by default the service's own."),
    ] = "",
    config: Config = None,
    json: Json = False,
) -> None:
    """Recompute the audit log, and name the first record that is not as it was recorded.

    It takes no lock and may run while the service does. Exit codes: 0 it is as it was recorded; 5 it is not.
    """
    with loaded(config, existing=True):
        report = _verified(anchors, public_key)
    typer.echo(to_json(_as_json(report)) if json else _in_words(report))
    raise typer.Exit(Exit.NOTHING if report.intact else Exit.DAMAGED)


def _verified(anchors: Path | None, public_key: str) -> "Report":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - an extra
    from django.conf import settings  # noqa: PLC0415 - ditto

    from stanch_server.audit.keys import signing_key  # noqa: PLC0415 - needs Django
    from stanch_server.audit.verify import verify as recompute  # noqa: PLC0415 - ditto

    if not public_key:
        return recompute(anchors or settings.ANCHORS_FOLDER, signing_key(settings.SIGNING_KEY).public_key())
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    except ValueError as error:
        raise InvalidValueError(what="--public-key", problem="must be 64 hexadecimal digits") from error
    return recompute(anchors or settings.ANCHORS_FOLDER, key)


def _in_words(report: "Report") -> str:
    counted = f"{report.records} records, {report.anchors} signed heads, {report.erased} payloads erased"
    lines = [str(finding) for finding in report.findings]
    lines += [f"{report.unnamed} more payloads are damaged"] if report.unnamed else []
    lines += [f"{report.torn} lines of signed heads are torn; a power cut leaves one"] if report.torn else []
    lines += [f"Not yet signed: records {report.tail[0]} to {report.tail[1]}."] if report.tail else []
    lines += [f"Not yet numbered: {report.waiting}."] if report.waiting else []
    verdict = "The log is as it was recorded" if report.intact else "The log is damaged"
    return "\n".join([f"{verdict}: {counted}.", *lines])


def _as_json(report: "Report") -> dict[str, Any]:
    return {
        "intact": report.intact,
        "records": report.records,
        "waiting": report.waiting,
        "erased": report.erased,
        "anchors": report.anchors,
        "torn": report.torn,
        "tail": list(report.tail) if report.tail else None,
        "findings": [
            {
                "damage": each.damage.value,
                "number": each.number,
                "until": each.until,
                "entry": each.entry,
                "place": each.place,
            }
            for each in report.findings
        ],
        "unnamed": report.unnamed,
    }
