"""Reads event files with TensorBoard's own reader, in the environment of scripts/setup.sh --test-tools.

usage: _check_events.py FOLDER    prints one JSON object: {"scalars": {TAG: [[STEP, VALUE], ...]}, "images": {TAG: [[STEP, WIDTH, HEIGHT,
                                  BYTES], ...]}, "histograms": {TAG: [[STEP, COUNT, LEAST, LARGEST], ...]}, "texts": {TAG: TEXT}}
"""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

reader = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "histograms": 0, "tensors": 0})
reader.Reload()
tags = reader.Tags()
found = {
    "scalars": {tag: [[each.step, each.value] for each in reader.Scalars(tag)] for tag in tags["scalars"]},
    "images": {tag: [[each.step, each.width, each.height, len(each.encoded_image_string)] for each in reader.Images(tag)]
               for tag in tags["images"]},
    "histograms": {tag: [[each.step, each.histogram_value.num, each.histogram_value.min, each.histogram_value.max]
                         for each in reader.Histograms(tag)] for tag in tags["histograms"]},
    "texts": {tag: reader.Tensors(tag)[-1].tensor_proto.string_val[0].decode() for tag in tags["tensors"]},
}
json.dump(found, sys.stdout)
