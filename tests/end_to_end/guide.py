"""The commands of a guide, typed as its reader would."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
AROUND = os.environ | {"PYTHONPATH": str(ROOT)}


def commands(guide: Path, words: Mapping[str, str]) -> list[str]:
    """Return a guide's blocks of commands in order, with what its words stand for."""
    blocks = re.findall(r"```sh\n(.*?)```", guide.read_text(), re.DOTALL)
    for word, meant in words.items():
        blocks = [block.replace(word, meant) for block in blocks]
    return blocks


class Shell:
    """A shell in which the commands of a guide are typed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before = (
            f'set -eu\naccord() {{ "{sys.executable}" -m accord "$@"; }}\n'
            f'python() {{ "{sys.executable}" "$@"; }}\n'
        )

    def command(self, block: str) -> list[str]:
        return ["/bin/bash", "-c", self.before + block]

    def type(self, block: str, code: int = 0) -> str:
        """Type a block, require that it ends so, and return what it said."""
        ran = subprocess.run(  # noqa: S603 - the commands of the guide
            self.command(block), cwd=self.folder, env=AROUND, check=False, text=True, timeout=60,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert ran.returncode == code, ran.stdout
        return ran.stdout
