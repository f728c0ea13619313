"""What is timed: the cases of cases.json, and the ways in which PyTorch is given its best at each kind of them."""

import json
import pathlib

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
SPEED = BENCHMARKS / ".build/release/speed"
TORCH_WORKER = BENCHMARKS / "peers/torch_worker.py"

DENSE = ["eager-fused", "eager-foreach", "compiled-fused", "compiled-foreach", "tuned-fused"]
VARIANTS = {
    "training": DENSE,
    "recurrent": DENSE[:-1],
    "convolution": DENSE + ["eager-fused-last", "eager-foreach-last", "compiled-fused-last", "compiled-foreach-last"],
    "estimate": ["eager-500", "eager-2500", "eager-5000", "compiled-500", "compiled-2500", "compiled-5000"],
}


def load():
    return json.loads((BENCHMARKS / "cases.json").read_text())


def workers(case, kind, threads, python, changes=(), variants=None):
    """The command of each worker of a case, ours first."""
    ours = [SPEED, "work", case, "--threads", str(threads), *changes]
    commands = {"ours": ours, "limit": ours + ["--limit"]}
    if threads > 1:
        commands["ours-1"] = [SPEED, "work", case, "--threads", "1", *changes]
    for variant in variants or VARIANTS[kind]:
        commands[variant] = [
            python, TORCH_WORKER, case, "--variant", variant, "--threads", str(threads), *changes]
    return commands
