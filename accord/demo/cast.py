"""Who is who in Port Merrow, a harbour town that is on no map."""

from dataclasses import dataclass
from uuid import UUID, uuid5

OURS = UUID("6d1d3c0e-2b54-5c0b-9d0b-6f2f6f0c4a11")


def id_of(name: str) -> str:
    """Return the id of something that the demo brings itself: the same in every demo."""
    return str(uuid5(OURS, name))


@dataclass(frozen=True)
class Organisation:
    name: str
    sector: str
    kind: str = "organization"
    commitment: str = "homework"
    voting_right: bool = True


@dataclass(frozen=True)
class Person:
    """Somebody who speaks for `of`; `role` is what the sign-in page says about them."""

    name: str
    of: Organisation
    role: str = ""

    @property
    def address(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@example.org"


LANTERN = Organisation("Lantern Street School", "school")
QUAYSIDE = Organisation("Quayside Primary", "school")
BREAKWATER = Organisation("Breakwater Secondary", "school")
TEACHERS = Organisation("Port Merrow Teachers' Union", "union")
PARENTS = Organisation("Harbour Parents' Association", "parents")
LIBRARY = Organisation("Port Merrow Library", "library", commitment="voice_only")
MUDLARK = Organisation("Mudlark After-School Club", "youth_work")
ALONE = Organisation("Ines Moreau, retired maths teacher", "tutoring", kind="person")
CITY = Organisation(
    "City of Port Merrow, Schools Department", "city", commitment="observer", voting_right=False
)

MAREN = Person("Maren Okafor", LANTERN, "Coordinator: chairs the coalition")
BETH = Person("Beth Lindgren", LANTERN)
TOMAS = Person("Tomas Vale", QUAYSIDE, "Delegate of Quayside Primary: a stance is due")
LUCIA = Person("Lucia Ferrant", QUAYSIDE)
HANA = Person("Hana Sorley", BREAKWATER)
PRIYA = Person("Priya Dunmore", TEACHERS, "Delegate of the teachers' union: disagrees")
SAMIR = Person("Samir Holt", TEACHERS)
JONAS = Person("Jonas Abelard", PARENTS)
AGNES = Person("Agnes Pell", PARENTS)
COLM = Person("Colm Tarrant", LIBRARY)
WREN = Person("Wren Castell", LIBRARY)
DELE = Person("Dele Marsh", MUDLARK)
INES = Person("Ines Moreau", ALONE)
OSKAR = Person("Oskar Thorne", CITY, "Observer from the city: reads, and takes no stance")

ACCOUNTS = MAREN, TOMAS, PRIYA, OSKAR
COORDINATOR = MAREN.address
