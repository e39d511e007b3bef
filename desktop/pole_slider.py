"""A place between two poles in seven steps: never a score."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QPushButton, QSlider, QWidget

from casebook.dilemma import STEPS, Stance
from casebook.poles import place_in_words
from desktop.steady import SteadySlider
from desktop.theme import STEP
from resources.language import _


class PoleSlider(QWidget):
    """Slider, − and + buttons, arrow keys, and *weet niet*."""

    moved = Signal()

    def __init__(self, left: str, right: str) -> None:
        super().__init__()
        self._left, self._right = left, right
        self._slider = SteadySlider(Qt.Orientation.Horizontal)
        self._slider.setRange(STEPS[0], STEPS[-1])
        self._slider.setPageStep(1)
        self._slider.setTickPosition(QSlider.TickPosition.TicksBelow)
        self._slider.setTickInterval(1)
        self._slider.setMinimumHeight(8 * STEP)
        self._slider.setAccessibleName(_("Place between “{left}” and “{right}”").format(left=left, right=right))
        self._where = QLabel(wordWrap=True)
        self._where.setProperty("role", "strong")
        self._where.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._unknown = QCheckBox(_("I don't know"))
        self._buttons = [self._step("−", left, -1), self._step("+", right, 1)]
        self.setFocusProxy(self._slider)
        self._arrange()
        self._slider.valueChanged.connect(self._changed)
        self._unknown.toggled.connect(self._changed)
        self._tell()

    @property
    def place(self) -> int:
        """From −3, wholly the left pole, to 3, wholly the right one."""
        return self._slider.value()

    @property
    def stance(self) -> Stance:
        """Whether a place was chosen, or *weet niet*."""
        return Stance.DO_NOT_KNOW if self._unknown.isChecked() else Stance.PLACED

    def show_place(self, place: int | None) -> None:
        """Put the handle there."""
        self._slider.setValue(place or 0)

    def show_stance(self, stance: Stance) -> None:
        """Tick *weet niet*, or not."""
        self._unknown.setChecked(stance is not Stance.PLACED)

    def _step(self, sign: str, pole: str, step: int) -> QPushButton:
        button = QPushButton(sign)
        button.setAccessibleName(_("One step towards “{pole}”").format(pole=pole))
        button.clicked.connect(lambda: self._slider.setValue(self._slider.value() + step))
        return button

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * STEP)
        left, right = QLabel(self._left, wordWrap=True), QLabel(self._right, wordWrap=True)
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(left, 0, 0, 1, 2)
        grid.addWidget(right, 0, 2, 1, 2)
        grid.addWidget(self._buttons[0], 1, 0)
        grid.addWidget(self._slider, 1, 1, 1, 2)
        grid.addWidget(self._buttons[1], 1, 3)
        grid.addWidget(self._where, 2, 0, 1, 4)
        grid.addWidget(self._unknown, 3, 0, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)

    def _changed(self) -> None:
        self._tell()
        self.moved.emit()

    def _tell(self) -> None:
        known = self.stance is Stance.PLACED
        for each in (self._slider, *self._buttons):
            each.setEnabled(known)
        text = place_in_words(self.place, self._left, self._right) if known else Stance.DO_NOT_KNOW.text
        self._where.setText(text)
        self._slider.setAccessibleDescription(text)
