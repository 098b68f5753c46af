"""Mistakes in the core that a test must notice."""

from tests.mutations import Mutation

JOURNAL, INBOX = "tests/shared/test_journal.py", "tests/shared/test_inbox.py"
MODELS = "tests/shared/test_models.py"
TIMERS = "tests/shared/test_timers.py"

MUTATIONS = (
    Mutation(
        id="I4 a command that changed nothing keeps its answer",
        file="shared/batch.py",
        before="        if self._events or self._repeats:",
        after="        if self._events:",
        test=JOURNAL,
    ),
    Mutation(
        id="I6 positions rise by one",
        file="shared/journal.py",
        before="        position = work.head.position + 1",
        after="        position = work.head.position + 2",
        test=JOURNAL,
    ),
    Mutation(
        id="a batch reads no keys but its own",
        file="shared/journal.sql",
        before="(k.c, k.p, k.o, k.key) limit 1) found;",
        after="(k.c, k.p, k.o, k.key)) found;",
        test=JOURNAL,
    ),
    Mutation(
        id="a message is believed only with the relay's signature",
        file="shared/inbox.py",
        before="and not holds(last, await self._relay_key()):",
        after="and holds(last, await self._relay_key()):",
        test=INBOX,
    ),
    Mutation(
        id="bytes are believed only where the chain fits",
        file="shared/inbox.py",
        before="            if chain is not None and ends != chain:",
        after="            if chain is None and ends != chain:",
        test=INBOX,
    ),
    Mutation(
        id="an unknown type parks",
        file="shared/inbox.py",
        before="        raise UnknownType(kind)",
        after="        return None",
        test=INBOX,
    ),
    Mutation(
        id="a sealed value stands in no bytes",
        file="shared/canonical.py",
        before="            if how.personal or not in_clear or (sealed",
        after="            if how.personal or (sealed",
        test=JOURNAL,
    ),
    Mutation(
        id="a request reads one read model from first to last",
        file="shared/database.py",
        before="    pinned = pin.schema if pin else None",
        after="    pinned = None",
        test=MODELS,
    ),
    Mutation(
        id="what a transaction has entered is not dropped",
        file="shared/database.py",
        before="  pg_advisory_xact_lock_shared(",
        after="  concat(",
        test=MODELS,
    ),
    Mutation(
        id="read models are compared at the same positions",
        file="shared/comparing.py",
        before=' if row["live"] == row["beside"]]',
        after="]",
        test=MODELS,
    ),
    Mutation(
        id="two organisations have a key of their own",
        file="shared/sealing.py",
        before='    together = "_".join(audience)\n',
        after="    together = audience[0]\n",
        test="tests/shared/test_sealing.py",
    ),
    Mutation(
        id="a timer is held by one replica",
        file="shared/timers.py",
        before="what = any($2) and again_at <= clock_timestamp()",
        after="what = any($2)",
        test=f"{TIMERS}::test_what_a_dying_process_held_the_next_one_takes",
    ),
    Mutation(
        id="two replicas claim no row together",
        file="shared/timers.py",
        before="limit $3 for update skip locked)",
        after="limit $3)",
        test=f"{TIMERS}::test_two_replicas_at_once_act_once_on_each",
    ),
    Mutation(
        id="a timer goes after its command",
        file="shared/timers.py",
        before="            step = self._timers[row.what].step(row)\n",
        after="            await self._mark(DONE, *row[:4])\n"
        "            step = self._timers[row.what].step(row)\n",
        test=f"{TIMERS}::test_what_a_dying_process_held_the_next_one_takes",
    ),
    Mutation(
        id="a timer that was refused stays",
        file="shared/timers.py",
        before="        await self._mark(LATER, *row[:4], ",
        after="        await self._mark(DONE, *row[:4])\n        _ = (",
        test=f"{TIMERS}::test_a_clock_that_is_ahead_of_the_decisions_brings_nothing_forward",
    ),
    Mutation(
        id="a timer that was set anew stays",
        file="shared/timers.py",
        before='DONE = UNSET + " and due = $4"',
        after='DONE = UNSET + " and $4::timestamptz is not null"',
        test=f"{TIMERS}::test_what_was_set_while_it_was_done_stays_set",
    ),
    Mutation(
        id="the past sets no timer",
        file="shared/timers.py",
        before="if due is None or due <= seen.recorded_at:",
        after="if due is None:",
        test=f"{TIMERS}::test_what_had_come_before_it_was_told_sets_nothing",
    ),
    Mutation(
        id="nobody asks for what a timer does",
        file="shared/timers.py",
        before='credential="system"',
        after='credential="app_user"',
        test=f"{TIMERS}::test_what_is_due_happens_for_nobody_and_its_row_goes",
    ),
    Mutation(
        id="a new timer reads history",
        file="shared/timers.py",
        before='return f"{self.service}-timers-{sha256(repr(looks_at).encode()).hexdigest()[:8]}"',
        after='return f"{self.service}-timers-{len(looks_at)}"',
        test=f"{TIMERS}::test_a_new_kind_of_timer_is_set_by_what_was_recorded_before",
    ),
    Mutation(
        id="I4 what was read in a batch outlives a command that is refused",
        file="shared/hot.py",
        before="            if not new:\n",
        after="            if True:\n",
        test="tests/shared/test_journal.py::"
        "test_what_a_refused_command_read_first_is_what_later_ones_of_its_batch_see",
    ),
    Mutation(
        id="an unknown type may set a timer",
        file="shared/timers.py",
        before="            raise UnknownType(kind)",
        after="            return False",
        test=f"{TIMERS}::test_a_type_that_is_not_known_yet_waits_for_an_upgrade",
    ),
    Mutation(
        id="a read that breaks off leaves nothing behind",
        file="shared/hot.py",
        before="        found = {name: self._empty(name) for name in streams",
        after="        found = self.hot.streams\n"
        "        found |= {name: self._empty(name) for name in streams",
        test="tests/shared/test_journal.py::test_a_look_that_breaks_off_leaves_nothing_half_read",
    ),
    Mutation(
        id="who looks reads no further than the head",
        file="shared/hot.py",
        before='if row["position"] <= head',
        after='if row["position"] > 0',
        test="tests/shared/test_journal.py::test_who_looks_reads_no_further_than_the_head",
    ),
)
