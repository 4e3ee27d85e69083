import { crc32 } from 'node:zlib'
import { WORDS } from './corpus.ts'
import { fold31 } from './digest.ts'
import type { Kernel } from './kernel.ts'
import { Random, seedOf } from './random.ts'

interface Entry {
  readonly id: number
  readonly key: string
  readonly note: string
  readonly tags: readonly string[]
  readonly counts: readonly number[]
  readonly flag: boolean
  readonly parent: null
  readonly place: { readonly depth: number; readonly name: string }
}

const word = (random: Random): string => WORDS[random.below(WORDS.length)]!

// One statement a draw: the order of the draws is part of the definition.
function makeEntry(id: number, random: Random): Entry {
  const key = `k${random.next()}`
  const note = `${word(random)} "${word(random)}"\n\\${word(random)}`
  const tags = [word(random), word(random), word(random)]
  const counts = [random.below(1_000), random.below(1_000), random.below(1_000), random.below(1_000)]
  const flag = random.below(2) === 1
  const depth = random.below(10)
  return { id, key, note, tags, counts, flag, parent: null, place: { depth, name: word(random) } }
}

/** @returns Numbers of an entry, added up: id, counts, flag as 0 or 1, depth, and the lengths of its texts. */
function weigh(entry: Entry): number {
  let weight = entry.id + entry.place.depth + (entry.flag ? 1 : 0)
  weight += entry.key.length + entry.note.length + entry.place.name.length
  for (const count of entry.counts) weight += count
  for (const tag of entry.tags) weight += tag.length
  return weight
}

/**
 * Builds `size` records, writes them as one JSON array without white space, reads it again and folds what was read.
 *
 * Record `id` (from 0) takes its draws from `Random(seedOf(index))` in the order of its members: `key` is `k` and a draw
 * in decimals; `note` is `w "w"⏎\w` (a line feed and a backslash before the third word); `tags` three words; `counts`
 * four numbers `r % 1000`; `flag` is `r % 2 = 1`; `parent` null; `place` holds `depth` (`r % 10`) and `name` (a word). A
 * word is `WORDS[r % 64]`. There are whole numbers only, so that no runtime writes them differently.
 *
 * Low: CRC-32 of the text. High: over the records read, `high = high * 31 + weight` from 0, see {@link weigh}.
 */
export const json: Kernel = {
  name: 'json',
  defaultSize: 1_600,
  maxSize: 1_000_000,
  make: () => (index, size, result) => {
    const random = new Random(seedOf(index))
    const entries: Entry[] = []
    for (let id = 0; id < size; id += 1) entries.push(makeEntry(id, random))
    const text = JSON.stringify(entries)
    let high = 0
    for (const entry of JSON.parse(text) as Entry[]) high = fold31(high, weigh(entry))
    result[0] = crc32(text)
    result[1] = high
  },
}
