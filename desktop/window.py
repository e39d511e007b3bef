"""The main window: navigation left, a screen beside it, messages below."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from casebook.problem import Problem
from desktop import theme
from desktop.background import Background
from desktop.commands import COMMANDS, build_menus
from desktop.messages import Messages
from desktop.sharing.status_line import StatusLine
from desktop.theme import STEP
from desktop.welcome import Opening, Unlock, Welcome
from desktop.working import Working
from resources import language
from resources.language import _

if TYPE_CHECKING:
    from casebook.copies import Copy
    from casebook.database import Database
    from casebook.keys import FileKey
    from desktop.screens import Screens
    from desktop.sharing.running import Running

_NAVIGATION_WIDTH = 45 * STEP


class MainWindow(QMainWindow):
    """Everything the reader sees."""

    opened = Signal()
    _heard = Signal(object)

    def __init__(self, casebook: Path, settings: QSettings, passphrase_file: Path | None = None) -> None:
        super().__init__()
        self._casebook, self._passphrase_file, self.settings = casebook, passphrase_file, settings
        self.db: Database | None = None
        self.screens: Screens | None = None
        self.running: Running | None = None
        self.background = Background(self)
        self.aside = Background(self)
        """For what takes long and changes nothing: the list and the forms do not wait for it."""
        self.setWindowTitle(_("Casusboek"))
        self._build()
        self._restore_place()
        self._heard.connect(self._changed)

    def open_casebook(self, passphrase: str | None = None) -> None:
        """Open the casebook that is there, or welcome somebody new."""
        work = partial(_open, self._casebook, passphrase, self._passphrase_file)
        self.background.run(work, self._opened, self, failed=self._not_opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as Space does; Qt does that in dialogs only."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QPushButton):
            button.click()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was typed becomes a revision; then the file is let go."""
        if self.working.is_busy:
            event.ignore()
            self.messages.warn(
                _("Something is still busy. Wait for it; or stop it, and nothing of it is kept."),
                action=_("Stop it and quit"),
                act=self._stop_and_close,
            )
            return
        self.settings.setValue("geometry", self.saveGeometry())
        if self.screens:
            self.screens.remember(self.settings)
        if self.screens and not self.screens.is_left:
            event.ignore()
            self.screens.leave(self.close)
            return
        self.working.close_lane()
        self.background.close()
        self.aside.close()
        if self.running:
            # The exchange ends after the step it is in; meanwhile there is nothing to look at.
            self.hide()
            self.running.stop()
        if self.db:
            self.db.close()
        super().closeEvent(event)

    def _build(self) -> None:
        """Lay the window out, in the language of this moment."""
        self.messages = Messages()
        self.working = Working()
        self.navigation = QListWidget()
        self.navigation.setObjectName("navigation")
        self.navigation.setAccessibleName(_("Screens"))
        self.navigation.setFixedWidth(max(_NAVIGATION_WIDTH, 14 * self.fontMetrics().averageCharWidth() + 10 * STEP))
        self.navigation.addItems([_("Start"), _("Casebook"), _("Lists"), _("Sharing"), _("Manage")])
        for row in range(self.navigation.count()):
            self.navigation.item(row).setSizeHint(QSize(0, self.fontMetrics().height() + 5 * STEP))
        self.navigation.setEnabled(False)
        self.pages = QStackedWidget()
        self.pages.addWidget(Opening())
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        strip = QVBoxLayout()
        strip.setContentsMargins(2 * STEP, 0, 2 * STEP, 2 * STEP)
        strip.addWidget(self.working)
        strip.addWidget(self.messages)
        right.addWidget(self.pages, 1)
        # Below the page: above it, all that one was about to press would move when a message comes or goes.
        right.addLayout(strip)
        above = QHBoxLayout()
        above.setSpacing(0)
        above.addWidget(self.navigation)
        above.addLayout(right, 1)
        self.status_line = StatusLine()
        self.status_line.asked.connect(partial(self._do, "show_sharing"))
        self.status_line.hide()
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above, 1)
        layout.addWidget(self.status_line)
        self.setCentralWidget(body)
        self.actions_by_name = build_menus(self, {each.name: partial(self._do, each.name) for each in COMMANDS})
        self._mark_chosen()
        self._allow(opened=False)
        for lane in (self.background, self.aside):
            lane.failed.connect(self.messages.explain)

    def _build_again(self) -> None:
        """The same window from nothing, in another language or on another casebook."""
        for lane in (self.background, self.aside):
            lane.failed.disconnect(self.messages.explain)
        self.working.close_lane()
        self._build()

    def _allow(self, *, opened: bool) -> None:
        always = {"quit", "in_dutch", "in_english", "look_system", "look_light", "look_dark", "look_contrast"}
        for name, action in self.actions_by_name.items():
            action.setEnabled(opened or name in always)
        self.navigation.setEnabled(opened)

    def _mark_chosen(self) -> None:
        """The menu shows which language and which colours there are."""
        look = str(self.settings.value("look", "")) or "system"
        for name in ("in_dutch" if language.current() == "nl" else "in_english", f"look_{look}"):
            if action := self.actions_by_name.get(name):
                action.setChecked(True)

    def _do(self, name: str) -> None:
        own: dict[str, Callable[[], object]] = {
            "quit": self.close,
            "in_dutch": partial(self._speak, "nl"),
            "in_english": partial(self._speak, "en"),
            "look_system": partial(self._look, ""),
            "look_light": partial(self._look, "light"),
            "look_dark": partial(self._look, "dark"),
            "look_contrast": partial(self._look, "contrast"),
        }
        if name in own:
            own[name]()
            # A language that cannot come now is not the one that holds.
            self._mark_chosen()
        elif self.screens:
            self.screens.do(name)

    def _opened(self, db: "Database | None") -> None:
        if db is None:
            self._show_page(self._welcome())
            return
        from casebook.record import made_here
        from desktop.screens import Screens
        from desktop.sharing.running import Running

        if self.running is None:
            db.listeners.append(self._heard.emit)
            self.running = Running(db, self.background, self)
            self.running.told.connect(self._show_sharing)
            self.running.failed.connect(self._explain)
            self.running.watch(self)
        self.db = db
        made_here(db.device.id)
        self.screens = Screens(self, db, self.running)
        self.status_line.show()
        self._show_sharing()
        self._allow(opened=True)
        self.opened.emit()
        QTimer.singleShot(0, self.screens.look_after)

    def _explain(self, error: BaseException) -> None:
        """In the strip of now: with another language there is another."""
        self.messages.explain(error)

    def _show_sharing(self) -> None:
        if self.running:
            self.status_line.show_status(self.running.status)

    def _not_opened(self, error: BaseException) -> None:
        from casebook.keys import PassphraseNeeded, Unreadable

        is_asked = isinstance(self.pages.currentWidget(), Unlock)
        if isinstance(error, PassphraseNeeded) and not is_asked:
            self._ask_passphrase()
        elif isinstance(error, Unreadable) and not is_asked and not self._passphrase_file:
            self.messages.warn(error.sentence, error.details, _("Put back a copy…"), partial(self._look_at_copies, ""))
        else:
            if self._passphrase_file and not is_asked:
                self._ask_passphrase()
            self._refused(error)

    def _ask_passphrase(self) -> None:
        page = Unlock()
        page.given.connect(self.open_casebook)
        page.copies_asked.connect(self._look_at_copies)
        self._show_page(page)

    def _refused(self, error: BaseException) -> None:
        """Why the casebook or a copy does not open: on the page that asks for the passphrase, if that is there."""
        from casebook.keys import PassphraseNeeded

        page = self.pages.currentWidget()
        if not isinstance(page, Unlock) or not isinstance(error, Problem):
            self.messages.explain(error)
        elif isinstance(error, PassphraseNeeded):
            page.ask()
        else:
            page.refuse(error.sentence)

    def _look_at_copies(self, passphrase: str) -> None:
        work = partial(_copies, self._casebook, passphrase or None, self._passphrase_file)
        self.background.run(work, self._show_copies, self, failed=self._refused)

    def _show_copies(self, found: "tuple[FileKey, list[Copy]]") -> None:
        from desktop.management.rescue_page import RescuePage

        key, copies = found
        page = RescuePage(copies)

        def put_back(copy: "Copy") -> None:
            page.setEnabled(False)
            work = partial(_rescued, self._casebook, copy.path, key)
            self.background.run(work, partial(self._came_back, is_undoable=False), self, failed=refused)

        def refused(error: BaseException) -> None:
            page.setEnabled(True)
            self.messages.explain(error)

        page.restore_asked.connect(put_back)
        page.left.connect(self.open_casebook)
        self._show_page(page)

    def _welcome(self) -> Welcome:
        page = Welcome()

        def refused(error: BaseException) -> None:
            from casebook.keys import PassphraseNeeded, PassphraseTooShort

            if isinstance(error, PassphraseNeeded):
                page.ask_passphrase()
            elif isinstance(error, PassphraseTooShort):
                page.ask_passphrase(error.sentence)
            else:
                self.messages.explain(error)

        def begin(samples: bool, passphrase: str) -> None:
            answers = {"name": page.name.text().strip(), "municipality": page.municipality.text().strip()}
            work = partial(_begin, self._casebook, passphrase or None, self._passphrase_file, answers, samples)
            self.background.run(work, self._opened, self, failed=refused)

        page.begun.connect(begin)
        return page

    def _show_page(self, page: QWidget) -> None:
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        page.setFocus()

    def put_back(self, copy: Path) -> None:
        """Put a copy in the place of the casebook and open that; what stood there is kept beside it."""
        if self.working.is_busy:
            self.messages.warn(_("Something else is busy. Wait for it, or stop it first."))
        elif self.screens and self.db:
            self.screens.leave(partial(self._put_back, self.screens, self.db, copy))

    def _put_back(self, screens: "Screens", db: "Database", copy: Path) -> None:
        screens.remember(self.settings)
        screens.deleteLater()
        if self.running:
            # The exchange holds the file too; another begins with the casebook that comes.
            self.running.stop()
            self.running.deleteLater()
        self.screens = self.db = self.running = None
        db.listeners.clear()
        self._build_again()
        self.background.run(partial(_restored, db, copy, self.aside.wait), self._came_back, self)

    def _came_back(self, found: "tuple[Database, Path | Problem]", *, is_undoable: bool = True) -> None:
        db, kept = found
        self._opened(db)
        if isinstance(kept, Problem):
            self.messages.explain(kept)
            return
        self.messages.tell(
            _("The copy was put back. What stood there is kept as {name}, beside the casebook.").format(name=kept.name),
            _("Undo") if is_undoable else "",
            partial(self.put_back, kept),
        )

    def _changed(self, kinds: frozenset[str]) -> None:
        if self.screens:
            self.screens.changed(kinds)

    def _stop_and_close(self) -> None:
        self.working.finished.connect(self.close)
        self.working.stop()
        if not self.working.is_busy:
            self.close()

    def _speak(self, code: str) -> None:
        if self.working.is_busy:
            self.messages.warn(_("Something else is busy. Wait for it, or stop it first."))
            return

        def again() -> None:
            if self.screens:
                self.screens.remember(self.settings)
            language.use(code)
            self.settings.setValue("language", code)
            from PySide6.QtWidgets import QApplication

            from desktop.app import standard_words

            app = QApplication.instance()
            if isinstance(app, QApplication):
                standard_words(app)
            self._build_again()
            if self.db:
                self._opened(self.db)
            else:
                self.open_casebook()

        if self.screens:
            self.screens.leave(again)
        else:
            again()

    def _look(self, name: str) -> None:
        self.settings.setValue("look", name)
        theme.choose(name)

    def _restore_place(self) -> None:
        self.resize(1280, 800)
        held = self.settings.value("geometry")
        if isinstance(held, QByteArray):
            self.restoreGeometry(held)


