"""Mistakes in the pages: who is offered what, what a form becomes, what a reader is told."""

from tests.mutations import Mutation

ACTING = "services/web/acting.py"
CHARTER = "services/members/views/charter.py"
FORMS = "services/web/forms.py"
PAGE = "services/web/page.py"
LISTS = "services/members/views/lists.py"
THREATS = "services/members/views/threats.py"
OF_FOLDS = "tests/members/test_folds.py"
OF_FORMS = "tests/web/test_forms.py"
OF_PAGES = "tests/web/test_pages.py"
OF_TABLE = "tests/members/test_table_shown.py"
OF_THREATS = "tests/members/test_threats_shown.py"

GROWTH = "services/members/views/growth.py"
OF_GROWTH = "tests/members/test_growth.py"
STRUCTURE = "services/web/pages/structure.py"
YOU = "services/web/pages/you.py"

MUTATIONS = (
    Mutation(
        "only who is sure is erased",
        YOU,
        'if tried.get("sure") != SURE:',
        'if not tried.get("sure"):',
        OF_FORMS,
    ),
    Mutation(
        "what people say for themselves is said on behalf of nobody",
        ACTING,
        "organisation=None if for_oneself else",
        "organisation=None if False else",
        OF_FORMS,
    ),
    Mutation(
        "F90 a latecomer heads the thanks",
        "services/web/templates/win.html",
        """    {% for one in win.latecomers %}{{ shown.latecomer(root, called, one) }}{% endfor %}
""",
        "",
        f"{OF_PAGES}::test_f90_a_latecomer_heads_the_thanks",
    ),
    Mutation(
        "F93 who was not thanked yet is named",
        "services/web/templates/win_parts.html",
        "{% if win.waiting %}",
        "{% if not win.waiting %}",
        f"{OF_PAGES}::test_f93_who_was_not_thanked_yet_is_named",
    ),
    Mutation(
        "K13 a record that was corrected is not drawn",
        "services/web/pages/impact.py",
        "if one.corrected_by is None]",
        "if one]",
        f"{OF_PAGES}::test_f94_a_gauge_is_never_summed_and_a_chart_has_its_table",
    ),
    Mutation(
        "K12 a share is shown to the hundredth of a percent",
        "services/web/pages/shares.py",
        "self.basis_points % 100:02",
        "0:02",
        f"{OF_PAGES}::test_k12_shares_are_in_basis_points_and_the_chair_divides",
    ),
    Mutation(
        "K12 a share without a name is not sent",
        "services/web/forms.py",
        "if not (name and points.isascii()",
        "if not (points.isascii()",
        "tests/web/test_forms.py::test_a_share_is_a_name_and_basis_points",
    ),
    Mutation(
        "F94 a chart of a gauge that falls below zero stays within its frame",
        "services/web/pages/impact.py",
        "(edge(0, *(one.value",
        "(edge(1, *(one.value",
        f"{OF_PAGES}::test_a_chart_stays_within_its_frame",
    ),
    Mutation(
        "F99 a loss is not announced",
        "services/web/templates/win.html",
        "{% if win.kind == 'win' %}",
        "{% if win.kind %}",
        f"{OF_PAGES}::test_f99_a_loss_stands_among_the_wins_and_is_not_announced",
    ),
    Mutation(
        "a vacant seat is not taken",
        STRUCTURE,
        "return len(self.kept) - len(self.taken)",
        "return len(self.kept)",
        OF_FORMS,
    ),
    Mutation(
        "who acknowledged is told from who did not",
        "services/web/templates/body.html",
        "{% elif known(seat.organisation.id) %}",
        "{% elif not known(seat.organisation.id) %}",
        OF_FORMS,
    ),
    Mutation(
        "unlikely partners are the others",
        "services/web/pages/partners.py",
        "if org.id not in own]",
        "if org.id in own]",
        OF_FORMS,
    ),
    Mutation(
        "a consent that was withdrawn does not hold",
        GROWTH,
        'found[data["consent"]].withdrawn_at = entry.at',
        'found[data["consent"]].withdrawn_at = None',
        OF_GROWTH,
    ),
    Mutation(
        "who only watches is offered nothing",
        PAGE,
        'if m.authority != "observer"',
        'if m.authority != "nobody"',
        OF_FORMS,
    ),
    Mutation(
        "only who presides is offered what the chair does",
        PAGE,
        "if org.id in self.presides",
        "if org.id not in self.presides",
        OF_FORMS,
    ),
    Mutation(
        "who acts is a party",
        FORMS,
        'if chosen and ask.kind == "parties":',
        'if chosen and ask.kind == "members":',
        OF_FORMS,
    ),
    Mutation(
        "a name that two have is no choice",
        FORMS,
        "if len(called) == 1:",
        "if called:",
        OF_FORMS,
    ),
    Mutation(
        "a form is about ids only",
        FORMS,
        'return on if _IDS.fullmatch(on) else "-"',
        'return on if _IDS.match(on) or on else "-"',
        OF_FORMS,
    ),
    Mutation(
        "a refused form that is gone keeps its words",
        ACTING,
        "if name not in OURS and len(value) > 1",
        "if name in OURS and len(value) > 1",
        OF_FORMS,
    ),
    Mutation(
        "an error leads to its field",
        ACTING,
        'return f"{self.form}-{wrong.field}" if there else self.form',
        'return f"{self.form}-{wrong.field}"',
        OF_FORMS,
    ),
    Mutation(
        "I8 formulas are guarded in lists",
        "shared/sheet.py",
        "return guarded(value) if isinstance(value, str) else value",
        "return guarded(value) if isinstance(value, bytes) else value",
        f"{OF_TABLE}::test_a_member_without_a_voice_has_a_line_of_its_own",
    ),
    Mutation(
        "F7 joined only by this threat",
        THREATS,
        "more |= once & orgs\n",
        "pass\n",
        OF_THREATS,
    ),
    Mutation(
        "F7 joined by no issue",
        THREATS,
        "for orgs in (more, *(orgs for orgs in together if orgs & own)):",
        "for orgs in (more,):",
        OF_THREATS,
    ),
    Mutation(
        "F23 who accepted an older version is missing",
        CHARTER,
        "if of == newest",
        "if of <= newest",
        OF_FOLDS,
    ),
)
