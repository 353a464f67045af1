#!/usr/bin/env python3
"""Where the time of the steps in a trace went: `latent bench CONFIG --profile trace.json`, then this on trace.json.

Usage: trace_summary.py TRACE.json [--top 15]
Prints milliseconds a step of each operation by itself, without the operations it calls.
"""
import argparse
import collections
import json

args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
args.add_argument("trace")
args.add_argument("--top", type=int, default=15)
args = args.parse_args()

with open(args.trace) as file:
    events = [e for e in json.load(file)["traceEvents"] if e.get("ph") == "X" and e.get("cat") == "cpu_op"]
steps = [(e["ts"], e["ts"] + e["dur"]) for e in events if e["name"] == "latent::step"]
if not steps:
    raise SystemExit(f"{args.trace}: no latent::step in it; expected a trace of latent bench or train --profile")
events = [e for e in events if any(begin <= e["ts"] < end for begin, end in steps)]
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
print(f"{sum(own.values()) / len(steps) / 1e3:8.2f} ms a step, mean of {len(steps)}")
for name, time in own.most_common(args.top):
    print(f"{time / len(steps) / 1e3:8.2f} ms {calls[name] / len(steps):6.1f} x  {name}")
