"""The order in which Tab goes: what is made later comes where it stands, not after everything that was there before."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def follow(before: QWidget, *parts: QWidget) -> None:
    """Tab goes from *before* through all of the *parts*, from top to bottom, and then to what came after *before*."""
    at, window = before, before.window()
    for each in (one for part in parts for one in (part, *part.findChildren(QWidget))):
        if _is_stop(each) and each.window() is window:
            QWidget.setTabOrder(at, each)
            at = each


def come_before(field: QWidget, part: QWidget) -> None:
    """Tab goes from what stands before *field* through *part*, and then to *field*."""
    before = field.previousInFocusChain()
    while before and before is not field and not _is_stop(before):
        before = before.previousInFocusChain()
    follow(before or field, part)


def _is_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
