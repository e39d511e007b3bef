"""A column of fields that scrolls."""

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget
from shiboken6 import isValid

from desktop.theme import STEP

_AROUND = 14 * STEP
"""Pixels above and below a field, in which its name, its help and what is wrong with it are seen too."""


class FieldColumn(QScrollArea):
    """Whoever goes through it by Tab sees each field whole; by itself it takes no keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt itself shows the line with the cursor and no more."""
        has_moved = super().focusNextPrevChild(forward)
        if has_moved and (at := self.focusWidget()):
            self.bring_into_view([at])
        return has_moved

    def bring_into_view(self, widgets: list[QWidget]) -> None:
        """Scroll to these once they have their places, the most important one last."""
        QTimer.singleShot(0, self, lambda: self._scroll([each for each in widgets if isValid(each)]))

    def _scroll(self, widgets: list[QWidget]) -> None:
        body = self.widget()
        for each in widgets:
            if body and body.isAncestorOf(each):
                top = each.mapTo(body, QPoint(0, 0)).y()
                for y in (top + each.height(), top):
                    self.ensureVisible(0, y, 0, _AROUND)
