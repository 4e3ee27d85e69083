/** Bounds of what a source reads; each names what happens beyond it. */

/** Longest line or record; a longer one is refused as `E_LINE_TOO_LONG` and never held in memory. */
export const RECORD_BYTES = 16 * 2 ** 20

/** Longest URL; a longer one is refused as `E_URL_INVALID`. */
export const URL_BYTES = 8 * 2 ** 10

/** Longest CSV record: an unclosed quote is noticed here instead of swallowing the file. */
export const CSV_RECORD_BYTES = 2 ** 20

/** Bytes asked of the disk at once. */
export const BLOCK_BYTES = 256 * 2 ** 10

/** A file whose rest is not larger is read at once, so that its records are counted before the first one runs. */
export const AHEAD_BYTES = 8 * 2 ** 20

/** Bytes looked at to tell what a file is. */
export const HEAD_BYTES = 64 * 2 ** 10

/** Records between two marks, and most records of a batch. */
export const MARK_RECORDS = 128

/** A batch is closed when its payload has reached this size. */
export const BATCH_BYTES = 64 * 2 ** 10

/** Records between two marks of a load, or as many bytes where records are long: marks are small, records are fast. */
export const LOAD_MARK_RECORDS = 1_024
export const LOAD_MARK_BYTES = 64 * 2 ** 10

/** A batch of records of a load holds at most so many, or so many bytes; a record that is longer is alone. */
export const LOAD_BATCH_RECORDS = 8_192
export const LOAD_BATCH_BYTES = 512 * 2 ** 10

/** An archive that grows beyond this many times its size, after {@link BOMB_FLOOR_BYTES}, is `E_DECODE_BOMB`. */
export const BOMB_RATIO = 1_000
export const BOMB_FLOOR_BYTES = 64 * 2 ** 20
/** Most bytes one archive may unpack to. */
export const UNPACKED_BYTES = 2 ** 40

/** Largest sitemap that is fetched, packed or not: the limit of the sitemap protocol. */
export const SITEMAP_BYTES = 50 * 2 ** 20
/** How deep sitemap indexes may point to sitemap indexes. */
export const SITEMAP_DEPTH = 5
/** Most sitemaps fetched for one input. */
export const SITEMAP_COUNT = 50_000
export const SITEMAP_REDIRECTS = 10

/** Most different URLs that `--unique` remembers: 16 bytes each. */
export const UNIQUE_URLS = 50_000_000

/** How long opening a file may take before its disk or network share counts as gone, in milliseconds. */
export const OPEN_TIMEOUT_MS = 5_000
