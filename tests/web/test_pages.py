"""Every page: whole, readable by machines that read aloud, and without script."""

import re
from collections import Counter
from uuid import UUID

import pytest

from services.web.pages import claims, impact
from services.web.peers import signed
from tests.web import samples, samples_table, samples_wins
from tests.web.shown import PAGES, Element, decision_page, read

PAGE = pytest.mark.parametrize("name", PAGES)


def page(name: str) -> Element:
    return read(PAGES[name]())


@PAGE
def test_a_page_has_one_heading_that_can_be_focused_and_its_landmarks(name: str) -> None:
    shown = page(name)

    (heading,) = shown.all("h1")
    assert heading.words
    assert heading.attributes["tabindex"] == "-1"
    assert [each.tag for each in shown if each.tag in {"main", "footer"}] == ["main", "footer"]
    assert shown.all("html")[0].attributes["lang"] == "en"
    assert all(nav.attributes.get("aria-label") for nav in shown.all("nav"))


@PAGE
def test_the_skip_link_comes_first_and_leads_somewhere(name: str) -> None:
    shown = page(name)

    first = shown.all("body")[0].all("a")[0]
    assert first.attributes["href"] == "#main"
    assert shown.all("main", id="main")


@PAGE
def test_ids_are_unique_and_what_refers_to_them_finds_them(name: str) -> None:
    shown = page(name)
    ids = Counter(each.attributes["id"] for each in shown if "id" in each.attributes)

    assert [each for each, times in ids.items() if times > 1] == []
    for element in shown:
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for target in element.attributes.get(attribute, "").split():
                assert target in ids, f"{attribute}={target}"
    for wrong in shown.all("div", class_="errors"):
        for link in wrong.all("a"):
            assert link.attributes["href"].removeprefix("#") in ids


@PAGE
def test_every_field_has_a_visible_label(name: str) -> None:
    shown = page(name)
    labelled = {label.attributes["for"] for label in shown.all("label") if label.words}

    for element in shown:
        asks = element.tag in {"select", "textarea"} or (
            element.tag == "input" and element.attributes["type"] != "hidden"
        )
        if asks:
            assert element.attributes["id"] in labelled
    for button in shown.all("button"):
        assert button.words


@PAGE
def test_headings_leave_no_level_out(name: str) -> None:
    level = 0
    shown = page(name)
    before_all = {heading.words for each in shown.all("div", class_="errors") for heading in each}
    for element in shown:
        if element.words not in before_all and re.fullmatch("h[1-6]", element.tag):
            assert int(element.tag[1]) <= level + 1, element.words
            level = int(element.tag[1])


@PAGE
def test_a_page_runs_no_script_and_carries_no_style(name: str) -> None:
    for element in page(name):
        assert element.tag not in {"script", "style", "iframe", "object"}
        for attribute in element.attributes:
            assert attribute != "style"
            assert not attribute.startswith(("on", "hx-"))
        for address in ("href", "src", "action"):
            assert element.attributes.get(address, "/").startswith(("/", "#"))


@PAGE
def test_times_say_themselves_to_machines_too(name: str) -> None:
    for time in page(name).all("time"):
        assert re.match(r"\d{4}-\d{2}-\d{2}", time.attributes["datetime"])


@PAGE
def test_tables_keep_their_meaning_when_they_become_cards(name: str) -> None:
    for table in page(name).all("table"):
        assert table.attributes["role"] == "table"
        assert {row.attributes["role"] for row in table.all("tr")} == {"row"}
        assert {cell.attributes["role"] for cell in table.all("td")} == {"cell"}
        assert all(head.attributes["scope"] == "col" for head in table.all("th"))
        assert table.all("caption")[0].words


@PAGE
def test_every_form_that_changes_something_carries_its_token(name: str) -> None:
    for form in page(name).all("form", method="post"):
        fields = {field.attributes["name"]: field for field in form.all("input", type="hidden")}
        if form.attributes["action"] == "/sign-in/demo":
            continue  # nobody is signed in yet
        assert fields["form_token"].attributes["value"] == "form-token"
        if form.attributes["action"] != "/sign-out":
            assert len(fields["idempotency_key"].attributes["value"]) >= 1


