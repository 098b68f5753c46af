"""A coalition made over HTTP, as people would make one."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.suite import Suite


def text(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


def made(answer: httpx2.Response) -> dict[str, Any]:
    """Return a receipt, or fail with what the service said."""
    assert answer.status_code in {200, 201}, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


def key_of(receipt: dict[str, Any]) -> str:
    """Return the aggregate's id from a receipt."""
    return str(receipt["stream"]).partition("-")[2]


@dataclass
class Coalition:
    """A formed coalition: organisations by name, each with one delegate of the same name."""

    suite: Suite
    slug: str
    id: str
    plenary: str
    chair: str
    orgs: dict[str, str] = field(default_factory=dict)
    accreditations: dict[str, str] = field(default_factory=dict)

    async def post(self, service: str, path: str, body: Any, name: str, **more: Any) -> Any:
        """Send a command as the delegate of `name`; return the receipt."""
        return made(await self.try_post(service, path, body, name, **more))

    async def try_post(
        self, service: str, path: str, body: Any, name: str, **more: Any
    ) -> httpx2.Response:
        by = self.orgs.get(name)
        full = f"/{service}/api/v1/coalitions/{self.slug}/{path}"
        return await self.suite.post(full, body, mail(name), by=by, **more)

    async def get(self, service: str, path: str, name: str, **query: Any) -> httpx2.Response:
        full = f"/{service}/api/v1/coalitions/{self.slug}/{path}".rstrip("/")
        return await self.suite.get(full, mail(name), by=self.orgs.get(name), **query)

    async def admit(self, name: str, /, **more: Any) -> int:
        """Admit an organisation and accredit its delegate; return the members position."""
        body = {
            "name": text(name), "kind": "organization", "sector": "education",
            "constituencies": [], "commitment": "homework", "voting_right": True,
            "ground_rules": 0,
        } | more  # fmt: skip
        org = key_of(await self.post("members", "members", body, self.chair))
        person = key_of(
            await self.post(
                "members", "people",
                {"name": text(f"{name}'s delegate"), "contact": text(mail(name)), "locale": "en"},
                self.chair,
            )
        )  # fmt: skip
        accreditation = str(self.suite.new_id())
        receipt = await self.post(
            "members", f"members/{org}/accreditations",
            {"accreditation": accreditation, "body": self.plenary, "person": person,
             "authority": "full", "voting": True},
            self.chair,
        )  # fmt: skip
        self.orgs[name], self.accreditations[name] = org, accreditation
        return int(receipt["position"])

    async def settled(self, *positions: str) -> None:
        """Wait until the services that listen have read up to these positions."""
        at_least = ",".join(positions)
        for service, path in (("meetings", "meetings"), ("transparency", "coalition")):
            for _ in range(10):
                answer = await self.get(service, path, self.chair, at_least=at_least)
                if answer.status_code != 503:
                    break
            assert answer.status_code == 200, answer.text


def mail(name: str) -> str:
    return f"{name.lower().replace(' ', '-')}@example.org"


async def form(suite: Suite, slug: str, chair: str = "Clinic") -> Coalition:
    """Form a coalition, founded by the organisation of the chair."""
    answer = await suite.post(
        "/members/api/v1/coalitions",
        {
            "slug": slug, "template": "alliance", "name": text(f"The {slug} coalition"),
            "founder": {
                "name": text(chair), "kind": "organization", "sector": "education",
                "constituencies": [], "commitment": "homework", "voting_right": True,
                "ground_rules": 0,
            },
            "person": {"name": text(f"{chair}'s chair"), "contact": text(mail(chair)),
                       "locale": "en"},
        },
        mail(chair),
    )  # fmt: skip
    receipt = made(answer)
    new = Coalition(suite, slug, key_of(receipt), "", chair)
    bodies = await new.get("members", "bodies", chair, at_least=f"members/{receipt['position']}")
    assert bodies.status_code == 200, bodies.text
    new.plenary = bodies.json()["items"][0]["id"]
    me = (await new.get("members", "me", chair)).json()
    [mandate] = me["mandates"]
    new.orgs[chair] = mandate["organisation"]["id"]
    new.accreditations[chair] = mandate["accreditation"]
    return new
