"""Witnesses as people run them: processes with folders, that die, come back, and stand by it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copy

import pytest

from shared.tlog.call import call
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.fork import Fork
from shared.tlog.key import vkey
from shared.tlog.note import Key, Note, Signer
from shared.tlog.policy import Judged, Log, Policy, Witness
from shared.tlog.submit import Answer, submit
from tests.accord.log_site import site_of
from tests.end_to_end.guide import AROUND, ROOT, Shell, commands
from tests.shared.tlog.growing import GrowingLog

GUIDE = ROOT / "docs" / "how-to" / "run-a-witness.md"
LOG = Signer("host.example/audit/c/7f3a", b"\x01" * 32)


def accord(*arguments: object, folder: Path) -> tuple[int, str]:
    """Run the command, and return its exit code and all it said."""
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "accord", *map(str, arguments)],
        cwd=folder, env=AROUND, check=False, text=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return ran.returncode, ran.stdout


@dataclass(frozen=True)
class Running:
    """A witness in a process of its own."""

    process: subprocess.Popen[str]
    key: Key
    url: str

    def as_in_a_policy(self) -> Witness:
        return Witness(self.key.name.encode(), self.key, self.url)

    def kill(self) -> None:
        """End it as a power cut does: kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def witness(folder: Path, name: str, log: GrowingLog) -> Iterator[Running]:
    folder.mkdir(exist_ok=True)
    policy = folder / "logs.policy"
    policy.write_text(f"log {log.signer.key}\nquorum none\n")
    command = [
        sys.executable, "-m", "accord", "witness", "serve", "--state", "state",
        "--policy", "logs.policy", "--name", name, "--listen", "127.0.0.1:0",
    ]  # fmt: skip
    with started(command, folder) as process:
        told = until(process, "Witnessing 1 logs on ")
        key = vkey((folder / "state" / "vkey").read_text().strip())
        assert str(key) in told
        yield Running(process, key, told.split()[-1])