def test_consent_and_dissent_have_the_same_markup() -> None:
    ledger = read(decision_page(samples.BREAKFAST)).all("ul", class_="ledger")[0]
    by_option = {}
    for stance in ledger.all("li", class_="stance"):
        option = stance.all("p", class_="stance__option")[0].words
        reasoned = bool(stance.all("blockquote"))
        changed = bool(stance.all("p", class_="stance__change"))
        shape = repr(stance.shape).replace(f"option--{option.lower()}", "option--any")
        if reasoned and not changed:
            by_option[option] = shape

    assert set(by_option) == {"Agree", "Disagree", "Abstain", "Object"}
    assert len(set(by_option.values())) == 1


def test_the_ledger_is_in_the_order_of_names_whatever_was_said() -> None:
    shown = read(decision_page(samples.BREAKFAST))
    names = [each.words for each in shown.all("h3", class_="stance__org")]

    assert names == sorted(names, key=str.casefold)
    assert len(names) == 8


def test_a_roll_call_shows_all_voices_in_the_same_short_form() -> None:
    shown = read(decision_page(samples.roll_call()))
    stances = shown.all("li", class_="stance")

    assert len(stances) == 180
    assert {len(stance.parts) for stance in stances} == {len(stances[0].parts)}


def test_a_quote_says_its_language() -> None:
    quotes = read(decision_page(samples.BREAKFAST)).all("blockquote", lang="es")

    assert [quote.words[:15] for quote in quotes] == ["Estamos a favor"]


def test_a_changed_stance_says_what_it_was_and_its_reason_once() -> None:
    shown = read(decision_page(samples.BREAKFAST))
    (youth,) = [each for each in shown.all("li", class_="stance") if each.words.startswith("Youth")]

    assert "Changed from Disagree to Agree" in youth.words
    assert len(youth.all("blockquote")) == 1


def test_the_outcome_stands_apart_from_the_count() -> None:
    shown = read(decision_page(samples.BREAKFAST))
    (outcome,) = shown.all("section", class_="outcome")

    assert "Adopted" in outcome.words
    assert not re.search(r"\b[5678] of\b", outcome.words)
    assert [count.words for count in shown.all("dl", class_="counts")] == [
        "Agree 5 Disagree 1 Abstain 1 Object 1"
    ]


def test_minority_statements_and_sign_ons_stand_beside_the_decision() -> None:
    shown = read(decision_page(samples.BREAKFAST))
    by_title = {each.all("h2")[0].words: each for each in shown.all("section") if each.all("h2")}

    minority = by_title["Minority statements"]
    assert minority.all("h3")[0].words == samples.INCLUSION["name"]["text"]
    assert [quote.words for quote in minority.all("blockquote")] == [
        "A kitchen that is carried in is not a kitchen of the school."
    ]
    assert len(by_title["Signed on"].all("li")) == 2
    plain = read(decision_page(samples.OPEN))
    assert not {"Minority statements", "Signed on"} & {each.words for each in plain.all("h2")}


def test_how_one_decision_led_to_the_next_stands_on_its_page() -> None:
    first, second = samples.uid("first"), samples.uid("second")
    link = {"at": "2026-03-12T17:04:11Z", "decision": first}
    what = {"lang": "en", "text": "Lorries do not stop there."}
    links = [
        link | {"type": "DecisionMade", "words": "The decision was made", "title": what,
                "ref": "meetings/7"},
        link | {"type": "ImplementationIssueReported", "words": "reported an issue",
                "by": samples.PARENTS, "said": what, "ref": "meetings/8"},
        link | {"type": "DecisionReopened", "words": "reopened", "ref": "meetings/9",
                "because": "meetings/8"},
        link | {"type": "DecisionSuperseded", "words": "superseded", "successor": second,
                "ref": "meetings/12"},
    ]  # fmt: skip
    shown = read(decision_page(samples.BREAKFAST | {"chain": links}))
    [chain] = [
        each
        for each in shown.all("section")
        if each.all("h2") and each.all("h2")[0].words == "How one decision led to the next"
    ]
    assert len(chain.all("li")) == 4
    assert [quote.words for quote in chain.all("blockquote")] == ["Lorries do not stop there."]
    refs = [a.attributes["href"].partition("#")[2] for a in chain.all("a", class_="ref")]
    assert refs == ["meetings-7", "meetings-8", "meetings-9", "meetings-8", "meetings-12"]
    assert "How one decision led to the next" not in read(decision_page(samples.BREAKFAST)).words


