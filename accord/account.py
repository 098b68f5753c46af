"""The user a server runs as: ourselves, but never root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

from accord.failed import Failed


class RunAs(TypedDict, total=False):
    """What `subprocess` wants to know to change the user."""

    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True)
class Account:
    """A user that is not us."""

    name: str
    uid: int
    gid: int

    @classmethod
    def for_data(cls, data: Path) -> Self | None:
        """Choose who serves the data: its owner, at first `nobody`; None is ourselves.

        Raises:
            Failed: that is another user, and we are not root; or there is no `nobody`.
        """
        owner = data.stat().st_uid if data.exists() else None
        if os.geteuid() != 0:
            if owner not in {None, os.geteuid()}:
                raise Failed(f"The database in {data} belongs to another user. Run as that user.")
            return None
        try:
            user = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
        except KeyError as error:
            raise Failed(
                "PostgreSQL does not run as root, and there is no user `nobody` to run it. "
                "Start this as an ordinary user."
            ) from error
        return cls(user.pw_name, user.pw_uid, user.pw_gid)

    def reaches(self, path: Path) -> bool:
        """Say whether the user may pass every folder down to `path`, and enter that."""
        return all(self._may_enter(each) for each in (path.resolve(), *path.resolve().parents))

    def _may_enter(self, folder: Path) -> bool:
        about = folder.stat()
        if about.st_uid == self.uid:
            return bool(about.st_mode & 0o100)
        if about.st_gid == self.gid:
            return bool(about.st_mode & 0o010)
        return bool(about.st_mode & 0o001)


def run_as(account: Account | None) -> RunAs:
    """Say it to `subprocess`: no groups but its own, nothing of ours."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
