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

_ABOUT = f"archive of public replies; contact: {PROPOSALS_CONTACT or 'none'}"
USER_AGENT = f"proposal-archive/{VERSION} ({_ABOUT})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "proposal-archive"

# Measured in performance.md, 2.2: 100 items in parallel cost a third of the time, cookies and referers a fifth.
CONCURRENT_ITEMS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 1
COOKIES_ENABLED = False
REFERER_ENABLED = False
METAREFRESH_ENABLED = False
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
DEPTH_LIMIT = 0
RETRY_ENABLED = False  # the ledger retries, so that a kill forgets nothing
HTTPERROR_ALLOW_ALL = True
HTTPCACHE_ENABLED = False
HTTPPROXY_ENABLED = False  # a proxy of the environment would resolve names itself, private ones too
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"
DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("http", "https"), "crawler.handler.DownloadHandler"),
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "zh-CN,zh;q=0.9"}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.SafetyMiddleware": 50,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.DecompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.middlewares.PlainRedirectMiddleware": 600,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
EXTENSIONS = {
    "crawler.capture.CaptureExtension": 0,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
ITEM_PIPELINES = {"archive.pipeline.StorePipeline": 300}
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # the ledger counts
LOG_LEVEL = "ERROR"  # what sites do wrong stands in the log of the run
