"""The order in which Tab goes: what is made later comes where it stands, not after everything that was there before."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def follow(before: QWidget, *parts: QWidget) -> None:
    """Tab goes from *before* through all of the *parts*, from top to bottom, and then to what came after *before*."""
    at, window = before, before.window()
    for each in (one for part in parts for one in (part, *part.findChildren(QWidget))):
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None and each.window() is window:
            QWidget.setTabOrder(at, each)
            at = each
