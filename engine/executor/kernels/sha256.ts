import { hash } from 'node:crypto'
import type { Kernel } from './kernel.ts'
import { Random, seedOf } from './random.ts'

const BLOCK_BYTES = 65_536
const PATTERN_BYTES = 1_024

/** Fills the block with 256 random words, least significant byte first, repeated 64 times. */
function fill(block: Buffer, random: Random): void {
  for (let at = 0; at < PATTERN_BYTES; at += 4) block.writeUInt32LE(random.next(), at)
  for (let at = PATTERN_BYTES; at < BLOCK_BYTES; at += PATTERN_BYTES) block.copyWithin(at, 0, PATTERN_BYTES)
}

/**
 * A chain of `size` SHA-256 hashes over a block of 64 KiB. The block is 256 numbers of `Random(seedOf(index))`, little
 * endian, repeated 64 times; after each hash its 32 bytes replace the block's first 32.
 *
 * High: bytes 0..3 of the last hash, big endian. Low: bytes 4..7.
 */
export const sha256: Kernel = {
  name: 'sha256',
  defaultSize: 150,
  maxSize: 1_000_000_000,
  make: () => {
    const block = Buffer.alloc(BLOCK_BYTES)
    return (index, size, result) => {
      fill(block, new Random(seedOf(index)))
      for (let round = 0; round < size; round += 1) hash('sha256', block, 'buffer').copy(block)
      result[1] = block.readUInt32BE(0)
      result[0] = block.readUInt32BE(4)
    }
  },
}
