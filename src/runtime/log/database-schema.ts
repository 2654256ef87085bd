/** `ANXL`, in the header of every `log.db`. */
export const APPLICATION_ID = 0x414e_584c;

/** Kept in `user_version`. A reader refuses what is newer. */
export const SCHEMA_VERSION = 2;

/**
 * `entry.leaf` is the leaf hash of `body`. The entry that closes a batch carries in `note` the signed checkpoint of the tree up to
 * and with itself, or in `mac` the writer's authentication code of it where commits follow each other too fast to sign each; then
 * `seal` has the checkpoint of the last of them, once the log comes to rest. A batch of one costs one row, in one page: so `mission_block`
 * says for blocks of entries, not for each, which missions they belong to. `tile` holds full tiles; `root` is the hash over the tile, which
 * is its place in the level above. A `projection` with `seq` null is kept up to the last entry; otherwise it stopped before `seq`.
 * Small columns come first: a row with a long body can be scanned without its overflow pages.
 */
export const SCHEMA = `
  CREATE TABLE entry(
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, mission TEXT, task TEXT, leaf BLOB NOT NULL, dedup TEXT, mac BLOB, note TEXT,
    body BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entry_dedup ON entry(dedup) WHERE dedup IS NOT NULL;
  CREATE TABLE mission_block(mission TEXT, block INTEGER, PRIMARY KEY(mission, block)) STRICT, WITHOUT ROWID;
  CREATE TABLE seal(size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
  CREATE TABLE tile(level INTEGER, n INTEGER, root BLOB NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY(level, n)) STRICT;
  CREATE TABLE projection(name TEXT PRIMARY KEY, version TEXT NOT NULL, seq INTEGER, tables TEXT NOT NULL) STRICT;
  ${['entry', 'mission_block', 'seal', 'tile'].flatMap((table) => ['UPDATE', 'DELETE'].map((verb) => refuse(verb, table))).join('\n  ')}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION}
`;

function refuse(verb: string, table: string): string {
  const name = `${table}_no_${verb.toLowerCase()}`;
  return `CREATE TRIGGER ${name} BEFORE ${verb} ON ${table} BEGIN SELECT raise(ABORT, 'the log is append-only'); END;`;
}