def test_a_refused_form_keeps_what_was_entered_and_says_why() -> None:
    shown = page("refused stance")

    (summary,) = shown.all("div", class_="errors")
    assert summary.attributes["role"] == "alert"
    assert [link.attributes["href"] for link in summary.all("a")] == ["#reason"]
    assert "checked" in shown.all("input", type="radio", value="object")[0].attributes
    assert shown.all("title")[0].words.startswith("Error:")


def test_a_stance_is_asked_for_only_where_it_can_be_taken() -> None:
    assert read(decision_page(samples.OPEN)).all("form", action=_stances(samples.OPEN))
    assert not read(decision_page(samples.BREAKFAST)).all("form", class_="act")


def _stances(raw: samples.Json) -> str:
    return f"/c/harbour-schools/decisions/{raw['proposal']}/stances"


def test_what_is_withheld_says_why() -> None:
    assert "Erased at the person's request" in page("meeting").words
    assert "Left out of what you see: 2" in page("register").words


def test_redacted_words_show_by_whom_why_and_their_digest() -> None:
    digest, by = "Zk3Vb1n0h0Rr5yTqgXcO2mJ8w7uE4sLdA6pKfYiHxQs", samples.INCLUSION
    gone = {
        "withheld": "redacted", "reason": "names_a_person", "digest": digest, "by": by["id"],
        "ref": "meetings/1301",
    }  # fmt: skip
    [objection] = samples.BREAKFAST["objections"]
    raw = samples.BREAKFAST | {"objections": [objection | {"grounds": gone}], "title": gone}
    words = str(by["name"]["text"])
    shown = read(decision_page(signed(raw, {by["id"]: words}))).words
    told = f"Redacted by {words}: names a person"
    assert shown.count(told) == 2
    assert shown.count(digest) == shown.count("See meetings/1301") == 1  # beside the quote
    nameless = read(decision_page(signed(raw, {}))).words
    assert f"Redacted by Name not shown ({by['id'][:8]}): names a person" in nameless
    assert signed([raw], {})[0] | {"objections": [], "title": None} == samples.BREAKFAST | {
        "objections": [], "title": None
    }  # fmt: skip


def test_words_of_people_are_never_read_as_html() -> None:
    raw = samples.BREAKFAST | {"title": samples.text("<img src=x onerror=alert(1)> & so on")}
    html = decision_page(raw)

    assert "<img src=x" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; so on" in html


@PAGE
def test_what_is_folded_can_be_opened_by_keyboard(name: str) -> None:
    """Chromium passes over all that is in a `details` which may not be reached by Tab itself."""
    for folded in page(name).all("details"):
        assert "tabindex" not in folded.attributes


def test_f72_only_who_asks_and_may_know_reads_who_raised_a_concern() -> None:
    told, hidden = page("concerns"), page("concerns, watched")
    assert "Only the facilitator sees this." in told.words
    assert "Only the facilitator sees this." not in hidden.words
    for shown in (told, hidden):
        [unsigned] = [one for one in shown.all("article") if "We shout." in one.words]
        assert "Raised anonymously" in unsigned.words


