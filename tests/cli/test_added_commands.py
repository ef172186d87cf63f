"""Commands that other packages add, the service among them."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest
import typer
from typer.testing import CliRunner

import stanch.cli.app
from stanch.errors import BrokenPluginError


def add(monkeypatch: pytest.MonkeyPatch, **found: str) -> typer.Typer:
    """Return an app to which these entry points have been added."""
    app = typer.Typer()
    app.command(name="own")(lambda: None)
    points = EntryPoints(
        EntryPoint(name=name, value=value, group=stanch.cli.app.COMMANDS) for name, value in found.items()
    )
    monkeypatch.setattr(stanch.cli.app, "app", app)
    monkeypatch.setattr(stanch.cli.app, "entry_points", lambda *, group: points.select(group=group))
    stanch.cli.app._add_commands()
    return app


def test_a_function_and_an_app_are_added_under_the_name_of_their_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = add(monkeypatch, examine="stanch.cli.doctor:doctor", shelves="stanch.cli.bank:app")
    said = CliRunner().invoke(app, ["--help"]).output
    assert "examine" in said
    assert CliRunner().invoke(app, ["shelves", "list", "--help"]).exit_code == 0


@pytest.mark.parametrize("value", ["stanch.cli.doctor:missing", "no.such.package:app"])
def test_one_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(BrokenPluginError, match="'bad'"):
        add(monkeypatch, good="stanch.cli.doctor:doctor", bad=value)
