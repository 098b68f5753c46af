"""What members does by itself: set by events, done on its day, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest

from services.members.__main__ import service
from services.members.domain.body import ReleaseRole
from services.members.domain.coalition import OpenReview
from services.members.timers import TIMERS
from shared.event import Recorded
from shared.timers import Due
from tests.members.service import Members, members, new_id
from tests.members.table import ACC_1, ACC_2, CLINIC, COALITION, GROUP, NOON
from tests.members.test_service import BO, SCHOOL, Formed, form, plenary, reached
from tests.shared.kitchen import Clock

OF = {timer.what: timer for timer in TIMERS}
MIDNIGHT = datetime(2027, 3, 13, tzinfo=UTC)


def happened(kind: str, key: UUID, data: Mapping[str, Any]) -> Recorded:
    return Recorded(
        COALITION, "members", 7, kind, f"it-{key}", 1, NOON, NOON, "members", data, b""
    )  # fmt: skip


def sets(what: str, type_: str, key: UUID, **data: Any) -> list[tuple[str, datetime | None]]:
    return list(OF[what].sets[type_](happened(type_, key, data)))


def test_its_agenda_looks_at_types_that_there_are() -> None:
    assert service.agenda is not None
    looked_at = {kind for timer in TIMERS for kind in timer.sets}
    assert looked_at <= service.agenda.types
    assert {kind for kind in service.agenda.types if service.agenda.wants(kind)} == looked_at


def test_f102_a_review_is_set_for_the_beginning_of_its_day() -> None:
    on = {"next_review": "2027-03-13"}
    for kind, what in (("NorthStarAdopted", "vision"), ("DecisionStructurePublished", "roles")):
        assert sets("review", kind, COALITION, version=1, **on) == [(what, MIDNIGHT)]
        assert sets("review", kind, COALITION, version=1) == []
    closed = {"review": new_id(), "result": "kept"}
    assert sets("review", "ReviewClosed", COALITION, **closed) == []
    again = sets("review", "ReviewClosed", COALITION, kind="positions", **closed, **on)
    assert again == [("positions", MIDNIGHT)]


def test_f102_what_opened_by_the_calendar_is_not_due_any_more() -> None:
    for trigger, unset in (("schedule", [("roles", None)]), ("request", []), ("replacement", [])):
        opened = {"review": new_id(), "kind": "roles", "trigger": trigger}
        assert sets("review", "ReviewOpened", COALITION, **opened) == unset


def test_a_scheduled_review_has_an_id_of_its_day() -> None:
    step = OF["review"].step(Due(COALITION, "review", "roles", MIDNIGHT))
    same, next_day = (
        OF["review"].step(Due(COALITION, "review", "roles", MIDNIGHT + timedelta(days=days)))
        for days in (0, 1)
    )
    assert isinstance(step.command, OpenReview)
    assert step.stream == f"coalition-{COALITION}"
    assert (step.command.kind, step.command.trigger) == ("roles", "schedule")
    assert same.command == step.command
    assert next_day.command != step.command


def test_an_accreditation_is_over_when_its_last_day_is() -> None:
    key = f"{CLINIC}/{ACC_1}"
    given = {"accreditation": str(ACC_1), "until": "2027-03-12"}
    assert sets("accreditation", "RepresentativeAccredited", CLINIC, **given) == [(key, MIDNIGHT)]
    open_ended = {"accreditation": str(ACC_1)}
    assert sets("accreditation", "RepresentativeAccredited", CLINIC, **open_ended) == [(key, None)]
    replaced = sets(
        "accreditation", "RepresentativeReplaced", CLINIC, ended=str(ACC_2), **given
    )  # fmt: skip
    assert replaced == [(key, MIDNIGHT), (f"{CLINIC}/{ACC_2}", None)]
    ended = sets("accreditation", "AccreditationEnded", CLINIC, reason="moved", **open_ended)
    assert ended == [(key, None)]


def test_a_role_is_over_when_its_last_day_is() -> None:
    key = f"{GROUP}/{ACC_1}/treasurer"
    role = {"accreditation": str(ACC_1), "role": "treasurer"}
    assert sets("role", "RoleTaken", GROUP, **role, until="2027-03-12") == [(key, MIDNIGHT)]
    for kind in ("RoleTaken", "RoleReleased"):
        assert sets("role", kind, GROUP, **role) == [(key, None)]
    step = OF["role"].step(Due(COALITION, "role", key, MIDNIGHT))
    assert step.stream == f"body-{GROUP}"
    assert step.command == ReleaseRole(role="treasurer", accreditation=ACC_1)


# On a real PostgreSQL


@pytest.fixture(scope="module")
def ticking() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def clock(ticking: Clock) -> Clock:
    """The clock of the service, as it goes elsewhere."""
    ticking.ahead = timedelta(0)
    return ticking


@pytest.fixture(scope="module")
async def here(postgres: str, data: Path, ticking: Clock) -> AsyncIterator[Members]:
    async with members(postgres, data, ticking) as running:
        yield running


@pytest.fixture
async def formed(here: Members, request: pytest.FixtureRequest) -> Formed:
    slug = request.node.name.replace("_", "-")[:63]
    answer = await form(here, slug)
    assert answer.status_code == 201, answer.text
    return Formed(here, str(answer.json()["stream"]).partition("-")[2], slug, reached(answer))


async def events(coalition: Formed, kind: str) -> list[dict[str, Any]]:
    async with coalition.here.rows(coalition.id) as db:
        rows = await db.fetch(
            "select bytes from journal.event where coalition_id = $1 and type = $2"
            " order by position",
            UUID(coalition.id), kind,
        )  # fmt: skip
    return [orjson.loads(row["bytes"]) for row in rows]


async def come(coalition: Formed, kind: str, number: int = 1) -> list[dict[str, Any]]:
    """Wait until so many events of a type were recorded; return them."""
    async with asyncio.timeout(10):
        while len(found := await events(coalition, kind)) < number:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.1)
    return found


async def set_rows(coalition: Formed, number: int) -> list[str]:
    """Wait until so many rows stand there; return what they are about."""
    async with asyncio.timeout(10):
        while True:
            async with coalition.here.rows(coalition.id) as db:
                rows = await db.fetch("select what from timing.timer order by what")
            if len(rows) == number:
                return [row["what"] for row in rows]
            await asyncio.sleep(0.1)


async def test_accreditations_and_roles_end_the_day_after_their_last(
    formed: Formed, clock: Clock
) -> None:
    school = await formed.admitted(SCHOOL)
    bo, table, held = await formed.registered(BO), await plenary(formed), new_id()
    today = datetime.now(UTC).date()
    terms = {
        "accreditation": held, "body": table, "person": bo, "authority": "full", "voting": True,
        "until": str(today + timedelta(days=20)),
    }  # fmt: skip
    answer = await formed.post(f"/members/{school}/accreditations", terms)
    assert answer.status_code == 201, answer.text
    role = {"role": "treasurer", "accreditation": held, "until": str(today + timedelta(days=10))}
    answer = await formed.post(f"/bodies/{table}/roles", role, BO, Accord_On_Behalf_Of=school)
    assert answer.status_code == 201, answer.text
    assert await set_rows(formed, 2) == ["accreditation", "role"]

    clock.ahead = timedelta(days=11)
    [released] = await come(formed, "RoleReleased")
    assert released["authtype"] == "system"
    assert released["data"] == {"role": "treasurer", "accreditation": held}
    assert await events(formed, "AccreditationEnded") == []
    clock.ahead = timedelta(days=21)
    [ended] = await come(formed, "AccreditationEnded")
    assert ended["data"] == {"accreditation": held, "reason": "expired"}
    assert not {"onbehalfof", "accreditation", "authority"} & ended.keys()
    assert await set_rows(formed, 0) == []
    refused = await formed.post(
        "/issues", {"name": SCHOOL["name"], "summary": SCHOOL["name"]}, BO,
        Accord_On_Behalf_Of=school,
    )  # fmt: skip
    assert refused.status_code in {403, 404}


async def test_what_was_over_when_it_was_imported_is_not_ended_now(
    formed: Formed, clock: Clock
) -> None:
    table = await plenary(formed)
    org, today = uuid5(UUID(formed.id), "org"), datetime.now(UTC).date()

    def line(command: str, version: int, **body: Any) -> dict[str, Any]:
        at = "2019-03-12T12:00:00.000Z"
        return {"command": command, "id": str(org), "version": version, "at": at, "body": body}

    past, to_come = new_id(), new_id()
    terms: dict[str, Any] = {"body": table, "authority": "full", "voting": False}
    [total] = await formed.here.bring(
        formed.id,
        line("AdmitMember", 1, **SCHOOL),
        line(
            "AccreditRepresentative", 1, accreditation=past, until="2019-12-31", **terms
        ),
        line(
            "AccreditRepresentative", 2, accreditation=to_come,
            until=str(today + timedelta(days=20)), **terms,
        ),
    )  # fmt: skip
    assert total["recorded"] == 3, total
    assert await set_rows(formed, 1) == ["accreditation"]
    clock.ahead = timedelta(days=21)
    [ended] = await come(formed, "AccreditationEnded")
    assert ended["data"]["accreditation"] == to_come
    assert await set_rows(formed, 0) == []
    assert len(await events(formed, "AccreditationEnded")) == 1
