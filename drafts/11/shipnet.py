import numpy as np
from helpers import runtime
keras=runtime.import_keras(); from keras import layers, ops
def step(x, filters, size=3, strides=1):
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))
def far_sighted(size=192, widths=(24, 48, 96, 160, 192), twice=False):
    photo = layers.Input((size, size, 3))
    x = step(step(photo, widths[0], 5, 2), widths[0]); across=[x]
    for f in widths[1:]:
        x = step(step(x, f, strides=2), f); across.append(x)
    x = step(across.pop(), widths[-1])
    for f in reversed(widths[:-1]):
        x = layers.UpSampling2D(interpolation="bilinear")(layers.Conv2D(f, 1, use_bias=False)(x))
        x = layers.Add()([across.pop(), x])
        x = step(x, f)
        if twice: x = step(x, f)
    return keras.Model(photo, layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid", dtype="float32")(x), name="far_sighted")
