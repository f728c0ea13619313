"""What an example costs in training against one setting at a time, ours and PyTorch's; `speed plot` draws it.

Around 784-400-20 with batches of 128 (case a128), and for the number of draws around the importance-weighted case c.
"""

import argparse
import json
import os
import pathlib
import sys
from statistics import median

from driver import cases, machine, rounds

AXES = {
    "batch": ("a128", [8, 16, 32, 64, 128, 256, 512, 1024, 2048]),
    "hidden": ("a128", [50, 100, 200, 400, 800, 1600]),
    "latent": ("a128", [2, 5, 10, 20, 50, 100, 200]),
    "samples": ("c", [1, 2, 5, 10, 20, 50, 100]),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--axes", default=",".join(AXES), help="settings to vary, separated by commas")
    add("--values", help="in place of each axis's own values, separated by commas")
    add("--threads", default=",".join(str(n) for n in sorted({1, os.cpu_count()})), help="numbers of threads")
    add("--variants", default="eager-fused,compiled-fused", help="of PyTorch; the best one counts at each point")
    add("--rounds", type=int, default=5, help="turns of every worker at every point")
    add("--seconds", type=float, default=0.5, help="length of a turn")
    add("--json", default=".build/sweep.json", help="the file for all raw numbers")
    options = parser.parse_args()
    if strange := [axis for axis in options.axes.split(",") if axis not in AXES]:
        parser.error(f"no axis {', '.join(strange)}; there are {', '.join(AXES)}")
    return options


def point(axis, value, threads, options):
    """One setting: raw numbers, and seconds per example of either side."""
    case, known = AXES[axis][0], cases.load()
    batch = value if axis == "batch" else known[case]["batch"]
    commands = cases.workers(
        case, "training", threads, sys.executable, [f"--{axis}", str(value), "--warmup", "20"],
        options.variants.split(","))
    commands.pop("limit")
    commands.pop("ours-1", None)
    found = rounds.measure(f"{axis} {value}, {threads} threads", commands, options.rounds, options.seconds)
    costs = {name: median(worker["seconds"]) / batch for name, worker in found["workers"].items()}
    ours = costs.pop("ours", None)
    best = min(costs, key=costs.get, default=None)
    sides = {"ours": ours, "theirs": costs.get(best), "best": best}
    return {"axis": axis, "value": value, "threads": threads} | sides | found


def main():
    options = arguments()
    results = {
        "machine": machine.machine(), "versions": machine.versions(sys.executable, cases.SPEED),
        "settings": vars(options), "points": []}
    pathlib.Path(options.json).parent.mkdir(parents=True, exist_ok=True)
    print(f"{'':24}{'ours':>12}{'PyTorch':>12}{'ratio':>8}   microseconds per example")
    for axis in options.axes.split(","):
        for value in map(int, options.values.split(",")) if options.values else AXES[axis][1]:
            for threads in map(int, options.threads.split(",")):
                found = point(axis, value, threads, options)
                results["points"].append(found)
                # After every point, so that an interrupted run keeps what it has.
                pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
                ours, theirs = found["ours"], found["theirs"]
                cells = [f"{1e6 * cost:12.2f}" if cost else f"{'-':>12}" for cost in (ours, theirs)]
                ratio = f"{theirs / ours:8.2f}" if ours and theirs else f"{'-':>8}"
                name = f"{axis} {value}, {threads} thread{'s' if threads > 1 else ''}"
                print(f"{name:24}{''.join(cells)}{ratio}   {found['best'] or ''}", flush=True)
    print(f"\nraw numbers: {options.json}; to draw them: {cases.SPEED} plot {options.json} -o FOLDER")


main()
