# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 · Hand segmentation
#
# A rule about the colour of skin finds most of a hand, and much else besides. A network learns what the rule cannot know: what a hand *is*. On the way we rebuild a student project's final network to the last parameter, and find out why one of its scores never moved.
#
# **You will learn** to
#
# * *build* Eva X, a residual U-Net, and count its parameters,
# * *catch* a metric that scores the empty mask whatever the network says,
# * *train* with one augmentation for picture and mask, and *test* what the augmentation is worth,
# * *read* precision, recall, a classification report and a confusion matrix of pixels,
# * *judge* a network trained on drawn hands alone by its masks of real ones.
#
# **Before this:** [10 · Hand data](10_hand_data.ipynb), for the pairs, the split and the augmentation. · **Time:** 30 minutes to read, 4 minutes to run on two CPU cores, 30 minutes for the exercises. · **Data:** generated hands, drawn while you wait; or 60 photos of five people with masks (a part of HGR1; Kawulok et al., research use, so they are not in the repository).
#
# **The original** is a student project that cuts hands out of phone photos, so that an app can return them without their background. Its first network was a plain U-Net, its last, named **Eva X**, a U-Net that *adds* where others concatenate. It was trained on 51 photos and their augmented copies, and tested on 9. Cleaning the data carefully and comparing one network with the next were fine habits, and both are kept here.

# %% tags=["parameters"]
seed: int = 42  # of weights, augmentation and the order of the pictures
source: str = "auto"  # "real", "generated" or "auto"; networks always learn from generated hands
height: int = 72  # of the pictures in pixels; they are a third wider (the original: 480x272)
train_images: int = 400  # generated hands to learn from; a quarter as many to validate, half as many to test
base_filters: int = 16  # channels of Eva X at full resolution; the original has 32
epochs: int = 12  # passes over the training pictures, at most
precision: str = "float32"  # or "mixed_bfloat16", faster where the processor has it
study_rows: int = 0  # how many rows of the stored study to make (study size)
study_file: str = "data/studies/11.json"  # where those rows are written, one by one
ship_steps: int = 0  # steps of training the network of data/models, which is then saved (ship size)

# %% tags=["imports"]
import datetime
import json
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import seaborn
from matplotlib import pyplot as plt
from sklearn.metrics import classification_report

from helpers import augment, cameras, checks, datasets, diagrams, labels, masks, models, paths, results, runtime, show
from helpers.scenes import hands, hands_snapshots

keras = runtime.import_keras()
from keras import layers, ops