def _open(path: Path, passphrase: str | None, passphrase_file: Path | None) -> "Database | None":
    """The casebook, with its drafts made safe and its present up to date; None when there is none yet.

    A passphrase that was typed goes before one in a file.
    """
    if not path.exists():
        return None
    from casebook.keys import file_key, passphrase_in

    return _open_with(path, file_key(path, passphrase or passphrase_in(passphrase_file)))


def _open_with(path: Path, key: "FileKey") -> "Database":
    from casebook.database import open_casebook
    from casebook.drafts import settle
    from casebook.present import is_outdated, rebuild

    db = open_casebook(path, key)
    if is_outdated(db):
        rebuild(db)
    settle(db)
    return db


def _copies(path: Path, passphrase: str | None, passphrase_file: Path | None) -> "tuple[FileKey, list[Copy]]":
    """The copies of a casebook that does not open, with the key that opens at least one; a `Problem` if none does."""
    from casebook.copies import every_copy, key_by_copies, listed
    from casebook.keys import passphrase_in

    if not every_copy(path):
        raise Problem(
            _(
                "There is no copy of this casebook. Ask the administrator of your computer for a backup of the "
                "folder {folder}."
            ).format(folder=path.parent)
        )
    key = key_by_copies(path, passphrase or passphrase_in(passphrase_file))
    found = listed(path, key)
    if all(each.cases is None for each in found):
        raise Problem(
            _(
                "The copies do not open either. Did you type a passphrase? Then it is probably wrong: capitals and "
                "spaces count. Without the right one nobody can open the casebook or a copy."
            )
        )
    return key, found


