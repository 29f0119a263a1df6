"""The shapes of clothes, arms, legs and what is carried, on the pose of a generated person."""

from collections.abc import Sequence

import numpy as np

from helpers.scenes.painting import ellipse, rounded, tube
from helpers.scenes.wardrobe import BRIGHT, DARK, EARTH, PALE, Look, pick


def behind(rng: np.random.Generator, look: Look, shoulder: float, lean: float, wide: float) -> list[dict]:
    """Return what is worn on the back."""
    if rng.random() > 0.07:
        return []
    x = -0.6 * shoulder + lean
    bag = rounded([(x - 0.07, -0.82), (x + 0.06, -0.83), (x + 0.06, -0.56), (x - 0.075, -0.58)])
    return [{"pieces": [bag], "color": pick(rng, DARK, BRIGHT, EARTH), "folds": 0.08}]


def leg(rng: np.random.Generator, look: Look, joints: Sequence[np.ndarray]) -> list[dict]:
    """Return one leg and its shoe; joints are hip, knee, ankle, toe."""
    hip, knee, ankle, toe = joints
    wide = look.slim * look.stout
    parts = [_shoe(look, ankle, toe)]
    if look.legs == "skirt":
        color = look.skin if look.tights is None else look.tights
        parts.append(
            {
                "pieces": tube([hip, knee, 0.6 * knee + 0.4 * ankle, ankle], (0.058, 0.041, 0.04, 0.021)),
                "color": color,
                "folds": 0.02,
                "round_": 0.5,
            }
        )
        return parts
    hem = 0.031 * wide if look.slim < 1 else 0.042 * wide
    low = np.add(ankle, (0, 0.012))
    parts.append(
        {
            "pieces": tube([hip - (0, 0.03), hip, knee, low], (0.068 * wide, 0.067 * wide, 0.049 * wide, hem)),
            "color": look.bottom,
            "folds": 0.1,
            "round_": 0.45,
            "occlusion": 0.35,
        }
    )
    return parts


def _shoe(look, ankle, toe):
    direction = np.sign(toe[0] - ankle[0]) or 1
    heel = np.add(ankle, (-0.018 * direction, 0.032))
    pieces = tube([np.add(heel, (0, -0.005)), (ankle + toe) / 2 + (0, 0.008), toe], (0.017, 0.02, 0.012)) + tube(
        [ankle, heel], (0.018, 0.017)
    )
    if look.shoes == "heels":
        pieces = tube([ankle, (ankle + toe) / 2, toe], (0.016, 0.016, 0.01)) + tube(
            [ankle - (0.012 * direction, 0), np.add(heel, (0, 0.012))], (0.01, 0.004)
        )
    return {"pieces": pieces, "color": look.shoe, "folds": 0.03, "round_": 0.4}


