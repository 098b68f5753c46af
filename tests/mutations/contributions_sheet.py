"""Mistakes in the sheet of contributions, and in its import."""

from tests.mutations import Mutation

IMPORT = "accord/sheets/contributions.py"
SHEET = "services/credit/views/sheet.py"
API = "services/credit/api/contributions.py"
OF_IMPORT = "tests/accord/test_contributions_sheet.py"
OF_SHEET = "tests/credit/test_sheet.py"

MUTATIONS = (
    Mutation(
        "K1 a sheet confirms nobody's own",
        IMPORT,
        "        if org in meant:",
        "        if org in meant[1:]:",
        OF_IMPORT,
    ),
    Mutation(
        "who recorded it does not confirm it once more",
        IMPORT,
        "for each in dict.fromkeys(meant) if each != by",
        "for each in dict.fromkeys(meant)",
        OF_IMPORT,
    ),
    Mutation(
        "what is there is left as it is",
        IMPORT,
        'if self.versions.get(f"contribution-{key}"):',
        'if self.versions.get(f"contribution-{key}", 0) > 1:',
        OF_IMPORT,
    ),
    Mutation(
        "no formula leaves in a sheet",
        SHEET,
        'guarded(what.text) if what else ""',
        'what.text if what and guarded(what.text) else ""',
        OF_SHEET,
    ),
    Mutation(
        "the oldest row comes first",
        API,
        "views.sheet(reversed(rows), bom=bom)",
        "views.sheet(rows, bom=bom)",
        OF_SHEET,
    ),
)
