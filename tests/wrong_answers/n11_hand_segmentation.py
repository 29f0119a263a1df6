"""Wrong answers to the exercises of notebook 11, each with a part of the hint it must get."""

WRONG = {
    "11.1": [
        ("reported = 1.0", "after a threshold"),
        ("reported = 0.8", "background alone"),
        ("reported = 0.0", "background is a class as well"),
        ("reported = 0.6", "cast to class 0"),
    ],
    "11.2": [
        ("both = (truth * probability).sum(axis=(1, 2))\n"
         "return both / (truth + probability - truth * probability).sum(axis=(1, 2))", "one minus it"),
        ("return 1 - (truth * probability).sum() / (truth + probability - truth * probability).sum()", "pooled"),
        ("hard = probability > 0.5\nboth = (truth * hard).sum(axis=(1, 2))\n"
         "return 1 - both / np.maximum(truth, hard).sum(axis=(1, 2))", "hard IoU"),
        ("both = (truth * probability).sum(axis=(1, 2))\nreturn 1 - both / (truth + probability).sum(axis=(1, 2))",
         "counted twice"),
        ("both = (truth * probability).sum(axis=(1, 2))\n"
         "either = (truth + probability - truth * probability).sum(axis=(1, 2))\n"
         "return 1 - both / np.maximum(either, 1e-9)", "the two agree, so 0"),
        ("both = (truth * probability).sum(axis=(1, 2))\n"
         "either = (truth + probability - truth * probability).sum(axis=(1, 2))\n"
         "return 1 - (both + 1) / (either + 1)", "plain quotient"),
        ("both = (truth * probability).sum(axis=(1, 2))\n"
         "either = (truth + probability - truth * probability).sum(axis=(1, 2))\n"
         "return 1 - np.divide(both, either, out=np.ones_like(both), where=truth.sum(axis=(1, 2)) > 0)",
         "the loss is 1"),
        ("both = (truth * probability).sum(axis=(1, 2))\n"
         "either = (truth + probability - truth * probability).sum(axis=(1, 2))\n"
         "return np.zeros(len(truth)) if either.sum() == 0 else 1 - both / either", "for each picture on its own"),
    ],
    "11.3": [
        ("return np.asarray(mask, bool)", "Nothing was removed"),
        ("_, pieces, facts, _ = cv2.connectedComponentsWithStats(np.uint8(mask), connectivity=8)\n"
         "return pieces == facts[:, cv2.CC_STAT_AREA].argmax()", "Leave out number 0"),
        ("_, pieces, facts, _ = cv2.connectedComponentsWithStats(np.uint8(mask), connectivity=4)\n"
         "return pieces == 1 + facts[1:, cv2.CC_STAT_AREA].argmax()", "connectivity 8"),
        ("_, pieces, facts, _ = cv2.connectedComponentsWithStats(np.uint8(mask), connectivity=8)\n"
         "return pieces == facts[1:, cv2.CC_STAT_AREA].argmin() + 1", "Compare the pieces"),
        ("return cv2.connectedComponents(np.uint8(mask), connectivity=8)[1] == 1", "not always the first"),
        ("count, pieces, facts, _ = cv2.connectedComponentsWithStats(np.uint8(mask), connectivity=8)\n"
         "box = facts[1:, cv2.CC_STAT_WIDTH] * facts[1:, cv2.CC_STAT_HEIGHT]\n"
         "return pieces == 1 + box.argmax() if count > 1 else pieces > 0", "count pixels"),
    ],
}
