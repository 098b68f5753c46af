"""Pages about the table, rendered from samples: for the chair, a delegate, and who only watches."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.web.acting import Attempt
from services.web.answers import Named, Said
from services.web.forms import Form
from services.web.page import Chrome, Coalition, Me, to_html
from services.web.pages import (
    alignment,
    begin,
    charter,
    claims,
    concerns,
    contributions,
    frontline,
    impact,
    issues,
    lessons,
    messages,
    organisation,
    organisations,
    orphans,
    partners,
    registers,
    reviews,
    shares,
    structure,
    wins,
    you,
)
from services.web.pages.register import Row
from tests.web import samples, samples_table, samples_wins
from tests.web.samples import Json

ROOT = "/c/harbour-schools"
TEACHERS = Named.model_validate(samples.TEACHERS)
OTHERS = [Named.model_validate(org) for org in samples.ORGANISATIONS if org is not samples.TEACHERS]
OBSERVER: Json = samples.ME | {
    "mandates": [samples.ME["mandates"][0] | {"authority": "observer", "voting": False}]
}
CHAIR: Json = samples.ME | {"presides": [samples.TEACHERS["id"]]}
TODAY = date(2026, 3, 12)
CALLED = {one.id: one for one in (TEACHERS, *OTHERS)}
OFFERED = wins.Offered(
    decisions=[(samples.uid("meals"), "Warm meals")],
    objectives=[(samples.uid("objective"), "A meal for all")],
    contributions=[(samples_wins.CLAIM, "The first draft")],
).choices
EMPTY: Json = {"items": [], "next_cursor": None}


def around(path: str, me: Json = CHAIR) -> Chrome:
    """Return what stands around a page, for somebody."""
    place = Coalition.model_validate(samples.COALITION)
    return Chrome(ROOT + path, "Amina Okafor", "form-token", place, Me.model_validate(me))


def refused(form: Form, field: str, on: str = "", part: str = "", **sent: str) -> Attempt:
    """Return a form that lacks something, as it was sent."""
    values = {
        "form": form.id(samples.TEACHERS["id"], on, part),
        "organisation": samples.TEACHERS["id"],
        "thing": on,
        **{ask.name: "" for ask in form.asks},
        **sent,
    }
    tried = Attempt(values, "en")
    tried.miss(field, "Something is missing.")
    return tried


def _by_oneself(form: Form, field: str) -> Attempt:
    """Return a form about oneself that lacks something."""
    person = samples.ME["person"]
    values = {"form": form.id(person), "organisation": person, "thing": ""}
    tried = Attempt(values | {ask.name: "" for ask in form.asks}, "en")
    tried.miss(field, "Something is missing.")
    return tried


def shown(
    template: str, path: str, me: Json = CHAIR, tried: Attempt | None = None, **more: Any
) -> str:
    """Return a page; where a refused form stands there no more, with what it said."""
    chrome = around(path, me)
    state = {"tried": tried, "reached": None, "behind": None}
    html = to_html(template, chrome, lost=False, **state, **more)
    if tried is not None and f'id="{tried.form}"' not in html:
        html = to_html(template, chrome, lost=True, **state, **more)
    return html


def roster(raw: Json, place: str = "table", me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return a page of the roster."""
    return shown(
        "organisations.html", "/organisations", me, tried,
        roster=organisations.Roster.model_validate(raw), place=place, query="",
        narrowed=f"place={place}", tail=f"?place={place}", first=False,
        forms=organisations.FORMS,
    )  # fmt: skip


def one(
    raw: Json, capacity: Json, me: Json = CHAIR, *, own: bool = True, tried: Attempt | None = None
) -> str:
    """Return an organisation's page."""
    detail = organisation.Detail.model_validate(raw)
    voices = [(str(each.accreditation), "Amina Okafor") for each in detail.representatives]
    return shown(
        "organisation.html", f"/organisations/{detail.id}", me, tried, organisation=detail,
        capacity=organisation.Capacity.model_validate(capacity), steps=[],
        took_part=organisation.Part.model_validate(T.PART),
        own=TEACHERS if own else None, members=OTHERS, bodies=[(samples.PLENARY["id"], "Plenary")],
        people=voices, voices=voices, forms=organisation.FORMS,
    )  # fmt: skip


