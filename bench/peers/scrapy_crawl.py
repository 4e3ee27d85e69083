"""Scrapy with as many requests in flight as asked, no delays, no robots.txt, no log.

    python3 scrapy_crawl.py list.txt [IN_FLIGHT]
"""
import json
import sys
import time

import scrapy
from scrapy.crawler import CrawlerProcess

IN_FLIGHT = int(sys.argv[2]) if len(sys.argv) > 2 else 64


class Pages(scrapy.Spider):
    name = "pages"
    ok = 0
    failed = 0
    start = 0.0
    custom_settings = {
        "CONCURRENT_REQUESTS": IN_FLIGHT,
        "CONCURRENT_REQUESTS_PER_DOMAIN": IN_FLIGHT,
        "ROBOTSTXT_OBEY": False,
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }

    def start_requests(self):
        Pages.start = time.monotonic()
        with open(sys.argv[1]) as lines:
            for line in lines:
                yield scrapy.Request(line.strip(), dont_filter=True, errback=self.on_error)

    def parse(self, response):
        Pages.ok += response.status == 200 and len(response.body) > 0

    def on_error(self, failure):
        Pages.failed += 1

    def closed(self, reason):
        seconds = time.monotonic() - Pages.start
        print(json.dumps({"ok": Pages.ok, "failed": Pages.failed, "seconds": seconds}))


process = CrawlerProcess()
process.crawl(Pages)
process.start()
