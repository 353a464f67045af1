"""The time of a training step in N processes, from the time of one process, the latency and the bandwidth:

    t(N) = (fixed + images * batch / N) * max(1, N / cores) + sum(N)
    sum(N) = 2 (N - 1) * latency + 2 (N - 1) / N * bytes / bandwidth     (a ring, for each exchange)

fixed and images follow from the speed of one process at the whole batch and at half of it (--half), or fixed is 0. Latency
and bandwidth follow from the seconds of a small sum and of one of the gradient's size in two processes (--sums). It prints
the prediction beside what was measured; then what it predicts for 8 GPUs and for 64 nodes.

usage: distributed_cost.py --batch 200 --measured 1=800 2=750 4=700 [--half 790] [--bytes 1.4e6] [--sums 1e-4 2e-3]
       [--cores 2] [--exchanges 3]
"""
import argparse


def exchange(processes, size, latency, bandwidth):
    """Seconds of one sum of `size` bytes over a ring."""
    if processes == 1:
        return 0.0
    return 2 * (processes - 1) * latency + 2 * (processes - 1) / processes * size / bandwidth


def step(processes, batch, fixed, per_image, size, latency, bandwidth, cores=None, exchanges=3):
    """Seconds of a step. exchanges: sums in a step, of which one has the gradient's size."""
    shared = max(1.0, processes / cores) if cores else 1.0
    small = (exchanges - 1) * exchange(processes, 64, latency, bandwidth)
    return (fixed + per_image * batch / processes) * shared + exchange(processes, size, latency, bandwidth) + small


def speeds(words):
    return {int(processes): float(speed) for processes, speed in (word.split("=") for word in words)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=float, default=200)
    parser.add_argument("--measured", nargs="+", required=True, help="N=IMAGES_PER_SECOND ..., 1 among them")
    parser.add_argument("--bytes", type=float, default=1.4e6, help="of the gradient")
    parser.add_argument("--sums", type=float, nargs=2, default=[1.2e-4, 8e-4], help="seconds of a small sum and of one of --bytes")
    parser.add_argument("--half", type=float, help="images/s of one process with half the batch")
    parser.add_argument("--cores", type=int, help="of the machine that all the measured processes share")
    parser.add_argument("--exchanges", type=int, default=3)
    options = parser.parse_args()
    measured = speeds(options.measured)
    fixed = max(0.0, options.batch / options.half - options.batch / measured[1]) if options.half else 0.0
    per_image = 1 / measured[1] - fixed / options.batch
    small, large = options.sums
    # Over a ring of two: two messages, and twice half of the bytes.
    own_latency, own_bandwidth = small / 2, options.bytes / max(large - small, 1e-9)
    print(f"a step: {fixed * 1e3:.2f} ms + {per_image * 1e3:.4f} ms an image; a sum: {own_latency * 1e6:.0f} us a message, "
          f"{own_bandwidth / 1e9:.2f} GB/s")
    for processes, speed in sorted(measured.items()):
        predicted = options.batch / step(processes, options.batch, fixed, per_image, options.bytes, own_latency,
                                         own_bandwidth, options.cores, options.exchanges)
        print(f"{processes} processes: {speed:.0f} images/s measured, {predicted:.0f} predicted ({predicted / speed - 1:+.1%})")
    for name, processes, batch, latency, bandwidth in (("8 GPUs of a node (NVLink, 200 GB/s, 10 us)", 8, 8, 1e-5, 2e11),
                                                       ("64 nodes (10 Gbit/s, 50 us)", 64, 64, 5e-5, 1.25e9),
                                                       ("64 nodes (100 Gbit/s, 10 us)", 64, 64, 1e-5, 1.25e10)):
        whole = options.batch * batch  # as much work for each as one process had
        seconds = step(processes, whole, fixed, per_image, options.bytes, latency, bandwidth,
                       exchanges=options.exchanges)
        efficiency = (options.batch * per_image + fixed) / seconds
        print(f"{name}: {whole / seconds:.0f} images/s, {efficiency:.0%} of {processes} times one (computed, not measured)")


main()