def torso(rng: np.random.Generator, look: Look, shoulder: float, hip: float, lean: float, deep: float) -> list[dict]:
    """Return the upper body with what is worn over hips and chest."""
    waist = 0.53 * (shoulder * 0.8 + hip) * (1.0 if look.broad else 0.84) * (0.9 + 0.12 * look.stout)
    long = {"suit": -0.455, "coat": rng.uniform(-0.36, -0.22), "shirt": -0.5, "tee": -0.475, "dress": -0.5}[look.outfit]
    flare = hip * (1.18 if long > -0.48 else 1.0) * (1.15 if look.outfit == "coat" else 1.0)
    left = [
        (-0.03, -0.845),
        (-shoulder * 0.72, -0.828),
        (-shoulder * 0.98, -0.8),
        (-shoulder * 0.92, -0.73),
        (-waist, -0.62),
        (-hip * 1.04, -0.53),
        (-flare, long),
    ]
    body = rounded(
        [(x + lean * (-y - 0.4) * 2, y) for x, y in left] + [(-x + lean * (-y - 0.4) * 2, y) for x, y in left[::-1]]
    )
    parts = []
    if look.legs == "skirt":
        hem = rng.uniform(-0.36, -0.2) if look.outfit == "dress" else rng.uniform(-0.36, -0.27)
        swing = hip * rng.uniform(0.95, 1.55)
        skirt = rounded(
            [(-waist, -0.6), (waist, -0.6), (hip * 1.08, -0.5), (swing, hem), (-swing, hem), (-hip * 1.08, -0.5)]
        )
        own = look.cloth() if look.outfit == "dress" else {"color": look.bottom, "folds": 0.09}
        parts.append({"pieces": [skirt], **own})
    else:
        seat = rounded([(-waist, -0.6), (waist, -0.6), (hip * 1.12, -0.47), (-hip * 1.12, -0.47)])
        parts.append({"pieces": [seat], "color": look.bottom, "folds": 0.08})
    if look.outfit in ("shirt",) and look.legs == "trousers":
        belt = [np.array([(-hip * 0.98, -0.535), (hip * 0.98, -0.535), (hip, -0.512), (-hip, -0.512)])]
        parts += [
            {"pieces": [body], **look.cloth()},
            {"pieces": belt, "color": look.shoe * 0.6, "folds": 0.02, "occlusion": 0},
        ]
    else:
        parts.append({"pieces": [body], **look.cloth()})
    return parts + _front(rng, look, shoulder, lean, deep)


def _front(rng, look, shoulder, lean, deep):
    """Return collar, shirt front, tie and lapels, moved to where the chest points."""
    x = lean * 0.8 + shoulder * 0.75 * deep
    narrow = max(0.25, 1 - 0.75 * abs(deep))
    flat = {"folds": 0.04, "round_": 0.12, "occlusion": 0}
    parts = []
    if look.outfit in ("suit", "coat"):
        low = rng.uniform(-0.68, -0.56)
        wide = 0.05 * narrow * rng.uniform(0.8, 1.5)
        parts.append(
            {
                "pieces": [
                    np.array(
                        [
                            (lean - 0.03, -0.838),
                            (lean + 0.03, -0.838),
                            (x + wide, -0.78),
                            (x, low),
                            (x - wide, -0.78),
                        ]
                    )
                ],
                "color": look.under,
                **flat,
            }
        )
        for side in (-1, 1):
            lapel = np.array(
                [
                    (lean + side * 0.033, -0.845),
                    (x + side * wide * 1.8, -0.755),
                    (x + side * wide * 1.1, -0.74),
                    (x, low + 0.01),
                ]
            )
            parts.append({"pieces": [lapel], "color": look.top * 0.78, **flat | {"folds": 0.06}})
        parts.append(
            {
                "pieces": tube([(x, low), (x * 0.7 + 0.01, -0.46)], (0.0025, 0.0025)),
                "color": look.top * 0.55,
                **flat,
            }
        )
    elif look.outfit == "shirt":
        for side in (-1, 1):
            parts.append(
                {
                    "pieces": [
                        np.array([(lean, -0.835), (lean + side * 0.036, -0.845), (x + side * 0.03 * narrow, -0.79)])
                    ],
                    "color": look.top * 0.9,
                    **flat,
                }
            )
        parts.append({"pieces": tube([(x, -0.8), (x * 0.8, -0.53)], (0.003, 0.003)), "color": look.top * 0.8, **flat})
    else:
        parts.append(
            {
                "pieces": [ellipse(lean + 0.3 * x, -0.832, 0.036, rng.uniform(0.012, 0.035))],
                "color": look.skin * 0.92,
                **flat,
            }
        )
    if look.tie is not None:
        end = -0.56 if look.outfit == "shirt" else -0.6
        parts.append(
            {
                "pieces": [
                    np.array(
                        [
                            (x - 0.009, -0.815),
                            (x + 0.009, -0.815),
                            (x + 0.015 * narrow + 0.003, end),
                            (x, end + 0.025),
                            (x - 0.015 * narrow - 0.003, end),
                        ]
                    )
                ],
                "color": look.tie,
                **flat,
            }
        )
    return parts


