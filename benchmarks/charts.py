"""Charts as SVG text: bars of one row, and curves over the number of users. Both scales are logarithmic."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path

OURS = "#0b6e4f"
COLOURS = (OURS, "#8a8d91", "#bcb8b1", "#c8553d", "#d9a441", "#4f6d9a")
FONT = 'font-family="system-ui, sans-serif" font-size="13" fill="#444"'
WIDTH, LEFT, RIGHT = 720, 150, 130


def save(folder: Path, name: str, svg: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    return name


def bars(title: str, values: Mapping[str, float], labels: Mapping[str, str]) -> str:
    """Draw one bar for each value; the shortest stands for the least, and ten times as much is as much longer."""
    least, most = min(values.values()), max(values.values())
    span = max(math.log10(most / least), 0.3)
    room = WIDTH - LEFT - RIGHT
    parts = [_text(LEFT, 22, title, weight="600")]
    for number, ((name, value), colour) in enumerate(zip(values.items(), COLOURS, strict=False)):
        y = 40 + 26 * number
        length = room * (0.12 + 0.88 * math.log10(value / least) / span)
        parts.append(_text(LEFT - 8, y + 14, name, anchor="end"))
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="18" rx="2" fill="{colour}"/>')
        parts.append(_text(LEFT + length + 6, y + 14, labels[name]))
    return _svg(40 + 26 * len(values) + 10, parts)


def curve(title: str, lines: Mapping[str, Sequence[tuple[float, float]]], unit: Callable[[float], str]) -> str:
    """Draw a line for each contender."""
    height, top, bottom = 360, 40, 40
    points = [point for line in lines.values() for point in line]
    x_low, x_high = (math.log10(each(x for x, _ in points)) for each in (min, max))
    y_low, y_high = (math.log10(each(y for _, y in points)) for each in (min, max))
    room, tall = WIDTH - 90 - RIGHT, height - top - bottom

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / max(x_high - x_low, 1e-9)
        up = (math.log10(y) - y_low) / max(y_high - y_low, 1e-9)
        return 90 + room * across, height - bottom - tall * up

    parts = [_text(90, 22, title, weight="600")]
    for power in range(math.ceil(x_low), math.floor(x_high) + 1):
        x, _ = place(10**power, 10**y_low)
        parts.append(f'<path d="M{x:.0f} {top}V{height - bottom}" stroke="#eee"/>')
        parts.append(_text(x, height - bottom + 20, f"{10**power:,}", anchor="middle"))
    for power in range(math.ceil(y_low), math.floor(y_high) + 1):
        _, y = place(10**x_low, 10**power)
        parts.append(f'<path d="M90 {y:.0f}H{90 + room}" stroke="#eee"/>')
        parts.append(_text(82, y + 4, unit(10**power), anchor="end"))
    taken: list[float] = []
    by_last = sorted(zip(lines.items(), COLOURS, strict=False), key=lambda each: -each[0][1][-1][1])
    for (name, line), colour in by_last:
        spots = [place(*point) for point in line]
        parts.append(
            f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}" fill="none" '
            f'stroke="{colour}" stroke-width="2"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        y = max([spots[-1][1] + 4, *(other + 15 for other in taken[-1:])])
        taken.append(y)
        parts.append(_text(spots[-1][0] + 8, y, name))
    return _svg(height, parts)


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "400") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}"'
    return f"<text {place} {FONT}>{escape(text)}</text>"


def _svg(height: float, parts: Sequence[str]) -> str:
    inner = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{inner}\n</svg>\n'
    )
