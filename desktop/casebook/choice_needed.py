"""Says in how many fields of a case two texts stand, and leads to the first."""

from PySide6.QtWidgets import QPushButton

from casebook.present import CaseFile
from casebook.rights import Allowed
from resources.language import plural


class ChoiceNeeded(QPushButton):
    """Hidden while nothing differs that one may settle; *kind* is that of the record with the first field that does."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = ""
        self.hide()

    def show_file(self, file: CaseFile | None, allowed: Allowed) -> None:
        """Count the differences of the case and of everything that belongs to it."""
        every = (file.case, *(each for each in file.entries if not each.record.archived)) if file else ()
        entries = [each for each in every if allowed.may_change(each.space, each.record.id)]
        kinds = [each.record.kind for each in entries for one in each.differences if one.field != "archived"]
        self.kind = kinds[0] if kinds else ""
        self.setText(plural("⚠ Choice needed in {n} field", "⚠ Choice needed in {n} fields", len(kinds)))
        self.setVisible(bool(kinds))
