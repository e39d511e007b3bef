"""Starting with 10 and with 100,000 cases, and what the window holds at rest, beside a bare window with a table."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, Popen
from time import sleep
from typing import Any

from casebook.database import copy_daily
from tests.bench.casebook_of import casebook, opened
from tests.bench.figure import Figure, at_most
from tests.bench.process import answer_of
from tests.bench.size import Size

_DISPLAY = ":173"
Told = dict[str, float]


def figures(size: Size) -> Iterator[Figure]:
    """Offscreen, and on a display where there is one to be made; each round starts one of each."""
    for n in (size.few, size.some, size.cases):
        db = opened(n)
        # The first start of a day makes a copy; the others, which are measured, find it.
        copy_daily(db, date.today())  # noqa: DTZ011 - the program's own day
        db.close()
    rest = {"REST": str(size.rest)}
    yield from _on("offscreen", size, {"QT_QPA_PLATFORM": "offscreen", **rest})
    with _display() as display:
        if display and size.starts > 1:
            yield from _on("display", size, {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display, **rest})


def _on(platform: str, size: Size, settings: dict[str, str]) -> Iterator[Figure]:
    files = {f"{n}": casebook(n) for n in (size.few, size.some, size.cases)}
    answer_of("started", files[f"{size.few}"], settings)  # the first start compiles what was not compiled yet
    rounds: list[dict[str, Any]] = [
        {"bare": answer_of("started", None, settings)}
        | {name: answer_of("started", path, settings) for name, path in files.items()}
        for _round in range(size.starts)
    ]
    bare = _middle([each["bare"] for each in rounds])
    yield Figure(f"start-{platform}-bare-painted", bare["painted"] * 1000, "ms")
    yield Figure(f"start-{platform}-bare-uss", bare["uss"], "MiB")
    yield Figure(f"start-{platform}-bare-rss", bare["rss"], "MiB")
    found = {name: _middle([each[name] for each in rounds]) for name in files}
    for name, told in found.items():
        most = 2.5 if name == f"{size.cases}" else 2
        yield Figure(f"start-{platform}-{name}-painted", told["painted"] * 1000, "ms")
        yield at_most(f"start-{platform}-{name}-painted-to-bare", told["painted"] / bare["painted"], "x", 1.5)
        yield Figure(f"start-{platform}-{name}-filled", told["filled"] * 1000, "ms")
        yield at_most(f"start-{platform}-{name}-filled-to-bare", told["filled"] / bare["painted"], "x", 4)
        yield Figure(f"start-{platform}-{name}-uss", told["uss"], "MiB")
        yield at_most(f"start-{platform}-{name}-rss-to-bare", told["rss"] / bare["rss"], "x", most)
    few, many = found[f"{size.few}"], found[f"{size.cases}"]
    yield at_most(f"start-{platform}-filled-many-to-few", many["filled"] / few["filled"], "x", 1.15)


def _middle(told: list[Told]) -> Told:
    return {name: median(each[name] for each in told) for name in told[0]}


@contextmanager
def _display() -> Iterator[str]:
    """A display that nobody sees; empty where Xvfb is not installed."""
    server = shutil.which("Xvfb")
    if not server:
        yield ""
        return
    with Popen([server, _DISPLAY, "-screen", "0", "1366x768x24"], stdout=DEVNULL, stderr=DEVNULL) as running:
        lock = Path(f"/tmp/.X{_DISPLAY[1:]}-lock")
        while not lock.exists() and running.poll() is None:
            sleep(0.1)
        sleep(0.5)
        yield _DISPLAY
        running.terminate()
