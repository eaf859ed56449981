"""A plot of durations as SVG: one bar each, on a logarithmic scale, without scripts, in colours that show on white and on black."""

import math
from xml.sax.saxutils import escape

# Grey that is as far from white as from black.
TEXT, GRID, BAR, OURS = "#737b85", "#737b8555", "#8b949e", "#2f81f7"

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 250, 90, 26, 44


def bars(title, durations, ours):
    """`durations` are pairs of a name and milliseconds; the names in `ours` stand out."""
    lowest = 10 ** math.floor(math.log10(min(value for _, value in durations) / 1.5))
    highest = 10 ** math.ceil(math.log10(max(value for _, value in durations)))
    scale = (WIDTH - LEFT - RIGHT) / math.log10(highest / lowest)
    bottom = TOP + ROW * len(durations)

    def place(value):
        return round(LEFT + scale * math.log10(value / lowest), 1)

    lines = [f'<text x="{LEFT}" y="18" font-weight="bold">{escape(title)}</text>']
    for power in range(round(math.log10(lowest)), round(math.log10(highest)) + 1):
        at = place(10 ** power)
        lines += [f'<path d="M{at} {TOP - 6}V{bottom}" stroke="{GRID}"/>',
                  f'<text x="{at}" y="{TOP - 10}" text-anchor="middle" font-size="11">{in_words(10 ** power)}</text>']
    for number, (name, value) in enumerate(durations):
        top, middle, colour = TOP + ROW * number + 4, TOP + ROW * number + 17, OURS if name in ours else BAR
        lines += [f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(name)}</text>',
                  f'<rect x="{LEFT}" y="{top}" width="{place(value) - LEFT:.1f}" height="{ROW - 8}" rx="2" fill="{colour}"/>',
                  f'<text x="{place(value) + 6}" y="{middle}">{in_words(value)}</text>']
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 8}" width="{WIDTH}" height="{bottom + 8}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{TEXT}">', f"<title>{escape(title)}</title>", *lines, "</svg>\n"])


def in_words(milliseconds):
    """Three digits at the most, in the unit that fits."""
    value, unit = (milliseconds / 1000, "s") if milliseconds >= 1000 else (milliseconds, "ms")
    return f"{value:.{0 if value == int(value) else max(0, 2 - int(math.log10(max(value, 1))))}f} {unit}"
