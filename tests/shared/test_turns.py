"""Lines served in turn."""

from shared.turns import Turns


def lines(**owners: int) -> Turns[str, str]:
    turns: Turns[str, str] = Turns()
    for owner, size in owners.items():
        for n in range(size):
            turns.add(owner, f"{owner}{n}")
    return turns


def test_a_long_line_leaves_the_short_ones_their_turn() -> None:
    turns = lines(a=300, b=2, c=1)
    assert turns.take(256)[:6] == ["a0", "b0", "c0", "a1", "b1", "a2"]
    assert len(turns) == 303 - 256
    assert turns.take(256) == [f"a{n}" for n in range(253, 300)]
    assert len(turns) == 0


def test_a_turn_goes_on_where_it_stopped() -> None:
    turns = lines(a=3, b=3)
    assert [*turns.take(1), *turns.take(1), *turns.take(1)] == ["a0", "b0", "a1"]


def test_what_is_given_back_comes_next_and_in_its_order() -> None:
    turns = lines(a=4, b=1)
    taken = turns.take(3)
    assert taken == ["a0", "b0", "a1"]
    turns.give_back("a", ["a0", "a1"])
    turns.give_back("b", ["b0"])
    assert turns.take(9) == ["b0", "a0", "a1", "a2", "a3"]


def test_giving_nothing_back_gives_no_turn() -> None:
    turns = lines(a=1)
    turns.give_back("b", [])
    assert turns.take(9) == ["a0"]
