"""Law and domains stand below the web: importing them must not bring in Django."""

import subprocess
import sys

import pytest

SCRIPT = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(found.name)
loaded = [name for name in sys.modules if name.split(".")[0] == "django"]
assert not loaded, loaded
print(len([name for name in sys.modules if name.startswith(package.__name__)]))
"""


@pytest.mark.parametrize("package", ["chengzhi.law", "chengzhi.domains"])
def test_every_module_imports_without_django(package):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, package], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5
