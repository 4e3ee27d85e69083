import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import { corpusText, PIECE_BYTES, pieceOffset } from './corpus.ts'
import type { Kernel } from './kernel.ts'
import { Random, seedOf } from './random.ts'

function fill(data: Buffer, corpus: Buffer, random: Random): void {
  for (let at = 0; at < data.length; at += PIECE_BYTES) {
    const offset = pieceOffset(random)
    corpus.copy(data, at, offset, offset + PIECE_BYTES)
  }
}

/**
 * Compresses `size` KiB of text at level 6 and expands it again. The text is `size` pieces of the corpus, their offsets
 * drawn from `Random(seedOf(index))`. Only what came back counts, since compressed bytes differ between zlib versions.
 *
 * Low: CRC-32 of the expanded bytes. High: CRC-32 of their first half (`size * 512` bytes).
 */
export const gzip: Kernel = {
  name: 'gzip',
  defaultSize: 112,
  maxSize: 65_536,
  make: () => {
    const corpus = Buffer.from(corpusText(), 'latin1')
    return (index, size, result) => {
      const data = Buffer.allocUnsafe(size * PIECE_BYTES)
      fill(data, corpus, new Random(seedOf(index)))
      const expanded = gunzipSync(gzipSync(data, { level: 6 }))
      result[0] = crc32(expanded)
      result[1] = crc32(expanded.subarray(0, expanded.length / 2))
    }
  },
}
