"""Ours and PyTorch's newest CPU build, alternately in one run; see Benchmarks/README.md."""

import argparse
import json
import os
import pathlib
import sys

from driver import cases, machine, programs, rounds, table


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--cases", help="which, separated by commas (default: all of cases.json)")
    add("--rounds", type=int, default=7, help="turns of every worker")
    add("--program-rounds", type=int, default=3, help="runs of every whole program")
    add("--seconds", type=float, default=1.5, help="length of a turn")
    add("--threads", type=int, default=os.cpu_count(), help="for either side")
    add("--variants", help="only these of PyTorch's variants, separated by commas")
    add("--json", default=".build/bench.json", help="the file for all raw numbers")
    add("--markdown", help="a file for the table in Markdown")
    add("--show", metavar="JSON", help="print the table of an earlier run instead")
    return parser, parser.parse_args()


def measured(name, case, options):
    variants = options.variants.split(",") if options.variants else None
    if case["kind"] == "program":
        commands = programs.commands(name, case, options.threads, sys.executable)
        return programs.measure(name, commands, options.program_rounds)
    commands = cases.workers(name, case["kind"], options.threads, sys.executable, variants=variants)
    return rounds.measure(name, commands, options.rounds, options.seconds)


def main():
    parser, options = arguments()
    if options.show:
        print(table.plain(json.loads(pathlib.Path(options.show).read_text())))
        return
    known = cases.load()
    chosen = options.cases.split(",") if options.cases else list(known)
    if strange := [name for name in chosen if name not in known]:
        parser.error(f"no case {', '.join(strange)}; there are {', '.join(known)}")
    results = {
        "machine": machine.machine(), "versions": machine.versions(sys.executable, cases.SPEED),
        "settings": {key: getattr(options, key) for key in ("threads", "rounds", "program_rounds", "seconds")},
        "cases": {},
    }
    pathlib.Path(options.json).parent.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        about = {key: known[name][key] for key in ("title", "unit", "targets") if key in known[name]}
        results["cases"][name] = about | measured(name, known[name], options)
        # After every case, so that an interrupted run keeps what it has.
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    print(table.plain(results))
    print(f"\nraw numbers: {options.json}")
    if options.markdown:
        pathlib.Path(options.markdown).write_text(table.markdown(results))
    if any(case["errors"] for case in results["cases"].values()):
        sys.exit(1)


main()