def arm(rng: np.random.Generator, look: Look, shoulder: np.ndarray, elbow: np.ndarray, hand: np.ndarray) -> list[dict]:
    """Return sleeve, forearm and hand."""
    thick = look.stout * (1.0 if look.broad else 0.84)
    away = (hand - elbow) / max(np.hypot(*(hand - elbow)), 1e-6)
    wrist = hand - 0.012 * away
    fingers = hand + 0.045 * away
    palm = tube([wrist, hand + 0.015 * away, fingers], (0.016 * thick, 0.019, 0.009))
    parts = [{"pieces": palm, "color": look.skin, "folds": 0.03, "round_": 0.4, "occlusion": 0.2}]
    upper, lower, cuff = 0.039 * thick, 0.036 * thick, 0.028 * thick
    if look.sleeve == "long":
        shirt = {
            "pieces": tube([wrist - 0.01 * away, wrist], (0.02 * thick, 0.02 * thick)),
            "color": look.under,
            "folds": 0.02,
        }
        parts += [shirt] if look.outfit == "suit" else []
        parts.append(
            {
                "pieces": tube([shoulder, elbow, wrist], (upper, lower, cuff)),
                **look.cloth(),
                "round_": 0.45,
                "occlusion": 0.35,
            }
        )
        return parts
    bare = {
        "pieces": tube([shoulder, elbow, wrist], (0.03 * thick, 0.026 * thick, 0.017 * thick)),
        "color": look.skin,
        "folds": 0.02,
        "round_": 0.5,
        "occlusion": 0.3,
    }
    end = 0.6 * elbow + 0.4 * shoulder if look.sleeve == "short" else 0.6 * elbow + 0.4 * wrist
    path = [shoulder, end] if look.sleeve == "short" else [shoulder, elbow, end]
    radii = (upper, upper * 0.95) if look.sleeve == "short" else (upper, lower, lower)
    return [*parts, bare, {"pieces": tube(path, radii), **look.cloth(), "round_": 0.4, "occlusion": 0.15}]


def held(rng: np.random.Generator, look: Look, hand: np.ndarray, pose: str) -> list[dict]:
    """Return what is in a hand, if anything."""
    x, y = hand
    if pose in ("hang", "swing") and rng.random() < 0.5:
        wide, tall = rng.uniform(0.05, 0.1), rng.uniform(0.09, 0.16)
        bag = rounded(
            [
                (x - wide, y + 0.07),
                (x + wide, y + 0.07),
                (x + wide * 1.05, y + 0.07 + tall),
                (x - wide * 1.05, y + 0.07 + tall),
            ],
            1,
        )
        strap = tube([(x - wide * 0.5, y + 0.08), (x, y + 0.015), (x + wide * 0.5, y + 0.08)], (0.006, 0.006, 0.006))
        return [{"pieces": [*strap, bag], "color": pick(rng, DARK, DARK, EARTH, BRIGHT), "folds": 0.05, "round_": 0.3}]
    if pose in ("hold", "cross", "gesture") and rng.random() < (0.6 if pose == "hold" else 0.2):
        wide, tall, turn = rng.uniform(0.03, 0.07), rng.uniform(0.03, 0.055), rng.uniform(-0.6, 0.6)
        corners = np.array([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)])
        corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + (x, y - 0.02)
        return [
            {
                "pieces": [corners],
                "color": pick(rng, PALE, PALE, DARK, BRIGHT, EARTH),
                "folds": 0.02,
                "round_": 0.1,
            }
        ]
    if pose == "phone":
        return [
            {
                "pieces": [ellipse(x, y, 0.009, 0.022, 0.2)],
                "color": np.array([0.06, 0.06, 0.07]),
                "folds": 0,
                "occlusion": 0.1,
            }
        ]
    return []
