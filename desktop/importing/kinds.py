"""What lists the window can bring in, and what it says of each."""

from collections.abc import Callable
from dataclasses import dataclass

from casebook.database import Database
from casebook.importing.area_list import AREAS, plan_areas
from casebook.importing.mapping import CASES, Mapping, Subject
from casebook.importing.plan import Outcome, Plan, plan
from casebook.importing.sheets import Sheet
from casebook.progress import Progress
from resources.language import mark, plural

Planning = Callable[[Database, Sheet, Mapping, bool, Progress], Plan]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list; its texts are msgids."""

    subject: Subject
    title: str
    explained: str
    plan: Planning
    counted: Callable[[int], str]
    button: Callable[[int], str]
    can_add_rest: bool = False

    def told(self, outcome: Outcome) -> str:
        """What was done, in one sentence."""
        parts = (
            plural("{n} new", "{n} new", outcome.new) if outcome.new else "",
            plural("{n} updated", "{n} updated", outcome.updated) if outcome.updated else "",
            plural("{n} unchanged", "{n} unchanged", outcome.unchanged) if outcome.unchanged else "",
            plural("{n} skipped", "{n} skipped", outcome.skipped) if outcome.skipped else "",
        )
        return f"{self.counted(outcome.new + outcome.updated)}: {', '.join(filter(None, parts))}."


CASE_LIST = Kind(
    subject=CASES,
    title=mark("Bring in a list of cases"),
    explained=mark(
        "From a spreadsheet: xlsx, ods or csv, with the names of the columns above them. You see what will come in "
        "before it does, and one undo takes it all back."
    ),
    plan=lambda db, sheet, mapping, update, progress: plan(db, sheet, mapping, update=update, progress=progress),
    counted=lambda n: plural("{n} case came in", "{n} cases came in", n),
    button=lambda n: plural("Bring in {n} case", "Bring in {n} cases", n),
    can_add_rest=True,
)
AREA_LIST = Kind(
    subject=AREAS,
    title=mark("Bring in a list of areas"),
    explained=mark(
        "From a spreadsheet: xlsx, ods or csv, with the names of the columns above them. It needs a code and a name; "
        "kind, part of, inhabitants and year are welcome. You see what will come in before it does."
    ),
    plan=lambda db, sheet, mapping, _update, progress: plan_areas(db, sheet, mapping, progress),
    counted=lambda n: plural("{n} area came in", "{n} areas came in", n),
    button=lambda n: plural("Bring in {n} area", "Bring in {n} areas", n),
)
