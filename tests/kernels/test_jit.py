"""Kernels are compiled once, and what was compiled lies where nobody else can put anything."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np
import platformdirs
import pytest

from stanch.kernels import jit as module
from stanch.kernels.jit import cache_folder, jit


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's cache folder that nothing has been written to."""
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    cache_folder.cache_clear()
    yield tmp_path / "stanch"
    cache_folder.cache_clear()


def double(number: int) -> int:
    return number * 2


def test_the_folder_is_made_for_this_user_only(caches: Path) -> None:
    folder = cache_folder()
    assert folder is not None
    assert folder.parent == caches / "numba"
    assert (caches / "numba").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_can_write_to_is_not_used(caches: Path) -> None:
    (caches / "numba").mkdir(parents=True)
    (caches / "numba").chmod(0o770)
    assert cache_folder() is None


def test_a_link_to_a_folder_is_not_used(caches: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    caches.mkdir()
    (caches / "numba").symlink_to(tmp_path / "elsewhere")
    assert cache_folder() is None


def test_a_folder_of_another_user_is_not_used(caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (caches / "numba").mkdir(parents=True, mode=0o700)
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    assert cache_folder() is None


def test_where_no_folder_can_be_made_kernels_work_all_the_same(caches: Path) -> None:
    caches.write_text("in the way")
    assert cache_folder() is None
    assert jit(double)(21) == 42


def test_what_was_compiled_is_kept(caches: Path) -> None:
    assert jit(double)(21) == 42
    assert list((caches / "numba").rglob("*.nbi"))


def test_what_was_compiled_from_other_sources_is_not_used(
    caches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel holds the code of those that it calls: one of them changes, and all are compiled anew."""
    kernels = tmp_path / "package" / "kernels"
    kernels.mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(kernels / "jit.py"))
    folders = []
    for source in ("return 1", "return 2", "return 1"):
        (kernels / "some_numba.py").write_text(source)
        cache_folder.cache_clear()
        folders.append(cache_folder())
    assert folders[0] == folders[2] != folders[1]
    assert {folder.parent for folder in folders if folder} == {caches / "numba"}


def test_the_settings_of_numba_are_left_as_they_were(caches: Path) -> None:
    before = vars(numba.config)["CACHE_DIR"]
    jit(double)(1)
    assert vars(numba.config)["CACHE_DIR"] == before
    assert caches.is_dir()


def test_threads_that_come_first_together_compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[object] = []
    start = threading.Barrier(4)

    def compile_slowly(function: object) -> object:
        compiled.append(function)
        return function

    monkeypatch.setattr(module, "_compile", compile_slowly)
    kernel = jit(double)

    def run() -> None:
        start.wait()
        kernel(1)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compiled == [double]


def test_a_kernel_keeps_its_name_and_its_plain_form() -> None:
    kernel = jit(double)
    assert kernel.__name__ == "double"
    assert kernel.__wrapped__ is double  # type: ignore[attr-defined]
    assert np.int64(kernel.__wrapped__(2)) == 4  # type: ignore[attr-defined]
