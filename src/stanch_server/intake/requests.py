"""From a request to a submission: JSON, or a form with files."""

from io import BytesIO

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from stanch_server.accounts.rules import KeyRequest
from stanch_server.endpoints.bodies import JSON, decoded, read_at_most
from stanch_server.endpoints.problems import invalid, too_large, unsupported
from stanch_server.intake.models import REFERENCE_LENGTH
from stanch_server.intake.posts import SentPost, Submission, checked, digest_of

FORM = "multipart/form-data"
FIELD = "post"
LATER = "respond-async"
UTF_8 = ("utf-8", "utf8")


def submission_of(request: KeyRequest) -> Submission:
    """Return the post of a request.

    Raises
    ------
    ProblemError
        413, 415 or 422: what was wrong, and where.
    """
    name = request.headers.get("Idempotency-Key")
    if name == "":
        raise invalid("Give a name, or leave the header out.", place="Idempotency-Key")
    check_name(name or "", place="Idempotency-Key")
    body, files = _read(request)
    preferred = {one.strip().lower() for one in request.headers.get("Prefer", "").split(",")}
    return checked(
        decoded(body, SentPost),
        files=files,
        idempotency=name or "",
        digest=digest_of(body, files),
        at_leisure=LATER in preferred,
    )


def check_name(name: str, *, place: str) -> None:
    """Refuse an idempotency key that is no such name; an empty one is none at all."""
    if len(name) > REFERENCE_LENGTH or not (name.isascii() and name.isprintable()):
        raise invalid(f"Use at most {REFERENCE_LENGTH} printable characters of ASCII.", place=place)


def _read(request: KeyRequest) -> tuple[bytes, dict[str, bytes]]:
    if request.content_type in {JSON, ""}:
        return read_at_most(request, settings.LARGEST_REQUEST), {}
    if request.content_type != FORM:
        raise unsupported(f"{JSON}, or {FORM} with files")
    return _form(request)


def _form(request: KeyRequest) -> tuple[bytes, dict[str, bytes]]:
    """Read a form into memory: content lies in no temporary file."""
    if (request.content_params or {}).get("charset", "utf-8").lower() not in UTF_8:
        raise unsupported(f"{FORM} in UTF-8")
    body = read_at_most(request, settings.LARGEST_REQUEST)
    try:
        handlers = [MemoryFileUploadHandler(request)]
        fields, files = MultiPartParser(request.META, BytesIO(body), handlers, UTF_8[0]).parse()
    except RequestDataTooBig as error:
        raise too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from error
    except (MultiPartParserError, SuspiciousOperation, BadRequest) as error:
        raise invalid(f"The form cannot be read: {error}") from error
    posts = fields.getlist(FIELD)
    if len(posts) != 1 or set(fields) != {FIELD}:
        raise invalid(f"Send one field {FIELD!r} with the post as JSON, and the files beside it.")
    read: dict[str, bytes] = {}
    for field in files:
        for one in files.getlist(field):
            name = one.name or ""
            if name in read:
                raise invalid(f"Two files are called {name!r}.", place="$.media")
            read[name] = one.read()
    return posts[0].encode(), read
