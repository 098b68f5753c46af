"""The words pages use for codes, times and rules. Nothing here decides or counts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

OPTIONS = {
    "agree": "Agree",
    "disagree": "Disagree",
    "abstain": "Abstain",
    "object": "Object",
}
OPTION_MEANS = {
    "agree": "We support the proposal as it is written.",
    "disagree": "We do not support it. Give your reason below.",
    "abstain": "We neither support nor oppose it, and count as present.",
    "object": "We disagree and ask that our objection is addressed. Give your grounds below.",
}
OUTCOMES = {
    "adopted": "Adopted",
    "rejected": "Rejected",
    "deferred": "Deferred",
    "lapsed": "Lapsed",
    "drafted": "Draft",
    "published": "Published",
    "voting": "Open for stances",
    "closed": "Closed, not yet decided",
    "decided": "Decided",
    "withdrawn": "Withdrawn",
    "reopened": "Reopened",
    "superseded": "Superseded",
}
METHODS = {
    "consent": "Consent",
    "consensus": "Consensus",
    "majority": "Majority",
    "supermajority": "Supermajority",
    "lazy_consensus": "Lazy consensus",
    "advice": "Advice",
    "lead_decides": "Lead decides",
    "front_line": "Front line",
}
VERDICTS = {
    "within": "Within the mandate",
    "crosses": "Crosses a bottom line",
    "unknown": "Nobody has a line for some of it",
}
FRONT_REVIEWS = {"endorsed": "Endorsed", "corrected": "Corrected", "reversed": "Reversed"}
TESTS = {"at_least": "at least", "more_than": "more than", "at_most": "at most"}
METRICS = {"counter": "Counted: values add up", "gauge": "Measured: values are never summed"}
MET = {"met": "Met", "partly": "Partly met", "not": "Not met"}
BASES = {
    "yes_no": "of those who agree, disagree or object",
    "cast": "of all stances taken",
    "entitled": "of everyone entitled",
    "entitled_present": "of everyone entitled and present",
}
BALLOTS = {
    "named": "Named: each organisation's stance is seen as it is taken",
    "sealed_until_close": "Sealed: stances are seen when the voting closes",
    "detached_anonymous": "Anonymous: only the totals are ever seen",
}
SUPERSEDED = {"replaced": "Replaced", "reversed": "Reversed"}
SUPERSEDES = {"replaced": "Replaces", "reversed": "Reverses"}
DISPOSITIONS = {
    "open": "Open",
    "accommodated": "Accommodated",
    "retracted": "Retracted",
    "set_aside": "Set aside",
    "outweighed": "Outweighed",
    "stands": "Stands",
    "upheld": "Upheld",
    "overruled": "Overruled",
    "formal": "Formal objection",
}
BECAME = {
    "accommodated": "Accommodated",
    "retracted": "Retracted",
    "set_aside": "Set aside",
    "outweighed": "Outweighed",
    "registered": "Registered as a formal objection",
    "upheld": "Upheld",
    "overruled": "Overruled",
}
AUTHORITIES = {
    "full": "full mandate",
    "ad_referendum": "subject to ratification",
    "observer": "observer",
    "imported": "imported from an earlier record",
}
VISIBLE_TO = {
    "public": "Everyone.",
    "members": "Every member organisation of this coalition.",
    "partners": "The member organisations, and the partners named.",
    "funders": "The member organisations, and the funders named.",
    "body": "The members of this body.",
    "dyad": "The two organisations it is between.",
}
WITHHELD = {
    "audience": "Not shown to you",
    "erased": "Erased at the person's request",
    "redacted": "Redacted",
    "lost": "Not readable any more",
    "suppressed": "Not shown: the group is too small",
    "ballot": "Not shown: the ballot is secret",
    "undisclosed": "Not named, at their own wish",
}
STEP_STATES = {
    "proposed": "Proposed",
    "assigned": "Assigned, not yet accepted",
    "accepted": "Accepted",
    "started": "Started",
    "blocked": "Blocked",
    "completed": "Done",
    "declined": "Declined",
    "dropped": "Dropped",
}
MEETING_STATES = {
    "scheduled": "Planned",
    "opened": "In session",
    "open": "In session",
    "closed": "Closed",
    "cancelled": "Cancelled",
}
COMMITMENTS = {
    "observer": "Observer",
    "voice_only": "Voice only",
    "homework": "Does homework",
}
MEMBER_STATES = {
    "invited": "Invited",
    "applied": "Applied",
    "declined": "Declined",
    "joined": "Member",
    "suspended": "Suspended",
    "left": "Left",
}
PLACES = {"table": "At the table", "door": "Invited or applying", "gone": "Declined or left"}
TEMPLATES = {"alliance": "An alliance", "campaign": "A campaign", "federation": "A federation"}
DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
    "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip
KINDS = {"organization": "An organisation", "person": "One person"}
ROLES = {"chair": "Chair", "secretary": "Secretary"}
BODY_KINDS = {
    "plenary": "Plenary",
    "steering": "Steering committee",
    "working_group": "Working group",
}
INVOLVEMENTS = {"inform": "Is informed", "consult": "Is consulted", "decide": "Decides"}
LEAVING = {
    "burnout": "Too much work",
    "goals": "Other goals",
    "capacity": "No capacity",
    "conflict": "A conflict",
    "dissolved": "The organisation was dissolved",
    "expelled": "Expelled",
    "other": "Another reason",
}
QUESTIONS = {
    "brings": "What it brings",
    "problem": "Which problem it sees",
    "goals": "What it wants to reach",
}
STAGES = {
    "forming": "Forming",
    "storming": "Storming",
    "norming": "Norming",
    "performing": "Performing",
    "adjourning": "Adjourning",
}
SCENARIOS = {"best": "Best case", "worst": "Worst case"}
REVIEWS = {"vision": "The vision", "positions": "Positions on issues", "roles": "Roles"}
TRIGGERS = {
    "schedule": "its time has come",
    "context_shift": "something changed around the coalition",
    "replacement": "a representative was replaced",
    "request": "it was asked for",
}
RESULTS = {"kept": "Kept as it was", "changed": "Changed"}
TOPICS = {
    "position": "Positions",
    "stance": "Stances",
    "objection": "Objections",
    "concern": "Concerns",
    "decision": "Decisions",
    "minutes": "Minutes",
    "speech": "Speeches",
    "step": "Next steps",
    "message": "Messages",
    "bottom_line": "Bottom lines",
    "tension": "Tensions",
    "pulse": "Trust pulses",
    "breach": "Breaches",
    "contribution": "Contributions",
    "claim": "Claims",
    "dispute": "Disputes",
    "metric": "Metrics",
    "story": "Stories",
    "policy": "Policies",
}
AUDIENCES = {
    "dyad": "the two organisations",
    "body": "members of the body",
    "members": "member organisations",
    "partners": "partners",
    "funders": "funders",
    "public": "everyone",
}
VARIANTS_FOR = {
    "public": "Everyone",
    "members": "Member organisations",
    "partners": "Partners",
    "funders": "Funders",
    "body": "Members of the body",
}
DISCLOSED_TO = {"public": "Everyone", "members": "All member organisations"}
DISCLOSURES = {"open": "Waits for approval", "disclosed": "Shown", "refused": "Refused"}
REPLIES = {"approved": "approved that", "refused": "refused that"}
POSITIONS = {
    "support": "Supports it",
    "can_live_with": "Can live with it",
    "oppose": "Opposes it",
    "no_position": "Takes no position",
}
CONCERN_SOURCES = {"member": "Of a member", "community": "From the community"}
CONCERN_KINDS = {
    "policy": "What is decided",
    "implementation": "How it is carried out",
    "interpersonal": "Between persons",
}
CONCERN_ENDS = {
    "changed": "Something was changed",
    "explained": "Explained",
    "mediated": "Mediated",
    "referred": "Taken elsewhere",
    "withdrawn": "Withdrawn",
    "not_pursued": "Not pursued",
}
TOLD = {
    "funders": "Funders",
    "partners": "Partners",
    "public": "The press and everybody",
    "members": "Members",
}
SETTLED = {
    "agreed_wording": "Both agree to these words",
    "accommodated": "What was asked for is done",
    "set_aside": "Set aside",
    "retracted": "Taken back",
}
LESSONS = {"right": "Went right", "wrong": "Went wrong"}
OUTSIDE = {"partners": "Partners", "funders": "Funders", "public": "Everybody"}
RESOURCES = {
    "information": "Information",
    "people": "People",
    "skill": "A skill",
    "space": "A space",
    "goods": "Goods",
    "money": "Money",
}
SIDES = {"offer": "Offers", "request": "Asks for"}
TOUCHES = {
    "call": "A call",
    "visit": "A visit",
    "meeting": "A meeting",
    "message": "A message",
    "social": "Something social",
}
BREACHES = {
    "leak": "Something was leaked",
    "back_channel": "A back channel",
    "off_message": "Off message",
    "other": "Another breach",
}
MODES = {"informal": "Informal mode", "formal": "Formal mode"}
CREDIT_PARTS = {
    "contribution": "Contributions",
    "received": "Credit received",
    "given": "Credit given",
    "claimed": "Claimed, not yet confirmed",
}
DEGREES = {"lead": "Lead", "equal": "Equal part", "supporting": "Supporting"}
SIZES = {"step": "A step on the way", "major": "A major win"}
CREDIT_BASES = {
    "evidence": "Evidence: contributions that were recorded",
    "gratitude": "Gratitude: nothing else is needed",
}
CREDIT_ROLES = {
    "convening": "Convening",
    "hosting": "Hosting",
    "facilitation": "Facilitation",
    "research": "Research",
    "drafting": "Drafting",
    "lobbying": "Lobbying",
    "testimony": "Testimony",
    "mobilising": "Mobilising",
    "media": "Media",
    "data": "Data",
    "fundraising": "Fundraising",
    "resources": "Resources",
    "introductions": "Introductions",
    "audience_lent": "Lending an audience",
    "messenger": "Being the messenger",
    "asked_the_question": "Asking the question that opened it",
    "stepped_back": "Stepping back for others",
    "implementation": "Implementation",
    "mentoring": "Mentoring",
    "care_and_logistics": "Care and logistics",
    "late_support": "Late support",
}


def plain(code: str | None) -> str:
    """Return the words for a code that has no entry of its own: `set_aside` is "Set aside"."""
    words = (code or "").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def say(words: Mapping[str, str], code: str | None) -> str:
    """Return the words for a code."""
    return words.get(code or "", plain(code))


def event(kind: str) -> str:
    """Return the words for an event's type: `StanceTaken` is "stance taken"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()


