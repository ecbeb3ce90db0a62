-- The crawl ledger (ledger.db): what is queued, tried, captured, parsed. Times are Unix seconds except where said otherwise.

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started REAL NOT NULL,
  finished REAL,                       -- NULL: running, or killed
  error TEXT                           -- what ended the whole run early
);

CREATE TABLE site_runs (
  run INTEGER NOT NULL REFERENCES runs(id),
  site TEXT NOT NULL,
  started REAL NOT NULL,
  finished REAL,
  state TEXT NOT NULL,                 -- design.md, States; 'running' until the site's end
  detail TEXT,                         -- the codes behind the state, with how often each was met
  requests INTEGER NOT NULL DEFAULT 0, -- responses, robots.txt and redirects included
  listed INTEGER NOT NULL DEFAULT 0,   -- entries seen on lists
  pages INTEGER NOT NULL DEFAULT 0,    -- content pages answered
  new INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  gone INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0,
  problems INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run, site)
) WITHOUT ROWID;

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,           -- inside data/captures/
  size INTEGER NOT NULL DEFAULT 0,     -- bytes of whole records that the ledger knows
  closed INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  site TEXT NOT NULL,
  url TEXT NOT NULL,
  time TEXT NOT NULL,                  -- ISO 8601, UTC
  status INTEGER NOT NULL,
  digest TEXT NOT NULL,                -- of the payload as transferred
  file INTEGER NOT NULL REFERENCES files(id),
  offset INTEGER NOT NULL,
  length INTEGER NOT NULL,
  original INTEGER REFERENCES captures(id), -- the capture that holds the bytes, where this one is a revisit record
  page INTEGER REFERENCES pages(id),   -- the page that this is the final answer for; NULL: a list, robots.txt, a redirect
  stored INTEGER NOT NULL DEFAULT 0    -- whether the store has its records: what a rebuild stores again
);
CREATE INDEX captures_file ON captures(file) WHERE stored;
CREATE INDEX captures_payload ON captures(digest);

CREATE TABLE lists (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  url TEXT NOT NULL,                   -- the column's address
  depth INTEGER NOT NULL DEFAULT 0,    -- 0: named in the site file; sub-columns count up
  walk INTEGER NOT NULL DEFAULT 0,     -- the number of the walk that runs or ran last
  started REAL,                        -- of this walk
  full INTEGER NOT NULL DEFAULT 1,     -- whether this walk must go to the list's end
  request TEXT,                        -- JSON of the next ListRequest; NULL: the walk is over
  read INTEGER NOT NULL DEFAULT 0,     -- pages read in this walk
  listed INTEGER NOT NULL DEFAULT 0,   -- own entries seen in this walk
  strange INTEGER NOT NULL DEFAULT 0,  -- entries on other hosts seen in this walk
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0,
  outcome TEXT,                        -- how the last walk ended: a code of blocks.toml, NULL: well
  ended REAL,                          -- when a walk last came to the list's end, declared or not
  etag TEXT,
  last_modified TEXT,
  UNIQUE (site, url)
);
CREATE TABLE walks (                   -- the walks that reached their list's declared end: the proof of absence
  list INTEGER NOT NULL REFERENCES lists(id),
  walk INTEGER NOT NULL,
  run INTEGER NOT NULL,
  time REAL NOT NULL,
  PRIMARY KEY (list, walk)
) WITHOUT ROWID;
CREATE TABLE walk_pages (              -- which pages a walk has seen: a page that comes again is a trap
  list INTEGER NOT NULL,
  walk INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (list, walk, digest)
) WITHOUT ROWID;

CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  key TEXT NOT NULL,                   -- the canonical address: one page, one row
  url TEXT NOT NULL,
  kind TEXT NOT NULL,                  -- detail or attachment
  parent TEXT,                         -- the page that links an attachment
  state TEXT NOT NULL,                 -- queued, tried, captured, parsed, failed, gone, withdrawn
  title TEXT,                          -- as the list prints it
  date TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0,
  due REAL,                            -- when the page is looked at again
  interval REAL,                       -- days between the last two looks
  outcome TEXT,                        -- a code of blocks.toml, NULL: well
  capture INTEGER REFERENCES captures(id),
  digest TEXT,                         -- of the payload that was parsed last
  etag TEXT,
  last_modified TEXT,
  missed INTEGER NOT NULL DEFAULT 0,   -- whole walks in a row that no longer listed it
  seen REAL,                           -- the end of the last run that met it on a list or had it answered
  UNIQUE (site, key)
);
CREATE INDEX pages_work ON pages(site, state, not_before);
CREATE INDEX pages_due ON pages(site, due);
CREATE INDEX pages_capture ON pages(capture);
CREATE INDEX pages_key ON pages(key);

CREATE TABLE entries (                 -- which list shows which page, and in which walk it was last seen there
  list INTEGER NOT NULL REFERENCES lists(id),
  page INTEGER NOT NULL REFERENCES pages(id),
  walk INTEGER NOT NULL,
  title TEXT,                          -- as this list prints it: another may cut it short or name another day
  date TEXT,
  PRIMARY KEY (list, page)
) WITHOUT ROWID;
CREATE INDEX entries_page ON entries(page);

CREATE TABLE sites (
  site TEXT PRIMARY KEY,
  day TEXT,                            -- the day that the budget counts
  requests INTEGER NOT NULL DEFAULT 0, -- on this day
  paused REAL NOT NULL DEFAULT 0       -- the site asked not to be read before this
) WITHOUT ROWID;
