"""Whole programs, timed from outside: from the start of the process to its exit."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from driver.cases import BENCHMARKS
from driver.rounds import complain

ROOT = BENCHMARKS.parent
VAE = ROOT / ".build/release/vae"
DATA = ROOT / ".build/bench-data"


def commands(name, case, threads, python):
    """Our program, and the programs it is held against; OUT stands for a folder that is thrown away."""
    width, latent = str(case["hidden"][0]), str(case["latent"])
    numbers = ["--epochs", str(case["epochs"]), "--batch-size", str(case["batch"])]
    ours = [VAE, "train", "mnist", *numbers, "--binarize", "none", "--hidden", width, "--latent", latent,
            "--validation", "0", "--threads", str(threads), "--out", "OUT/run"]
    peers = BENCHMARKS / "peers"
    basic = [python, peers / "basic_vae.py", "--data", DATA, *numbers, "--no-test"]
    if name == "g1":
        return {"ours": ours, "loader-1": basic + ["--workers", "1"], "loader-0": basic + ["--workers", "0"]}
    return {"ours": ours, "pythae": [python, peers / "pythae_vae.py", *numbers, "--out", "OUT"]}


def run(command):
    """Seconds and the most memory that any one process of the tree held (ru_maxrss of wait4, not a sum)."""
    folder = tempfile.mkdtemp()
    try:
        with tempfile.TemporaryFile("w+") as said:
            words = [str(word) for word in command]
            words = [word.replace("OUT", folder, 1) if word.startswith("OUT") else word for word in words]
            start = time.perf_counter()
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                said.seek(0)
                last = [line.strip() for line in said if line.strip()][-1:] or ["it said nothing"]
                raise OSError(f"ended with status {process.returncode}: {last[0]}")
        return seconds, usage.ru_maxrss * 1024
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(case, commands, rounds):
    """Every program once a round, in an order that rotates; the same form of result as for workers."""
    sys.path.insert(0, str(BENCHMARKS / "peers"))
    import mnist

    mnist.write_for_torchvision(pathlib.Path(DATA))
    result = {"workers": {}, "declined": {}, "errors": [], "load": [os.getloadavg()[0]]}
    failed = set()
    names = list(commands)
    for round in range(rounds):
        for name in names[round % len(names):] + names[: round % len(names)]:
            if name in failed:
                continue
            try:
                seconds, peak = run(commands[name])
            except OSError as error:
                failed.add(name)
                result["workers"].pop(name, None)
                result["errors"].append(f"{name}: {error}")
                complain(f"case {case}: {name}: {error}")
                continue
            kept = result["workers"].setdefault(name, {"seconds": [], "peak_bytes": 0})
            kept["seconds"].append(seconds)
            kept["peak_bytes"] = max(kept["peak_bytes"], peak)
        print(f"{case}: round {round + 1} of {rounds}", file=sys.stderr, flush=True)
    result["load"].append(os.getloadavg()[0])
    return result
