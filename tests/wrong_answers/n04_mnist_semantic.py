"""Wrong answers to the exercises of notebook 04, each with a part of the hint it must get."""

WRONG = {
    "04.1": [
        ("half_misread = 0.9", "share of right pixels"),
        ("half_misread = 10 / 30", "leaves the background out"),
        ("half_misread = 0.85", "Count the right pixels"),
    ],
    "04.2": [
        ("both = np.diag(counts)\nreturn both.sum() / (counts.sum(axis=0) + counts.sum(axis=1) - both).sum()",
         "background's own mask"),
        ("counts = counts[1:, 1:]\nboth = np.diag(counts)\n"
         "return both.sum() / (counts.sum(axis=0) + counts.sum(axis=1) - both).sum()", "Cut the sums, not the table"),
        ("both = np.diag(counts)\nreturn np.mean((both / (counts.sum(axis=0) + counts.sum(axis=1) - both))[1:])",
         "mean over the classes"),
        ("both = np.diag(counts)\nreturn both[1:].sum() / (counts.sum(axis=0) + counts.sum(axis=1))[1:].sum()",
         "right pixels twice"),
    ],
    "04.3": [
        ("result = label_maps.copy()\nfor one in result:\n    one[one > 0] = np.bincount(one[one > 0]).argmax()\n"
         "return result", "each quarter votes for itself"),
        ("result = label_maps.copy()\nheight, width = label_maps.shape[1] // 2, label_maps.shape[2] // 2\n"
         "for one in result:\n    for row in (0, height):\n        for column in (0, width):\n"
         "            quarter = one[row:row + height, column:column + width]\n"
         "            quarter[quarter > 0] = np.bincount(quarter.ravel()).argmax()\nreturn result", "but no vote"),
        ("result = label_maps.copy()\nheight, width = label_maps.shape[1] // 2, label_maps.shape[2] // 2\n"
         "for one in result:\n    for row in (0, height):\n        for column in (0, width):\n"
         "            quarter = one[row:row + height, column:column + width]\n"
         "            quarter[:] = np.bincount(quarter[quarter > 0], minlength=11).argmax()\nreturn result",
         "Some background became ink"),
    ],
}
