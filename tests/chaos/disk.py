"""A small file system of its own, to be filled and enlarged. Only root may mount one."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Disk:
    """A mounted tmpfs."""

    folder: Path

    def free(self) -> int:
        """Return the bytes that are left."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    async def resize(self, megabytes: int) -> None:
        await _run("mount", "-o", f"remount,size={megabytes}m", str(self.folder))


@asynccontextmanager
async def small_disk(folder: Path, megabytes: int) -> AsyncIterator[Disk]:
    """Mount a small disk on an empty folder until the block ends; skip where that is forbidden."""
    options = f"size={megabytes}m,mode=0700"
    try:
        await _run("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    except OSError as error:
        pytest.skip(f"a small disk cannot be mounted on this machine: {error}")
    try:
        yield Disk(folder)
    finally:
        await _run("umount", "--lazy", str(folder))


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    if process.returncode:
        raise PermissionError(said.decode().strip())
