"""Settings of the Scrapy project: what a maintainer sets, from the environment; a site's manners are in its file."""

from __future__ import annotations

import os
import sys

from crawler import VERSION

BOT_NAME = "proposal-archive"
SPIDER_LOADER_CLASS = "crawler.loader.SiteSpiderLoader"
PROPOSALS_DATA = os.environ.get("PROPOSALS_DATA", "data")
PROPOSALS_CONTACT = os.environ.get("PROPOSALS_CONTACT") or None
PROPOSALS_RUN = None
"""The number of the run that a parent process has begun; ``None``: this process begins its own."""
PROPOSALS_WARC_BYTES = 1_000_000_000
PROPOSALS_RETRIES = 2
PROPOSALS_RETRY_DELAY = 10.0
"""Seconds before a request that failed is sent again; doubles each time."""
PROPOSALS_PATIENCE = 120.0
"""Seconds that a run waits at most for a site that asks to be left alone; longer waits are left to the next run."""

PROPOSALS_AGENT = f"proposal-archive/{VERSION} (archive of public replies; contact: {{contact}})"
USER_AGENT = PROPOSALS_AGENT.format(contact=PROPOSALS_CONTACT or "none")
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "proposal-archive"

CONCURRENT_ITEMS = 1  # a page gives one item, and each further worker is a task a page with nothing to do
CONCURRENT_REQUESTS_PER_DOMAIN = 1
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
if sys.platform != "win32":
    ASYNCIO_EVENT_LOOP = "uvloop.Loop"

DOWNLOAD_DELAY_JITTER = 0
"""A crawl-delay is a least delay; jitter would go below it."""
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
REDIRECT_MAX_TIMES = 5
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"
DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("http", "https"), "crawler.handler.DownloadHandler"),
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"  # nothing waits in it that hosts could share
WARN_ON_GENERATOR_RETURN_VALUE = False  # a check of the spider's own code, made for every page

DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9"}

# Only what stands here is loaded. Scrapy imports what its own lists hold even where it is switched off (an SSH library,
# two HTTP clients: a sixth of a second), and those lists grow with its versions. Left out are cookies, passwords and
# Referer headers, which are not sent; a proxy of the environment, which would resolve names itself, private ones too;
# retries, depth, statuses and counts, which the ledger keeps so that a kill forgets nothing; other hosts, which
# SafetyMiddleware refuses; consoles and exports, which nobody asks for.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.SafetyMiddleware": 50,
    "crawler.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "crawler.middlewares.DecompressionMiddleware": 590,
    "crawler.middlewares.PlainRedirectMiddleware": 600,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "crawler.capture.CaptureExtension": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
ITEM_PIPELINES = {"archive.pipeline.StorePipeline": 300}
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # the ledger counts
LOG_LEVEL = "ERROR"  # what sites do wrong stands in the log of the run
LOG_FORMATTER = "crawler.lines.LogLines"