def test_f75_the_front_line_says_whom_values_cross_and_who_is_asked() -> None:
    told, watched = page("front line"), page("front line, watched")
    crossing, asking, settled = told.all("article")
    for said in (
        "45,000 euro",
        "Mill lane",
        "Crosses the bottom line of",
        "For once.",
        "Nobody has said what they accept for The street",
    ):
        assert said in crossing.words
    offered = {each.attributes["action"].rpartition("/")[2] for each in crossing.all("form")}
    assert offered == {"decide", "check-again"}
    [held] = crossing.all("input", name=f"terms.{samples_table.FEE}")
    assert held.attributes["value"] == "45000"
    assert [each.attributes["action"] for each in asking.all("form")] == [
        "/c/harbour-schools/frontline/consent"
    ]
    assert "A term not shown to you" in asking.words
    for said in ("Decided outside the mandate", "We pay fifty.", "Overdue", "It was now or never."):
        assert said in settled.words
    assert watched.all("article", id=f"front-{samples.uid('settled')}")
    assert "No term is defined yet." in page("empty front line").words


def test_f85_a_decisions_page_shows_the_concerns_about_it() -> None:
    shown = page("decision with concerns")
    assert "Buses come after the meal." in shown.words
    assert "From the community" in shown.words
    assert "Both talked." in shown.words
    links = [link.attributes["href"] for link in shown.all("a")]
    proposal = samples.BREAKFAST["proposal"]
    assert f"/c/harbour-schools/concerns?about={proposal}" in links


def doable(article: Element) -> set[str]:
    """Return what can be done in a part of a page."""
    return {form.attributes["action"].rpartition("/")[2] for form in article.all("form")}


def test_f91_a_claim_says_what_speaks_against_it_and_who_may_do_what() -> None:
    told = page("claims, delegate")
    first, *_ = told.all("article")
    assert "The parents led the talks." in first.words
    assert "Said otherwise" in first.words
    assert "#credit-30" in [link.attributes["href"] for link in first.all("a")]
    assert doable(first) == {"dispute"}, "a delegate does not review"
    assert doable(page("claims").all("article")[0]) == {"dispute", "review"}


def test_f91_a_statement_names_who_has_not_agreed_and_what_went_out_alone() -> None:
    told = page("claims, delegate")
    ours, theirs = [one for one in told.all("article") if "Version" in one.words]
    assert "Named, and not agreed: Parents of Eastside" in ours.words
    assert "Released, unilateral" in theirs.words

    assert doable(ours) == {"release", "redraft"}
    assert doable(theirs) == {"approve", "dispute"}


def test_f92_the_end_of_a_dispute_stands_as_large_as_its_beginning() -> None:
    told = page("claims, delegate")
    raised, mediated, settled = [one for one in told.all("article") if "due" in one.words]
    quotes = [one.words for one in settled.all("blockquote")]
    assert quotes == ["It was more of us.", "Name us.", "Teachers and parents, together."]
    assert "Both agree to these words" in settled.words

    assert doable(raised) == {"mediate", "retract"}
    assert doable(mediated) == set(), "who neither presides nor is a side only reads"
    assert doable(settled) == set()
    [_, of_chair, _] = [one for one in page("claims").all("article") if "due" in one.words]
    assert doable(of_chair) == {"mediate", "resolve"}


def test_k10_no_side_is_offered_to_say_how_a_dispute_ended() -> None:
    side, chair, other = (UUID(samples.uid(name)) for name in ("side", "chair", "other"))
    mediator = {"org": str(side), "at": "2026-03-08T12:00:00Z", "ref": "credit/49"}
    told = {
        "dispute": str(side), "about": "credit/1", "due": "2026-04-01", "parties": [str(side)],
        "at": "2026-03-07T12:00:00Z", "ref": "credit/48",
    }  # fmt: skip
    mediated = claims.Dispute.model_validate(told | {"mediators": [mediator]})
    assert not mediated.may_resolve(side, side)
    neutral = claims.Dispute.model_validate(told | {"mediators": [mediator | {"org": str(other)}]})
    assert neutral.may_resolve(other, chair)
    assert not neutral.may_resolve(chair, chair)
    outside = claims.Dispute.model_validate(told | {"mediators": [mediator | {"org": None}]})
    assert outside.may_resolve(chair, chair)
    assert not outside.may_resolve(side, side)
    assert not claims.Dispute.model_validate(told).may_resolve(chair, chair)


