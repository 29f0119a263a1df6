"""Wrong answers to the exercises of notebook 03, each with a part of the hint it must get."""

WRONG = {
    "03.1": [
        ("ten_percent_too_small = 0.9", "square of the radius"),
        ("ten_percent_too_small = 1 - 0.9**2", "what is left"),
        ("ten_percent_too_small = 0.9**3", "Divide their areas"),
    ],
    "03.2": [
        ("error = np.abs(truth - predicted)\n"
         "return np.sum(np.where(error <= delta, error**2 / 2, delta * (error - delta / 2)))", "is a mean"),
        ("error = np.abs(truth - predicted)\n"
         "return np.mean(np.where(error <= delta, error**2, delta * (error - delta / 2)))", "half the square"),
        ("error = predicted - truth\n"
         "return np.mean(np.where(error <= delta, error**2 / 2, delta * (error - delta / 2)))", "size of the"),
        ("error = np.abs(truth - predicted)\n"
         "return np.mean(np.where(error <= delta, error**2 / 2, delta * error))", "without a jump"),
        ("error = np.abs(truth - predicted)\n"
         "return np.mean(np.where(error <= 1, error**2 / 2, error - 0.5))", "delta is not always 1"),
    ],
    "03.3": [
        ("centre = points.mean(axis=0)\nfor i in range(1, steps + 1):\n"
         "    farthest = points[np.linalg.norm(points - centre, axis=1).argmax()]\n"
         "    centre = centre + (farthest - centre) / 2\n"
         "return np.array([*centre, np.linalg.norm(points - centre, axis=1).max()])", "never settles"),
        ("centre = points.mean(axis=0)\nfor i in range(1, steps + 1):\n"
         "    farthest = points[np.linalg.norm(points - centre, axis=1).argmax()]\n"
         "    centre = centre + (farthest - centre) / i\n"
         "return np.array([*centre, np.linalg.norm(points - centre, axis=1).max()])", "all the way"),
        ("centre = points.mean(axis=0)\nfor i in range(1, steps + 1):\n"
         "    farthest = points[np.linalg.norm(points - centre, axis=1).argmax()]\n"
         "    centre = centre + (farthest - centre) / (i + 1)\n"
         "return np.array([*centre, np.linalg.norm(points - centre, axis=1).mean()])", "Every point must lie"),
        ("centre = (points.min(axis=0) + points.max(axis=0)) / 2\n"
         "return np.array([*centre, np.linalg.norm(points - centre, axis=1).max()])", "mean of the points"),
    ],
}
