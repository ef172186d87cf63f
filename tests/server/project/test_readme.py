"""The README's examples of calling the service run as they are pasted, against a running service."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT
from tests.server.project.running import Home, serving

BLOCK = re.compile(r"^```(bash|py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"


def test_the_examples_of_the_readme_run(home: Home, system_program: Callable[[str, str], Path]) -> None:
    system_program("curl", "curl")
    home.said("service", "create-source", "Harbour Forum")
    key = home.said("service", "create-key", "--source", "Harbour Forum", "--capability", "items.submit")
    found = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {language for language, _ in found} == {"bash", "py"}
    with serving(home) as service:
        for language, body in found:
            assert ADDRESS in body
            here = body.replace(ADDRESS, f"http://127.0.0.1:{service.port}")
            command = ["bash", "-ec", here] if language == "bash" else [sys.executable, "-c", here]
            environment = {
                **home.environment,
                "STANCH_API_KEY": key.split()[-1],
                "HOME": str(Path.cwd()),
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            }
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False, timeout=300
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "allow" in done.stdout
