"""Mistakes in redacting that a test must notice."""

from tests.mutations import Change, Mutation

RULE = "shared/redaction.py"
READER = "shared/redacting.py"
INBOX = "shared/inbox.py"
SQL = "shared/erasure.sql"
OF_RULE = "tests/shared/test_redaction.py"
OF_READERS = "tests/shared/test_redacting.py"

MUTATIONS = (
    Mutation(
        "only the chair and who wrote a text redact it",
        RULE,
        "(words.by is None or context.by != words.by)",
        "words.by is None",
        OF_RULE,
    ),
    Mutation(
        "between two nobody presides",
        RULE,
        'presides = words.chaired and words.visibility != "dyad"',
        "presides = words.chaired",
        OF_RULE,
    ),
    Mutation(
        "what is kept of a person goes by an erasure only",
        RULE,
        "    if words.seal.personal:",
        "    if words.seal.personal and not words.chaired:",
        OF_RULE,
    ),
    Mutation(
        "what stands in clear is never rewritten",
        RULE,
        'if words.seal is None or words.held == "clear":',
        "if words.seal is None:",
        OF_RULE,
    ),
    Mutation(
        "a redaction is seen by those who see the event",
        RULE,
        "return [redacted.seen_by(*words.audience, within=words.visibility)]",
        "return [redacted]",
        OF_RULE,
    ),
    Mutation(
        "what was redacted is known under the lock",
        "shared/hot.py",
        "        folds = (*folds, REDACTIONS)\n",
        "",
        f"{OF_READERS}::test_the_rule_knows_what_is_gone_before_a_reader_does",
        (
            Change(
                "shared/hot.py",
                "        if fold.name in self.folds:\n            state: S = self.folds[fold.name]",
                "        if fold is REDACTIONS:\n            return fold.initial\n"
                "        if fold.name in self.folds:\n            state: S = self.folds[fold.name]",
            ),
        ),
    ),
    Mutation(
        "I7 a state stays what it was when words go",
        "shared/hot.py",
        "            return state  # no rule rests on words",
        "            return self.rules.deciders[name.partition('-')[0]].initial",
        f"{OF_READERS}::test_a_jar_is_as_full_as_before",
    ),
    Mutation(
        "I7 the disclosure of a redacted text is deleted",
        READER,
        '"delete from journal.disclosure where (coalition_id, position, digest) = ($1, $2, $3)"',
        '"select from journal.disclosure where (coalition_id, position, digest) = ($1, $2, $3)"',
        f"{OF_READERS}::test_i7_the_words_are_gone_and_nothing_else_is",
    ),
    Mutation(
        "rows of every read model are emptied",
        READER,
        "array(select schema from inbox.model)",
        "array['views']",
        f"{OF_READERS}::test_i7_the_words_are_gone_and_nothing_else_is",
    ),
    Mutation(
        "of a row only what was redacted is emptied",
        SQL,
        "from jsonb_each(sealed) as s(name, under) where s.under ?| marks loop",
        "from jsonb_each(sealed) as s(name, under) loop",
        "tests/properties/test_forgotten.py",
    ),
    Mutation(
        "what is gone is refused wherever it comes from",
        INBOX,
        "for digest in found.keys() & gone.keys():",
        "for digest in found.keys() & gone.keys() & set():",
        f"{OF_READERS}::test_what_a_restored_feed_brings_back_is_refused",
    ),
    Mutation(
        "what was opened before it was redacted is read again",
        INBOX,
        "        if not new.isdisjoint(opened):\n",
        "        if opened and not new.isdisjoint(()):\n",
        f"{OF_READERS}::test_a_value_opened_before_is_not_written_after",
    ),
    Mutation(
        "a page says by whom and why",
        "services/web/templates/parts.html",
        "{% if what.by %} by {{ what.by }}{% endif %}",
        "",
        "tests/web/test_pages.py::test_redacted_words_show_by_whom_why_and_their_digest",
    ),
)
