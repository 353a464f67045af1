"""Times sums of two sizes by Gloo, as one of the processes that torchrun starts: the seconds of a small one and of a large one.

usage: torchrun --nproc-per-node 2 scripts/_exchange.py BYTES     rank 0 prints "SMALL LARGE", medians of 200
"""
import statistics
import sys
import time

import torch
import torch.distributed as distributed


def seconds_of(numbers):
    values = torch.zeros(numbers)
    taken = []
    for _ in range(220):
        distributed.barrier()
        start = time.perf_counter()
        distributed.all_reduce(values)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[20:])


torch.set_num_threads(1)
distributed.init_process_group("gloo")
small, large = seconds_of(16), seconds_of(int(float(sys.argv[1])) // 4)
if distributed.get_rank() == 0:
    print(small, large)
distributed.destroy_process_group()
