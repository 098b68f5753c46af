"""Constituencies, people, issues, members and bodies: from rows to commands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from accord.sheets.cells import EVERYTHING
from accord.sheets.changes import LANGUAGE, Act, Change, Making, Phase
from accord.sheets.reading import Row
from accord.sources.refusals import BadRow


def constituency(making: Making, row: Row) -> Iterator[Change]:
    """Yield how a constituency is identified."""
    if making.known("constituencies", row):
        return
    flags = ("least_well_served", "implementer", "historically_excluded")
    body = {
        "name": making.text(row, "name"),
        "kind": row["kind"] or "not_stated",
        **{name: bool(row[name]) for name in flags},
        "seats_wanted": row["seats"] or 0,
    }
    key, at = row["id"], making.when(row, "from")
    act = Act("constituency", key, "IdentifyConstituency", at, body)
    yield Change(("constituencies", key), row, (act,), Phase.CONSTITUENCY)


def person(making: Making, row: Row) -> Iterator[Change]:
    """Yield how a person is registered."""
    if making.known("people", row):
        return
    lang = row["language"] or LANGUAGE
    body: dict[str, Any] = {
        "name": making.text(row, "name"),
        "locale": row["locale"] or lang.lower().replace("-", "_"),
    }
    if row["email"]:
        body["contact"] = making.text(row, "email")
    key, at = row["id"], making.when(row, "from")
    act = Act("person", key, "RegisterPerson", at, body)
    yield Change(("people", key), row, (act,), Phase.PERSON)


def issue(making: Making, row: Row) -> Iterator[Change]:
    """Yield how an issue is raised, and perhaps left out later."""
    if making.known("issues", row):
        return
    key, at, name = row["id"], making.when(row, "from"), making.text(row, "name")
    summary = making.text(row, "summary") if row["summary"] else name
    body = {"name": name, "summary": summary}
    acts = [Act("issue", key, "RaiseIssue", at, body, row["organisation"])]
    if row["until"]:
        left_out = {"scope": "out", "reason": making.text(row, "reason")}
        acts.append(Act("issue", key, "ScopeIssue", making.later(row, "until", at), left_out))
    yield Change(("issues", key), row, tuple(acts), Phase.ISSUE)


def members(making: Making, rows: Iterable[Row]) -> Iterator[Change]:
    """Yield how organisations join, are suspended, and leave; who joined again has several rows."""
    together: dict[str, list[Row]] = {}
    for row in rows:
        together.setdefault(row["id"], []).append(row)
    for key, spans in together.items():
        spans.sort(key=lambda row: row["from"] or making.on)
        stays = _Stays([*making.has["members"].get(key, ())])
        changes = [*making.each(spans, stays.of)]
        for n, change in enumerate(changes):
            over = change.mark[0] == "left" and n + 1 == len(changes)
            phase = Phase.OVER if over else Phase.MEMBER
            yield replace(change, phase=phase)


@dataclass
class _Stays:
    """The stays of one member: those that the coalition has, and the rows so far."""

    own: list[Row]
    before: Row | None = None

    def of(self, making: Making, row: Row) -> Iterator[Change]:
        """Yield what one row says: how it joined, and how it left."""
        key, at = row["id"], making.when(row, "from")
        before, self.before = self.before, row
        if before is not None and (before["until"] is None or before["until"] > at):
            detail = f"It is listed already in line {before.line} of {before.file}."
            detail += " Who joined again had left before: say so in `until`."
            raise BadRow("duplicate", detail, "from")
        mark = ("members", key, at)
        own = self._same(row, at)
        if own is None:
            yield Change(mark, row, tuple(_joins(making, row, at)), Phase.MEMBER)
        else:
            making.compare("members", row, own, ("until", "reason", "note", "note_language"))
            at = own["from"]
        if row["until"] and (own is None or own["until"] is None):
            until = making.later(row, "until", max(at, row["suspended"] or at))
            body: dict[str, Any] = {"reason_code": row["reason"] or "other"}
            if row["note"]:
                body["note"] = making.text(row, "note")
            act = Act("membership", key, "LeaveCoalition", until, body)
            yield Change(("left", key, until), row, (act,), Phase.OVER, (mark,))

    def _same(self, row: Row, at: str) -> Row | None:
        """Return the coalition's own row of the same stay, once; `None` where it is a new one."""
        found = next((own for own in self.own if own["from"] == at), None)
        if found is None and self.own:
            last = self.own[-1]
            if last["until"] is None or row["from"] is None:
                found = last
            elif at < last["until"]:
                detail = (
                    "The coalition has a later stay of this member: earlier ones cannot be added."
                )
                raise BadRow("out_of_order", detail, "from")
        if found is not None:
            self.own = self.own[self.own.index(found) + 1 :]
        return found


def _joins(making: Making, row: Row, at: str) -> Iterator[Act]:
    key, kind = row["id"], row["kind"] or "organization"
    commitment = row["commitment"] or "homework"
    body = {
        "name": making.text(row, "name"),
        "kind": kind,
        "sector": row["sector"] or "not_stated",
        "constituencies": row["constituency"] or [],
        "commitment": commitment,
        "voting_right": commitment != "observer" if row["voting"] is None else row["voting"],
        "ground_rules": making.ground_rules,
    }
    if row["person"]:
        if kind != "person":
            detail = "An organisation is not a person: write `person` in the column kind."
            raise BadRow("not_a_person", detail, "person")
        body["person"] = row["person"]
    yield Act("membership", key, "AdmitMember", at, body)
    if row["suspended"]:
        making.undecided("suspended")
        suspended = making.later(row, "suspended", at)
        reason = {"reason": making.text(row, "suspended_because")}
        yield Act("membership", key, "SuspendMember", suspended, reason)


def body(making: Making, row: Row) -> Iterator[Change]:
    """Yield how a body is constituted, and perhaps dissolved."""
    if row["kind"] == "plenary":
        yield from _plenary(making, row)
        return
    key, at = row["id"], making.when(row, "from")
    own = making.known("bodies", row, ends=("until", "reason", "reason_language"))
    if own is None:
        scope = EVERYTHING if row["scope"] is None else row["scope"]
        told = {
            "name": making.text(row, "name"),
            "kind": row["kind"] or "working_group",
            "scope": scope,
        }
        act = Act("body", key, "ConstituteBody", at, told)
        yield Change(("bodies", key), row, (act,), Phase.BODY)
    if row["until"] and (own is None or own["until"] is None):
        making.undecided("until")
        begun = at if own is None else own["from"]
        until = making.later(row, "until", begun)
        reason = {"reason": making.text(row, "reason")}
        phase = Phase.DISSOLVED if until > begun else Phase.OVER
        act = Act("body", key, "DissolveBody", until, reason)
        yield Change(("dissolved", key), row, (act,), phase, (("bodies", key),))


def _plenary(making: Making, row: Row) -> Iterator[Change]:
    """Yield what is not as every plenary is: it comes with the coalition, and lasts as long."""
    if row["until"]:
        detail = "The plenary lasts as long as the coalition: leave the cell empty."
        raise BadRow("plenary_stays", detail, "until")
    if making.known("bodies", row) or row["scope"] in (None, EVERYTHING):
        return
    scope = {"scope": row["scope"]}
    act = Act("body", row["id"], "ChangeMandate", making.when(row, "from"), scope)
    yield Change(("mandate", row["id"]), row, (act,), Phase.BODY)
