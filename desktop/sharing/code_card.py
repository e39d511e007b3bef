"""A code that was just made: shown once, to copy, to keep or to print."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QFont, QGuiApplication, QTextDocument
from PySide6.QtWidgets import QPushButton, QWidget

from casebook.problem import Problem
from desktop import files
from desktop.casebook.cards import Card, words
from desktop.flow import Flow
from resources.language import _
from sync.circles import Invitation


class CodeCard(Card):
    """The address and the code, with what to do with them; it goes when the page is left, or when it is used up."""

    def __init__(self, title: str, says: str, made: Invitation) -> None:
        super().__init__(title, "")
        self.invite = made.invite
        self.was_open = False
        """Whether the invite was seen to work."""
        self.setObjectName("code")
        self.column.addWidget(words(says, ""))
        self._made = made
        self._copies: dict[QPushButton, str] = {}
        self._address, code = words("", ""), words(made.code, "heading")
        code.setAccessibleName(f"{_('Code')}: {made.code}")
        for label, shown in ((_("Address"), self._address), (_("Code"), code)):
            self.column.addWidget(words(label, "muted"))
            self.column.addWidget(shown)
        self._show_address()
        self.row = Flow()
        self.column.addLayout(self.row)

    def leads_to(self, address: str) -> None:
        """The same code lets one in at this address from now on; what was copied before does not."""
        if address != self._made.address:
            self._made = replace(self._made, address=address)
            self._show_address()
            for button, label in self._copies.items():
                button.setText(label)

    def _show_address(self) -> None:
        self._address.setText(self._made.address)
        self._address.setAccessibleName(f"{_('Address')}: {self._made.address}")

    def take_keys(self) -> None:
        """The keys go to the first thing to do with it."""
        for each in self.findChildren(QPushButton)[:1]:
            each.setFocus()

    def offer_copy(self, label: str, text: Callable[[Invitation], str]) -> None:
        """A button that copies."""

        def copy() -> None:
            QGuiApplication.clipboard().setText(text(self._made))
            button.setText(_("{what}: copied").format(what=label))

        button = QPushButton(label)
        self._copies[button] = label
        button.clicked.connect(copy)
        self.row.addWidget(button)

    def offer_paper(self, text: Callable[[Invitation], str], name: str) -> None:
        """Buttons to print it, and to keep it as a file of plain text."""
        keep, on_paper = QPushButton(_("Save as text…")), QPushButton(_("Print…"))
        keep.clicked.connect(lambda: self._keep(text(self._made), name))
        on_paper.clicked.connect(lambda: _print(self, text(self._made)))
        self.row.addWidget(on_paper)
        self.row.addWidget(keep)
        self._trouble = words("", "warn")
        self._trouble.hide()
        self.column.addWidget(self._trouble)

    def _keep(self, text: str, name: str) -> None:
        chosen = files.to_save(self, _("Save as text"), name, _("Text (*.txt)"))
        if chosen is None:
            return
        path, _kind = chosen
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            problem = Problem(_("This cannot be saved there. Choose another folder."), details=str(error))
            self._trouble.setText(problem.sentence)
        else:
            self._trouble.setText(_("Saved as {name}.").format(name=path))
        self._trouble.show()


def _print(parent: QWidget, text: str) -> None:
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if QPrintDialog(printer, parent).exec():
        paper = QTextDocument(text)
        # Apart, or two letters f of an address become one sign, which nobody can type over.
        font = paper.defaultFont()
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 103)
        paper.setDefaultFont(font)
        paper.print_(printer)
