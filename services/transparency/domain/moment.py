"""Anything that happened to a proposal beside its drafting, its votings and its stances."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.event import Ref


@dataclass(frozen=True)
class Moment:
    """`data` holds what the reader may see."""

    position: int
    type: str
    at: datetime
    by: UUID | None
    data: Mapping[str, Any]

    @property
    def ref(self) -> Ref:
        return f"meetings/{self.position}"
