"""F1: what this screen is for, and every shortcut."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from desktop.commands import COMMANDS
from desktop.theme import STEP
from resources.language import _, mark

SCREENS = (
    mark(
        "**Start** shows what asks for attention: conditions and follow-ups that are late or due within two weeks, "
        "and the cases you worked on last."
    ),
    mark(
        "**Casebook** lists all cases. Type in the search box; every word may stand anywhere in the case. "
        "Put words between quotes to find them together. The chips below narrow the list; Esc clears them. "
        "Beside the list stands the chosen case. There is no save button: what you type is safe at once."
    ),
    mark(
        "**Lists** holds what you choose from in a case: policy fields, entry routes, frameworks, areas and dilemmas."
    ),
    mark(
        "**Sharing** shows your own space and the circles you are in: who is in them, where they are shared, and how "
        "that stands. Begin a circle, invite colleagues, or join with an address and a code. Everything is encrypted "
        "before it leaves this computer: only members can read it, not whoever keeps the folder or the hub."
    ),
    mark(
        "**Manage** is for the casebook itself: bringing lists in, taking the casebook out, going back to the copy "
        "of a day, and the list of what came in and went out."
    ),
)

_WITH_TABLES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class Help(QDialog):
    """A window beside the work, not before it."""

    def __init__(self, parent: QWidget, screen: int) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Help"))
        self.resize(130 * STEP, 140 * STEP)
        words = QTextBrowser()
        words.setAccessibleName(_("Help"))
        words.document().setMarkdown(help_text(screen), _WITH_TABLES)
        words.moveCursor(QTextCursor.MoveOperation.Start)
        layout = QVBoxLayout(self)
        layout.addWidget(words)


def help_text(screen: int) -> str:
    """The help on a screen, as Markdown."""
    key, does = _("Key"), _("Does")
    lines = [_(SCREENS[screen]), "", "## " + _("Shortcuts"), "", f"| {key} | {does} |", "|---|---|"]
    for each in COMMANDS:
        if each.shortcut:
            keys = QKeySequence(each.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            lines.append(f"| {keys} | {_(each.title).replace('…', '')} |")
    return "\n".join(lines)
