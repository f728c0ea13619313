"""Where and with what something was measured."""

import datetime
import os
import platform
import subprocess

from driver.cases import BENCHMARKS


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=BENCHMARKS, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine():
    fields = dict(line.split(":", 1) for line in output("lscpu").splitlines() if ":" in line)
    pick = {"model": "Model name", "sockets": "Socket(s)", "threads_per_core": "Thread(s) per core",
            "hypervisor": "Hypervisor vendor", "l2": "L2 cache", "l3": "L3 cache"}
    found = {key: fields[name].strip() for key, name in pick.items() if name in fields}
    flags = fields.get("Flags", "").split()
    found["vectors"] = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "unknown"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return found | {"cores": os.cpu_count(), "memory_bytes": memory, "kernel": platform.release()}


def versions(python, speed):
    modules = "import importlib.metadata as m; print(*(m.version(n) for n in ('torch', 'torchvision', 'pythae')))"
    torch = output(python, "-c", modules).split()
    found = dict(zip(("torch", "torchvision", "pythae"), torch)) if len(torch) == 3 else {"torch": output(
        python, "-c", "import importlib.metadata as m; print(m.version('torch'))")}
    changed = output("git", "status", "--porcelain", "--untracked-files=no", "..")
    return found | {
        "python": output(python, "--version").removeprefix("Python "),
        "swift": output("swift", "--version").splitlines()[0],
        "products": output(speed, "blas", "--which"),
        "commit": output("git", "rev-parse", "--short", "HEAD") + (" with changes" if changed else ""),
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }
