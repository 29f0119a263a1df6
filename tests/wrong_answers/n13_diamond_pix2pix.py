"""Wrong answers to the exercises of notebook 13, each with a part of the hint it must get."""

WRONG = {
    "13.1": [
        ("error_of_black = 1.2", "error inside the stone"),
        ("error_of_black = 0.2 * 20 / 100", "Black is -1"),
        ("error_of_black = 0.12", "scale from 0 to 1"),
        ("error_of_black = 1.0", "Add up the errors"),
    ],
    "13.2": [
        ("error = np.abs(target - made).mean(axis=-1)\nreturn error.mean(axis=(1, 2))", "plain error over all pixels"),
        ("error = np.abs(target - made).mean(axis=-1)\n"
         "return (error * (mask != 0)).sum(axis=(1, 2)) / (mask != 0).sum(axis=(1, 2))", "background counts half"),
        ("error, inside = np.abs(target - made).mean(axis=-1), mask != 0\n"
         "return error[inside].mean() / 2 + error[~inside].mean() / 2", "not one number for each"),
        ("error, inside = np.abs(target - made).mean(axis=-1), mask != 0\n"
         "return ((error * inside).mean(axis=(1, 2)) + (error * ~inside).mean(axis=(1, 2))) / 2", "on its own"),
    ],
    "13.3": [
        ("side = 1\nfor kernel, stride in convolutions:\n    side = (side - 1) * stride + kernel\nreturn side",
         "go backwards"),
        ("return sum(kernel for kernel, stride in convolutions)", "see 5 pixels together"),
        ("side = 1\nfor kernel, stride in reversed(convolutions):\n    side = side * stride + kernel\nreturn side",
         "sees 4 pixels"),
    ],
}
