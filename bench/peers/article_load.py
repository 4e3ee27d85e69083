"""The article's program: N processes read the whole file, each writes the lines that are its own, one a round trip."""

import argparse
import multiprocessing
import time

import redis

PROCESSES = 8


def write(number, count, port, path):
    client = redis.StrictRedis(host="127.0.0.1", port=port)
    with open(path, encoding="utf-8") as lines:
        for k, line in enumerate(lines):
            if k % count == number:
                client.set(k, line.strip())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", required=True)
    options = parser.parse_args()
    start = time.perf_counter()
    workers = [
        multiprocessing.Process(target=write, args=(number, PROCESSES, options.port, options.file))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f'{{"seconds": {time.perf_counter() - start}}}')
