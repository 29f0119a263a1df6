"""Wrong answers to the exercises of notebook 01, each with a part of the hint it must get."""

_SEARCH = """
grey, best, cuts = np.arange(len(counts)), np.inf, None
for low, high in {pairs}:
    parts = [np.repeat(grey[part], counts[part]) for part in (grey <= low, (grey > low) & (grey <= high), grey > high)]
    if min(map(len, parts)) == 0:
        continue
    cost = sum({cost} for part in parts)
    if cost < best:
        best, cuts = cost, {cuts}
return cuts
"""
_RIGHT = {"pairs": "combinations(range(len(counts) - 1), 2)", "cost": "part.var() * len(part)", "cuts": "(low, high)"}
_GREEDY = """
grey, single = np.arange(len(counts)), None
for t in grey[:-1]:
    parts = np.repeat(grey[:t + 1], counts[:t + 1]), np.repeat(grey[t + 1:], counts[t + 1:])
    cost = sum(part.var() * len(part) for part in parts) if min(map(len, parts)) else np.inf
    if single is None or cost < single[0]:
        single = cost, t
"""
_NAN = """
pairs = list(combinations(range(len(counts) - 1), 2))
n, s = np.cumsum(counts), np.cumsum(counts * np.arange(len(counts)))
with np.errstate(invalid="ignore"):
    saved = [sum(np.diff([0, s[a], s[b], s[-1]])**2 / np.diff([0, n[a], n[b], n[-1]])) for a, b in pairs]
return pairs[np.argmax(saved)]
"""
_CORNERS = """
height, width = mask.shape
corners = np.zeros((height + 1, width + 1), bool)
for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
    corners[down:height + down, right:width + right] |= mask {ink}
x, y, radius = masks.enclosing_circles(corners[None])[0]
return {circle}
"""
_CENTRES = "x, y, radius = masks.enclosing_circles(mask[None])[0]\n"

WRONG = {
    "01.1": [
        ("threshold = 100\nsum_of_squares = 8000", "costs a lot"),
        ("threshold = 50\nsum_of_squares = 5000", "the lowest"),
        ("threshold = 200\nsum_of_squares = 0", "only two ways"),
        ("threshold = 0\nsum_of_squares = 2500", "divided by the number of pixels"),
        ("threshold = 0\nsum_of_squares = 100", "Square each distance"),
        ("threshold = 0\nsum_of_squares = 33333", "mean of the bright group"),
        ("threshold = (0, 5000)\nsum_of_squares = 5000", "single numbers"),
    ],
    "01.2": [
        (_CENTRES + "return x, y, radius", "holds the centre"),
        (_CENTRES + "return x, y, radius + 0.5", "corners stick out"),
        (_CENTRES + "return x, y, radius + 0.5**0.5", "two pixels side by side a smaller circle is possible"),
        (_CENTRES + "return radius", "three numbers"),
        (_CORNERS.format(ink="!= 0", circle="x, y, radius"), "half a pixel off"),
        (_CORNERS.format(ink="!= 0", circle="y - 0.5, x - 0.5, radius"), "swapped"),
        (_CORNERS.format(ink="== 1", circle="x - 0.5, y - 0.5, radius"), "value 255"),
        (_CORNERS.format(ink="!= 0", circle="x - 0.5, y - 0.5, radius - 0.1"), "leaves a corner outside"),
    ],
    "01.3": [
        (_SEARCH.format(**_RIGHT | {"cost": "part.var()"}), "add up the variances"),
        (_SEARCH.format(**_RIGHT | {"cuts": "(low + 1, high + 1)"}), "begin the upper group"),
        (_SEARCH.format(**_RIGHT | {"cuts": "(high, low)"}), "it must be 0 <= low < high"),
        ("n = np.cumsum(counts)\nreturn tuple(np.searchsorted(n, [n[-1] / 3, n[-1] / 1.5]))", "smaller sum of squares"),
        (_GREEDY + _SEARCH.format(**_RIGHT | {"pairs": "[p for p in combinations(grey[:-1], 2) if single[1] in p]"}),
         "then one of the parts again"),
        (_NAN, "0 / 0 is nan"),
        ("return len(counts) / 3, len(counts) / 1.5", "whole numbers"),
    ],
}