@contextmanager
def started(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run something that goes on until it is told to end; all that it says is read."""
    with subprocess.Popen(  # noqa: S603 - our own commands
        command, cwd=folder, env=AROUND, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=20)


def until(process: subprocess.Popen[str], beginning: str) -> str:
    """Return what a process says up to the line that begins so."""
    assert process.stdout is not None
    told = ""
    for line in iter(process.stdout.readline, ""):
        told += line
        if line.startswith(beginning):
            return told
    raise AssertionError(told)


def answers_to(log: GrowingLog, asked: Sequence[Running]) -> list[Answer]:
    witnesses = [each.as_in_a_policy() for each in asked]
    return list(submit(log.note, witnesses, {}, log.proof, 20))


def with_lines(log: GrowingLog, answers: Sequence[Answer]) -> Note:
    return log.note.signed_by(*(line for answer in answers for line in answer.signatures))


def policy_of(log: GrowingLog, keys: Sequence[Key]) -> Policy:
    lines = [f"witness w-{number} {key}\n" for number, key in enumerate(keys)]
    lines += [f"group org-{number} any w-{number}\n" for number in range(len(keys))]
    groups = " ".join(f"org-{number}" for number in range(len(keys)))
    return Policy.parse(
        f"log {log.signer.key}\n{''.join(lines)}group partners all {groups}\n"
        "quorum partners\n".encode()
    )


def judged(policy: Policy, note: Note) -> Judged:
    return policy.judge(bytes(note), int(time.time()))


@contextmanager
def three(folder: Path, log: GrowingLog) -> Iterator[list[Running]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(witness(folder / name, f"{name}.example/witness", log))
            for name in ("org-a", "org-b", "org-c")
        ]


def test_three_witnesses_cosign_and_none_cosigns_a_fork(tmp_path: Path) -> None:
    log = GrowingLog(LOG).grow(5)
    with three(tmp_path, log) as witnesses:
        policy = policy_of(log, [each.key for each in witnesses])
        assert judged(policy, with_lines(log, answers_to(log, witnesses))).met
        log.grow(6)
        true = with_lines(log, answers_to(log, witnesses))
        assert (judged(policy, true).met, judged(policy, true).checkpoint.size) == (True, 11)

        lie = log.forked(8).grow(6, "another")
        assert judged(policy, lie.note).log.key == LOG.key  # it is signed with the true key
        answers = answers_to(lie, witnesses)
        assert [answer.signatures for answer in answers] == [()] * 3
        assert all("consistency proof from size 11" in answer.why for answer in answers)
        assert not judged(policy, with_lines(lie, answers)).met

        with witness(tmp_path / "late", "late.example/witness", log) as late:
            (alone,) = answers_to(lie, [late])
            assert alone.signatures  # by itself it looks as good: nobody can tell who comes late

        again = with_lines(log, answers_to(log, witnesses))
        assert judged(policy, again).met  # the true history goes on
    seen = [
        Fork.parse(next((tmp_path / name / "state" / "evidence").iterdir()).read_bytes())
        for name in ("org-a", "org-b", "org-c")
    ]
    for fork in seen:
        both = fork.check([Log(LOG.key)], int(time.time()))
        assert both == (log.checkpoint, lie.checkpoint)


def test_evidence_of_a_fork_convinces_elsewhere_with_nobody_asked(tmp_path: Path) -> None:
    """Issue 7: the file is carried to somebody who has the log's vkey, and nothing else."""
    log = GrowingLog(LOG).grow(11)
    with witness(tmp_path / "org-a", "org-a.example/witness", log) as asked:
        assert answers_to(log, [asked])[0].signatures
        lie = log.forked(3).grow(9, "another")
        assert not answers_to(lie, [asked])[0].signatures
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (made,) = (tmp_path / "org-a" / "state" / "evidence").iterdir()
    copy(made, elsewhere / "fork.json")
    (elsewhere / "policy").write_text(f"log {vkey(str(LOG.key))}\nquorum none\n")
    code, said = accord("witness", "evidence", "fork.json", "--policy", "policy", folder=elsewhere)
    assert (code, said.splitlines()[0]) == (
        0, "'host.example/audit/c/7f3a' forked: it signed two histories.",
    )  # fmt: skip
    assert log.checkpoint.root.hex() in said
    assert lie.checkpoint.root.hex() in said

    stranger = Signer(LOG.name, b"\x08" * 32).key
    (elsewhere / "policy").write_text(f"log {stranger}\nquorum none\n")
    code, said = accord("witness", "evidence", "fork.json", "--policy", "policy", folder=elsewhere)
    assert (code, said.startswith("accord: fork.json shows no fork. None of the keys")) == (1, True)


def test_a_witness_that_is_killed_stands_by_all_that_it_said(tmp_path: Path) -> None:
    """kill -9 at moments of chance, under requests: nothing that was cosigned is forgotten."""
    log = GrowingLog(LOG).grow(1)
    told: list[Checkpoint] = []
    for kill in range(6):
        with witness(tmp_path / "w", "w.example/witness", log) as running:
            asked = running.as_in_a_policy()
            if told:
                lie = log.forked(told[-1].size - 1).grow(1 + kill % 2, "another")
                (refused,) = submit(lie.note, [asked], {asked.name: told[-1].size}, lie.proof, 20)
                assert refused.signatures == ()
            end = threading.Timer(0.02 + 0.03 * kill, running.kill)
            while running.process.poll() is None:
                (answer,) = submit(log.note, [asked], {asked.name: 0}, log.proof, 20)
                if answer.signatures:
                    told.append(log.checkpoint)
                    log.grow(1)
                    if end.ident is None:
                        end.start()
            end.join()
        with witness(tmp_path / "w", "w.example/witness", log) as again:
            reply = call(
                "GET", f"{again.url}/{sha256(LOG.name.encode()).hexdigest()}/checkpoint", seconds=20
            )
            held = Checkpoint.parse(Note.parse(reply.body).text)
            assert held.size >= told[-1].size
            assert held == log.forked(held.size).checkpoint
    assert len(told) > 6
    assert [each.size for each in told] == sorted({each.size for each in told})


def test_a_witness_ends_when_it_is_told(tmp_path: Path) -> None:
    log = GrowingLog(LOG).grow(1)
    with witness(tmp_path / "w", "w.example/witness", log) as running:
        running.process.terminate()
        assert running.process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["serve"], "has no name yet"),
        (["serve", "--name", "w", "--listen", "8100"], "HOST:PORT"),
        (["serve", "--name", "w", "--listen", "127.0.0.1:99999"], "HOST:PORT"),
        (["serve", "--name", "w", "--listen", "TAKEN"], "cannot be listened on"),
        (["pull", "--name", "a b"], "no space"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, arguments: list[str], why: str
) -> None:
    (tmp_path / "policy").write_text(f"log {LOG.key}\nquorum none\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = f"127.0.0.1:{taken.getsockname()[1]}"
        given = [each.replace("TAKEN", port) for each in arguments]
        code, said = accord(
            "witness", *given, "--state", "state", "--policy", "policy", folder=tmp_path
        )
    assert code in {1, 2}
    assert why in re.sub(r"\s+", " ", said)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("policy", "why"),
    [("quorum none\n", "names no log"), ("log x\nquorum none\n", "Line 1 of the policy: A vkey")],
)
def test_a_policy_that_cannot_be_used_is_told(tmp_path: Path, policy: str, why: str) -> None:
    (tmp_path / "policy").write_text(policy)
    code, said = accord(
        "witness", "pull", "--state", "s", "--policy", "policy", "--name", "w", folder=tmp_path
    )
    assert (code, why in said) == (1, True), said
    assert not (tmp_path / "s").exists()


