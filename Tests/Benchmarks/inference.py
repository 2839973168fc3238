"""Compares our inference with onnxruntime and OpenVINO: python3 inference.py --program CONCOURS [--networks others] [NAME...]

On U-Nets (unets.py), or on other families of networks (others.py).

One thread each, float32 forced, in turns: every round starts each engine once as a process of its own. Printed are the medians
over the rounds of process CPU time per run, the time to the first output, and the peak memory of the process.
Times depend on the machine; nothing is asserted.
Versions: onnxruntime 1.32.0, openvino 2026.4.1, onnx 1.22.0.
"""
import argparse
import json
import multiprocessing
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ENGINES = ["concours", "onnxruntime", "openvino"]


def worker(engine, model, shape, runs):
    """One engine in this process; prints what `concours model bench --json` prints."""
    start = time.perf_counter()
    import numpy

    image = numpy.arange(numpy.prod(shape), dtype=numpy.int64).reshape(shape) % 1009 / numpy.float32(1009)
    image = image.astype(numpy.float32)
    if engine == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        run = lambda: session.run(None, {"x": image})[0]
    else:
        import openvino

        settings = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1}
        request = openvino.Core().compile_model(model, "CPU", settings).create_infer_request()
        run = lambda: request.infer([image])[0]
    run()
    first = time.perf_counter() - start
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(runs):
        run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    report = {
        "wallSecondsPerRun": wall / runs,
        "cpuSecondsPerRun": cpu / runs,
        "firstOutputSeconds": first,
        "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    print(json.dumps(report))


def measure(engine, program, model, shape, runs):
    text = ",".join(map(str, shape))
    if engine == "concours":
        command = [program, "model", "bench", model, "--shape", text, "--runs", str(runs), "--threads", "1", "--json"]
    else:
        command = [sys.executable, __file__, "--worker", engine, model, text, str(runs)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{engine} failed on {model}:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def main():
    import onnx

    import others
    import unets

    networks = {
        "unets": {name: ([1, 1] + net[0], lambda net=net: unets.unet(*net)) for name, net in unets.NETS.items()},
        "others": {name: ([1, net[0]] + net[1], lambda net=net: others.network(*net)) for name, net in others.NETS.items()},
    }
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/release/concours")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path(".build/benchmarks"))
    parser.add_argument("--networks", choices=networks, default="unets")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    nets = networks[arguments.networks]
    for name in arguments.names or nets:
        shape, make = nets[name]
        model = arguments.folder / f"{name}.onnx"
        if not model.exists():
            # In a process of its own: what it takes would count as the peak of those that this one starts.
            saving = multiprocessing.get_context("fork").Process(target=lambda: onnx.save(make(), model))
            saving.start()
            saving.join()
            if saving.exitcode != 0:
                sys.exit(f"{name} was not made")
        reports = {engine: [] for engine in ENGINES}
        for _ in range(arguments.rounds):
            for engine in ENGINES:
                reports[engine].append(measure(engine, arguments.program, str(model), shape, arguments.runs))
        print(name)
        median = lambda engine, key: statistics.median(report[key] for report in reports[engine])
        for engine in ENGINES:
            cpu, first, peak = (median(engine, key) for key in ("cpuSecondsPerRun", "firstOutputSeconds", "peakMemoryBytes"))
            ratios = [a["cpuSecondsPerRun"] / b["cpuSecondsPerRun"] for a, b in zip(reports[engine], reports["concours"])]
            ratio = "" if engine == "concours" else f"   {statistics.median(ratios):.2f} times ours"
            print(f"  {engine:12} {cpu * 1000:8.0f} ms CPU   first output {first:5.2f} s   peak {peak / 2**20:6.0f} MiB{ratio}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker(sys.argv[2], sys.argv[3], [int(extent) for extent in sys.argv[4].split(",")], int(sys.argv[5]))
    else:
        main()
