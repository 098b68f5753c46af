"""Mistakes in the event protocol; a test must notice those too that another wall stops.

Keys, chain and healing keep most of them from doing damage, so the tests count how often those
were needed.
"""

from tests.mutations import Change, Mutation

JOURNAL, INBOX = "tests/shared/test_journal.py", "tests/shared/test_inbox.py"
LOCKS, ONCE, BUS, UPGRADE = (
    "tests/shared/test_locks.py",
    "tests/shared/test_at_once.py",
    "tests/chaos/test_bus.py",
    "tests/chaos/test_upgrade.py",
)

MUTATIONS = (
    Mutation(
        id="no-dedup",
        file="shared/inbox.py",
        before="            new = entries[cursor.position + 1 - first :]",
        after="            new = entries",
        test=f"{INBOX}::test_duplicates_overlaps_and_disorder_change_nothing",
    ),
    Mutation(
        id="no-dedup-of-keys",
        file="shared/journal.py",
        before="written = locked.repeated(ask) or await",
        after="written = await",
        test=f"{JOURNAL}::test_a_repeat_gets_its_answer_and_acts_once",
    ),
    Mutation(
        id="no-answer-for-a-twin",
        file="shared/journal.py",
        before="                    locked.keep(ask, written)",
        after="                    pass",
        test=f"{LOCKS}::test_a_twin_in_the_same_batch_gets_the_answer_of_the_first",
    ),
    Mutation(
        id="no-reconcile",
        file="shared/inbox.py",
        before="                behind = await self._compare(None if whole else LATELY_SECONDS)",
        after="                behind = 0",
        test=f"{BUS}::test_what_only_a_lost_store_held_is_found_without_new_traffic",
    ),
    Mutation(
        id="cursor-outside-transaction",
        file="shared/inbox.py",
        before="                await self._listener.apply(db, seen)",
        after="""                async with self._pool.acquire() as other, other.transaction():
                    await other.execute(
                        "select set_config('accord.coalitions', $1, true)", str(coalition)
                    )
                    await self._listener.apply(other, seen)""",
        test=f"{BUS}::test_what_is_derived_and_the_cursor_are_committed_together",
    ),
    Mutation(
        id="ack-before-commit",
        file="shared/ear.py",
        before="            good.append(message)",
        after="            good.append(message)\n            await message.ack()",
        test=f"{BUS}::test_a_message_is_kept_until_what_it_says_is_committed",
    ),
    Mutation(
        id="answer-before-commit",
        file="shared/journal.py",
        before="                made.outcomes.append((ask, written))",
        after="                ask.settle(written)",
        test=f"{LOCKS}::test_nothing_is_answered_before_it_is_durable",
    ),
    Mutation(
        id="no-head-lock",
        file="shared/journal.sql",
        before=" order by coalition_id for update skip locked) h;",
        after=" order by coalition_id) h;",
        test=f"{LOCKS}::test_replicas_decide_one_after_another",
    ),
    Mutation(
        id="no-head-lock-at-once",
        file="shared/journal.sql",
        before=" order by coalition_id for update skip locked;\n",
        after=" order by coalition_id;\n",
        test=f"{ONCE}::test_what_another_replica_holds_is_not_written_at_once",
    ),
    Mutation(
        id="heads-not-compared-at-once",
        file="shared/journal.sql",
        before="      where (h.position, h.chain) <> (then_.position, then_.chain) or",
        after="      where",
        test=f"{ONCE}::test_what_another_replica_moved_is_decided_again",
    ),
    Mutation(
        id="keys-not-looked-up-at-once",
        file="shared/journal.sql",
        before="        limit 1) found) then\n",
        after="        limit 0) found) then\n",
        test=f"{ONCE}::test_a_repeat_gets_its_answer",
    ),
    Mutation(
        id="not-heard-at-once",
        file="shared/journal.sql",
        before="where then_.heard <> coalesce((",
        after="where false and then_.heard <> coalesce((",
        test=f"{ONCE}::test_what_was_heard_meanwhile_is_known_to_the_next_command",
    ),
    Mutation(
        id="any-clock-at-once",
        file="shared/journal.sql",
        before="abs(extract(epoch from at - decided_at)) > 1 then",
        after="abs(extract(epoch from at - decided_at)) > 1e9 then",
        test=f"{ONCE}::test_a_clock_that_runs_away_dates_nothing",
    ),
    Mutation(
        id="back-in-time-at-once",
        file="shared/journal.sql",
        before=" or h.recorded_at > decided_at) then\n",
        after=") then\n",
        test=f"{ONCE}::test_times_never_run_backwards",
    ),
    Mutation(
        id="set-not-local-at-once",
        file="shared/journal.sql",
        before="array_to_string(hc, ','), true);\n  perform from",
        after="array_to_string(hc, ','), false);\n  perform from",
        test=f"{ONCE}::test_a_tenant_ends_with_its_statement",
    ),
    Mutation(
        id="bigserial-poller",
        file="shared/journal.sql",
        before="  traceparent  text,\n",
        after="  traceparent  text,\n  number       bigint generated always as identity,\n",
        also=(
            Change(
                "shared/relay.py",
                """            row = await db.fetchrow(
                "select r.coalition_id, r.position from journal.relay r"
                " join journal.head h using (coalition_id) where h.position > r.position"
                " order by random() limit 1 for update of r skip locked"
            )
""",
                """            row = await db.fetchrow(
                "select coalition_id, position - 1 as position, number from journal.event"
                " where number > (select coalesce(max(e.number), 0) from journal.event e"
                " join journal.relay r using (coalition_id) where e.position <= r.position)"
                " order by number limit 1"
            )
""",
            ),
        ),
        test=f"{BUS}::test_a_relay_passes_over_nothing_that_commits_late",
    ),
    Mutation(
        id="stream-seq-cursor",
        file="shared/ear.py",
        before="        for message in messages:\n",
        after="""        for message in messages:
            number = message.metadata.sequence.stream
            if number <= getattr(self, "number", 0):
                continue
            self.number = number
""",
        test=f"{BUS}::test_messages_of_a_new_store_are_heard_though_its_numbers_begin_again",
    ),
    Mutation(
        id="key-without-tenant",
        file="shared/batch.py",
        before="        row = self._known.get((ask.coalition, repeat.principal,",
        after="        row = self._known.get((repeat.principal,",
        also=(
            Change(
                "shared/batch.py",
                "        scope = ask.coalition, repeat.principal,",
                "        scope = repeat.principal,",
            ),
            Change(
                "shared/batch.py",
                '            (k["coalition_id"], k["principal"], k["operation"], k["key"]): (',
                '            (k["principal"], k["operation"], k["key"]): (',
            ),
        ),
        test=f"{LOCKS}::test_a_key_belongs_to_its_coalition",
    ),
    Mutation(
        id="set-not-local",
        file="shared/journal.sql",
        before="array_to_string(hc, ','), true);\n  if waits",
        after="array_to_string(hc, ','), false);\n  if waits",
        test=f"{LOCKS}::test_a_tenant_ends_with_its_transaction",
    ),
    Mutation(
        id="set-not-local-in-reads",
        file="shared/database.py",
        before="  set_config('accord.coalitions', $1, true),",
        after="  set_config('accord.coalitions', $1, false),",
        test=f"{LOCKS}::test_a_tenant_ends_with_its_transaction",
    ),
    Mutation(
        id="skip-unknown-event",
        file="shared/inbox.py",
        before="        raise UnknownType(kind)",
        after="        return None",
        test=f"{INBOX}::test_an_unknown_type_parks_its_coalition_only",
    ),
    Mutation(
        id="skip-unknown-event-in-views",
        file="shared/projection.py",
        before="            raise UnknownType(kind)",
        after="            return False",
        test=f"{UPGRADE}::test_x14_a_type_that_a_view_does_not_know_waits_for_its_upgrade",
    ),
    Mutation(
        id="hash-over-jsonb",
        file="shared/journal.py",
        before="        leaf = leaf_hash(entry)\n",
        after="        leaf = leaf_hash(__import__('json').dumps(orjson.loads(entry)).encode())\n",
        test=f"{JOURNAL}::test_i6_positions_and_versions_have_no_gap_and_the_chain_fits",
    ),
    Mutation(
        id="bytes-out-of-jsonb",
        file="shared/feed.py",
        before='        "select bytes, chain from journal.event"\n',
        after="        \"select convert_to(convert_from(bytes, 'UTF8')::jsonb::text, 'UTF8')\"\n"
        '        " as bytes, chain from journal.event"\n',
        test=f"{INBOX}::test_a_gap_is_fetched_from_the_source",
    ),
    Mutation(
        id="cache-not-validated",
        file="shared/journal.py",
        before="                    await work.catch_up(head)\n                    await self._let",
        after="                    await self._let",
        test=f"{LOCKS}::test_a_head_that_another_replica_moved_is_caught_up_with",
    ),
    Mutation(
        id="overlay-kept-after-rollback",
        file="shared/journal.py",
        before='                await reach("journal.after_decide")\n'
        "                made.rows.move",
        after="""                await reach("journal.after_decide")
                for work in works.values():
                    work.commit()
                made.rows.move""",
        also=(
            Change(
                "shared/journal.py",
                '                self._hot.clear()\n                log.warning("batch_again"',
                '                log.warning("batch_again"',
            ),
        ),
        test=f"{LOCKS}::test_a_batch_whose_connection_broke_is_decided_again_from_what_stands",
    ),
    Mutation(
        id="overlay-kept-after-refusal",
        file="shared/journal.py",
        before="a bug in one rule is its 500 alone\n                work.rollback(point)\n",
        after="a bug in one rule is its 500 alone\n",
        test=f"{LOCKS}::test_of_a_command_refused_at_its_second_step_nothing_stays",
    ),
    Mutation(
        id="no-row-for-no-change",
        file="shared/journal.py",
        before="                if ask.repeat and not written.replayed:",
        after="                if ask.repeat and not written.replayed and written.events:",
        test=f"{JOURNAL}::test_a_command_that_changes_nothing_still_keeps_its_answer",
    ),
    Mutation(
        id="who-stops-waits-for-the-next-message",
        file="shared/ear.py",
        before="            self._pull.wake()\n",
        after="            pass\n",
        test="tests/shared/test_pull.py::test_who_stops_is_woken_and_leaves_what_comes_to_the_next",
    ),
    Mutation(
        id="no-signature-check",
        file="shared/inbox.py",
        before="is not None and not holds(last, await self._relay_key()):",
        after="is None:",
        test="tests/chaos/test_disturbed.py::test_x11_what_a_bad_bus_delivers_is_never_believed",
    ),
)
