"""Who a new case is for: oneself alone, or a circle that one may add to."""

from dataclasses import dataclass

from PySide6.QtWidgets import QComboBox

from casebook.database import Database
from casebook.rights import allowed
from casebook.spaces import SpaceKind, spaces
from desktop.who_sees import reach
from resources.language import _


@dataclass(frozen=True, slots=True)
class Place:
    """A space that a new case can be in, and who sees it there."""

    space: str
    who: str


def places(db: Database) -> list[Place]:
    """The circles that one may add a case to; nothing is looked up where there are none."""
    if len(spaces(db)) == 1:
        return []
    from sync.circles import circles

    may = allowed(db)
    return [
        Place(each.space, reach(each))
        for each in circles(db)
        if each.kind is not SpaceKind.PERSONAL and may.in_space(each.space).may_add
    ]


class WhereTo(QComboBox):
    """The choice above a new case; it goes once the case is kept, for then only a copy goes elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("Who sees this?"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.hide()

    @property
    def space(self) -> str:
        """The chosen space; empty for one's own."""
        return str(self.currentData() or "")

    def begin(self) -> None:
        """For another new case: oneself alone, until something else is chosen."""
        self.offer([])

    def offer(self, found: list[Place]) -> None:
        """Let the reader choose among these, if there are any."""
        self.blockSignals(True)
        self.clear()
        self.addItem(_("Who sees this? {who}").format(who=_("Only you")), "")
        for each in found:
            self.addItem(_("Who sees this? {who}").format(who=each.who), each.space)
        self.setCurrentIndex(0)
        self.blockSignals(False)
        self.setVisible(bool(found))