def charter_page(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return the charter."""
    return shown(
        "charter.html", "/charter", me, tried, charter=charter.Charter.model_validate(raw),
        forms=charter.FORMS, members=OTHERS,
        issues=[(samples.MEALS["id"], "School meals")],
        orphans=orphans.Orphans.model_validate(T.ORPHANS),
    )  # fmt: skip


def message_list(
    said: list[Json], asked: list[Json], me: Json = CHAIR, tried: Attempt | None = None
) -> str:
    """Return the messages, and what is to be shown to more."""
    disclosures = [messages.Disclosure.model_validate(one) for one in asked]
    return shown(
        "messages.html", "/messages", me, tried, forms=messages.FORMS, all=len(said),
        messages=[messages.Message.model_validate(one) for one in said],
        waiting=[one for one in disclosures if one.state == "open"],
        answered=[one for one in disclosures if one.state != "open"],
        issues=[(samples.uid("School meals"), "School meals")],
    )  # fmt: skip


def orphan_list(raw: Json, me: Json = CHAIR) -> str:
    """Return the proposals without an objective."""
    made = orphans.Orphans.model_validate(raw)
    return to_html("orphans.html", around("/charter/orphans", me), found=made, first=False)


def structure_page(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return who decides."""
    made = structure.Structure.model_validate(raw)
    return shown(
        "structure.html", "/structure", me, tried, structure=made, forms=structure.FORMS,
        issues=[(samples.MEALS["id"], "School meals")],
        bodies=[(str(body.id), str(body)) for body in made.bodies],
    )  # fmt: skip


def body_page(
    which: int, me: Json = CHAIR, tried: Attempt | None = None, *, quiet: bool = False
) -> str:
    """Return the page of one of the sample bodies; `quiet`: one that has decided nothing."""
    made = structure.Structure.model_validate(samples_table.STRUCTURE)
    body = made.bodies[which]
    known = {one.id: one.ref for one in made.acknowledged.accepted}
    rules = () if quiet else (samples_table.RULE,)
    return shown(
        "body.html", f"/structure/{body.id}", me, tried, body=body, forms=structure.FORMS,
        members=OTHERS, issues=[(samples.MEALS["id"], "School meals")],
        constituencies=[(samples_table.CARERS["id"], "Carers")],
        version=made.acknowledged.version, known=known.get,
        rules=[structure.Rule.model_validate(rule) for rule in rules],
        decides=around("", me).me.chairs(body.id, informal=me is CHAIR),
        decisions=[] if quiet else [Row.model_validate(samples.REGISTER["rows"][0])],
    )  # fmt: skip


def you_page(raw: Json, me: Json = OBSERVER, tried: Attempt | None = None) -> str:
    """Return somebody's own page."""
    person = Named(id=samples.ME["person"], name=Said(text="Amina Okafor"))
    return shown(
        "you.html", "/you", me, tried, person=person, own=you.Own.model_validate(raw),
        forms=you.FORMS, period="2026-03", asked=not raw,
    )  # fmt: skip


def partners_page(raw: Json) -> str:
    """Return the unlikely partners."""
    return to_html(
        "partners.html", around("/partners"), found=partners.Partners.model_validate(raw)
    )


def issue_page(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return an issue's page."""
    issue = issues.Issue.model_validate(raw)
    return shown(
        "issue.html", f"/issues/{issue.id}", me, tried, issue=issue, forms=issues.FORMS,
        stands=issue.positions, first=False, following=50, members=OTHERS,
    )  # fmt: skip


def register_page(
    name: str, raw: Json, me: Json = CHAIR, tried: Attempt | None = None, with_: str | None = None
) -> str:
    """Return one of the registers."""
    register = registers.REGISTERS[name]
    issue = [(samples.MEALS["id"], "School meals")]
    return shown(
        f"{name}.html", f"/{name}", me, tried, found=register.read(raw), forms=register.forms,
        members=OTHERS, offered={"issue": issue, "issues": issue}, first=False, stale=False,
        with_=with_, today=TODAY, tail="",
    )  # fmt: skip


def concerns_page(
    raw: Json, me: Json = CHAIR, tried: Attempt | None = None, about: str | None = None
) -> str:
    """Return the concerns; of the one that is anonymous, with who raised it where one may know."""
    return shown(
        "concerns.html", "/concerns", me, tried, forms=concerns.FORMS,
        about=concerns.an_id(about), bodies=[(samples.PLENARY["id"], "Plenary")],
        found=[concerns.Concern.model_validate(each) for each in raw["items"]],
        who=concerns.an_id(samples.uid("unsigned") if me is CHAIR else None), raiser=TEACHERS,
        tail=f"?about={about}" if about else "",
    )  # fmt: skip


def claims_page(
    raw: Json, statements: Json, disputes: Json, me: Json = CHAIR, tried: Attempt | None = None
) -> str:
    """Return claims, statements and disputes."""
    members = [TEACHERS, *OTHERS]
    told = raw["items"], statements["items"], disputes["items"], samples_table.DEEDS["items"]
    return shown(
        "claims.html", "/claims", me, tried, forms=claims.FORMS, members=members,
        **claims.shown(*told, members),
    )  # fmt: skip


def frontline_page(
    raw: Json, me: Json = CHAIR, tried: Attempt | None = None, terms: Json | None = None
) -> str:
    """Return what was checked and decided at the front line."""
    listed = T.TERMS if terms is None else terms
    known = [frontline.Term.model_validate(term) for term in listed["items"]]
    return shown(
        "frontline.html", "/frontline", me, tried,
        forms={**frontline.FORMS, **frontline.checking(known)}, terms=known,
        called={term.term: term for term in known},
        found=[frontline.FrontLine.model_validate(each) for each in raw["items"]],
    )  # fmt: skip


def lessons_page(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return the lessons of this coalition, and of others."""
    own = Named.model_validate(samples.TEACHERS)
    return shown(
        "lessons.html", "/lessons", me, tried, found=lessons.Lessons.model_validate(raw),
        elsewhere=[lessons.Elsewhere.model_validate(one) for one in T.ELSEWHERE],
        forms=lessons.FORMS, called={own.id: own}, campaign=lessons.campaign_of(T.CAMPAIGN),
        first=True, tail="",
    )  # fmt: skip


def win_list(raw: list[Json], last: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return wins and losses."""
    return shown(
        "wins.html", "/wins", me, tried, forms=wins.OPENING, first=True,
        wins=[wins.Win.model_validate(one) for one in raw], following="20" if raw else None,
        celebrated=wins.Celebrated.model_validate(last), called=CALLED, offered=OFFERED,
    )  # fmt: skip


def win_page(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return a win, or a loss."""
    return shown(
        "win.html", f"/wins/{raw['win']}", me, tried, forms=wins.FORMS, offered=OFFERED,
        win=wins.Win.model_validate(raw), called=CALLED, members=[*CALLED.values()],
    )  # fmt: skip


def contribution_list(
    raw: Json, suggested: list[Json], me: Json = CHAIR, tried: Attempt | None = None
) -> str:
    """Return who contributed what."""
    return shown(
        "contributions.html", "/contributions", me, tried, forms=contributions.FORMS,
        members=[*CALLED.values()], called=CALLED, first=True,
        found=contributions.Contributions.model_validate(raw),
        suggestions=[contributions.Suggestion.model_validate(one) for one in suggested],
    )  # fmt: skip


def impact_page(
    raw: Json, me: Json = CHAIR, tried: Attempt | None = None, *, said: bool = True
) -> str:
    """Return the metrics, and what is said of what came of it where anything is."""
    return shown(
        "impact.html", "/impact", me, tried, forms=impact.FORMS, first=True,
        found=impact.Metrics.model_validate(raw), called=CALLED,
        evaluations=[impact.Evaluation.model_validate(W.EVALUATION)] if said else [],
        stories=[impact.Story.model_validate(W.STORY)] if said else [],
        benefits=impact.Benefits.model_validate(W.BENEFITS if said else {}),
        wide=impact.WIDE, high=impact.HIGH, bar=impact.BAR,
    )  # fmt: skip


def shares_list(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return how money is divided."""
    return shown(
        "shares.html", "/shares", me, tried, forms=shares.FORMS, first=True,
        found=shares.Divisions.model_validate(raw), called=CALLED,
    )  # fmt: skip


def beginning(doing: str, joining: str = "", tried: Attempt | None = None) -> str:
    """Return the page that forms a coalition, or joins one."""
    return shown(
        "begin.html", "/begin", samples.ME, tried, forms=begin.FORMS, nobody=begin.NOBODY,
        here="/begin", joining=joining, doing=doing,
    )  # fmt: skip


def reviews_page(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return the reviews."""
    return shown(
        "reviews.html", "/reviews", me, tried, found=reviews.Reviews.model_validate(raw),
        forms=reviews.FORMS, members=OTHERS, today=TODAY, organisation="", narrowed="",
        first=True, tail="",
    )  # fmt: skip


def matrix(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return the alignment matrix."""
    return shown(
        "alignment.html", "/alignment", me, tried, matrix=alignment.Matrix.model_validate(raw),
        forms=alignment.FORMS, first=False, tail="",
    )  # fmt: skip


def issue_list(raw: Json, me: Json = CHAIR, tried: Attempt | None = None) -> str:
    """Return the list of issues."""
    return shown(
        "issues.html", "/issues", me, tried, found=issues.Issues.model_validate(raw),
        forms=issues.RAISING, first=False,
    )  # fmt: skip


def acceptances(raw: Json) -> str:
    """Return who accepted, and who did not."""
    made = charter.Acceptance.model_validate(raw)
    return to_html(
        "acceptances.html", around("/charter/acceptances/ground-rules"), acceptance=made,
        rows=[*made.missing, *made.accepted], of_what="ground-rules", following=100, first=False,
    )  # fmt: skip


def _both(name: str, made: Callable[[Json], str]) -> dict[str, Callable[[], str]]:
    """Return a page for the chair, and the same for who only watches."""
    return {name: lambda: made(CHAIR), f"{name}, watched": lambda: made(OBSERVER)}


T, W = samples_table, samples_wins
PAGES: Mapping[str, Callable[[], str]] = {
    **_both("roster", lambda me: roster(T.ROSTER, me=me)),
    **_both("at the door", lambda me: roster(T.DOOR, "door", me)),
    "gone": lambda: roster(T.GONE, "gone"),
    "empty roster": lambda: roster(T.DOOR | {"items": []}, "door"),
    "refused admission": lambda: roster(
        T.DOOR, "door",
        tried=refused(organisations.FORMS["admit"], "sector", samples.FAMILIAS["id"],
                      name="Familias", kind="organization"),
    ),
    "admission too late": lambda: roster(
        T.DOOR | {"items": []}, "door",
        tried=refused(organisations.FORMS["decline"], "send", samples.FAMILIAS["id"],
                      reason="They are in another town."),
    ),
    **_both("member", lambda me: one(T.DETAIL, T.CAPACITY, me, own=me is CHAIR)),
    "applicant": lambda: one(T.APPLICANT, {}, own=False),
    "new member": lambda: one(T.ROSTER["items"][1] | {"vote_class": []}, {}, own=False),
    "refused accreditation": lambda: one(
        T.DETAIL, T.CAPACITY,
        tried=refused(organisation.FORMS["accredit"], "contact", samples.TEACHERS["id"],
                      name="Joon Park", person=samples.uid("Joon")),
    ),
    "refused relation": lambda: one(
        T.DETAIL, T.CAPACITY, tried=refused(organisation.FORMS["declare-related"], "related")
    ),
    **_both("charter", lambda me: charter_page(T.CHARTER, me)),
    "empty charter": lambda: charter_page({}),
    "adjourned": lambda: charter_page(
        {"adjourned_at": "2026-03-01T10:00:00Z", "adjourned_because": samples.text("Done.")},
        OBSERVER,
    ),
    "refused acceptance": lambda: charter_page(
        T.CHARTER, tried=refused(charter.FORMS["accept-ground-rules"], "send", version="1")
    ),
    "refused boundary": lambda: charter_page(
        T.CHARTER, tried=refused(charter.FORMS["agree-boundary"], "text")
    ),
    "acceptances": lambda: acceptances(T.RULES),
    **_both("messages", lambda me: message_list(T.MESSAGES, T.DISCLOSURES, me)),
    "no messages": lambda: message_list([], []),
    "refused disclosure": lambda: message_list(
        T.MESSAGES, T.DISCLOSURES,
        tried=refused(messages.FORMS["refuse-disclosure"], "reason", samples.uid("asked")),
    ),
    "orphans": lambda: orphan_list(T.ORPHANS),
    "no orphans": lambda: orphan_list(EMPTY),
    **_both("structure", lambda me: structure_page(T.STRUCTURE, me)),
    "empty structure": lambda: structure_page({}),
    "refused body": lambda: structure_page(
        T.STRUCTURE, tried=refused(structure.FORMS["constitute"], "name")
    ),
    **_both("plenary", lambda me: body_page(0, me)),
    **_both("steering group", lambda me: body_page(1, me)),
    "dissolved body": lambda: body_page(2, quiet=True),
    "refused seat": lambda: body_page(
        1, tried=refused(structure.FORMS["fill-seat"], "org", samples.STEERING["id"],
                         samples.uid("s1")),
    ),
    "you": lambda: you_page(T.OWN),
    "new person": lambda: you_page({}),
    "refused erasure": lambda: you_page({}, tried=_by_oneself(you.FORMS["erase"], "sure")),
    "partners": lambda: partners_page(T.PARTNERS),
    "no partners": lambda: partners_page({}),
    **_both("alignment", lambda me: matrix(T.MATRIX, me)),
    "empty alignment": lambda: matrix(EMPTY),
    **_both("reviews", lambda me: reviews_page(
        {"items": T.CHARTER["reviews"], "next_cursor": None}, me)),
    "empty reviews": lambda: reviews_page(EMPTY, OBSERVER),
    "begin": lambda: beginning("form"),
    "join": lambda: beginning("join", "harbour-schools"),
    "refused beginning": lambda: beginning(
        "form", tried=refused(begin.FORMS["form"], "slug", name="Hill")
    ),
    **_both("claims", lambda me: claims_page(T.CLAIMS, T.ATTRIBUTIONS, T.DISPUTES, me)),
    "claims, delegate": lambda: claims_page(T.CLAIMS, T.ATTRIBUTIONS, T.DISPUTES, samples.ME),
    "empty claims": lambda: claims_page(EMPTY, EMPTY, EMPTY),
    "refused claim": lambda: claims_page(
        EMPTY, EMPTY, EMPTY,
        tried=refused(
            claims.FORMS["claim"], "facts", audience="funders", text="Ours.",
            **{f"facts:{samples.uid('talks')}.equal": "yes"},
        ),
    ),
    "refused dispute": lambda: claims_page(
        T.CLAIMS, EMPTY, EMPTY,
        tried=refused(claims.FORMS["dispute"], "due", part="credit-31", about="credit/31"),
    ),
    "refused mediation": lambda: claims_page(
        EMPTY, EMPTY, T.DISPUTES,
        tried=refused(claims.FORMS["mediate"], "mediator", samples.uid("open dispute")),
    ),
    **_both("lessons", lambda me: lessons_page(T.LESSONS, me)),
    **_both("concerns", lambda me: concerns_page(T.CONCERNS, me)),
    "concerns about a proposal": lambda: concerns_page(T.CONCERNS, about=samples.uid("meals")),
    "empty concerns": lambda: concerns_page(EMPTY),
    "refused concern": lambda: concerns_page(
        EMPTY, tried=refused(concerns.FORMS["raise"], "text", kind="policy", source="member")
    ),
    "refused resolution": lambda: concerns_page(
        T.CONCERNS, tried=refused(concerns.FORMS["resolve"], "text", samples.uid("waiting"))
    ),
    **_both("front line", lambda me: frontline_page(T.FRONT_LINES, me)),
    "empty front line": lambda: frontline_page(EMPTY, terms=EMPTY),
    "refused check": lambda: frontline_page(
        EMPTY,
        tried=refused(
            frontline.checking([frontline.Term.model_validate(T.TERMS["items"][0])])["check"],
            f"terms.{T.FEE}",
        ),
    ),
    "refused decision at the front line": lambda: frontline_page(
        T.FRONT_LINES,
        tried=refused(frontline.FORMS["decide"], "text", samples.uid("crossing")),
    ),
    "empty lessons": lambda: lessons_page(EMPTY),
    "refused lesson": lambda: lessons_page(
        EMPTY, tried=refused(lessons.FORMS["record"], "why", T.CAMPAIGN, what="It rained.")
    ),
    **_both("wins", lambda me: win_list([W.WIN, W.LOSS], {"last": "2026-03-06", "days_since": 6},
                                        me)),
    "no wins": lambda: win_list([], {"last": None, "days_since": None}),
    "refused win": lambda: win_list(
        [W.LOSS], {"last": "2026-03-12", "days_since": 0},
        tried=refused(wins.OPENING["declare"], "size", title="A warm lunch"),
    ),
    **_both("win", lambda me: win_page(W.WIN, me)),
    "loss": lambda: win_page(W.LOSS),
    "refused thanks": lambda: win_page(
        W.WIN, tried=refused(wins.FORMS["thank"], "role", W.WIN["win"], external="The cook")
    ),
    "refused waiver": lambda: win_page(
        W.WIN, tried=refused(wins.FORMS["waive"], "send", W.WIN["win"], W.THANKS)
    ),
    **_both("contributions", lambda me: contribution_list(W.CONTRIBUTIONS, W.SUGGESTIONS, me)),
    "no contributions": lambda: contribution_list(EMPTY, []),
    "refused contribution": lambda: contribution_list(
        EMPTY, [], tried=refused(contributions.FORMS["record"], "role", what="A room.")
    ),
    **_both("impact", lambda me: impact_page(W.METRICS, me)),
    "no impact": lambda: impact_page(EMPTY, said=False),
    "refused metric": lambda: impact_page(
        EMPTY, tried=refused(impact.FORMS["define"], "source", name="Meals")
    ),
    **_both("shares", lambda me: shares_list(W.SHARES, me)),
    "shares, delegate": lambda: shares_list(W.SHARES, samples.ME),
    "no shares": lambda: shares_list(EMPTY),
    "refused shares": lambda: shares_list(
        EMPTY, tried=refused(shares.FORMS["plan"], "shares", pot="A grant", shares="Clinic")
    ),
    **_both("issues", lambda me: issue_list(T.ISSUES, me)),
    "empty issues": lambda: issue_list(EMPTY),
    **_both("issue", lambda me: issue_page(T.ISSUE, me)),
    "parked issue": lambda: issue_page(T.PARKED),
    "refused position": lambda: issue_page(
        T.ISSUE,
        tried=refused(issues.FORMS["change-position"], "reason", samples.MEALS["id"],
                      to="oppose"),
    ),
    **_both("constituencies", lambda me: register_page("constituencies", T.CONSTITUENCIES, me)),
    **_both("threats", lambda me: register_page("threats", T.THREATS, me)),
    **_both("exchanges", lambda me: register_page("exchanges", T.EXCHANGES, me)),
    **_both("conflicts", lambda me: register_page("conflicts", T.CONFLICTS, me)),
    **_both("relationships", lambda me: register_page("relationships", T.RELATIONSHIPS, me)),
    "one relationship": lambda: register_page(
        "relationships",
        T.RELATIONSHIPS | {"items": T.RELATIONSHIPS["items"][:1]},
        with_=samples.LIBRARY["id"],
    ),
    "empty constituencies": lambda: register_page("constituencies", EMPTY),
    "empty threats": lambda: register_page("threats", EMPTY),
    "empty exchanges": lambda: register_page("exchanges", EMPTY),
    "empty conflicts": lambda: register_page("conflicts", {}),
    "empty relationships": lambda: register_page("relationships", EMPTY),
}  # fmt: skip