def test_pulling_ends_with_what_became_of_it(tmp_path: Path) -> None:
    log = GrowingLog(LOG).grow(8)
    with site_of(log) as site:
        (tmp_path / "policy").write_text(f"log {LOG.key} {site.url}\nquorum none\n")
        pull = "witness", "pull", "--state", "s", "--policy", "policy", "--name", "w"
        code, said = accord(*pull, folder=tmp_path)
        assert (code, said.splitlines()[-1]) == (0, f"'{LOG.name}' size 8 cosigned")
        site.tiles = False
        site.log.grow(1)
        assert accord(*pull, folder=tmp_path)[0] == 1
        site.tiles, site.log = True, log.forked(2).grow(20, "another")
        code, said = accord(*pull, folder=tmp_path)
        assert (code, "FORKED" in said) == (4, True)
        assert len(site.handed) == 1


def test_pulling_goes_on_by_itself(tmp_path: Path) -> None:
    log = GrowingLog(LOG).grow(8)
    with site_of(log) as site:
        (tmp_path / "policy").write_text(f"log {LOG.key} {site.url}\nquorum none\n")
        command = [
            sys.executable, "-m", "accord", "witness", "pull", "--state", "s",
            "--policy", "policy", "--name", "w", "--every", "1",
        ]  # fmt: skip
        with started(command, tmp_path) as process:
            until(process, f"'{LOG.name}' size 8 cosigned")
            log.grow(1)
            until(process, f"'{LOG.name}' size 9 cosigned")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_the_guide_is_followed_command_by_command(tmp_path: Path) -> None:
    log, port = GrowingLog(LOG).grow(5), free_port()
    with site_of(log) as site:
        words = {
            "VKEY": str(LOG.key), "ADDRESS": site.url, "NAME": "org-b.example/witness",
            "ORIGIN": LOG.name, "127.0.0.1:8100": f"127.0.0.1:{port}",
        }  # fmt: skip
        write, serve, look, pull, evidence = commands(GUIDE, words)
        shell = Shell(tmp_path)
        shell.type(write)
        with started(shell.command(serve), tmp_path) as serving:
            until(serving, "Witnessing 1 logs")
            key = vkey((tmp_path / "witness" / "vkey").read_text().strip())
            asked = Witness(b"w", key, f"http://127.0.0.1:{port}")
            (answer,) = submit(log.note, [asked], {}, log.proof, 20)
            cosigned = bytes(log.note.signed_by(*answer.signatures)).decode()
            assert shell.type(look) == f"{key}\n{cosigned}"
        log.grow(4)
        assert "size 9 cosigned" in shell.type(pull)
        site.log = log.forked(7).grow(4, "another")
        assert "FORKED" in shell.type(pull, code=4)
        assert "two histories" in shell.type(evidence)


def test_the_policy_of_the_guide_is_one() -> None:
    (block,) = re.findall(r"```\n(log VKEY\n.*?)```", GUIDE.read_text(), re.DOTALL)
    keys = iter(range(17, 25))
    policy = re.sub(r"VKEY-\S+", lambda _: _cosigner_key(next(keys)), block).replace(
        "VKEY", str(LOG.key)
    )
    read = Policy.parse(policy.encode())
    assert read.met_by([b"b2", b"c1", b"d1"])
    assert not read.met_by([b"b1", b"b2", b"c1"])


def _cosigner_key(number: int) -> str:
    return str(Cosigner(f"w{number}.example", bytes([number]) * 32).key)