def test_f90_a_latecomer_heads_the_thanks() -> None:
    for name in ("wins", "win"):
        said = page(name).words
        late, thanked = said.index("Welcome, Dockworkers"), said.index("Association , drafting")
        assert late < said.index("Lunch is for home.") < said.index("Nobody learns hungry.")
        assert said.index("Nobody learns hungry.") < thanked


def test_f93_who_was_not_thanked_yet_is_named() -> None:
    shown = page("win").words
    assert "Not thanked yet: Harbour Public Library and School Nurses' League" in shown
    assert "not thanked by then: Harbour Public Library" in shown
    assert "1 more was thanked and is not named, as they wished." in shown


def test_f98_the_days_since_the_last_celebration_are_shown() -> None:
    assert "6 days since the last celebration, on 6 March 2026" in page("wins").words
    assert "A win was celebrated today." in page("refused win").words
    assert "No win was celebrated yet." in page("no wins").words


def test_f99_a_loss_stands_among_the_wins_and_is_not_announced() -> None:
    assert [one.words for one in page("wins").all("h2")] == [
        "A warm lunch A step on the way", "Erased at the person's request Loss",
    ]  # fmt: skip
    assert "Announced" not in page("loss").words


def test_thanks_are_answered_by_whom_they_are_for_and_corrected_by_who_gave_them() -> None:
    offered = [one.attributes["id"] for one in page("win") if "id" in one.attributes]
    thanks, teachers = samples_wins.THANKS, samples.TEACHERS["id"]
    win = samples_wins.WIN["win"]
    assert f"accept-{win}-{thanks}-{teachers}" in offered
    assert f"correct-{win}-{thanks}-{teachers}" not in offered
    assert f"correct-{win}-{samples.uid('outside')}-{teachers}" in offered


def test_f94_a_gauge_is_never_summed_and_a_chart_has_its_table() -> None:
    gauge, counter, none = page("impact").all("article")
    assert "-5 pupils when it was last measured." in gauge.words.replace("\N{MINUS SIGN}", "-")
    assert "in all" not in gauge.words
    assert "100 warm meals in all." in counter.words
    assert "Nothing was recorded yet." in none.words
    assert "3 values, from 20 on 1 January 2026" in gauge.words
    assert [len(one.all("svg", role="img")) for one in (gauge, counter, none)] == [1, 1, 0]
    assert [len(one.all("tr")) for one in (gauge, counter, none)] == [4, 4, 0]
    assert [len(counter.all("rect")), len(gauge.all("circle"))] == [2, 3]


def test_a_chart_stays_within_its_frame() -> None:
    for raw in samples_wins.METRICS["items"]:
        metric = impact.Metric.model_validate(raw)
        for point in metric.points:
            assert 0 <= point.x <= impact.WIDE
            assert 0 <= point.y <= impact.HIGH
            assert 0 <= point.zero <= impact.HIGH
        for one, point in zip(metric.counting, metric.points, strict=True):
            assert (point.y > point.zero) == (one.value < 0)


def test_k12_shares_are_in_basis_points_and_the_chair_divides() -> None:
    grant, all_of_it = page("shares").all("article")
    assert [row.words for row in grant.all("tr")[1:]] == [
        "Harbour Teachers' Association 6,667 66.67", "Harbour Public Library 3,333 33.33",
    ]  # fmt: skip
    assert doable(grant) == {"plan-again"}
    assert "no decision is named" in all_of_it.words
    assert not page("shares, delegate").all("form", action="/c/harbour-schools/shares/plan")
    assert page("shares").all("form", action="/c/harbour-schools/shares/plan")


def test_f95_f97_what_is_said_of_a_campaign_stands_side_by_side() -> None:
    said = page("impact").words
    for words in ("A meal. : partly met, not as intended", "A meal. : met, as intended",
                  "We cooked.", "We asked.", "1 earlier answer", "I ate with my class.",
                  "Not said yet: School Nurses' League"):  # fmt: skip
        assert words in said
