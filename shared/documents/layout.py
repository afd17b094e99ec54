"""From glyphs on a page to text in reading order: lines, words, and columns read one after the other."""

import re
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True)
class Glyph:
    """One visible character; its box in points, the origin at the page's upper left corner."""

    character: str
    left: float
    top: float
    right: float
    bottom: float
    upright: bool = True


@dataclass(slots=True)
class Segment:
    """A stretch of one line without a wide gap."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return max(1.0, self.bottom - self.top)


# In multiples of the line height.
_WORD_GAP = 0.13
_SEGMENT_GAP = 1.1
_FLOWING_GAP = 2.4
_LEAST_COLUMN_LINES = 4
_LEAST_GUTTER = 6.0
_DATED = re.compile(r"(?:19|20)\d\d|present|current", re.IGNORECASE)


def arrange(glyphs: list[Glyph]) -> str:
    """Return the text of one page in reading order, a newline between lines, a blank line between blocks."""
    upright = [glyph for glyph in glyphs if glyph.upright]
    turned = "".join(glyph.character for glyph in glyphs if not glyph.upright).strip()
    blocks = [_as_text(block) for block in _columns(_segments(upright))]
    return "\n\n".join(filter(None, [*blocks, turned]))


def _segments(glyphs: list[Glyph]) -> list[Segment]:
    """Join glyphs that stand on one line, whatever the order in which the file draws them."""
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: ((g.top + g.bottom) / 2, g.left)):
        middle = (glyph.top + glyph.bottom) / 2
        line = lines[-1] if lines else None
        if line is not None and abs((line[-1].top + line[-1].bottom) / 2 - middle) < 0.3 * _height(line[-1]):
            line.append(glyph)
        else:
            lines.append([glyph])
    return [segment for line in lines for segment in _split_line(sorted(line, key=lambda g: g.left))]


def _height(glyph: Glyph) -> float:
    return max(1.0, glyph.bottom - glyph.top)


def _split_line(line: list[Glyph]) -> list[Segment]:
    segments: list[Segment] = []
    for glyph in line:
        if glyph.character.isspace():
            continue
        last = segments[-1] if segments else None
        gap = glyph.left - last.right if last else 0.0
        if last is None or gap > _SEGMENT_GAP * _height(glyph):
            segments.append(Segment(glyph.character, glyph.left, glyph.top, glyph.right, glyph.bottom))
            continue
        if glyph.left < last.right - 0.6 * (glyph.right - glyph.left) and last.text[-1] == glyph.character:
            continue  # drawn twice to look bold
        last.text += (" " if gap > _WORD_GAP * _height(glyph) else "") + glyph.character
        last.right = max(last.right, glyph.right)
        last.top, last.bottom = min(last.top, glyph.top), max(last.bottom, glyph.bottom)
    return segments


def _columns(segments: list[Segment]) -> list[list[Segment]]:
    """Return blocks of segments in reading order.

    Where the page has a gutter, the bands between lines that cross it are read left column first.
    """
    gutter = _gutter(segments)
    if gutter is None:
        return [segments]
    blocks: list[list[Segment]] = []
    band: list[Segment] = []
    for segment in sorted(segments, key=lambda s: s.middle):
        if segment.left < gutter < segment.right:
            blocks += [*_split_band(band, gutter), [segment]]
            band = []
        else:
            band.append(segment)
    return _join_singles([*blocks, *_split_band(band, gutter)])


def _join_singles(blocks: list[list[Segment]]) -> list[list[Segment]]:
    joined: list[list[Segment]] = []
    for block in filter(None, blocks):
        if len(block) == 1 and joined and joined[-1][-1].middle < block[0].middle:
            joined[-1] = [*joined[-1], *block]
        else:
            joined.append(block)
    return joined


def _split_band(band: list[Segment], gutter: float) -> list[list[Segment]]:
    left = [s for s in band if s.right <= gutter]
    right = [s for s in band if s.left >= gutter]
    if _is_column(left) and _is_column(right):
        return [left, right]
    return [band]


def _gutter(segments: list[Segment]) -> float | None:
    """Return the x that best divides the page into two columns of running text, or None."""
    best: tuple[float, float] | None = None
    for start in {round(s.left) for s in segments}:
        x = start - _LEAST_GUTTER / 2
        left = [s for s in segments if s.right <= x - _LEAST_GUTTER / 2]
        right = [s for s in segments if s.left >= x]
        crossing = len(segments) - len(left) - len(right)
        score = len(left) + len(right) - 4 * crossing
        if score <= 0 or (best and score <= best[0]):
            continue
        if _is_column(left) and _is_column(right):
            best = (score, x)
    return best[1] if best else None


def _is_column(segments: list[Segment]) -> bool:
    """Tell running text from what is only set at the right of its line, such as dates."""
    if len(segments) < _LEAST_COLUMN_LINES:
        return False
    dated = sum(1 for s in segments if _DATED.search(s.text) and len(s.text) < 30)
    if dated > len(segments) * 0.4:
        return False
    ordered = sorted(segments, key=lambda s: s.middle)
    height = median(s.height for s in segments)
    flowing = sum(1 for a, b in pairwise(ordered) if b.middle - a.middle < _FLOWING_GAP * height)
    return flowing >= (len(segments) - 1) * 0.6


def _as_text(segments: list[Segment]) -> str:
    ordered = sorted(segments, key=lambda s: (s.middle, s.left))
    lines: list[list[Segment]] = []
    for segment in ordered:
        if lines and abs(lines[-1][0].middle - segment.middle) < 0.4 * segment.height:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    gaps = [b[0].middle - a[0].middle for a, b in pairwise(lines)]
    usual = median(gaps) if gaps else 0.0
    parts: list[str] = []
    for index, line in enumerate(lines):
        if index:
            parts.append("\n\n" if gaps[index - 1] > 1.45 * usual and len(lines) > 3 else "\n")
        parts.append("  ".join(s.text for s in sorted(line, key=lambda s: s.left)))
    return "".join(parts)
