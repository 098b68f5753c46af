"""Each service describes every status of the wire contract, with its body."""

import httpx2
import pytest
from starlette.applications import Starlette

from services.__main__ import SERVICES
from shared.openapi import READS, WRITES
from shared.service import Runtime, Service
from shared.settings import Settings


def application(service: Service) -> Starlette:
    return service.app(Runtime(service, Settings(), {}))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_every_status_is_described_with_a_problem(service: Service) -> None:
    transport = httpx2.ASGITransport(app=application(service))
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        document = (await client.get("/openapi.json")).json()
    names = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            expected = {str(status) for status in (WRITES if method == "post" else READS)}
            secret = path.endswith("/feeds/{secret}.ics")
            if secret:
                expected.remove("401")
            answers = operation["responses"]
            assert expected <= answers.keys()
            assert answers.keys() - expected <= {"200", "201", "204", "304"}
            assert operation["security"] == ([] if secret else [{"bearer": []}])
            named = {parameter["name"] for parameter in operation["parameters"]}
            assert ("coalition" in named) == ("{coalition}" in path)
            assert not (secret and "Accord-On-Behalf-Of" in named)
            assert ("Idempotency-Key" in named) == ("201" in answers)
    assert len(names) == len(set(names))
    for status, answer in document["components"]["responses"].items():
        assert answer["content"].keys() == {"application/problem+json"}
        assert ("Retry-After" in answer["headers"]) == (status in {"429", "503"})


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_a_method_that_is_not_there_is_told_those_that_are(service: Service) -> None:
    app = application(service)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        document = (await client.get("/openapi.json")).json()
        for path, operations in document["paths"].items():
            answer = await client.request("DELETE", path)
            assert answer.status_code == 405
            known = {method.upper() for method in operations}
            assert set(answer.headers["allow"].split(", ")) == known
            assert answer.headers["content-type"] == "application/problem+json"
