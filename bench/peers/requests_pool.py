"""The article's crawler with a pool of threads: 16 threads, requests.get for each URL.

    python3 requests_pool.py list.txt [THREADS]
"""
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests


def fetch(url):
    response = requests.get(url)
    return response.status_code, len(response.content)


def main():
    with open(sys.argv[1]) as lines:
        urls = [line.strip() for line in lines]
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    start = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(fetch, urls))
    seconds = time.monotonic() - start
    ok = sum(status == 200 for status, _ in results)
    print(json.dumps({"ok": ok, "failed": len(urls) - ok, "seconds": seconds}))


main()
