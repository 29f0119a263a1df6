"""Wrong answers to the exercises of notebook 00, each with a part of the hint it must get."""

WRONG = {
    "00.1": [
        ("accuracy_of_nothing = 0.13", "the share of the digit"),
        ("accuracy_of_nothing = 0", "a mask of zeros is right"),
    ],
    "00.2": [
        ('return (image > level).astype("uint8")', "that is the paper"),
        ('return (image <= level).astype("uint8")', "exactly the level"),
        ("return image < level", "dtype is bool"),
    ],
    "00.3": [
        ("return 2 * np.sum(truth & predicted) / (np.sum(truth) + np.sum(predicted))", "Dice"),
        ("return np.mean(truth == predicted)", "accuracy"),
        ("return np.sum(truth & predicted) / np.sum(truth | predicted)", "empty masks agree"),
    ],
}
