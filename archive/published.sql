-- The published archive (archive.db): what Datasette, the proxy and the dumps may read.
-- Each table and column is described in Chinese and English in archive/dictionary.yaml; tests hold the two together.
-- proposals is narrow on purpose: rows are listed, sorted and faceted; long texts live in texts.

CREATE TABLE divisions (
  code TEXT PRIMARY KEY,              -- GB/T 2260, six digits
  name TEXT NOT NULL,                 -- 安康市
  province TEXT NOT NULL              -- 陕西
);

CREATE TABLE sites (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  division TEXT REFERENCES divisions(code),
  host TEXT,
  family TEXT,
  verified INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL,                -- design.md, States: not run, blocked, unreachable, empty list, …, fine
  last_success TEXT,
  pages INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE matters (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL
);

CREATE TABLE proposals (
  rowid INTEGER PRIMARY KEY,          -- the record's number in the store, the same in every publish of it; the search index joins on it
  id TEXT NOT NULL UNIQUE,            -- permanent: ankang-proposal-16-4-98
  type TEXT NOT NULL,                 -- reply or original
  kind TEXT,                          -- suggestion, motion, proposal
  title TEXT NOT NULL,
  subject TEXT,
  number TEXT,
  year INTEGER,                       -- of sign date, else publish date
  date TEXT,                          -- sign date, else publish date, day only: what lists sort by
  sign_date TEXT,
  publish_date TEXT,
  body TEXT, level TEXT, place TEXT, term INTEGER, session INTEGER,
  category TEXT, status TEXT, disclosure TEXT, doc_number TEXT, signer TEXT,
  host TEXT,                          -- host departments as display text, joined by 、
  proposer TEXT,                      -- proposers as display text, joined by 、
  proposer_count INTEGER,
  site TEXT REFERENCES sites(id),
  division TEXT REFERENCES divisions(code),
  matter INTEGER REFERENCES matters(id),
  matter_reason TEXT,                 -- why the record belongs to its matter
  reply_days INTEGER,                 -- from the original's date to the reply's
  url TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  state TEXT NOT NULL,                -- present or withdrawn
  mirror TEXT,
  reply_digest TEXT,                  -- of the reply's letters and digits: equal in copies
  parser TEXT NOT NULL
);

CREATE TABLE texts (
  proposal INTEGER PRIMARY KEY REFERENCES proposals(rowid),
  proposal_text TEXT,
  reply_text TEXT,
  names TEXT                          -- what the index finds under names: numbers, meeting, document number, people, departments
);

CREATE TABLE redirects (old_id TEXT PRIMARY KEY, new_id TEXT NOT NULL);

CREATE TABLE departments (
  id INTEGER PRIMARY KEY,             -- from name and division, the same in every archive
  name TEXT NOT NULL,                 -- normalised
  division TEXT REFERENCES divisions(code),
  valid_from TEXT,                    -- month before which no reform had founded it; NULL: not touched by the reforms known
  valid_to TEXT,                      -- month by which a reform had ended it
  successor INTEGER REFERENCES departments(id),
  UNIQUE (name, division)
);
CREATE TABLE proposal_departments (
  proposal INTEGER NOT NULL REFERENCES proposals(rowid),
  department INTEGER NOT NULL REFERENCES departments(id),
  role TEXT NOT NULL,                 -- host or co
  position INTEGER NOT NULL,
  printed TEXT NOT NULL,
  PRIMARY KEY (proposal, department, role)
) WITHOUT ROWID;

CREATE TABLE people (
  id INTEGER PRIMARY KEY,             -- from name and division, the same in every archive
  name TEXT NOT NULL,
  division TEXT REFERENCES divisions(code),
  type TEXT NOT NULL DEFAULT 'person', -- person or body
  UNIQUE (name, division)
);
CREATE TABLE proposal_people (
  proposal INTEGER NOT NULL REFERENCES proposals(rowid),
  person INTEGER NOT NULL REFERENCES people(id),
  role TEXT NOT NULL,                 -- lead, co-signer or signer (who signed the reply)
  position INTEGER NOT NULL,
  printed TEXT NOT NULL,
  PRIMARY KEY (proposal, person, role)
) WITHOUT ROWID;

CREATE TABLE proposal_numbers (
  proposal INTEGER NOT NULL REFERENCES proposals(rowid),
  position INTEGER NOT NULL,
  number TEXT NOT NULL,               -- as printed: one answer may cover several
  PRIMARY KEY (proposal, position)
) WITHOUT ROWID;

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,                 -- document, summary
  title TEXT,
  doc_number TEXT,
  date TEXT,
  site TEXT REFERENCES sites(id),
  url TEXT NOT NULL UNIQUE,
  text TEXT
);
CREATE TABLE citations (
  id INTEGER PRIMARY KEY,
  proposal INTEGER NOT NULL REFERENCES proposals(rowid),
  title TEXT,
  doc_number TEXT,
  document INTEGER REFERENCES documents(id)   -- the cited document where it is archived
);

CREATE TABLE numbers (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL REFERENCES sites(id),
  kind TEXT, term INTEGER, session INTEGER,
  number TEXT NOT NULL,
  proposal INTEGER REFERENCES proposals(rowid),   -- NULL: missing
  state TEXT NOT NULL,                -- present, missing, withdrawn
  reason TEXT
);

CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  proposal INTEGER NOT NULL REFERENCES proposals(rowid),
  seen TEXT NOT NULL,                 -- capture time of the version
  field TEXT NOT NULL,
  old TEXT,
  new TEXT
);

CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  proposal INTEGER REFERENCES proposals(rowid),
  document INTEGER REFERENCES documents(id),
  url TEXT NOT NULL,
  time TEXT NOT NULL,
  status INTEGER NOT NULL,
  digest TEXT NOT NULL,
  file TEXT, offset INTEGER, length INTEGER
);

CREATE TABLE evidence (
  proposal INTEGER NOT NULL REFERENCES proposals(rowid),
  field TEXT NOT NULL,
  rule TEXT NOT NULL,
  label TEXT,
  quote TEXT NOT NULL,
  confidence REAL NOT NULL,
  PRIMARY KEY (proposal, field)
) WITHOUT ROWID;

CREATE TABLE crawls (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL REFERENCES sites(id),
  started TEXT NOT NULL,
  finished TEXT,
  state TEXT NOT NULL,
  requests INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  problems INTEGER NOT NULL DEFAULT 0,
  detail TEXT
);

CREATE TABLE summaries (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents(id),
  site TEXT REFERENCES sites(id),
  year INTEGER, term INTEGER, session INTEGER, kind TEXT, class TEXT,
  scope TEXT NOT NULL DEFAULT 'place',                -- place or organ: whose cases are counted
  total INTEGER NOT NULL,
  held INTEGER,                       -- matters of the archive that the total counts; NULL: cannot be told
  quote TEXT NOT NULL
);

CREATE TABLE masked (                 -- how often each mask struck in a record
  record INTEGER NOT NULL,            -- rowid of proposals or id of documents: both are the record's number in the store
  mask TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (record, mask)
) WITHOUT ROWID;

CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT);  -- schema version, build time, what it was built from, counts of masked values per pattern

-- The search index: overlapping character pairs, contentless (see docs/search.md).
CREATE VIRTUAL TABLE proposals_fts USING fts5 /* content="proposals" */ (
  reply, proposal, title, names, content='', tokenize='ascii'
);

CREATE VIEW full_proposals AS
  SELECT p.*, t.proposal_text, t.reply_text FROM proposals p LEFT JOIN texts t ON t.proposal = p.rowid;