def listed(names: Iterable[object]) -> str:
    """Return "A, B and C"."""
    words = [str(name) for name in names]
    if len(words) < 2:  # noqa: PLR2004 - one name needs no "and"
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def number(figure: int) -> str:
    """Return a count for people: `98,123`."""
    return f"{figure:,}"


def moment(at: datetime) -> str:
    """Return a moment for people: `12 March 2026, 15:04 UTC`."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"


def day(on: date | datetime) -> str:
    """Return a day for people: `12 March 2026`."""
    when = on.astimezone(UTC).date() if isinstance(on, datetime) else on
    return f"{when.day} {when:%B %Y}"


def count(figure: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 organisation", "2 organisations"."""
    return f"{number(figure)} {one if figure == 1 else many or one + 's'}"


def hours(figure: int) -> str:
    """Return a number of hours; whole days as days: "72 hours" is "3 days"."""
    days, rest = divmod(figure, 24)
    return count(days, "day") if days and not rest else count(figure, "hour")


def ratio(parts: Sequence[int]) -> str:
    """Return a ratio as the rule writes it: `2/3`; a whole number alone."""
    numerator, denominator = parts
    return str(numerator) if denominator == 1 or numerator == 0 else f"{numerator}/{denominator}"


def threshold(terms: Mapping[str, Any]) -> str:
    """Return a threshold as a sentence: "Agree: at least 2/3 of all stances taken"."""
    option = say(OPTIONS, terms.get("option"))
    test = say(TESTS, terms.get("test"))
    share, base = ratio(terms["ratio"]), say(BASES, terms.get("base"))
    much = {"0": "none", "1": "every one"}.get(share, f"{test} {share}")
    return f"{option}: {much} {base}"


def rule_lines(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a rule's terms as pairs of a label and words, in the order people ask for them."""
    lines = [("Method", say(METHODS, terms.get("method")))]
    quorum = terms.get("quorum") or {}
    if at_least := quorum.get("at_least"):
        share = ratio(at_least)
        needed = "None needed" if share == "0" else f"At least {share} of everyone entitled"
        lines.append(("Quorum", needed))
    lines.extend(("Threshold", threshold(each)) for each in terms.get("thresholds") or ())
    objections = terms.get("objections") or {}
    if objections.get("must_be_addressed"):
        lines.append(("Objections", "Every objection must be addressed before adoption"))
    if ballot := terms.get("ballot"):
        lines.append(("Ballot", say(BALLOTS, ballot)))
    if terms.get("silence") == "assent_if_uncontested":
        lines.append(("Silence", "Counts as agreement where nobody disagrees or objects"))
    if notice := terms.get("notice_hours"):
        lines.append(("Notice", hours(notice)))
    if opened := terms.get("min_open_hours"):
        lines.append(("Open at least", hours(opened)))
    if review := terms.get("review_after_days"):
        lines.append(("Review after", count(review, "day")))
    return lines
