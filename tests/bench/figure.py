"""One measured figure beside its goal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; *goal* is a text without spaces, "-" for a figure that is there to compare with."""

    name: str
    value: float
    unit: str
    goal: str = "-"
    met: bool = True

    @property
    def line(self) -> str:
        """`name value unit goal met|short`, to read and to compare."""
        return f"{self.name} {self.value:.4g} {self.unit} {self.goal} {'met' if self.met else 'short'}"


def at_most(name: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that should not be higher than *limit*."""
    return Figure(name, value, unit, f"<={limit:g}", value <= limit)


def at_least(name: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that should not be lower than *limit*."""
    return Figure(name, value, unit, f">={limit:g}", value >= limit)
