"""A place between two poles in seven steps: never a score."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QPushButton, QSlider, QWidget

from casebook.dilemma import STEPS
from desktop.theme import STEP
from resources.language import _


class PoleSlider(QWidget):
    """Slider, − and + buttons, arrow keys, and *weet niet*."""

    moved = Signal(int)

    def __init__(self, left: str, right: str) -> None:
        super().__init__()
        self._left, self._right = left, right
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(STEPS[0], STEPS[-1])
        self._slider.setPageStep(1)
        self._slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self._slider.setTickInterval(1)
        self._slider.setAccessibleName(_("Place between “{left}” and “{right}”").format(left=left, right=right))
        self._where = QLabel()
        self._unknown = QCheckBox(_("I don't know"))
        nearer, farther = QPushButton("−"), QPushButton("+")
        nearer.setAccessibleName(_("One step towards “{pole}”").format(pole=left))
        farther.setAccessibleName(_("One step towards “{pole}”").format(pole=right))
        nearer.clicked.connect(lambda: self._slider.setValue(self._slider.value() - 1))
        farther.clicked.connect(lambda: self._slider.setValue(self._slider.value() + 1))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * STEP)
        grid.addWidget(QLabel(left, wordWrap=True), 0, 0, 1, 2)
        right_label = QLabel(right, wordWrap=True)
        right_label.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(right_label, 0, 2, 1, 2)
        grid.addWidget(nearer, 1, 0)
        grid.addWidget(self._slider, 1, 1, 1, 2)
        grid.addWidget(farther, 1, 3)
        grid.addWidget(self._where, 2, 0, 1, 3)
        grid.addWidget(self._unknown, 2, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self._slider.valueChanged.connect(self._tell)
        self._unknown.toggled.connect(self._slider.setDisabled)
        self._tell(0)

    @property
    def place(self) -> int:
        """From −3, wholly the left pole, to 3, wholly the right one."""
        return self._slider.value()

    @property
    def is_unknown(self) -> bool:
        """Whether *weet niet* was chosen."""
        return self._unknown.isChecked()

    def _tell(self, place: int) -> None:
        pole = self._left if place < 0 else self._right
        text = (
            _("in the middle") if place == 0 else _("{steps} of 3 towards “{pole}”").format(steps=abs(place), pole=pole)
        )
        self._where.setText(text)
        self._slider.setAccessibleDescription(text)
        self.moved.emit(place)
