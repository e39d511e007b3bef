"""How much is measured: everything, or so little that a test can see that each benchmark runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """The number of cases in the large casebook and in the small ones, of rows to import, and of times to measure."""

    cases: int
    some: int
    few: int
    rows: int
    saves: int
    words: int
    starts: int
    rest: float
    """Seconds after which a window is at rest."""


FULL = Size(cases=100_000, some=100, few=10, rows=20_000, saves=300, words=40, starts=7, rest=3)
TINY = Size(cases=60, some=20, few=10, rows=30, saves=5, words=5, starts=1, rest=0.1)
