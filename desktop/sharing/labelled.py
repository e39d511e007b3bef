"""A field with its label above it: with large letters both keep the whole width."""

from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import STEP


def labelled(text: str, field: QWidget) -> QWidget:
    """The two as one; the keys of the label go to the field. They are hidden and shown together."""
    both, label = QWidget(), QLabel(text, wordWrap=True)
    label.setBuddy(field)
    field.setSizePolicy(field.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Fixed)
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(STEP)
    column.addWidget(label)
    column.addWidget(field)
    return both
