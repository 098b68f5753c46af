"""Mistakes in the core that a test must notice."""

from tests.mutations import Mutation

JOURNAL, INBOX = "tests/shared/test_journal.py", "tests/shared/test_inbox.py"
MODELS = "tests/shared/test_models.py"

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
)
