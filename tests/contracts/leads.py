"""Which commands may lead to an event, read from the source of `decide`.

Each `case` of a command is followed through the functions it calls. What is found *may* happen:
whether it does is for the rules to say. What a command brings about on other streams (forming a
coalition admits its founder) is written there by commands of their own, and found under these.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, get_args, get_type_hints

from shared.decider import Decider
from shared.event import Command, Event

Known = dict[str, Any]
BY_ANOTHER_NAME = frozenset(
    {
        ("AcceptGroundRules", "DecisionStructureAcknowledged"),
        ("AcknowledgeLoss", "WinDeclared"),
        ("AcknowledgeStructure", "GroundRulesAccepted"),
        ("DeclareWin", "LossAcknowledged"),
        ("AmendProposal", "QuorumNotMet"),
        ("OfferResource", "ResourceRequested"),
        ("RecordAttendance", "QuorumLost"),
        ("RecordDeparture", "QuorumEstablished"),
        ("RequestResource", "ResourceOffered"),
    }
)
"""What one function makes of either of two commands, and never of the wrong one (tested)."""


def commands_of(decider: Decider[Any, Any, Any]) -> tuple[type[Command], ...]:
    """Return the commands that a decider takes, in the order they are declared."""
    asked = next(iter(get_type_hints(decider.decide).values()))
    return tuple(get_args(asked)) or (asked,)


def leads_to(decider: Decider[Any, Any, Any]) -> dict[str, list[str]]:
    """Return for each event type the commands that may lead to it."""
    found: dict[str, list[str]] = {name: [] for name in decider.types}
    for command in commands_of(decider):
        for event in sorted(_reached(decider.decide, command)):
            if event in found and (command.__name__, event) not in BY_ANOTHER_NAME:
                found[event].append(command.__name__)
    return found


def _reached(decide: Any, command: type[Command]) -> set[str]:
    events: set[str] = set()
    seen: set[FunctionType] = set()
    waiting = [decide]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for met in _used(_body(function).body, command, function.__globals__):
            if isinstance(met, type) and issubclass(met, Event):
                events.add(met.__name__)
            elif isinstance(met, FunctionType) and met.__module__.startswith("services."):
                waiting.append(met)
    return events


@cache
def _body(function: FunctionType) -> ast.FunctionDef:
    parsed = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(parsed, ast.FunctionDef)
    return parsed


def _used(nodes: Iterable[ast.AST], command: type[Command], known: Known) -> Iterator[object]:
    """Yield what is named where `command` may come by; of an `if` about its kind, one side."""
    for node in nodes:
        match node:
            case ast.If(test=test, body=yes, orelse=no) if asked := _asked(test, known):
                side = yes if issubclass(command, asked) else no
                yield from _used(side, command, known)
                if side and isinstance(side[-1], ast.Return | ast.Raise):
                    return
            case ast.Match(subject=ast.Name(id="command"), cases=cases):
                for case in _taken(cases, command, known):
                    yield from _used(case.body, command, known)
            case ast.Match(subject=subject, cases=cases):
                yield from _used([subject], command, known)
                for case in cases:
                    yield from _used(case.body, command, known)
            case ast.Call(func=ast.Name(id="isinstance"), args=[asked, *_]):
                yield from _used([asked], command, known)
            case ast.AnnAssign(value=value):
                yield from _used([value] if value else [], command, known)
            case ast.Name(id=name):
                yield known.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if isinstance(
                known.get(name), ModuleType
            ):
                yield vars(known[name]).get(attribute)
            case _:
                yield from _used(ast.iter_child_nodes(node), command, known)


def _asked(test: ast.expr, known: Known) -> tuple[type, ...]:
    """Return the kinds of command that a test asks about; none where it asks otherwise."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id="command"), kinds]):
            return tuple(_classes(kinds, known))
        case _:
            return ()


def _classes(node: ast.expr, known: Known) -> Iterator[type]:
    match node:
        case ast.Name(id=name):
            yield from get_args(known[name]) or (known[name],)
        case ast.BinOp(left=left, right=right):
            yield from _classes(left, known)
            yield from _classes(right, known)


def _taken(
    cases: list[ast.match_case], command: type[Command], known: Known
) -> Iterator[ast.match_case]:
    """Yield the cases that this command may take: the first that names it, and guarded ones."""
    for case in cases:
        asked = _kinds(case.pattern, known)
        if asked and not issubclass(command, asked):
            continue
        yield case
        if case.guard is None:
            return


def _kinds(pattern: ast.pattern, known: Known) -> tuple[type, ...]:
    match pattern:
        case ast.MatchClass(cls=ast.Name(id=name)):
            return (known[name],)
        case ast.MatchOr(patterns=patterns):
            return tuple(kind for one in patterns for kind in _kinds(one, known))
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _kinds(inner, known)
        case _:
            return ()
