#!/usr/bin/env python3
"""Where the time of the steps in a trace went: `latent bench CONFIG --profile trace.json`, then this on trace.json.

Usage: trace_summary.py TRACE.json [--top 15]
Prints milliseconds a step of each operation by itself, without the operations it calls.
"""
import argparse
import collections
import json

STEPS = 20  # in a trace of --profile

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("trace")
args.add_argument("--top", type=int, default=15)
args = args.parse_args()

with open(args.trace) as file:
    events = [e for e in json.load(file)["traceEvents"] if e.get("ph") == "X" and e.get("cat") == "cpu_op"]
events.sort(key=lambda e: (e["tid"], e["ts"], -e["dur"]))
own, calls, open_events = collections.Counter(), collections.Counter(), []
for event in events:
    while open_events and (open_events[-1]["tid"] != event["tid"] or
                           open_events[-1]["ts"] + open_events[-1]["dur"] <= event["ts"]):
        open_events.pop()
    if open_events:
        own[open_events[-1]["name"]] -= event["dur"]
    own[event["name"]] += event["dur"]
    calls[event["name"]] += 1
    open_events.append(event)
print(f"{sum(own.values()) / STEPS / 1e3:8.2f} ms a step")
for name, time in own.most_common(args.top):
    print(f"{time / STEPS / 1e3:8.2f} ms {calls[name] / STEPS:6.1f} x  {name}")
