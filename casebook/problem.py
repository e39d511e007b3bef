"""The one error that is meant for the reader of the screen."""


class Problem(Exception):
    """A sentence for the user: what happened, what is safe, what to do.

    Anything else that is raised is our own mistake and is shown as such.
    """

    def __init__(self, sentence: str, *, details: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class NotSaved(Problem):
    """Something was not written; a window that shows it says too that what was typed is still there."""
