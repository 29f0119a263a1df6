"""Wrong answers to the exercises of notebook 06, each with a part of the hint it must get."""

WRONG = {
    "06.1": [
        ("output_width = 48", "however large the picture is"),
        ("output_width = 128 - 5 * 2", "the pooling in between"),
        ("output_width = (128 - 4) // 2", "three more unpadded"),
        ("output_width = 64", "Go through them in order"),
    ],
    "06.2": [
        ("height, width = mask.shape[0] // cell, mask.shape[1] // cell\n"
         "return mask.reshape(height, cell, width, cell).mean(axis=(1, 3))", "the original's fault"),
        ("return mask[margin:mask.shape[0] - margin:cell, margin:mask.shape[1] - margin:cell]",
         "one pixel of each block"),
        ("inner = mask[margin:-margin or None, margin:-margin or None]\n"
         "height, width = inner.shape[0] // cell, inner.shape[1] // cell\n"
         "return inner.reshape(height, cell, width, cell).max(axis=(1, 3))", "not 0 or 1"),
        ("inner = mask[margin:mask.shape[0] - margin, margin:mask.shape[1] - margin]\n"
         "height, width = inner.shape[0] // cell, inner.shape[1] // cell\n"
         "return inner.reshape(height, width, cell, cell).mean(axis=(2, 3))", "When you reshape"),
        ("inner = mask[margin:, margin:]\nheight, width = inner.shape[0] // cell, inner.shape[1] // cell\n"
         "return inner.reshape(height, cell, width, cell).mean(axis=(1, 3))", "lost on every side"),
    ],
    "06.3": [
        ("apart = np.argwhere(a)[:, None] - np.argwhere(b)[None]\n"
         "return np.hypot(apart[..., 0], apart[..., 1]).min(axis=1).max()", "from one side only"),
        ("apart = np.argwhere(a)[:, None] - np.argwhere(b)[None]\n"
         "return np.hypot(apart[..., 0], apart[..., 1]).max()", "first the nearest pixel"),
        ("apart = np.argwhere(a)[:, None] - np.argwhere(b)[None]\ndistance = (apart**2).sum(axis=-1)\n"
         "return max(distance.min(axis=1).max(), distance.min(axis=0).max())", "take the root"),
        ("apart = np.abs(np.argwhere(a)[:, None] - np.argwhere(b)[None]).sum(axis=-1)\n"
         "return max(apart.min(axis=1).max(), apart.min(axis=0).max())", "as the crow flies"),
    ],
}
