"""Getting in: the first start, and asking for the passphrase where there is no keyring."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import STEP
from resources.language import _

_WIDTH = 460
_LETTERS, _LINE = 24, 60


class Page(QScrollArea):
    """A calm page in the middle of the window, which scrolls where large letters need more room."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        heading = QLabel(title)
        heading.setProperty("role", "title")
        words = QLabel(sentence, wordWrap=True)
        words.setMinimumWidth(max(_WIDTH, _LINE * words.fontMetrics().averageCharWidth()))
        self.trouble = QLabel(wordWrap=True)
        self.trouble.setProperty("role", "warn")
        self.trouble.hide()
        self.form = QFormLayout()
        self.form.setVerticalSpacing(3 * STEP)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(2 * STEP)
        middle = QVBoxLayout()
        middle.setSpacing(4 * STEP)
        middle.addStretch(2)
        middle.addWidget(heading)
        middle.addWidget(words)
        middle.addLayout(self.form)
        middle.addWidget(self.trouble)
        middle.addLayout(self.buttons)
        middle.addStretch(3)
        body = QWidget()
        whole = QHBoxLayout(body)
        whole.addStretch(1)
        whole.addLayout(middle, 2)
        whole.addStretch(1)
        self.setObjectName("page")
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Tab goes past the questions; what scrolls follows them.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def say(self, sentence: str) -> None:
        """What went wrong, in the page."""
        self.trouble.setText(sentence)
        self.trouble.show()

    def _line(self, label: str, *, secret: bool = False) -> QLineEdit:
        line = QLineEdit()
        line.setMinimumWidth(_LETTERS * line.fontMetrics().averageCharWidth())
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        words = QLabel(label)
        words.setBuddy(line)
        self.form.addRow(words, line)
        return line


class Welcome(Page):
    """The first start: two questions, and empty or with samples."""

    begun = Signal(bool, str)

    def __init__(self) -> None:
        super().__init__(
            _("Welcome to Casusboek"),
            _(
                "Here you keep your Bestuur op Maat cases, to learn from them and to treat like cases alike. "
                "Everything stays on this computer, encrypted. It is no file on residents and no assessment of staff."
            ),
        )
        self.name = self._line(_("Your &name, as colleagues see it"))
        self.municipality = self._line(_("&Your municipality"))
        self.passphrase = self._line(_("Choose a &passphrase"), secret=True)
        self.again = self._line(_("The passphrase aga&in"), secret=True)
        self._secret(shown=False)
        samples = QPushButton(_("Start wi&th sample cases"))
        samples.setProperty("role", "primary")
        empty = QPushButton(_("Start e&mpty"))
        self.buttons.addWidget(samples)
        self.buttons.addWidget(empty)
        self.buttons.addStretch()
        samples.clicked.connect(lambda: self._begin(samples=True))
        empty.clicked.connect(lambda: self._begin(samples=False))
        for each in (self.name, self.municipality, self.passphrase, self.again):
            each.returnPressed.connect(self.focusNextChild)
        self.setFocusProxy(self.name)

    def ask_passphrase(self, sentence: str = "") -> None:
        """A passphrase takes the place of a keyring that is not there; *sentence* says what was wrong with one."""
        from casebook.keys import SHORTEST

        self._secret(shown=True)
        first = _(
            "This computer has no keyring to hold the key. Choose a passphrase of at least {n} characters, for "
            "example four words; without it nobody can open your casebook, not even you."
        )
        self.say(sentence or first.format(n=SHORTEST))
        self.passphrase.setFocus()
        self.passphrase.selectAll()

    def _secret(self, *, shown: bool) -> None:
        self.form.setRowVisible(self.passphrase, shown)
        self.form.setRowVisible(self.again, shown)

    def _begin(self, *, samples: bool) -> None:
        if self.passphrase.text() != self.again.text():
            self.ask_passphrase(_("The two passphrases differ. Type them again."))
            return
        self.begun.emit(samples, self.passphrase.text())


class Unlock(Page):
    """The passphrase of a casebook whose key stands in no keyring; `copies_asked` tells that it does not open."""

    given = Signal(str)
    copies_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("Open your casebook"), _("This computer has no keyring that knows the key."))
        self.passphrase = self._line(_("&Passphrase"), secret=True)
        opening = QPushButton(_("&Open"))
        opening.setProperty("role", "primary")
        opening.setDefault(True)
        copies = QPushButton(_("Put b&ack a copy…"))
        self.buttons.addWidget(opening)
        self.buttons.addWidget(copies)
        self.buttons.addStretch()
        opening.clicked.connect(self._give)
        copies.clicked.connect(lambda: self.copies_asked.emit(self.passphrase.text()))
        self.passphrase.returnPressed.connect(self._give)
        self.setFocusProxy(self.passphrase)

    def ask(self) -> None:
        """Nothing can be done without it."""
        self.refuse(_("Type your passphrase first."))

    def refuse(self, sentence: str) -> None:
        """Say why it does not open; what is to be typed again can be typed at once."""
        self.say(sentence)
        self.passphrase.setFocus()
        self.passphrase.selectAll()

    def _give(self) -> None:
        if self.passphrase.text():
            self.given.emit(self.passphrase.text())
        else:
            self.ask()


class Opening(QLabel):
    """What stands there for the blink of an eye while the casebook is opened."""

    def __init__(self) -> None:
        super().__init__(_("Opening your casebook…"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "muted")
