"""What an organisation did, window by window."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain.engagement import KINDS, Act, Kind, engagement
from services.transparency.domain.refs import Cited
from services.transparency.domain.window import Window, adjoining
from tests.laws import over

TODAY = date(2026, 3, 31)
NEWEST = Window(TODAY - timedelta(days=89), TODAY)
ONE, TWO = UUID(int=1), UUID(int=2)


def act(kind: Kind, days_ago: int, about: UUID = ONE, position: int = 7) -> Act:
    cited = Cited("meetings", position, position.to_bytes(32))
    return Act(kind, TODAY - timedelta(days=days_ago), about, cited)


def test_windows_adjoin_and_are_as_long() -> None:
    first, second, third = adjoining(NEWEST)
    assert first == NEWEST
    assert second == Window(TODAY - timedelta(days=179), TODAY - timedelta(days=90))
    assert third.ends == second.begins - timedelta(days=1)
    assert third.days == second.days == 90


def test_f46_what_was_done_stands_in_its_window_with_its_events() -> None:
    acts = [
        act("stances", 200, position=3), act("attended", 90, position=4),
        act("attended", 89, position=5), act("steps_done", 0, position=6),
        act("stances", 300, position=2),
    ]  # fmt: skip
    newest, before, oldest = engagement(acts, NEWEST)
    assert newest == {
        "from": "2026-01-01", "to": "2026-03-31", "attended": 1, "stances": 0, "steps_done": 1,
        "refs": ["meetings/5", "meetings/6"],
    }  # fmt: skip
    assert (before["attended"], before["refs"]) == (1, ["meetings/4"])
    assert (oldest["stances"], oldest["refs"]) == (1, ["meetings/3"])


def test_several_people_at_one_meeting_count_once() -> None:
    acts = [act("attended", 1, ONE), act("attended", 1, ONE), act("attended", 1, TWO)]
    newest = engagement(acts, NEWEST)[0]
    assert (newest["attended"], len(newest["refs"])) == (2, 3)


acts_done = st.builds(
    act, st.sampled_from(KINDS), st.integers(0, 400), st.uuids(), st.integers(1, 99)
)


@over(st.lists(acts_done, max_size=20))
def test_each_act_counts_in_one_window_at_most(acts: list[Act]) -> None:
    rows = engagement(acts, NEWEST)
    in_reach = [each for each in acts if each.on >= adjoining(NEWEST)[-1].begins]
    assert sum(len(row["refs"]) for row in rows) == len(in_reach)
    assert engagement([], NEWEST)[0]["refs"] == []
