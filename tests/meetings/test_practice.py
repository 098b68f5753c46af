from datetime import timedelta

from hypothesis import strategies as st

from services.meetings.domain.practice import (
    AskPractice,
    Practice,
    PracticeAsked,
    PracticeCommand,
    PracticeEvent,
    PracticeShared,
    SharePractice,
    decider,
)
from shared.event import Context, Sealed
from tests.given import Given
from tests.laws import obey, over
from tests.meetings.coalition import BUS, CLINIC, NOON, SCHOOL, UNION, VAN, by, imported

LATER = NOON + timedelta(hours=1)

ask = AskPractice(question=VAN)
asked = PracticeAsked(by=CLINIC, question=Sealed(VAN))
share = SharePractice(answer=BUS, works="partly")
shared = PracticeShared(by=UNION, at=NOON, answer=Sealed(BUS), works="partly")


def given(*history: PracticeEvent) -> Given[PracticeCommand, Practice, PracticeEvent]:
    return Given(decider, history)


def test_a_question_is_asked_once() -> None:
    given().when(ask, by(CLINIC)).then(asked)
    given(asked).when(ask, by(CLINIC)).then_nothing()
    given(asked).when(ask, by(UNION)).then_refused("already_asked")
    given().when(ask, by(None)).then_refused("no_organisation")
    given().when(ask, imported(CLINIC)).then(asked)


def test_f108_anybody_answers_and_says_whether_it_works() -> None:
    given(asked).when(share, by(UNION)).then(shared)
    given(asked, shared).when(share, by(UNION)).then_nothing()
    given().when(share, by(UNION)).then_refused("unknown_practice")
    given(asked).when(share, by(None)).then_refused("no_organisation")
    given(asked, shared).when(share, by(SCHOOL)).then(shared.model_copy(update={"by": SCHOOL}))
    once_more = shared.model_copy(update={"at": LATER})
    given(asked, shared).when(share, by(UNION, LATER)).then(once_more)


commands: st.SearchStrategy[PracticeCommand] = st.one_of(
    st.just(ask),
    st.builds(SharePractice, answer=st.just(BUS), works=st.sampled_from(["yes", "partly", "no"])),
)
contexts = st.builds(by, st.sampled_from([CLINIC, UNION]), st.sampled_from([NOON, LATER]))


@over(st.lists(st.tuples(commands, contexts), min_size=2))
def test_laws(requests: list[tuple[PracticeCommand, Context]]) -> None:
    obey(decider, requests)
