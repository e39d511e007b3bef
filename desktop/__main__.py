"""Where the program starts: the window, or a command without one."""

import os
import sys
from pathlib import Path

COMMANDS = ("import", "export", "find", "report", "check", "rebuild", "restore", "undo")
SHARING = (
    *("sync", "circles", "circle", "connect", "invite", "join", "policy", "members", "role", "remove", "share"),
    *("erase", "recovery-code"),
)

_WITH_A_FILE = ("--casebook", "--passphrase-file")


def main() -> int:
    """Open the window, or carry out the command that was given; returns the exit code."""
    words = sys.argv[1:]
    if _is_command(words):
        from desktop.commandline import main as command

        return command(words)
    if not _has_screen():
        from resources.language import _

        sys.stderr.write(
            _(
                "There is no screen here to open the window on. These commands work without one: {commands}; "
                "for example: casusboek find WORDS."
            ).format(commands=", ".join(COMMANDS + SHARING))
            + "\n"
        )
        return 1
    from desktop.app import run

    return run(*(_named(each, words) for each in _WITH_A_FILE))


def _named(option: str, words: list[str]) -> Path | None:
    """The file that was named on the command line with *option*."""
    for at, each in enumerate(words):
        if each == option and at + 1 < len(words):
            return Path(words[at + 1]).expanduser()
        if each.startswith(f"{option}="):
            return Path(each.partition("=")[2]).expanduser()
    return None


def _is_command(words: list[str]) -> bool:
    """Whether something is asked, understood or not, and not simply the window on a casebook."""
    asked = [each for each, before in zip(words, ["", *words], strict=False) if before not in _WITH_A_FILE]
    return any(each in ("-h", "--help") or not each.startswith("-") for each in asked)


def _has_screen() -> bool:
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())
