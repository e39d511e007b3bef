"""Asking for a file or a folder, in the reader's language and from where the reader keeps documents."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QTreeView, QWidget

from resources.language import _

_TYPE, _DATE = 2, 3
"""Columns of Qt's own dialog."""
_DATE_LETTERS = 26


class _Place:
    """The folder of the last choice; before the first one where documents stand."""

    latest = ""

    @classmethod
    def begin(cls) -> str:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        held = (cls.latest, documents, str(Path.home()))
        return next(each for each in held if each and Path(each).is_dir())


def to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """A file that is there, of one of the *kinds* (in Qt's way of writing them); None when the reader thinks again."""
    dialog = _dialog(parent, title, kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _chosen(dialog)


def to_save(parent: QWidget, title: str, name: str, kinds: str) -> tuple[Path, str] | None:
    """A file to write, *name* unless the reader says otherwise, and the kind that was chosen."""
    dialog = _dialog(parent, title, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    chosen = _chosen(dialog)
    return (chosen, dialog.selectedNameFilter()) if chosen else None


def folder(parent: QWidget, title: str, begin: str) -> Path | None:
    """A folder, looked for from *begin* where that is one."""
    dialog = _dialog(parent, title, "")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    if begin and Path(begin).is_dir():
        dialog.setDirectory(begin)
    return _chosen(dialog)


def _dialog(parent: QWidget, title: str, kinds: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, _Place.begin(), kinds)
    # Qt's own Dutch lacks these two.
    dialog.setLabelText(QFileDialog.DialogLabel.LookIn, _("Look &in:"))
    dialog.setLabelText(QFileDialog.DialogLabel.FileType, _("Files of &type:"))
    return dialog


def _chosen(dialog: QFileDialog) -> Path | None:
    _widen_dates(dialog)
    chosen = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    if not chosen:
        return None
    _Place.latest = str(Path(chosen[0]).parent)
    return Path(chosen[0])


def _widen_dates(dialog: QFileDialog) -> None:
    """The end of a name says what kind of file it is; the day is told in full."""
    files = dialog.findChild(QTreeView)
    if isinstance(files, QTreeView):
        files.setColumnHidden(_TYPE, True)
        files.setColumnWidth(_DATE, _DATE_LETTERS * files.fontMetrics().averageCharWidth())
