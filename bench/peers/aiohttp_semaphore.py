"""The article's crawler with coroutines: a session for each URL, bounded by Semaphore(10).

    python3 aiohttp_semaphore.py list.txt [PERMITS]
"""
import asyncio
import json
import sys
import time

import aiohttp


async def fetch(url, semaphore):
    async with semaphore:
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as response:
                body = await response.read()
                return response.status, len(body)


async def crawl(urls, permits):
    semaphore = asyncio.Semaphore(permits)
    return await asyncio.gather(*(fetch(url, semaphore) for url in urls))


def main():
    with open(sys.argv[1]) as lines:
        urls = [line.strip() for line in lines]
    permits = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    start = time.monotonic()
    results = asyncio.run(crawl(urls, permits))
    seconds = time.monotonic() - start
    ok = sum(status == 200 for status, _ in results)
    print(json.dumps({"ok": ok, "failed": len(urls) - ok, "seconds": seconds}))


main()
