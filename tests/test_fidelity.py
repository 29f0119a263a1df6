"""How close a picture comes to the one it should be."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from helpers import fidelity

RNG = np.random.default_rng(0)
TRUTH = RNG.random((3, 16, 12, 3))
MADE = np.clip(TRUTH + RNG.normal(0, 0.1, TRUTH.shape), 0, 1)
INSIDE = np.zeros((3, 16, 12), np.uint8)
INSIDE[:, 3:12, 2:9] = 1


def test_everywhere_it_is_what_scikit_image_says():
    for i in range(3):
        assert fidelity.psnr(TRUTH, MADE)[i] == pytest.approx(peak_signal_noise_ratio(TRUTH[i], MADE[i], data_range=1))
        full = structural_similarity(TRUTH[i], MADE[i], data_range=1, channel_axis=-1, full=True)[1].mean()
        assert fidelity.ssim(TRUTH, MADE)[i] == pytest.approx(full)
    assert np.allclose(fidelity.mean_error(TRUTH, MADE), np.abs(TRUTH - MADE).mean(axis=(1, 2, 3)))


def test_inside_a_mask_only_its_pixels_count():
    spoiled = np.where(INSIDE[..., None] > 0, MADE, 1 - TRUTH)
    for measure in (fidelity.mean_error, fidelity.psnr):
        assert np.allclose(measure(TRUTH, spoiled, INSIDE), measure(TRUTH, MADE, INSIDE))
        assert not np.allclose(measure(TRUTH, spoiled), measure(TRUTH, MADE))
    by_hand = [np.abs(TRUTH - MADE)[i][INSIDE[i] > 0].mean() for i in range(3)]
    assert np.allclose(fidelity.mean_error(TRUTH, MADE, INSIDE), by_hand)
    assert np.allclose(fidelity.mean_error(TRUTH, MADE, INSIDE > 0), by_hand)


def test_equal_pictures_and_empty_masks():
    empty = np.zeros_like(INSIDE)
    assert np.all(fidelity.mean_error(TRUTH, TRUTH) == 0)
    assert np.all(np.isposinf(fidelity.psnr(TRUTH, TRUTH)))
    assert np.allclose(fidelity.ssim(TRUTH, TRUTH), 1)
    assert all(np.isnan(measure(TRUTH, MADE, empty)).all()
               for measure in (fidelity.mean_error, fidelity.psnr, fidelity.ssim))


@pytest.mark.parametrize("measure", [fidelity.mean_error, fidelity.psnr, fidelity.ssim])
@pytest.mark.parametrize(("truth", "made", "inside", "part"), [
    (TRUTH, MADE[:2], None, "equal shape"),
    (TRUTH[0], MADE[0], None, r"pass picture\[None\]"),
    (np.uint8(255 * TRUTH), np.uint8(255 * MADE), None, "Divide whole grey levels by 255"),
    (TRUTH, MADE, INSIDE[:, :8], "Found masks of shape"),
])
def test_what_does_not_fit_is_a_sentence(measure, truth, made, inside, part):
    with pytest.raises(ValueError, match=part):
        measure(truth, made, inside)
