"""A restore of an old copy brings nothing back that was erased, and a damaged list is not believed."""

import os
import shutil
from datetime import timedelta

import pytest

from stanch_server.audit.models import AuditPayload
from stanch_server.vault.erasures import Erasures, Mark
from stanch_server.vault.errors import DamagedErasureListError, ErasedBlobError, TooManyOrphansError
from stanch_server.vault.models import Blob
from stanch_server.vault.operations import (
    erase,
    finish_erasure,
    preserve,
    prove_erased,
    reapply_erasures,
    settle_erasures,
    sweep_orphans,
)
from stanch_server.vault.operations.common import erasures
from stanch_server.vault.places import Places
from stanch_server.vault.values import BlobId, Reapplied, Swept
from tests.server.vault.cast import ALICE, CONTENT, DAY, NOW, Backup, file_of, kept, read, rolled_back

pytestmark = pytest.mark.django_db

NOTHING = Reapplied(erased=(), files=0, listed=0, preserved=())


def gone(blob: BlobId, *, finish: bool = True) -> None:
    erase(blob=blob, acting_user=ALICE, reason="decided", now=NOW)
    if finish:
        finish_erasure(blob=blob, now=NOW)


@pytest.mark.parametrize("finish", [True, False])
def test_what_came_back_with_an_old_copy_is_erased_again(here: Places, *, finish: bool) -> None:
    stays, goes = kept(), kept()
    backup = Backup()
    shutil.copytree(here.folder, here.folder.with_name("backup"))
    gone(goes, finish=finish)
    backup.restore()
    shutil.rmtree(here.folder)
    here.folder.with_name("backup").rename(here.folder)
    assert read(goes) == CONTENT  # this is what a restore does
    assert reapply_erasures(now=NOW).erased == (goes,)
    with pytest.raises(ErasedBlobError):
        read(goes)
    assert prove_erased(goes).holds
    assert AuditPayload.objects.filter(subject=goes, action="vault.erased-again").count() == 1
    assert read(stays) == CONTENT
    assert reapply_erasures(now=NOW) == NOTHING


def test_a_file_that_came_back_alone_is_removed() -> None:
    blob = kept()
    whole = file_of(blob).read_bytes()
    gone(blob)
    file_of(blob).write_bytes(whole)
    assert not prove_erased(blob).holds
    assert reapply_erasures(now=NOW).files == 1
    assert prove_erased(blob).holds


def test_a_copy_from_before_the_blob_was_stored_leaves_its_file_to_be_swept() -> None:
    backup = Backup()
    blob = kept()
    backup.restore()
    assert sweep_orphans(now=NOW + 4_000 * DAY) == Swept(drafts=0, orphans=1)
    assert not file_of(blob).exists()


def test_what_was_erased_while_preserved_in_the_copy_is_erased_again() -> None:
    """The list is later than the copy: the preservation had ended when the blob was erased."""
    blob = kept()
    preserve(blob=blob, until=NOW + DAY, reason="order 17", acting_user=ALICE, now=NOW - DAY)
    backup = Backup()
    erase(blob=blob, acting_user=ALICE, reason="decided", now=NOW + DAY)
    finish_erasure(blob=blob, now=NOW + DAY)
    backup.restore()
    assert reapply_erasures(now=NOW).erased == (blob,)


def test_an_erasure_that_never_committed_spares_what_is_preserved_since() -> None:
    blob = kept()
    erasures().add([blob], Mark.BEGUN, at=NOW)  # and then the process died
    preserve(blob=blob, until=NOW + DAY, reason="order 17", acting_user=ALICE, now=NOW)
    assert reapply_erasures(now=NOW) == Reapplied(erased=(), files=0, listed=0, preserved=(blob,))
    assert read(blob) == CONTENT


def test_an_erasure_that_was_withdrawn_is_not_applied() -> None:
    blob = kept()
    rolled_back(lambda: gone(blob, finish=False))
    settle_erasures(now=NOW)
    assert reapply_erasures(now=NOW) == NOTHING
    assert read(blob) == CONTENT


