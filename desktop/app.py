"""The program with a window: paint first, open the casebook then."""

import builtins
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QMargins, QSettings, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from desktop import theme
from desktop.home import default_casebook
from desktop.single_instance import SingleInstance
from desktop.window import MainWindow
from resources import language

SWITCH_INTERVAL = 0.0005
"""Seconds a thread may run before another gets its turn: with more, repainting stutters (`LIBRARIES.md`)."""

_TITLE_BAR = 10 * theme.STEP


_LISTEN = 1_000
"""Milliseconds until later starts are heard, who wait for three times as long: it loads Qt's network library."""

_translators: list[QTranslator] = []
"""Those in use, which Qt does not keep; to ask Qt for them would take a twentieth of the time to the first paint."""


def run(casebook: Path | None, passphrase_file: Path | None = None) -> int:
    """Show the window and work until it is closed; returns the exit code.

    Where a window stands on this casebook already, that one comes to the front instead.
    """
    claim = SingleInstance(casebook or default_casebook())
    if not claim.is_first and claim.show_first():
        return 0
    app, window = start(casebook, passphrase_file)
    claim.asked.connect(partial(_come_forward, window))
    # The window is painted before anything heavy is imported.
    QTimer.singleShot(0, window.open_casebook)
    QTimer.singleShot(_LISTEN, claim.listen)
    return app.exec()


def start(casebook: Path | None, passphrase_file: Path | None = None) -> tuple[QApplication, MainWindow]:
    """The program with its window on the screen, and no casebook opened yet."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    _import_plainly()
    app = QApplication(sys.argv)
    app.setApplicationName("Casusboek")
    app.setDesktopFileName("casusboek")
    settings = QSettings("Casusboek", "Casusboek")
    language.use(str(settings.value("language", "nl")))
    standard_words(app)
    theme.follow_system(app)
    if look := str(settings.value("look", "")):
        theme.choose(look)
    window = MainWindow(casebook or default_casebook(), settings, passphrase_file)
    # On a small screen nothing of it hangs over the edge, with the bar that the system puts above it.
    window.resize(window.size().boundedTo(window.screen().availableSize().shrunkBy(QMargins(0, _TITLE_BAR, 0, 0))))
    window.show()
    return app, window


def _come_forward(window: MainWindow) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _import_plainly() -> None:
    """Take away what PySide hangs on `import`: it reads the source of each module to look for `__feature__`.

    Nobody asks for that here; it took 15 MB and a tenth of the time until the list stands.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def standard_words(app: QApplication) -> None:
    """Qt's own buttons and days in the language of the program."""
    QLocale.setDefault(QLocale(language.current()))
    while _translators:
        app.removeTranslator(_translators.pop())
    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if language.current() == "nl" and translator.load("qtbase_nl", folder):
        app.installTranslator(translator)
        _translators.append(translator)
