"""Paints a picture's shapes on a page."""

from functools import singledispatch

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from casebook.paper.glyphs import Printable
from casebook.paper.style import COLOURS, REGULAR, SEMIBOLD
from casebook.picture import Anchor, Circle, Colour, Line, Picture, Polygon, Rect, Shape, Text


def paint(picture: Picture, canvas: Canvas, printable: Printable) -> None:
    """Paint with the picture's lower left corner on the origin; in a picture y runs down, on paper up."""
    for shape in picture.shapes:
        canvas.saveState()
        canvas.translate(0, picture.height)
        _paint(shape, canvas, printable)
        canvas.restoreState()


@singledispatch
def _paint(shape: Shape, canvas: Canvas, printable: Printable) -> None:
    raise TypeError(f"no way to paint {shape!r}")


@_paint.register
def _(shape: Line, canvas: Canvas, _printable: Printable) -> None:
    canvas.setStrokeColor(_ink(shape.colour))
    canvas.setLineWidth(shape.width)
    if shape.dashed:
        canvas.setDash(3, 3)
    canvas.line(shape.x1, -shape.y1, shape.x2, -shape.y2)


@_paint.register
def _(shape: Rect, canvas: Canvas, _printable: Printable) -> None:
    canvas.setFillColor(_ink(shape.fill))
    canvas.rect(shape.x, -shape.y - shape.height, shape.width, shape.height, stroke=0, fill=1)


@_paint.register
def _(shape: Circle, canvas: Canvas, _printable: Printable) -> None:
    canvas.setFillColor(_ink(shape.fill))
    canvas.setStrokeColor(_ink(shape.stroke))
    canvas.circle(shape.x, -shape.y, shape.radius, stroke=1, fill=1)


@_paint.register
def _(shape: Polygon, canvas: Canvas, _printable: Printable) -> None:
    canvas.setFillColor(_ink(shape.fill))
    canvas.setStrokeColor(_ink(shape.stroke))
    outline = canvas.beginPath()
    (x, y), *others = shape.points
    outline.moveTo(x, -y)
    for x, y in others:
        outline.lineTo(x, -y)
    outline.close()
    canvas.drawPath(outline, stroke=1, fill=1)


@_paint.register
def _(shape: Text, canvas: Canvas, printable: Printable) -> None:
    canvas.setFillColor(_ink(shape.colour))
    canvas.setFont(SEMIBOLD if shape.strong else REGULAR, shape.size)
    draw = {
        Anchor.START: canvas.drawString,
        Anchor.MIDDLE: canvas.drawCentredString,
        Anchor.END: canvas.drawRightString,
    }[shape.anchor]
    draw(shape.x, -shape.y, printable.line(shape.words))


def _ink(colour: Colour) -> HexColor:
    return HexColor(COLOURS[colour])
