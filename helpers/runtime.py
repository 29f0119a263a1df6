"""Seed, determinism, versions and the machine: what makes one run repeat another."""

import contextlib
import importlib.metadata
import os
import platform
import random
import tempfile
from types import ModuleType

import numpy as np

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "scikit-image", "opencv-python-headless",
            "matplotlib", "seaborn", "papermill", "nbval", "jupyterlab")


def start(seed: int) -> None:
    """Seed Python, NumPy and Keras, ask for deterministic operations, print the machine on one line.

    Parameters
    ----------
    seed : int
        0 or above. Two runs with one seed on one machine with the same number of threads give
        equal results to the last digit; another processor may round differently.
    """
    keras = import_keras()
    random.seed(seed)
    np.random.seed(seed)
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()
    computer = machine()
    print(f"Seed {seed} · Python {computer['python']} · Keras {keras.__version__} on "
          f"{keras.backend.backend()} · {computer['cores']} CPU cores, {computer['memory_gib']} GiB of memory")


def import_keras() -> ModuleType:
    """Import Keras without the start-up lines of its backend, and return it.

    The lines are written by C++ before any Python setting is read, so they are caught at the
    file descriptor; if the import fails they are shown, since they may say why.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _hidden_stderr():
        import keras

        keras.ops.convert_to_tensor(0.0)  # the backend opens its devices only now
    return keras


def quiet() -> bool:
    """Return True where outputs are stored, so that progress bars must stay silent."""
    return os.environ.get("MASKBOOK_QUIET", "") not in ("", "0")


def training_bar(name: str) -> list:
    """Return Keras callbacks that show a progress bar while a network trains; none where quiet.

    Pass them on as ``model.fit(..., verbose=0, callbacks=runtime.training_bar("U-Net"))``.
    """
    if quiet():
        return []
    from tqdm.keras import TqdmCallback

    return [TqdmCallback(verbose=1, desc=name)]


def cores() -> int:
    """Return how many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def machine() -> dict[str, str | int]:
    """Return what a reader needs to compare times: system, Python, cores, memory (GiB)."""
    import psutil

    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": cores(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
    }


def versions() -> dict[str, str]:
    """Return the installed version of every package that can change a result."""
    found = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found


@contextlib.contextmanager
def _hidden_stderr():
    """Send file descriptor 2 to a temporary file; show its content if the block raises."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as hidden:
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except BaseException:
            hidden.seek(0)
            os.write(kept, hidden.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
