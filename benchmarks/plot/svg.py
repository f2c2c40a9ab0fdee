"""Just enough SVG: shapes and texts on a white card, readable on any page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

INK = "#0f172a"
QUIET = "#64748b"
FAINT = "#e2e8f0"
OURS = "#0f766e"
GOOD = "#14b8a6"
BAD = "#f59e0b"
PLAIN = "#94a3b8"
OTHERS = ("#475569", "#c2410c", "#7c3aed", "#0369a1", "#be185d", "#4d7c0f", "#a16207", "#64748b")

_FONT = "ui-sans-serif, system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_ANCHORS = {"left": "start", "middle": "middle", "right": "end"}


class Drawing:
    """Shapes, drawn in the order in which they were added; lengths in pixels."""

    def __init__(self, width: float, height: float, title: str, remark: str = "") -> None:
        self.width, self.height = width, height
        self._shapes: list[str] = []
        self._title = title
        self.text(28, 40, title, size=19, bold=True)
        self.text(28, 62, remark, size=12.5, colour=QUIET)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        colour: str = INK,
        align: str = "left",
        bold: bool = False,
        over: bool = False,
    ) -> None:
        """A line of text that stands on ``y``; ``over`` lines it is seen by a white rim."""
        weight = ' font-weight="600"' if bold else ""
        weight += ' stroke="#ffffff" stroke-width="4" paint-order="stroke"' if over else ""
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"{weight} '
            f'text-anchor="{_ANCHORS[align]}">{escape(text)}</text>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A rectangle with slightly round corners."""
        self._shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" '
            f'rx="2" fill="{colour}"/>'
        )

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        *,
        width: float = 1,
        dashed: bool = False,
    ) -> None:
        """A line through points."""
        dashes = ' stroke-dasharray="3 3"' if dashed else ""
        self._shapes.append(
            f'<polyline points="{_points(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}" stroke-linejoin="round"{dashes}/>'
        )

    def area(self, points: Sequence[tuple[float, float]], colour: str, opacity: float) -> None:
        """The inside of a line that ends where it began."""
        self._shapes.append(
            f'<polygon points="{_points(points)}" fill="{colour}" fill-opacity="{opacity}"/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        """A point that is seen."""
        self._shapes.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}" stroke="#ffffff"/>'
        )

    def __str__(self) -> str:
        size = f'width="{self.width:.0f}" height="{self.height:.0f}"'
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
                f'viewBox="0 0 {self.width:.0f} {self.height:.0f}" role="img" '
                f"aria-label={quoteattr(self._title)} font-family={quoteattr(_FONT)}>",
                '<rect width="100%" height="100%" rx="10" fill="#ffffff"/>',
                *self._shapes,
                "</svg>\n",
            )
        )


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
