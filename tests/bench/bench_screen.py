"""Typing and scrolling in the window with 100,000 cases: until the lines stand, and how long the screen ever hung."""

from collections.abc import Iterator
from statistics import median, quantiles

from tests.bench.casebook_of import casebook
from tests.bench.figure import Figure, at_most
from tests.bench.process import answer_of
from tests.bench.size import Size


def figures(size: Size) -> Iterator[Figure]:
    """From a key until the first 50 lines are painted, by kind of word; the longest time the thread was busy."""
    settings = {"QT_QPA_PLATFORM": "offscreen", "EACH": str(size.words), "REST": str(size.rest)}
    told = answer_of("lived", casebook(size.cases), settings)
    for kind, took in told["typed"].items():
        yield Figure(f"screen-typing-{kind}-p50", median(took), "ms")
        yield at_most(f"screen-typing-{kind}-p95", quantiles(took, n=20)[-1], "ms", 50)
    for name in ("typing", "scrolling"):
        yield at_most(f"screen-{name}-longest-hang", max(told[f"while_{name}"], default=0), "ms", 50)
