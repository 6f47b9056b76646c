import numpy as np
import pytest

from evenhand.properties.bisection import peak


def wave(x):
    return np.sin(9 * x) + x


def sample(x):
    return wave(x), x[:, None]


def steepest(left, right, _left, _right):
    return (wave(left) + wave(right)) / 2 + 10 * (right - left) / 2  # |slope| <= 10


def test_the_best_of_many_peaks_is_found_and_certified():
    found = peak(sample, steepest, [0.0, 3.0], tolerance=1e-6, samples_max=100_000)
    top = wave(np.linspace(0, 3, 1_000_001)).max()
    assert top <= found.ceiling <= found.height + 1.01e-6
    assert found.height == pytest.approx(top, abs=1e-9)


@pytest.mark.parametrize("samples", [2, 10, 40, 200])
def test_with_fewer_samples_the_ceiling_is_wider_and_true(samples):
    found = peak(sample, steepest, [0.0, 3.0], tolerance=1e-9, samples_max=samples)
    assert found.ceiling >= wave(np.linspace(0, 3, 100_001)).max() >= found.height - 1e-6
    assert found.samples <= samples + 32


def test_a_peak_between_samples_is_polished():
    found = peak(
        sample, lambda left, *_: np.full(len(left), -np.inf), np.linspace(0, 3, 50), tolerance=0, samples_max=0
    )
    assert found.place == pytest.approx(
        np.linspace(0, 3, 3_000_001)[wave(np.linspace(0, 3, 3_000_001)).argmax()], abs=2e-6
    )


def test_a_peak_at_an_end_stays_there():
    found = peak(lambda x: (x, x[:, None]), lambda _l, right, *_: right, [0.0, 1.0], tolerance=0, samples_max=100)
    assert (found.place, found.height, found.ceiling) == (1.0, 1.0, 1.0)
