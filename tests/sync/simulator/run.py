"""Play schedules: one, its shortest form, or many on all cores."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from random import Random

from tests.sync.simulator import promises
from tests.sync.simulator.chance import seeded
from tests.sync.simulator.world import Broken, Plan, World

ROUNDS = 6
"""After the last fault everybody agrees within so many rounds: two or three, more when certificates race."""


@dataclass(frozen=True)
class Played:
    """How a schedule went: what was broken (nothing when all is well), and its trace."""

    plan: Plan
    broken: str
    trace: tuple[str, ...]
    hash: str
    rounds: int
    calls: int

    @property
    def kind(self) -> str:
        """Which promise was broken."""
        return self.broken.partition(":")[0]


def play(plan: Plan, bug: AbstractContextManager[object] | None = None) -> Played:
    """One schedule, from its seed; with a *bug* in the product while it lasts."""
    with seeded(Random(plan.seed)):
        world = World(plan)
        rounds = 0
        with bug or nullcontext():
            try:
                for _step in range(plan.steps):
                    world.move()
                rounds = _calm(world)
                promises.when_quiet(world)
                broken = ""
            except Broken as error:
                broken = str(error)
            except Exception as error:  # noqa: BLE001 - whatever the product does wrong is what we look for
                broken = f"{type(error).__name__}: {error}"
        world.say(broken)
        world.close()
        return Played(plan, broken, tuple(world.trace), world.trace_hash(), rounds, world.calls)


def _calm(world: World) -> int:
    """No more faults: everybody exchanges until they agree; returns the number of rounds that took."""
    world.calm_down()
    world.is_deaf = True
    for device in world.members():
        world.whole_round(device)
        promises.read_to_the_end(world, device)
    world.is_deaf = False
    for round_number in range(1, ROUNDS + 1):
        for device in world.shuffled():
            world.whole_round(device)
            world.shared.calm()
        world.now += world.shared.patience
        if not promises.unsettled(world):
            return round_number
    raise Broken(f"liveness: after {ROUNDS} rounds {promises.unsettled(world)}")


def shortest(played: Played, bug_again: "BugMaker | None" = None) -> Played:
    """The same failure with fewer steps and fewer kinds of faults, as far as a simple search finds it."""
    best = played
    for fault in sorted(played.plan.faults):
        tried = _tried(replace(best.plan, faults=best.plan.faults - {fault}), bug_again)
        best = tried if tried.kind == best.kind else best
    low, high = 0, best.plan.steps
    while low < high:
        middle = (low + high) // 2
        tried = _tried(replace(best.plan, steps=middle), bug_again)
        if tried.kind == best.kind:
            best, high = tried, middle
        else:
            low = middle + 1
    return best


def story(played: Played) -> str:
    """A failure as a person reads it."""
    lines = "\n".join(f"  {each}" for each in played.trace)
    plan = played.plan
    faults = ", ".join(sorted(plan.faults)) or "no faults"
    return f"seed {plan.seed}, {plan.steps} steps, {plan.store}, with {faults}:\n{lines}"


def failures(seeds: Iterable[int], store: str = "") -> Iterator[Played]:
    """The schedules that fail; those and one in a hundred others are played twice, which must be the same."""
    for seed in seeds:
        played = play(Plan(seed, store=store))
        if (played.broken or seed % 100 == 0) and play(played.plan).hash != played.hash:
            yield replace(played, broken=f"the same seed gives another story ({played.broken or 'passing'})")
        elif played.broken:
            yield played


class BugMaker:
    """Makes the same bug again and again."""

    def __call__(self) -> AbstractContextManager[object]:
        raise NotImplementedError


def _tried(plan: Plan, bug_again: BugMaker | None) -> Played:
    return play(plan, bug_again() if bug_again else None)