def test_a_list_that_was_lost_is_written_again_from_what_the_rows_know(here: Places) -> None:
    blob = kept()
    gone(blob)
    here.erasures.unlink()
    assert reapply_erasures(now=NOW).listed == 1
    assert prove_erased(blob).holds


def test_sweeping_stops_where_it_would_empty_the_vault(here: Places) -> None:
    """Beside the wrong database every file is an orphan."""
    for _ in range(4):
        kept()
    Blob.objects.all().delete()
    late = NOW + 4_000 * DAY
    with pytest.raises(TooManyOrphansError, match="4 files"):
        sweep_orphans(now=late, at_most=3)
    assert sum(path.is_file() for path in here.folder.rglob("*")) == 4
    assert sweep_orphans(now=late, at_most=None).orphans == 4


def test_drafts_of_writers_that_died_are_swept_when_they_are_old(here: Places) -> None:
    kept()
    draft = here.folder / "drafts" / "0123.abc"
    draft.write_bytes(b"half")
    os.utime(draft, (NOW.timestamp(), NOW.timestamp()))
    assert sweep_orphans(now=NOW + DAY).drafts == 0
    assert sweep_orphans(now=NOW + DAY + timedelta(seconds=1)) == Swept(drafts=1, orphans=0)
    assert not draft.exists()


# The list itself.


@pytest.fixture
def listed(here: Places) -> Erasures:
    """Return a list of three lines."""
    kept_apart = Erasures(path=here.erasures)
    kept_apart.add(["a" * 32, "b" * 32], Mark.BEGUN, at=NOW)
    kept_apart.add(["a" * 32], Mark.ERASED, at=NOW)
    return kept_apart


def test_the_last_mark_of_each_blob_counts(listed: Erasures) -> None:
    assert listed.read() == {"a" * 32: Mark.ERASED, "b" * 32: Mark.BEGUN}
    assert Erasures(path=listed.path.with_name("none")).read() == {}


def test_any_altered_byte_of_the_list_is_detected_in_its_line(listed: Erasures) -> None:
    whole = listed.path.read_bytes()
    ends = whole.rindex(b"\n")
    for place in range(ends):
        listed.path.write_bytes(whole[:place] + bytes([whole[place] ^ 2]) + whole[place + 1 :])
        with pytest.raises(DamagedErasureListError, match=f"line {whole[:place].count(10) + 1}"):
            listed.read()


@pytest.mark.parametrize("order", [[1, 2], [0, 2], [1, 0, 2], [0, 0, 1, 2]])
def test_lines_taken_out_moved_or_repeated_are_detected(listed: Erasures, order: list[int]) -> None:
    lines = listed.path.read_bytes().splitlines(keepends=True)
    listed.path.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(DamagedErasureListError):
        listed.read()


def test_an_end_that_was_never_acknowledged_is_passed_over_and_cut_off(listed: Erasures) -> None:
    whole = listed.path.read_bytes()
    fourth = listed.path.with_name("longer")
    shutil.copy(listed.path, fourth)
    Erasures(path=fourth).add(["c" * 32], Mark.BEGUN, at=NOW)
    line = fourth.read_bytes()[len(whole) :]
    for torn in range(len(line)):
        listed.path.write_bytes(whole + line[:torn])
        assert len(listed.read()) == 2
        listed.add(["d" * 32], Mark.ERASED, at=NOW)
        assert listed.read() == {"a" * 32: Mark.ERASED, "b" * 32: Mark.BEGUN, "d" * 32: Mark.ERASED}


def test_what_is_no_list_is_not_written_to(listed: Erasures) -> None:
    listed.path.write_bytes(bytes(10_000))
    with pytest.raises(DamagedErasureListError):
        listed.add(["d" * 32], Mark.ERASED, at=NOW)
    assert listed.path.read_bytes() == bytes(10_000)
