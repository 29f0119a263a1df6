"""Seeds repeat, the machine is named, nothing heavy is imported early, and the network is out of reach."""

import json
import os
import socket
import subprocess
import sys
import urllib.request

import numpy as np
import papermill
import pytest

from helpers import paths, runtime


def _python(source, **environment):
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=120,
                          env=os.environ | environment, cwd=paths.ROOT)


@pytest.fixture(scope="module")
def starts():
    """What a process prints that starts with seed 3 and then with 4, and another that starts with 3."""
    draw = ("runtime.start({})\nlayer = keras.layers.Dense(3)\nlayer.build((None, 2))\n"
            "print(random.random(), np.random.rand(2), keras.ops.convert_to_numpy(layer.kernel).tolist())\n")
    head = "import random, numpy as np\nfrom helpers import runtime\nkeras = runtime.import_keras()\n"
    tail = "from tensorflow.python.framework import config\nprint(config.is_op_determinism_enabled())\n" \
           "print(len(runtime.training_bar('U-Net')))"
    return _python(head + draw.format(3) + draw.format(4) + tail), _python(head + draw.format(3))


def test_one_seed_gives_one_result(starts):
    one, other = (run.stdout.splitlines() for run in starts)
    assert one[1] == other[1]
    assert one[1] != one[3]


def test_operations_are_deterministic(starts):
    assert starts[0].stdout.splitlines()[-2] == "True"


def test_a_bar_is_shown_unless_it_is_to_be_quiet(starts):
    assert starts[0].stdout.splitlines()[-1] == "1"


def test_the_start_is_one_line_and_silent_otherwise(starts):
    lines = starts[1].stdout.splitlines()
    assert lines[0].startswith("Seed 3 · Python 3.1")
    assert f"{runtime.cores()} CPU cores" in lines[0]
    assert len(lines) == 2
    assert starts[1].stderr == ""


def test_no_helper_imports_tensorflow_early():
    names = [path.stem for path in sorted((paths.ROOT / "helpers").glob("[a-z]*.py"))]
    run = _python(f"import sys\nfrom helpers import {', '.join(names)}\n"
                  "print([name for name in ('tensorflow', 'keras', 'jax') if name in sys.modules])")
    assert run.stdout == "[]\n", run.stderr


def test_hidden_lines_are_shown_when_an_import_fails():
    run = _python("import os\nfrom helpers import runtime\nwith runtime._hidden_stderr():\n"
                  "    os.write(2, b'hidden\\n')\nwith runtime._hidden_stderr():\n"
                  "    os.write(2, b'why it fails\\n')\n    raise ImportError('broken')")
    assert "hidden" not in run.stderr
    assert "why it fails" in run.stderr
    assert "ImportError: broken" in run.stderr


@pytest.mark.parametrize(("value", "quiet"), [("1", True), ("yes", True), ("0", False), ("", False), (None, False)])
def test_quiet(monkeypatch, value, quiet):
    if value is not None:
        monkeypatch.setenv("MASKBOOK_QUIET", value)
    assert runtime.quiet() is quiet
    if quiet:
        assert runtime.training_bar("U-Net") == []


def test_the_machine_and_the_versions_are_told():
    machine, versions = runtime.machine(), runtime.versions()
    assert machine.keys() == {"system", "python", "cores", "memory_gib"}
    assert 1 <= machine["cores"] <= os.cpu_count()
    assert versions["numpy"] == np.__version__
    assert {"tensorflow", "keras", "papermill", "nbval", "jupyterlab"} <= versions.keys()


def test_real_data_lies_where_it_is_named(monkeypatch, tmp_path):
    assert paths.real_data() == paths.ROOT / "data/real"
    monkeypatch.setenv("MASKBOOK_DATA", "../elsewhere")
    monkeypatch.chdir(tmp_path)
    assert paths.real_data() == paths.ROOT.parent / "elsewhere"


def test_paths_are_shown_without_the_machine(tmp_path):
    assert paths.shown(paths.DATA / "mnist.npz") == "data/mnist.npz"
    assert paths.shown(tmp_path) == tmp_path.as_posix()


# The blocked network. The addresses are reserved for documentation: nobody answers there.

def _by_name():
    socket.getaddrinfo("example.org", 80)


def _by_old_name():
    socket.gethostbyname("example.org")


def _by_address():
    with socket.socket() as plug:
        plug.settimeout(1)
        plug.connect(("192.0.2.1", 80))


def _by_six():
    with socket.socket(socket.AF_INET6) as plug:
        plug.settimeout(1)
        plug.connect(("2001:db8::1", 80))


def _by_datagram():
    with socket.socket(type=socket.SOCK_DGRAM) as plug:
        plug.sendto(b"x", ("192.0.2.1", 53))


def _by_page():
    urllib.request.urlopen("http://example.org", timeout=1)


@pytest.mark.parametrize("reach", [_by_name, _by_old_name, _by_address, _by_six, _by_datagram, _by_page])
def test_the_network_is_blocked_here(reach, attempts):
    with pytest.raises(OSError, match="tests run without a network"):
        reach()
    assert len(attempts()) == 1


def test_this_machine_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()


def test_the_network_is_blocked_in_a_child(attempts):
    run = _python("import urllib.request\nurllib.request.urlopen('http://example.org', timeout=1)")
    assert "NetworkBlockedError" in run.stderr
    assert attempts() == ["socket.getaddrinfo example.org"]


def test_the_network_is_blocked_in_a_kernel(course, tmp_path, attempts):
    book = course.notebook("01_reach", "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 80), 1)\n"
                                       "except OSError as error:\n    print(error)")
    papermill.execute_notebook(str(book), str(tmp_path / "done.ipynb"), progress_bar=False, cwd=str(tmp_path))
    outputs = json.loads((tmp_path / "done.ipynb").read_text())["cells"][-1]["outputs"]
    assert "tests run without a network" in "".join(outputs[0]["text"])
    assert len(attempts()) == 1