# %%
runtime.start(seed)
keras.config.set_dtype_policy(precision)
size = (height, height * 4 // 3)
began = time.monotonic()
splits = [datasets.hands(split, "generated", size, counts=(train_images, train_images // 4, train_images // 2))
          for split in ("train", "validation", "test")]
(train_x, train_y), (validation_x, validation_y), (test_x, test_y) = (part.arrays() for part in splits)
print(f"{len(train_x) + len(validation_x) + len(test_x)} hands drawn in {time.monotonic() - began:.0f} s")

# %% tags=["nbval-check-output"]
print("pictures:", train_x.dtype, "in", [float(train_x.min()), float(train_x.max())], "of 3 colours:", train_x.shape[3])
print("masks:", train_y.dtype, np.unique(train_y).tolist(), " 1 = hand")
same = any((picture == other).all() for picture in test_x[:20] for other in train_x)
print("a test picture among the training pictures:", same)

# %% [markdown]
# ## Look first
#
# No picture here is a photo. Each is drawn from a number: bones with the limits of real joints, flesh around them, a skin tone, a sleeve, a lamp, a room. That is why the masks are exact to the pixel, why there are as many as we want, and why the question at the end is a serious one: *does any of it hold for real hands?*

# %%
show.grid([show.overlay(picture, mask, opacity=0) for picture, mask in zip(test_x[:16], test_y[:16], strict=True)]
          + list(test_y[:16]), columns=16, size=0.62, caption="Sixteen test pictures, and below each its mask.",
          alt="Two rows of small pictures: drawn hands in many skin tones before cluttered rooms, and white masks.")
share = test_y.mean(axis=(1, 2))
print(f"a hand covers {share.min():.0%} to {share.max():.0%} of its picture, {share.mean():.0%} on average")

# %% [markdown]
# ## The baseline that needs no network
#
# Skin of every tone has much the same *hue*: blood is red. Of the colours that JPEG files are stored in, Cr says how red a pixel is and Cb how blue, brightness put aside. An old and good rule calls skin whatever has
#
# $$135 < C_r < 180 \quad\text{and}\quad 85 < C_b < 135.$$

# %%
def skin(pictures):
    """Return masks (n, height, width) of all that has the colour of skin; pictures float in 0..1."""
    found = []
    for picture in np.uint8(np.round(255 * pictures)):
        _, cr, cb = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb))
        found.append((cr > 135) & (cr < 180) & (cb > 85) & (cb < 135))
    return np.array(found)


by_colour = skin(test_x)
colour_iou = masks.iou(test_y, by_colour)
show.ranked(test_x, test_y, by_colour, colour_iou, caption="The skin rule, ranked by IoU.",
            alt="The best masks match the hands; in the worst, wood is taken for skin, or a dark hand missed.")
print(f"skin rule: mean IoU {colour_iou.mean():.4f} over {len(test_y)} test pictures; on 60 real photos it is 0.764")

# %% [markdown]
# The rule finds most hands and costs nothing. It fails in two ways that no threshold can mend: wood, clay and orange cloth have the colour of skin, and a hand in deep shadow or under a coloured lamp has not. Shape and context would tell. That is what the network is for.
#
# ## Eva X
#
# A U-Net walks down to small, coarse maps that see the whole picture, and back up to full resolution. On the way up each step is handed the fine map of the same size from the way down. The usual U-Net **concatenates** the two, and lets the next convolution weigh them. Eva X **adds** them, as residual networks do (He et al. 2015):
#
# $$\text{usual: } y = f([u, s]) \qquad\qquad \text{Eva X: } y = f(u + s)$$
#
# with $u$ what comes up from below and $s$ what comes across. Adding needs no parameters for a second half of channels; in exchange, channel $k$ of $u$ and of $s$ must mean the same thing.
#
# > **Predict.** How many parameters does a concatenating Eva X have more, in percent: 1, 20, 100?
#
# Its block is three convolutions, each followed by ReLU and *then* batch normalisation. Run it on one picture:

# %% tags=["nbval-check-output"]
def block(x, filters, momentum=0.99):
    """Three 3x3 convolutions, each with ReLU and then batch normalisation."""
    for _ in range(3):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.BatchNormalization(momentum=momentum)(x)
    return x


photo = layers.Input((480, 272, 3))
first_block, one = keras.Model(photo, block(photo, 32)), np.zeros((1, 480, 272, 3), "float32")
print("one photo:", one.shape, "-> after the first block:", tuple(first_block(one).shape))


# %% tags=["architecture"]
def eva_x(base_filters=32, size=(480, 272), merge=layers.Add, momentum=0.99):
    """Eva X: photo (height, width, 3) -> probability of hand for each pixel."""
    photo = x = layers.Input((*size, 3))
    across = []
    for filters, dropout in ((base_filters, 0.2), (2 * base_filters, 0.3)):  # down
        x = layers.Dropout(dropout)(block(x, filters, momentum))
        across.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.4)(block(x, 4 * base_filters, momentum))            # the bottom
    for filters, dropout in ((2 * base_filters, 0.3), (base_filters, 0.2)):  # up
        x = layers.Conv2DTranspose(filters, 2, strides=2, padding="same")(x)
        x = merge()([across.pop(), x])
        x = layers.Dropout(dropout)(block(x, filters, momentum))
    return keras.Model(photo, layers.Conv2D(1, 1, activation="sigmoid", dtype="float32")(x), name="eva_x")


def plain_unet(base_filters=32, size=(480, 272)):
    """The plain U-Net that the project began with, in its style: two convolutions a block, concatenation."""
    photo = x = layers.Input((*size, 3))
    across = []
    for filters in (base_filters, 2 * base_filters, 4 * base_filters):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        across.append(x)
        x = layers.MaxPooling2D()(x) if filters < 4 * base_filters else x
    for filters in (2 * base_filters, base_filters):
        x = layers.Conv2DTranspose(filters, 2, strides=2, padding="same")(x)
        x = layers.Concatenate()([across[1 if filters > base_filters else 0], x])
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return keras.Model(photo, layers.Conv2D(1, 1, activation="sigmoid", dtype="float32")(x), name="plain_unet")


# %%
diagrams.architecture(eva_x(), caption="Eva X as its author built it: 480x272, 32 filters, two additions.",
                      alt="Bars shrinking from 480 to 120 pixels and growing back, two arrows across to additions.")

# %% tags=["nbval-check-output"]
original = eva_x()
assert original.count_params() == 664_225
concatenating, plain = eva_x(merge=layers.Concatenate), plain_unet()
print(f"Eva X: {original.count_params():,} parameters")
print(f"with concatenation: {concatenating.count_params():,}, "
      f"{concatenating.count_params() / original.count_params() - 1:.0%} more")
