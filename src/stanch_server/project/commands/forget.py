"""`stanch forget`: erase an item everywhere, and show that it is gone."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from stanch.cli.exits import Exit
from stanch.cli.options import Json
from stanch.cli.show import to_json
from stanch_server.project.commands.options import Config
from stanch_server.project.errors import UnknownNameError
from stanch_server.project.start import loaded

if TYPE_CHECKING:
    from stanch_server.intake.operations.forgetting import ForgottenProof


def forget(
    item: Annotated[UUID, typer.Argument(help="Id of the item.")], *, config: Config = None, json: Json = False
) -> None:
    """Erase one item of the service everywhere but in the log's commitments, and print the proof.

    Exit codes: 0 nothing of it is left; 1 it is preserved, locked or unknown, or something of it is left.
    """
    with loaded(config, existing=True):
        proof = _forgotten(item)
    typer.echo(to_json(_as_json(proof)) if json else _in_words(proof))
    raise typer.Exit(Exit.NOTHING if proof.holds else Exit.FAILED)


def _forgotten(item: UUID) -> "ForgottenProof":
    from django.conf import settings  # noqa: PLC0415 - an extra
    from django.utils import timezone  # noqa: PLC0415 - ditto

    from stanch_server.accounts.operations import SYSTEM  # noqa: PLC0415 - needs Django
    from stanch_server.intake import operations  # noqa: PLC0415 - ditto
    from stanch_server.intake.models import Item  # noqa: PLC0415 - ditto

    row = Item.objects.filter(id=item).first()
    if row is None:
        raise UnknownNameError(what="item", name=str(item), data=settings.DATA_FOLDER, known="")
    gone = operations.forget(item=row, acting_user=SYSTEM, now=timezone.now())
    return operations.prove_forgotten(gone)


def _in_words(proof: "ForgottenProof") -> str:
    def marked(what: str, *, gone: bool) -> str:
        return f"  {what}: {'yes' if gone else 'NO'}"

    lines = [
        marked("row and all that rested on it are gone", gone=proof.row_gone),
        marked("records of the audit log say nothing of it", gone=proof.records_gone),
    ]
    for blob in proof.blobs:
        lines += [
            f"  content {blob.blob}",
            marked("  its key is destroyed", gone=blob.key_gone),
            marked("  its file is gone", gone=blob.file_gone),
            marked("  it is on the list of erasures, so that no restore brings it back", gone=blob.listed),
        ]
    verdict = "is forgotten" if proof.holds else "is NOT forgotten entirely"
    return "\n".join([f"Item {proof.item} {verdict}:", *lines])


def _as_json(proof: "ForgottenProof") -> dict[str, Any]:
    return {
        "item": str(proof.item),
        "holds": proof.holds,
        "row_gone": proof.row_gone,
        "records_gone": proof.records_gone,
        "blobs": [
            {"blob": one.blob, "key_gone": one.key_gone, "file_gone": one.file_gone, "listed": one.listed}
            for one in proof.blobs
        ],
    }
