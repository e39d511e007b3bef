"""The screens of an opened casebook, and what the commands do in them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QSettings, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from casebook.database import Database, copy_daily, quick_check, setting
from casebook.erasing import clean_up
from casebook.progress import Cancelled, Progress
from desktop import files
from desktop.casebook.case_view import CaseView
from desktop.casebook.list_screen import ListScreen
from desktop.memory import give_back
from desktop.sharing.running import Running
from desktop.start_screen import StartScreen
from resources.language import _, plural

if TYPE_CHECKING:
    from desktop.importing.kinds import Kind
    from desktop.importing.screen import ImportScreen
    from desktop.lists_screen import ListsScreen
    from desktop.management.screen import ManagementScreen
    from desktop.sharing.act import Act
    from desktop.sharing.erase import Doomed
    from desktop.sharing.screen import SharingScreen
    from desktop.sharing.share_page import SharePage, Sharing
    from desktop.window import MainWindow

T = TypeVar("T")

_ENDINGS = (".xlsx", ".csv")

START, CASEBOOK, LISTS, SHARING, MANAGEMENT = range(5)


class Screens(QObject):
    """Start, Casebook, Lists, Sharing and Management.

    Of those a reader does not see first, each is made when it is asked for: with all of them the list would stand
    half as late again.
    """

    def __init__(self, window: "MainWindow", db: Database, running: Running) -> None:
        super().__init__(window)
        self._window, self._db, self.running = window, db, running
        self._background, self._messages, self._working = window.background, window.messages, window.working
        with db.read() as connection:
            name = setting(connection, "name")
        self.case = CaseView(db, self._background, self._messages)
        self.start = StartScreen(db, self._background, name)
        self.list = ListScreen(db, self._background, self.case)
        self._lists: ListsScreen | None = None
        self._made: list[ListsScreen | SharingScreen | ManagementScreen] = []
        for each in (self.start, self.list):
            window.pages.addWidget(each)
        window.navigation.currentRowChanged.connect(self._go)
        # From a page that is no room of its own one comes back by the same line.
        window.navigation.itemClicked.connect(self._go_back)
        window.navigation.itemActivated.connect(self._go_back)
        self.case.share_asked.connect(self.share_case)
        self.start.import_asked.connect(self._import_cases)
        self.list.empty.import_asked.connect(self._import_cases)
        self.list.export_asked.connect(self._export_list)
        self.start.case_asked.connect(self.open_case)
        self.start.new_asked.connect(self.new_case)
        self.start.samples_asked.connect(self._add_samples)
        self.start.samples_unwanted.connect(self._remove_samples)
        self.list.chosen.connect(self.case.show_case)
        self.list.empty.new_asked.connect(self.new_case)
        self.case.pdf_asked.connect(self._save_pdf)
        self.list.refresh()
        self._restore(window.settings)

    @property
    def lists(self) -> "ListsScreen":
        """The lists that people can change."""
        if self._lists is None:
            from desktop.lists_screen import ListsScreen

            self._lists = ListsScreen(self._db, self._background, self._messages)
            self._lists.import_asked.connect(self._import_areas)
            self._window.pages.addWidget(self._lists)
            self._made.append(self._lists)
        return self._lists

    @cached_property
    def sharing(self) -> "SharingScreen":
        """The circles, and how sharing stands."""
        from desktop.sharing.screen import SharingScreen

        screen = SharingScreen(self._db, self._background, self._working, self._messages, self.running)
        screen.differences_asked.connect(self._show_differing)
        self._window.pages.addWidget(screen)
        self._made.append(screen)
        return screen

    @cached_property
    def management(self) -> "ManagementScreen":
        """Looking after the casebook."""
        from desktop.management.screen import ManagementScreen

        screen = ManagementScreen(self._db, self._background)
        screen.asked.connect(self.do)
        screen.restore_asked.connect(lambda copy: self._window.put_back(copy.path))
        self._window.pages.addWidget(screen)
        self._made.append(screen)
        return screen

    @cached_property
    def importing(self) -> "ImportScreen":
        """Bringing in a list."""
        from desktop.importing.screen import ImportScreen

        screen = ImportScreen(self._db, self._background, self._working, self._messages)
        screen.left.connect(self._go_back)
        screen.done.connect(self._came_in)
        self._window.pages.addWidget(screen)
        return screen

    @cached_property
    def share(self) -> "SharePage":
        """Copying one case into a circle."""
        from desktop.sharing.share_page import SharePage

        page = SharePage()
        page.left.connect(self._go_back)
        page.wanted.connect(self.sharing.carry_out)
        page.shared.connect(self._show_copy)
        page.begin_asked.connect(self._begin_circle)
        self._window.pages.addWidget(page)
        return page

    def _show_copy(self, case_id: str) -> None:
        """The keys go along from the page that is left."""
        self.open_case(case_id)
        if self.list.table.isVisible():
            self.list.table.setFocus()

    def _room(self, row: int) -> QWidget | None:
        if row == START:
            return self.start
        if row == CASEBOOK:
            return self.list
        if row == LISTS:
            return self.lists
        if row == SHARING:
            return self.sharing
        return self.management if row == MANAGEMENT else None

    def remember(self, settings: QSettings) -> None:
        """Write down what is open."""
        settings.setValue("screen", self._window.navigation.currentRow())
        settings.setValue("case", self.case.case_id)
        self.list.remember(settings)

    def _restore(self, settings: QSettings) -> None:
        self.list.restore(settings)
        row, case_id = settings.value("screen"), str(settings.value("case", ""))
        known = str(row).isdecimal() and int(str(row)) <= MANAGEMENT
        self._window.navigation.setCurrentRow(int(str(row)) if known else START)
        if case_id:
            self.list.choose(case_id)
            self.case.show_case(case_id)
        if room := self._room(self._window.navigation.currentRow()):
            room.setFocus()

    @property
    def is_left(self) -> bool:
        """Whether nothing typed is waiting to become a revision."""
        return self.case.is_left and (self._lists is None or self._lists.is_left)

    def leave(self, then: Callable[[], object]) -> None:
        """Make what was typed a revision, then go on."""
        if self._lists:
            self._lists.leave()
        self.case.leave(then)

    def look_after(self) -> None:
        """What can wait until the window stands: exchange, check the file, and make today's copy."""
        self.running.start()
        self._window.aside.run(partial(_look_after, self._db, date.today()), lambda _none: None, self)  # noqa: DTZ011 - the reader's own day

    def changed(self, kinds: frozenset[str]) -> None:
        """Something was saved: every view asks again."""
        self.list.refresh()
        self.start.refresh()
        for each in self._made:
            each.refresh()
        self.case.refresh(kinds)

    def open_case(self, case_id: str) -> None:
        """Show one case in the casebook."""
        self._to(CASEBOOK)
        self.list.choose(case_id)
        self.list.turns.show_chosen()
        self.case.show_case(case_id)

    def new_case(self) -> None:
        """Begin a new case."""
        self._to(CASEBOOK)
        self.list.turns.show_chosen()
        self.case.new_case()

    def do(self, name: str) -> None:
        """Carry out a command."""
        acts: dict[str, Callable[[], object]] = {
            "new_case": self.new_case,
            "print_case": self._print_case,
            "archive_case": self.case.archive,
            "import_cases": self._import_cases,
            "import_areas": self._import_areas,
            "export_list": self._export_list,
            "export_all": self._export_all,
            "import_all": self._import_all,
            "add_samples": self._add_samples,
            "remove_samples": self._remove_samples,
            "share_case": self.share_case,
            "erase_case": self._erase_case,
            "sync_now": self._sync_now,
            "undo": partial(self._walk, back=True),
            "redo": partial(self._walk, back=False),
            "find": self._find,
            "go_to": self._go_anywhere,
            "help": self._help,
            "show_start": partial(self._enter, START),
            "show_casebook": partial(self._enter, CASEBOOK),
            "show_lists": partial(self._enter, LISTS),
            "show_sharing": partial(self._enter, SHARING),
            "begin_circle": self._begin_circle,
            "join_circle": self._join_circle,
            "show_management": partial(self._enter, MANAGEMENT),
        }
        if name in acts:
            acts[name]()

    def _sync_now(self) -> None:
        """Exchange everything, with what is being typed: that goes out as every save does."""
        self.running.wake()
        self.leave(self.case.look_again)

    def _go(self, row: int) -> None:
        if room := self._room(row):
            self._window.pages.setCurrentWidget(room)

    def _to(self, room: int) -> None:
        """Go to a room, also from a page that stands in front of it."""
        self._window.navigation.setCurrentRow(room)
        self._go(room)

    def _enter(self, room: int) -> None:
        """Go to a room, and work there with the keys."""
        self._to(room)
        at, found = self._window.focusWidget(), self._room(room)
        if found and not (at and (at is found or found.isAncestorOf(at))):
            found.setFocus()

    def _go_back(self) -> None:
        self._go(self._window.navigation.currentRow())

    def _import_cases(self) -> None:
        from desktop.importing.kinds import CASE_LIST

        self._import(CASE_LIST, CASEBOOK)

    def _import_areas(self) -> None:
        from desktop.importing.kinds import AREA_LIST

        self._import(AREA_LIST, LISTS)

    def _import(self, kind: "Kind", room: int) -> None:
        # The room in which it comes is the one to leave to.
        self._to(room)
        self._window.pages.setCurrentWidget(self.importing)
        self.importing.begin(kind)

    def _came_in(self, told: str) -> None:
        self._go_back()
        self._messages.tell(told, _("Undo"), partial(self._walk, back=True))

    def _go_anywhere(self) -> None:
        from desktop.go_to import GoTo

        actions = [each for name, each in self._window.actions_by_name.items() if name != "go_to"]
        box = GoTo(self._window, self._db, self._background, actions, self.open_case)
        box.show()
        box.line.setFocus()

    def _help(self) -> None:
        from desktop.help import Help

        Help(self._window, max(0, self._window.navigation.currentRow())).show()

    def share_case(self) -> None:
        """Let the reader bring the case that stands there into a circle."""
        from desktop.sharing.share_page import look

        def found(sharing: "Sharing | None") -> None:
            if sharing is not None:
                self.share.show_case(sharing)
                self._window.pages.setCurrentWidget(self.share)

        case_id = self.case.case_id
        if not case_id:
            self._messages.tell(_("Choose a case first, in the casebook."))
            return

        def kept() -> None:
            self.case.look_again()
            self._background.run(partial(look, self._db, case_id), found, self)

        self.case.leave(kept)

    def _erase_case(self) -> None:
        from desktop.sharing.erase import ask, look

        def found(doomed: "Doomed | None") -> None:
            if doomed is not None and not doomed.reach.may:
                self._messages.tell(_("Only who made a case, or an administrator of the circle, can erase it."))
            elif doomed is not None:
                ask(self._window, doomed, partial(self._erase, doomed.case_id))

        case_id = self.case.case_id
        if not case_id:
            self._messages.tell(_("Choose a case first, in the casebook."))
            return

        def kept() -> None:
            self.case.look_again()
            self._background.run(partial(look, self._db, case_id), found, self)

        self.case.leave(kept)

    def _erase(self, case_id: str, act: "Act") -> None:
        def erased(_records: object) -> None:
            if self.case.case_id == case_id:
                self.case.forget()

        self.sharing.carry_out(replace(act, then=erased))

    def _show_differing(self) -> None:
        self._to(CASEBOOK)
        self.list.show_differing()

    def _begin_circle(self) -> None:
        self._to(SHARING)
        self.sharing.show_begin()

    def _join_circle(self) -> None:
        self._to(SHARING)
        self.sharing.show_join()

    def _find(self) -> None:
        self._to(CASEBOOK)
        self.list.turns.show_list()
        self.list.search.setFocus()
        self.list.search.selectAll()

    def _walk(self, *, back: bool) -> None:
        from casebook.saving import redo, undo

        def tell(label: str | None) -> None:
            if label is None:
                self._messages.tell(_("There is nothing to undo.") if back else _("There is nothing to redo."))
                return
            sentence = _("Undone: {act}") if back else _("Done again: {act}")
            other, words = (partial(self._walk, back=not back), _("Redo") if back else _("Undo"))
            self._messages.tell(sentence.format(act=_(label)), words, other)

        says = _("Undoing") if back else _("Doing again")
        self._work(says, partial(undo if back else redo, self._db), tell)

    def _work(self, says: str, work: Callable[[Progress], T], then: Callable[[T], None]) -> None:
        """Something that can take long, once what was typed is kept."""
        if self._working.is_busy:
            self._messages.warn(_("Something else is busy. Wait for it, or stop it first."))
            return

        def failed(error: BaseException) -> None:
            if isinstance(error, Cancelled):
                self._messages.tell(_("Stopped. Nothing was changed."))
            else:
                self._messages.explain(error)

        def begin() -> None:
            self._working.run(work, then, self, says=says, failed=failed, changes=True)

        self.case.leave(begin)

    def _export_list(self) -> None:
        """The list as it is shown: with its words, its filters and its order."""
        from casebook.exporting.case_list import export_list

        kinds = dict(zip((_("Excel (*.xlsx)"), _("CSV (*.csv)")), _ENDINGS, strict=True))
        chosen = files.to_save(self._window, _("Take the list out as a spreadsheet"), _("cases.xlsx"), ";;".join(kinds))

        def done(number: int) -> None:
            told = plural("{n} case", "{n} cases", number)
            self._messages.tell(_("{records} written to {name}.").format(records=told, name=path))

        if chosen:
            path, kind = chosen
            if path.suffix.lower() not in _ENDINGS:
                path = Path(f"{path}{kinds.get(kind, _ENDINGS[0])}")
            work = partial(export_list, self._db, path, self.list.query)
            self._work(_("Writing {name}").format(name=path.name), work, done)

    def _export_all(self) -> None:
        from casebook.whole_casebook import export_all

        chosen = files.to_save(self._window, _("Take the whole casebook out"), _("casebook.json"), _("JSON (*.json)"))

        def done(number: int) -> None:
            told = plural("{n} record", "{n} records", number)
            self._messages.tell(_("{records} written to {name}.").format(records=told, name=path))

        if chosen:
            path = _ending_in(".json", chosen[0])
            work = partial(export_all, self._db, path)
            self._work(_("Writing {name}").format(name=path.name), work, done)

    def _import_all(self) -> None:
        from casebook.whole_casebook import import_all

        path = files.to_open(self._window, _("Bring in an exported casebook"), _("JSON (*.json)"))

        def done(number: int) -> None:
            told = plural("{n} record is new or changed", "{n} records are new or changed", number)
            if number:
                self._messages.tell(f"{told}.", _("Undo"), partial(self._walk, back=True))
            else:
                self._messages.tell(_("Everything in this file is in the casebook already."))

        if path:
            self._work(_("Bringing in {name}").format(name=path.name), partial(import_all, self._db, path), done)

    def _add_samples(self) -> None:
        from casebook.samples import add_samples

        self._background.run(
            partial(add_samples, self._db),
            lambda _n: self._messages.tell(_("The sample cases are there. They are marked as samples.")),
            self,
        )

    def _remove_samples(self) -> None:
        from casebook.samples import remove_samples

        self._background.run(
            partial(remove_samples, self._db),
            lambda _n: self._messages.tell(_("The sample cases are gone."), _("Undo"), partial(self._walk, back=True)),
            self,
        )

    def _print_case(self) -> None:
        if self.case.case_id:
            self._save_pdf(self.case.case_id)
        else:
            self._messages.tell(_("Choose a case first, in the casebook."))

    def _save_pdf(self, case_id: str) -> None:
        name = _ending_in(".pdf", Path(self.case.file_name or _("case.pdf")))
        chosen = files.to_save(self._window, _("Save case as PDF"), name.name, _("PDF (*.pdf)"))
        if chosen:
            self.case.leave(partial(self._write_pdf, case_id, _ending_in(".pdf", chosen[0])))

    def _write_pdf(self, case_id: str, path: Path) -> None:
        def done(_none: object) -> None:
            def look() -> None:
                QDesktopServices.openUrl(QUrl.fromLocalFile(path))

            self._messages.tell(_("The case is saved as {name}.").format(name=path), _("Open it"), look)

        self._background.run(partial(_pdf, self._db, case_id, path), done, self)


def _ending_in(ending: str, path: Path) -> Path:
    """The same path, with this ending."""
    return path if path.suffix.lower() == ending else Path(f"{path}{ending}")


def _pdf(db: Database, case_id: str, path: Path) -> None:
    from casebook.paper.case_report import write_case_report

    write_case_report(db, case_id, path, date.today())  # noqa: DTZ011 - the reader's own day


def _look_after(db: Database, today: date) -> None:
    quick_check(db)
    clean_up(db)
    copy_daily(db, today)
    give_back()