print(f"plain U-Net: {plain.count_params():,}")

# %% [markdown]
# ## A metric that never moved
#
# The original watched `MeanIoU(num_classes=2)` while it trained: the mean of two intersections over unions, of hand and of background. It sounds right. Below are a mask of 4x4 pixels, a network that is *perfect* and quite sure of itself, and one that finds nothing at all.
#
# > **Predict.** What does the metric give to each?

# %% tags=["nbval-check-output"]
truth = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]])
guesses = {"perfect": np.where(truth == 1, 0.99, 0.01), "nothing": np.full((4, 4), 0.01)}
for name, probability in guesses.items():
    metric, mended = keras.metrics.MeanIoU(num_classes=2), keras.metrics.MeanIoU(num_classes=2)
    metric.update_state(truth, probability)
    mended.update_state(truth, probability > 0.5)
    print(f"{name}: of probabilities {float(metric.result()):.3f}, after a threshold {float(mended.result()):.3f}")
print("what the metric makes of 0.99:", int(np.float32(0.99).astype(int)))

# %% [markdown]
# `MeanIoU` wants *labels*. Given probabilities, it casts them to integers, and the integer part of 0.99 is 0. Whatever a sigmoid says, the metric sees an empty mask: the background's share of the picture for one class, zero for the other. It stood still through every training of the original, and nobody can be blamed for not noticing that a number is *constant* when it also looks plausible. Try each metric on an answer you know before you trust it.
#
# So here are the four numbers that we shall use, and the loss, by hand and by a library, for a guess with three pixels right, one missed and two too many.

# %% tags=["nbval-check-output"]
p = np.array([[.1, .1, .1, .1], [.1, .9, .8, .7], [.1, .6, .2, .1], [.1, .1, .1, .9]])
guess = p > 0.5
hit, missed, extra = np.sum((truth == 1) & guess), np.sum((truth == 1) & ~guess), np.sum((truth == 0) & guess)
print(f"IoU  {hit / (hit + missed + extra):.4f}, by helpers {masks.iou(truth[None], guess[None])[0]:.4f}")
print(f"Dice {2 * hit / (2 * hit + missed + extra):.4f}, by helpers {masks.dice(truth[None], guess[None])[0]:.4f}")
print(f"precision {hit / (hit + extra):.4f}: of what was called hand, so much is")
print(f"recall    {hit / (hit + missed):.4f}: of the hand, so much was found")
cross_entropy = -np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p))
library = float(keras.losses.BinaryCrossentropy()(truth.reshape(1, -1), p.reshape(1, -1)))
print(f"binary cross entropy {cross_entropy:.4f}, by Keras {library:.4f}")


# %% [markdown]
# ## Train it
#
# As the original did: binary cross entropy, **Adamax** (Kingma and Ba 2014), and **early stopping**, which keeps the weights of the best validation loss and gives up after ten passes without a better one. New for each pass is every picture: turned, shifted, sheared, flipped, zoomed, brighter or darker, and its mask with it, in *one* transform ([notebook 10](10_hand_data.ipynb) shows what goes wrong with two).
#
# Three things differ, because a lesson has a minute where the original had a night: the pictures are smaller and the network is narrower; the learning rate starts higher and falls along a cosine; and batch normalisation forgets faster. Its running averages, which only the *tests* use, follow the training with a delay of about a hundred steps at Keras' setting. In a short training they are still on their way when it ends.

# %%
class Batches(keras.utils.PyDataset):
    """Batches of 16 pictures and masks, in a new order and, if asked for, newly augmented for every pass."""

    def __init__(self, pictures, targets, seed, augmented=True):
        super().__init__()
        self.pictures, self.targets, self.augmented = pictures, targets, augmented
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.pictures))

    def __len__(self):
        return len(self.order) // 16

    def __getitem__(self, index):
        chosen = self.order[16 * index:16 * (index + 1)]
        x, y = self.pictures[chosen], self.targets[chosen]
        if self.augmented:
            x, y = zip(*(augment.pair(*both, self.rng) for both in zip(x, y, strict=True)), strict=True)
        return np.stack(x), np.stack(y)[..., None].astype("float32")


def trained(network, pictures, targets, epochs, seed=seed, augmented=True):
    """Train a network with early stopping; return its history, each loss by pass, and the seconds it took."""
    keras.utils.set_random_seed(seed)
    batches = Batches(pictures, targets, seed, augmented)
    rate = keras.optimizers.schedules.CosineDecay(5e-3, epochs * len(batches))
    network.compile(keras.optimizers.Adamax(rate), "binary_crossentropy")
    stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
    began = time.monotonic()
    history = network.fit(batches, epochs=epochs, validation_data=(validation_x, validation_y[..., None]), verbose=0,
                          callbacks=[stop, *runtime.training_bar(network.name)])
    return history.history, time.monotonic() - began


