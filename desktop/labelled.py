"""A field and its words, one above the other: with large letters both keep the whole width."""

from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import STEP


def labelled(text: str, field: QWidget) -> QWidget:
    """A field below its label; the keys of the label go to the field."""
    label = QLabel(text, wordWrap=True)
    label.setBuddy(field)
    field.setSizePolicy(field.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Fixed)
    return stacked(label, field)


def stacked(above: QWidget, below: QWidget) -> QWidget:
    """Two as one, close together: they are shown and hidden together."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(STEP)
    column.addWidget(above)
    column.addWidget(below)
    return both
