"""Mistakes in erasing that a test must notice."""

from tests.mutations import Mutation

ERASURE = "shared/erasure.py"
OF_ERASURE = "tests/shared/test_erasure.py"
OF_KEYS = "tests/shared/test_keys.py"

MUTATIONS = (
    Mutation(
        "I7 values of an erased person are deleted",
        ERASURE,
        '"delete from journal.disclosure where coalition_id = $1 and key_id = any($2)"',
        '"delete from journal.disclosure where coalition_id = $1 and key_id <> all($2)"',
        OF_ERASURE,
    ),
    Mutation(
        "what was read from an erased person's values is read again",
        "shared/inbox.py",
        "if self._keys is not None and self._erased[coalition] != listed:",
        "if self._keys is not None and self._erased[coalition] < listed:",
        OF_ERASURE,
    ),
    Mutation(
        "a source that has not erased yet is waited for",
        "shared/inbox.py",
        '                raise Gap("its source has not erased it yet")',
        "                pass",
        OF_ERASURE,
    ),
    Mutation(
        "nothing new is recorded about an erased person",
        "shared/journal.py",
        "            if about in work.erased:",
        "            if about in work.erased and work.head is None:",
        f"{OF_ERASURE}::test_a_batch_records_nothing_about_who_is_on_the_list",
    ),
    Mutation(
        "I7 what a person says for themself alone goes with them",
        "shared/journal.py",
        "if about is None and context.author is not None and hidden.words and not unsigned:",
        "if about is None and context.author is not None and not hidden.words:",
        f"{OF_ERASURE}::test_words_of_who_speaks_for_themself_alone_go_with_them",
    ),
    Mutation(
        "a restored key store destroys again what was destroyed",
        ERASURE,
        "        for row in back:",
        "        for row in back[1:]:",
        OF_ERASURE,
    ),
    Mutation(
        "of who was erased no key is made again",
        "shared/sealing.sql",
        "  return exists (select from sealing.erased where",
        "  return exists (select from sealing.erased where false and",
        OF_KEYS,
    ),
)