def predicted(network, pictures=test_x):
    """Return the mask of each picture."""
    parts = [network(pictures[first:first + 50], training=False) for first in range(0, len(pictures), 50)]
    return np.concatenate([ops.convert_to_numpy(part) for part in parts])[..., 0] > 0.5


# %%
keras.utils.set_random_seed(seed)
network = eva_x(base_filters, size, momentum=0.9)
history, seconds = trained(network, train_x, train_y, epochs)
guessed = predicted(network)
iou, dice = masks.iou(test_y, guessed), masks.dice(test_y, guessed)
print(f"{network.count_params():,} parameters, {len(history['loss'])} passes in {seconds:.0f} s: "
      f"IoU {iou.mean():.4f}, Dice {dice.mean():.4f} on {len(test_y)} unseen hands")
show.curves({"training": history["loss"], "validation": history["val_loss"]}, ylabel="cross entropy",
            caption="Loss of each pass over augmented training pictures, and of untouched validation pictures.",
            alt="Two falling curves; the validation curve lies near the training curve and is less smooth.")

# %% [markdown]
# **What to look for.** The two curves keep together: augmented pictures are harder than untouched ones, so the validation loss may even be the lower of the two. What would worry us is a validation curve that turns upwards while the training curve still falls.
#
# ## Right and wrong, pixel by pixel
#
# scikit-learn's report treats each pixel as one case. "macro avg" is the plain mean of the two classes, "weighted avg" counts each by its pixels. Accuracy flatters: the line below the matrix says what an empty mask would get. IoU looks at the hand only, and each picture counts the same, whether its hand is large or small.

# %%
print(classification_report(test_y.ravel(), guessed.ravel(), target_names=["background", "hand"], digits=4))
counts = labels.confusion(test_y, guessed.astype("uint8"), 2)
fig, ax = plt.subplots(figsize=(3.6, 2.3))
names = ["background", "hand"]
seaborn.heatmap(100 * counts / counts.sum(), annot=True, fmt=".1f", cmap="cividis", xticklabels=names,
                yticklabels=names, cbar_kws={"label": "% of all pixels"}, ax=ax)
ax.set(xlabel="called", ylabel="true")
show.figure(fig, "The confusion matrix of all test pixels.",
            "Two by two: most pixels are background called background, then hand called hand; the other two are small.")
nothing = masks.iou(test_y, np.zeros_like(test_y)).mean()
print(f"accuracy of an empty mask: {1 - test_y.mean():.4f}, its IoU: {nothing:.4f}")

# %%
show.ranked(test_x, test_y, guessed, iou, caption="Test pictures ranked by IoU.",
            alt="Best and median masks agree with the hands but for thin rims; the worst lack fingers or arms.")
gain = np.mean(iou > colour_iou)
print(f"better than the skin rule on {gain:.0%} of the test pictures; IoU under 0.8 on {np.mean(iou < 0.8):.0%}")


# %% [markdown]
# ## Break it: without augmentation
#
# The original had 51 photos to train on. So take 51 of our pictures, and train two networks on them with the same number of steps, one with the augmentation and one without.
#
# > **Predict.** Which of the two will have the lower loss on its training pictures? And which the better masks of unseen hands?

