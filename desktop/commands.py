"""What one can do, declared once: menu, shortcut, tooltip, help and Ctrl+K read this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from resources.language import _, mark


class Menu(Enum):
    """The menus, in order."""

    CASE = mark("&Case")
    EDIT = mark("&Edit")
    SHARING = mark("&Sharing")
    GO = mark("&Go")
    VIEW = mark("&View")
    HELP = mark("&Help")


@dataclass(frozen=True, slots=True)
class Command:
    """One thing one can do."""

    name: str
    title: str
    menu: Menu
    shortcut: str = ""
    starts_group: bool = False
    choice: str = ""
    """What it chooses, of which one holds at a time; the menu marks that one."""


COMMANDS = (
    Command("new_case", mark("New case"), Menu.CASE, "Ctrl+N"),
    Command("print_case", mark("Save case as PDF…"), Menu.CASE, "Ctrl+P"),
    Command("archive_case", mark("Archive case"), Menu.CASE, "Ctrl+Backspace"),
    Command("share_case", mark("Copy into a circle…"), Menu.CASE, "Ctrl+Shift+S"),
    Command("erase_case", mark("Erase case for good…"), Menu.CASE),
    Command("import_cases", mark("Bring in a list of cases…"), Menu.CASE, "Ctrl+O", starts_group=True),
    Command("import_areas", mark("Bring in a list of areas…"), Menu.CASE),
    Command("import_all", mark("Bring in an exported casebook…"), Menu.CASE),
    Command("export_list", mark("Take the list out as a spreadsheet…"), Menu.CASE),
    Command("export_all", mark("Take the whole casebook out…"), Menu.CASE, starts_group=True),
    Command("add_samples", mark("Add sample cases"), Menu.CASE, starts_group=True),
    Command("remove_samples", mark("Remove sample cases"), Menu.CASE),
    Command("quit", mark("Quit"), Menu.CASE, "Ctrl+Q", starts_group=True),
    Command("undo", mark("Undo"), Menu.EDIT, "Ctrl+Alt+Z"),
    Command("redo", mark("Redo"), Menu.EDIT, "Ctrl+Alt+Y"),
    Command("find", mark("Find"), Menu.EDIT, "Ctrl+F", starts_group=True),
    Command("sync_now", mark("Synchronise now"), Menu.SHARING, "F5"),
    Command("begin_circle", mark("Begin a circle…"), Menu.SHARING, starts_group=True),
    Command("join_circle", mark("Join a circle…"), Menu.SHARING),
    Command("go_to", mark("Go to, or do anything"), Menu.GO, "Ctrl+K"),
    Command("show_start", mark("Start"), Menu.GO, "Ctrl+1", starts_group=True),
    Command("show_casebook", mark("Casebook"), Menu.GO, "Ctrl+2"),
    Command("show_lists", mark("Lists"), Menu.GO, "Ctrl+3"),
    Command("show_sharing", mark("Sharing"), Menu.GO, "Ctrl+4"),
    Command("show_management", mark("Manage"), Menu.GO, "Ctrl+5"),
    Command("in_dutch", mark("In Dutch"), Menu.VIEW, choice="language"),
    Command("in_english", mark("In English"), Menu.VIEW, choice="language"),
    Command("look_system", mark("Colours of the system"), Menu.VIEW, starts_group=True, choice="look"),
    Command("look_light", mark("Light"), Menu.VIEW, choice="look"),
    Command("look_dark", mark("Dark"), Menu.VIEW, choice="look"),
    Command("look_contrast", mark("High contrast"), Menu.VIEW, choice="look"),
    Command("help", mark("Help on this screen"), Menu.HELP, "F1"),
)


def build_menus(window: QMainWindow, acts: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """The menus of *window* from `COMMANDS`; every command needs an act of its name."""
    bar = window.menuBar()
    bar.clear()
    menus = {each: bar.addMenu(_(each.value)) for each in Menu}
    choices = {each: QActionGroup(bar) for each in {command.choice for command in COMMANDS} - {""}}
    actions: dict[str, QAction] = {}
    for each in COMMANDS:
        if each.starts_group:
            menus[each.menu].addSeparator()
        action = QAction(_(each.title), window)
        action.setShortcut(QKeySequence(each.shortcut))
        if each.choice:
            action.setCheckable(True)
            choices[each.choice].addAction(action)
        action.triggered.connect(lambda _checked=False, act=acts[each.name]: act())
        menus[each.menu].addAction(action)
        actions[each.name] = action
    return actions