def _rescued(path: Path, copy: Path, key: "FileKey") -> "tuple[Database, Path]":
    from casebook.copies import put_back

    kept = put_back(path, copy, key)
    return _open_with(path, key), kept


def _restored(db: "Database", copy: Path, quiet: Callable[[], None]) -> "tuple[Database, Path | Problem]":
    """The casebook as it was in *copy*, and where the other is kept; the same one, and why, when that cannot be.

    Nothing may look at the file meanwhile: *quiet* returns when nothing does.
    """
    from casebook.copies import put_back

    quiet()
    db.close()
    try:
        kept: Path | Problem = put_back(db.path, copy, db.file_key)
    except Problem as problem:
        kept = problem
    return _open_with(db.path, db.file_key), kept


def _begin(
    path: Path, passphrase: str | None, passphrase_file: Path | None, answers: dict[str, str], samples: bool
) -> "Database":
    """A new casebook."""
    from casebook.database import create_casebook, set_setting
    from casebook.keys import new_file_key, passphrase_in

    key: FileKey = new_file_key(passphrase or passphrase_in(passphrase_file))
    db = create_casebook(path, key)
    with db.write() as connection:
        for name, answer in answers.items():
            set_setting(connection, name, answer)
    if samples:
        from casebook.samples import add_samples

        add_samples(db)
    return db