# %%
few_x, few_y, passes = train_x[:51], train_y[:51], max(1, epochs * train_images // 51 // 3)
few = {}
for name, augmented in (("augmented", True), ("as they are", False)):
    keras.utils.set_random_seed(seed)
    small = eva_x(base_filters, size, momentum=0.9)
    learnt, _ = trained(small, few_x, few_y, passes, augmented=augmented)
    few[name] = masks.iou(test_y, predicted(small)), masks.iou(few_y, predicted(small, few_x)), learnt
    print(f"51 pictures {name:<12} IoU {few[name][1].mean():.4f} on these, {few[name][0].mean():.4f} on unseen hands")
show.curves({f"{name}, {what}": row[2][key] for name, row in few.items()
             for what, key in (("training", "loss"), ("validation", "val_loss"))}, ylabel="cross entropy",
            caption="Two trainings on the same 51 pictures.",
            alt="Four curves: without augmentation the training loss falls lowest, the validation loss does not.")

# %% [markdown]
# ABLTEXT
#
# ## The stored study: add, concatenate, or neither?
#
# How much of Eva X's success is its addition? Three networks, three seeds each, equal pictures, steps and augmentation: too much for a lesson, so this comparison is **stored**: made by this notebook at the size `study`, and only read here.

# %%
VARIANTS = {"Eva X (adds)": lambda: eva_x(base_filters, size, momentum=0.9),
            "concatenates": lambda: eva_x(base_filters, size, layers.Concatenate, momentum=0.9),
            "plain U-Net": lambda: plain_unet(base_filters, size)}


def study_row(variant, seed):
    """Train one network of the study and return its row."""
    keras.utils.set_random_seed(seed)
    network = VARIANTS[variant]()
    history, seconds = trained(network, train_x, train_y, epochs, seed)
    found = masks.iou(test_y, predicted(network))
    return {"variant": variant, "seed": seed, "parameters": network.count_params(), "seconds": round(seconds, 1),
            "passes": len(history["loss"]), "iou": float(found.mean()), "worst": float(found.min())}


def make_study(file, count):
    """Make the first `count` rows that the file does not hold yet, writing each at once."""
    settings = {"train_images": train_images, "height": height, "base_filters": base_filters, "epochs": epochs,
                "precision": precision, "hands": hands.VERSION}
    study = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if study.get("settings") != settings:
        study = {"date": str(datetime.date.today()), "settings": settings, "machine": runtime.machine(),
                 "versions": runtime.versions(), "rows": []}
    done = [(row["variant"], row["seed"]) for row in study["rows"]]
    for variant, own_seed in [(variant, seed + i) for i in range(3) for variant in VARIANTS][:count]:
        if (variant, own_seed) not in done:
            study["rows"].append(study_row(variant, own_seed))
            file.write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")


if study_rows:
    make_study(paths.ROOT / study_file, study_rows)

# %%
study = results.stored_study("11")
print(f"Stored on {study['date']}, {study['machine']['cores']} CPU cores, Keras {study['versions']['keras']}: "
      f"{study['settings']['epochs']} passes over {study['settings']['train_images']:,} hands")
fig, ax = plt.subplots(figsize=(6, 1.7))
for place, variant in enumerate(VARIANTS):
    rows = [row for row in study["rows"] if row["variant"] == variant]
    values = [row["iou"] for row in rows]
    ax.plot(values, [place] * len(values), "o", ms=6, alpha=0.8, color=show.PALETTE[place])
    ax.plot(np.mean(values), place, "|", ms=20, color=show.BLACK)
    print(f"{variant:<13} {rows[0]['parameters']:>8,} parameters: IoU {np.mean(values):.4f}, {min(values):.4f} to "
          f"{max(values):.4f}, {len(values)} seeds, {np.mean([row['seconds'] for row in rows]):.0f} s each")
ax.set(xlabel="IoU on unseen hands", yticks=range(len(VARIANTS)), yticklabels=VARIANTS, ylim=(2.6, -0.6))
ax.grid(axis="x", alpha=0.25)
show.figure(fig, "The stored study: a dot for each seed, a bar at the mean.",
            "Three rows of dots, a row for each network.")

# %% [markdown]
# STUDYTEXT
#
# ## A network to use
#
# What Eva X says of a pixel depends on a window of 64x64 pixels around it. In a photo of useful size that is a knuckle, and a knuckle's skin is skin like any other: it takes the whole picture to know that this skin is a hand and that one a neck. The network behind `models.segment` starts at half resolution and goes down to a 32nd instead of a quarter, so that its deepest maps see everything. It keeps Eva X's idea: it adds.

# %% tags=["architecture"]
def step(x, filters, size=3, strides=1):
    """A convolution, batch normalisation, ReLU."""
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))


def far_sighted(side=160, widths=(24, 48, 96, 160, 192)):
    """Photo (side, side, 3) -> probability of hand for each pixel, by way of maps down to a 32nd of the side."""
    photo = layers.Input((side, side, 3))
    x = step(step(photo, widths[0], size=5, strides=2), widths[0])
    across = [x]
    for filters in widths[1:]:
        x = step(step(x, filters, strides=2), filters)
        across.append(x)
    x = step(across.pop(), widths[-1])
    for filters in reversed(widths[:-1]):
        x = layers.Conv2DTranspose(filters, 2, strides=2, use_bias=False)(x)
        x = step(layers.Add()([across.pop(), x]), filters)
    hand = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid", dtype="float32")(x)
    return keras.Model(photo, hand, name="far_sighted")


# %%
diagrams.architecture(far_sighted(), caption="The network in data/models/hands.keras.",
                      alt="Bars shrinking from 160 to 5 pixels and growing back, with four arrows across to additions.",
                      path=paths.MODELS / "hands.png" if ship_steps else None)

