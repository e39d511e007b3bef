"""What members may do, in words."""

from datetime import datetime

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QComboBox

from desktop.steady import SteadyBox
from resources.language import _, current, mark
from sync.certificates import Role

ROLES = {
    Role.READER: (mark("Reader"), mark("reads along")),
    Role.AUTHOR: (mark("Author"), mark("adds cases, and changes what is their own")),
    Role.EDITOR: (mark("Editor"), mark("adds cases, and changes all of them")),
    Role.ADMIN: (mark("Administrator"), mark("also invites, removes and erases")),
}


def role_words(role: Role) -> str:
    """The name of a role, and what one does in it."""
    name, may = ROLES[role]
    return f"{_(name)}: {_(may)}"


def role_box(chosen: Role) -> QComboBox:
    """A choice of roles."""
    box = SteadyBox()
    for each in Role:
        box.addItem(role_words(each), each)
    box.setCurrentIndex(box.findData(chosen))
    return box


def day_words(moment: datetime) -> str:
    """The day of a moment, in words."""
    day = moment.astimezone()
    return QLocale(current()).toString(QDate(day.year, day.month, day.day), "d MMMM yyyy")
