"""Heads of generated people: neck, face, hair, hat."""

import numpy as np

from helpers.scenes.painting import ellipse, rounded, tube
from helpers.scenes.wardrobe import Look


def head(rng: np.random.Generator, look: Look, lean: float, turn: float) -> list[dict]:
    """Return neck, head, face and hair."""
    deep = np.sin(turn)
    x, y = lean * 1.6 + 0.018 * deep + rng.normal(0, 0.004), -0.928
    across, down = 0.05 * look.stout**0.3, 0.07
    skin, hair = look.skin, look.hair
    parts = [
        {
            "pieces": tube([(lean, -0.81), (x - 0.006 * deep, y + 0.03)], (0.034, 0.03)),
            "color": skin * 0.82,
            "folds": 0.02,
            "occlusion": 0.1,
        }
    ]
    if look.cut in ("long", "tail", "bob"):
        length = {"long": rng.uniform(0.11, 0.2), "bob": 0.065, "tail": 0.03}[look.cut]
        back = rounded(
            [
                (x - across * 1.15, y - 0.04),
                (x + across * 1.15, y - 0.04),
                (x + across * 1.3 - 0.02 * deep, y + length),
                (x - across * 1.3 - 0.02 * deep, y + length),
            ]
        )
        back += rng.normal(0, 0.0025, back.shape)
        parts.insert(0 if abs(deep) < 0.8 else 1, {"pieces": [back], "color": hair, "folds": 0.16})
    if look.cut == "tail":
        parts.insert(
            0,
            {
                "pieces": tube(
                    [(x - 0.04 * deep, y - 0.03), (x - 0.085 * deep + 0.01, y + 0.02), (x - 0.08 * deep, y + 0.1)],
                    (0.02, 0.02, 0.008),
                ),
                "color": hair,
                "folds": 0.15,
            },
        )
    skull = [ellipse(x, y - 0.012, across, down * 0.82)]
    jaw = rounded(
        [
            (x - across * 0.96, y - 0.02),
            (x + across * 0.96, y - 0.02),
            (x + across * (0.8 + 0.15 * deep), y + 0.035),
            (x + across * 0.35 + 0.012 * deep, y + down),
            (x - across * 0.35 + 0.012 * deep, y + down),
            (x - across * (0.8 - 0.15 * deep), y + 0.035),
        ]
    )
    nose = [ellipse(x + 0.047 * deep, y + 0.01, 0.009, 0.013)] if abs(deep) > 0.6 else []
    parts.append({"pieces": [*skull, jaw, *nose], "color": skin, "folds": 0.025, "round_": 0.4})
    if abs(deep) < 0.95:  # an ear on the side we see
        parts.append(
            {
                "pieces": [ellipse(x - np.sign(deep or 1) * across * (1.0 - 0.5 * abs(deep)), y + 0.004, 0.009, 0.016)],
                "color": skin * 0.9,
                "folds": 0,
                "occlusion": 0.15,
            }
        )
    parts += _face(rng, look, x + 0.024 * deep, y, np.cos(turn))
    parts += _hair(rng, look, x, y, across, down, deep)
    return parts


def _face(rng, look, x, y, wide):
    dark, skin = look.skin * 0.35, look.skin
    apart = 0.019 * (0.35 + 0.65 * wide)
    flat = {"folds": 0, "round_": 0.1, "occlusion": 0}
    parts = []
    for side in (-1, 1):
        if look.glasses:
            shape = ellipse(x + side * apart * 1.15, y - 0.004, 0.017 * (0.5 + 0.5 * wide), 0.011)
            parts.append({"pieces": [shape], "color": np.array([0.05, 0.05, 0.06]), **flat})
        else:
            parts.append({"pieces": [ellipse(x + side * apart, y - 0.003, 0.0075, 0.0042)], "color": dark, **flat})
            parts.append(
                {
                    "pieces": [ellipse(x + side * apart, y - 0.016, 0.011, 0.0028, -0.15 * side)],
                    "color": look.hair * 0.7,
                    **flat,
                }
            )
    parts.append({"pieces": [ellipse(x + 0.004, y + 0.016, 0.007, 0.009)], "color": skin * 0.84, **flat})
    if look.beard:
        beard = rounded(
            [(x - 0.036, y + 0.02), (x + 0.036, y + 0.02), (x + 0.03, y + 0.06), (x, y + 0.07), (x - 0.03, y + 0.06)]
        )
        parts.append({"pieces": [beard], "color": look.hair * 0.9, "folds": 0.12, "occlusion": 0})
    lips = np.clip(skin * np.array([0.9, 0.68, 0.66]), 0, 1)
    parts.append(
        {
            "pieces": [ellipse(x, y + 0.036, 0.014 * (0.5 + 0.5 * wide), 0.0045 + 0.003 * rng.random())],
            "color": lips,
            **flat,
        }
    )
    return parts


def _hair(rng, look, x, y, across, down, deep):
    if look.cut == "bald":
        return []
    back = -deep * 0.02
    line = y - rng.uniform(0.022, 0.036)  # the hairline on the brow
    top = down * (1.0 if look.cut in ("short", "crop") else 1.08)
    side_low = y + {"crop": -0.01, "short": 0.008, "bob": 0.05, "long": 0.06, "tail": 0.01, "bun": 0.005}[look.cut]
    cap = [
        (x - across * 1.08 + back, side_low),
        (x - across * 1.12 + back, y - 0.03),
        (x - across * 0.8 + back, y - top * 0.9),
        (x + back, y - top * 1.08),
        (x + across * 0.8 + back, y - top * 0.9),
        (x + across * 1.12 + back, y - 0.03),
        (x + across * 1.08 + back, side_low),
        (x + across * (0.86 + 0.1 * min(deep, 0)) + back, y - 0.02),
        (x + across * 0.5 + 0.02 * deep, line),
        (x - across * 0.5 + 0.02 * deep, line - rng.uniform(-0.006, 0.008)),
        (x - across * (0.86 - 0.1 * max(deep, 0)) + back, y - 0.02),
    ]
    cap = rounded(cap)
    cap += rng.normal(0, 0.0018, cap.shape)
    parts = [{"pieces": [cap], "color": look.hair, "folds": 0.14, "round_": 0.4, "occlusion": 0.12}]
    if abs(deep) > 0.45:  # in profile hair covers the back of the head
        behind = ellipse(x - 0.022 * np.sign(deep), y - 0.018, across * 0.82, down * 0.72)
        parts.append(
            {
                "pieces": [behind + rng.normal(0, 0.0015, behind.shape)],
                "color": look.hair,
                "folds": 0.14,
                "round_": 0.4,
                "occlusion": 0.05,
            }
        )
    if look.cut == "bun":
        parts.insert(
            0, {"pieces": [ellipse(x - 0.035 * deep, y - 0.075, 0.022, 0.02)], "color": look.hair, "folds": 0.15}
        )
    if look.hat is not None:
        crown = rounded([(x - 0.048, y - 0.03), (x + 0.048, y - 0.03), (x + 0.043, y - 0.095), (x - 0.043, y - 0.095)])
        brim = ellipse(x + 0.02 * deep, y - 0.032, 0.068, 0.011)
        parts.append({"pieces": [crown, brim], "color": look.hat, "folds": 0.05})
    return parts