# %% [markdown]
# A network that must work on photos of strangers has to see as much variety as we can make. Tracing a hand takes a tenth of a second, laying it before a background a few thousandths. So thousands of hands and backgrounds are drawn once and kept (`helpers/scenes/hands_snapshots.py`), and every training picture is a new **snapshot**: one hand, moved, scaled and turned, before any of the backgrounds, in another light, taken by another camera, and fitted into a square the way `models.segment` will do it.

# %%
pool, rng = hands_snapshots.pool(8, None, 96), np.random.default_rng(seed)
show.grid([hands_snapshots.snapshot(pool, rng, 96)[0] for _ in range(24)], columns=12, size=0.8,
          caption="Twenty-four snapshots of eight hands before eight backgrounds.",
          alt="Small square pictures of the same few hands, large and small, turned, tinted, dark, blurred.")

# %% [markdown]
# It is trained on binary cross entropy *plus* one minus a soft IoU, in which probabilities take the place of yes and no (exercise 2), with AdamW, on 128x128 pixels at first and on 160x160 in the last part; and what is kept are not the last weights but a running average of them. Every 500 steps all is saved, so that an interrupted training goes on where it was.

# %%
def overlap(truth, guess):
    """Binary cross entropy plus one minus the soft IoU, for each picture."""
    both = ops.sum(truth * guess, axis=(1, 2, 3))
    either = ops.sum(truth + guess - truth * guess, axis=(1, 2, 3))
    return ops.mean(keras.losses.binary_crossentropy(truth, guess), axis=(1, 2)) + 1 - (both + 1) / (either + 1)


def snapshots(pool, steps, count=16):
    """Return what makes the batch of a step."""
    def batch(number):
        rng, side = np.random.default_rng([seed, number]), 128 if number < 0.6 * steps else 160
        pictures, targets = zip(*(hands_snapshots.snapshot(pool, rng, side) for _ in range(count)), strict=True)
        return np.float32(pictures) / 255, np.float32(targets)[..., None] / 255
    return batch


def taught(network, batch, steps, highest, file=None):
    """Train a network for so many steps, with checkpoints in a file, and return it with averaged weights."""
    if file and file.exists():
        network = keras.saving.load_model(file, custom_objects={"overlap": overlap})
    else:
        rate = keras.optimizers.schedules.CosineDecay(highest / 50, steps - steps // 20, alpha=1e-3,
                                                      warmup_target=highest, warmup_steps=max(steps // 20, 1))
        network.compile(keras.optimizers.AdamW(rate, weight_decay=1e-2, clipnorm=1.0, use_ema=True, ema_momentum=0.995),
                        overlap)
    done = int(network.optimizer.iterations)
    with ThreadPoolExecutor(1) as ahead:  # the next batch is made while this one is learnt
        coming = ahead.submit(batch, done)
        for number in range(done, steps):
            pair, coming = coming.result(), ahead.submit(batch, number + 1)
            network.train_on_batch(*pair)
            if file and number % 500 == 499:
                network.save(file)
    network.optimizer.finalize_variable_values(network.trainable_variables)
    return network


# %%
if ship_steps:
    began, earlier = time.monotonic(), (paths.MODELS / "hands.keras").exists() and models.card("hands")
    pool = hands_snapshots.pool(2500, paths.RUNS / "cache")
    keras.utils.set_random_seed(seed)
    anywhere = far_sighted(None)
    if earlier:  # go on from what is stored, in smaller steps
        anywhere.set_weights(models.load("hands").get_weights())
    anywhere = taught(anywhere, snapshots(pool, ship_steps), ship_steps, 1e-3 if earlier else 2e-3,
                      paths.RUNS / "cache" / f"hands_ship_{ship_steps}.keras")
    shipped = far_sighted()
    shipped.set_weights(anywhere.get_weights())
    found = [models.soft_mask(shipped, np.uint8(np.round(255 * x))) > 0.5 for x in test_x]
    models.save(shipped, "hands", seed=seed, seconds=time.monotonic() - began + (earlier["seconds"] if earlier else 0),
                data=f"{ship_steps * 16:,} snapshots of {len(pool['layers']):,} generated hands before as many "
                     f"generated backgrounds; score on {len(test_x)} generated test pictures, {height} pixels high"
                     + (f"; before that {earlier['data']}" if earlier else ""),
                scores={"iou": float(masks.iou(test_y, np.array(found)).mean())},
                limits="For photos of one hand, with its arm as far as it is bare. It has never seen a photo. Faces, "
                       "feet and cloth of the colour of skin may be taken for the hand.")

# %%
card = models.card("hands")
print(f"data/models/hands.keras: {card['parameters']:,} parameters, {card['seconds'] / 60:.0f} minutes; {card['data']}")
asked = np.array([models.segment("hands", np.uint8(np.round(255 * x))) > 0.5 for x in test_x])
stored_iou, stored_dice = masks.iou(test_y, asked), masks.dice(test_y, asked)
show.ranked(test_x, test_y, asked, stored_iou, caption="The stored network on the same test pictures.",
            alt="Hands and masks: nearly all agree but for thin rims.")
print(f"IoU under 0.8 on {np.mean(stored_iou < 0.8):.0%} of the pictures; Eva X of this run: {np.mean(iou < 0.8):.0%}")
results.record("11_hand_segmentation", splits[2], iou=stored_iou.mean(), dice=stored_dice.mean(), iou_eva_x=iou.mean())

# %% [markdown]
# ## Real hands
#
# The 60 photos show the hands of five people. They may not be passed on, so their pictures are in no file of this course; with `--real` this notebook measures two things on them.
#
# * **Drawn hands only.** Neither Eva X nor the stored network has seen a photo. What do they score on all 60?
# * **A few photos as well.** Go on training the stored network on the photos of *four* people, for a minute, and test it on the fifth; then the same for each of the others. So each photo is judged by a network that has never seen that person.

# %%
def scored(network, photos):
    """Return IoU and Dice of each photo."""
    found = []
    for sample in photos:
        mask = models.soft_mask(network, np.uint8(np.round(255 * sample.image))) > 0.5
        found.append([score(sample.target[None], mask[None])[0] for score in (masks.iou, masks.dice)])
    return np.array(found).T


def fine_tuned(photos, steps=80):
    """Go on training the stored network on a few photos, augmented and taken again by other cameras."""
    boxed = [models.letterbox(np.uint8(np.round(255 * sample.image)), (160, 160)) for sample in photos]
    pictures = [picture for picture, _ in boxed]
    targets = [cv2.copyMakeBorder(cv2.resize(sample.target, (inside[1].stop - inside[1].start,
                                                             inside[0].stop - inside[0].start)),
                                  inside[0].start, 160 - inside[0].stop, inside[1].start, 160 - inside[1].stop,
                                  cv2.BORDER_REPLICATE) for sample, (_, inside) in zip(photos, boxed, strict=True)]

    def batch(number):
        rng = np.random.default_rng([seed, number])
        pairs = [augment.pair(pictures[k], targets[k], rng) for k in rng.integers(len(pictures), size=16)]
        return (np.float32([cameras.shot(x, rng, 0.5) for x, _ in pairs]) / 255,
                np.float32([y for _, y in pairs])[..., None])

    keras.utils.set_random_seed(seed)
    network = far_sighted()
    network.set_weights(models.load("hands").get_weights())
    return taught(network, batch, steps, 5e-4)


# %%
if source == "real":
    photos, people = datasets.hands("all", "real", None), ("id01", "id02", "id03", "id04", "id05")
    (real_iou, real_dice), (eva_iou, _) = scored(models.load("hands"), photos), scored(network, photos)
    left_out = {person: scored(fine_tuned(datasets.hands("all", "real", None, without=person)),
                               datasets.hands("all", "real", None, only=person))[0] for person in people}
    for person, values in left_out.items():
        print(f"{person}: {len(values)} photos, IoU {values.mean():.4f}, worst {values.min():.4f}")
    results.record("11_hand_segmentation", photos, iou=real_iou.mean(), dice=real_dice.mean(),
                   iou_median=np.median(real_iou), iou_worst=real_iou.min(), iou_eva_x=eva_iou.mean(),
                   iou_leave_one_person_out=np.concatenate(list(left_out.values())).mean())
real = results.measured("11_hand_segmentation").get("scores", {})
for name, value in real.items():
    print(f"60 real photos, {name}: {value:.4f}")

# %% [markdown]
# REALTEXT
#
# ## Exercises
#
# **Exercise 1 (predict, 1 point).** A hand covers 20 % of a photo. A network is perfect: 0.98 on every pixel of the hand, 0.02 on every other. What does `MeanIoU(num_classes=2)` report when it is fed these probabilities, as in the original? Work it out on paper.

# %% tags=["exercise", "nbval-check-output"]
### BEGIN SOLUTION
reported = (0.8 + 0.0) / 2
### END SOLUTION
checks.check("11.1", reported)


# %% [markdown]
# **Exercise 2 (modify, 2 points).** IoU cannot be a loss: a threshold has no slope. A **soft** IoU lets probabilities $p$ stand for yes and no: the intersection becomes $\sum_i t_i p_i$, the union $\sum_i (t_i + p_i - t_i p_i)$. Write the loss of each picture, one minus its soft IoU, in NumPy. For a picture without a hand, and none found, it is 0.

# %% tags=["exercise", "nbval-check-output"]
def soft_iou_loss(truth, probability):
    """Return one minus the soft IoU for each picture: arrays (n, height, width) of 0..1 -> (n,)."""
    ### BEGIN SOLUTION
    both = (truth * probability).sum(axis=(1, 2))
    either = (truth + probability - truth * probability).sum(axis=(1, 2))
    return 1 - np.divide(both, either, out=np.ones_like(both), where=either > 0)
    ### END SOLUTION


checks.check("11.2", soft_iou_loss)


# %% [markdown]
# **Exercise 3 (build, 3 points).** A photo shows one hand, so of a mask in several pieces only the largest can be right. Write the cleaning step that keeps it; pixels that touch at a corner belong together (`cv2.connectedComponentsWithStats` counts them so). The hole that a thumb and a finger make must stay open, and an empty mask stays empty. Then try it: what does it do to the IoU of `guessed`, and to its worst pictures?
#
# <details><summary>Answer to the last question</summary>Mostly it helps a little: it removes islands of wood and cloth, which are small beside the hand. Where the network has found more of a table than of the hand, it throws the hand away, and the worst picture becomes worse.</details>

# %% tags=["exercise", "nbval-check-output"]
def largest_piece(mask):
    """Return a bool mask (height, width) of the largest piece of a mask."""
    ### BEGIN SOLUTION
    count, pieces, facts, _ = cv2.connectedComponentsWithStats(np.uint8(mask), connectivity=8)
    if count < 2:
        return np.zeros(mask.shape, bool)
    return pieces == 1 + facts[1:, cv2.CC_STAT_AREA].argmax()
    ### END SOLUTION


checks.check("11.3", largest_piece)

# %% [markdown]
# ## Quiz
#
# **1.** A network reports an accuracy of 0.93 for hand masks. Is that good?
#
# <details><summary>Answer</summary>Not to be told from this number. If hands cover 7 % of the pictures, the empty mask has it too. Ask for the IoU, or for precision and recall of the hand.</details>
#
# **2.** Why does adding ask something of the channels that concatenating does not?
#
# <details><summary>Answer</summary>After an addition nobody can tell the two parts apart: channel 5 from below and channel 5 from across must mean things that can be summed. Concatenated, they keep places of their own, and the next convolution chooses weights for each; it has twice as many.</details>
#
# **3.** A network has seen drawn hands only and is scored on photos. Which score may be used to decide when to stop its training?
#
# <details><summary>Answer</summary>One on drawn hands, or on photos kept apart for that purpose. As soon as the 60 photos choose the network, they are part of its training, and their score is no longer that of strangers.</details>
#
# ## Recap
#
# * You *built* Eva X to its last parameter, and saw what adding saves.
# * You *caught* a metric that gave the same to a perfect and to an idle network, by trying it on answers that were known.
# * You *trained* it with one transform for picture and mask, and *tested* on 51 pictures what that is worth.
# * You *read* a classification report and a confusion matrix, and saw what accuracy hides.
# * You *judged* drawn hands by photos of real ones.
#
# **References.** O. Ronneberger, P. Fischer, T. Brox, *U-Net: Convolutional Networks for Biomedical Image Segmentation*, 2015, [arXiv:1505.04597](https://arxiv.org/abs/1505.04597). · K. He, X. Zhang, S. Ren, J. Sun, *Deep Residual Learning for Image Recognition*, 2015, [arXiv:1512.03385](https://arxiv.org/abs/1512.03385). · D. P. Kingma, J. Ba, *Adam: A Method for Stochastic Optimization* (with Adamax), 2014, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980). · M. Kawulok, J. Kawulok, J. Nalepa, B. Smolka, *Self-adaptive algorithm for segmenting skin regions*, 2014, [doi:10.1186/1687-6180-2014-170](https://doi.org/10.1186/1687-6180-2014-170). · M. A. Rahman, Y. Wang, *Optimizing Intersection-Over-Union in Deep Neural Networks for Image Segmentation*, 2016, [doi:10.1007/978-3-319-50835-1_22](https://doi.org/10.1007/978-3-319-50835-1_22). · D. Chai, K. N. Ngan, *Face Segmentation Using Skin-Color Map in Videophone Applications*, 1999, [doi:10.1109/76.767122](https://doi.org/10.1109/76.767122).
#
# **Next:** 12 · Diamond masks, where no network is needed at first, and a network has to be faster than none.
