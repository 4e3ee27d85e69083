import type { RecordFormat } from '../worker/protocol.ts'
import { LOAD_BATCH_BYTES } from './limits.ts'
import type { LoadFeed } from './load-feed.ts'
import { RecordBlocks } from './record-blocks.ts'

/** Records of a slow producer do not wait longer for others, in milliseconds. */
const LINGER_MS = 20

/**
 * Cuts a stream into records and feeds them, also those in front of an error.
 *
 * @param bytes The whole input, unpacked, from its first byte on.
 * @throws what `bytes` throws, after the complete records before were fed; `E_CANCELLED` once the feed was stopped.
 */
export async function feedStream(
  bytes: AsyncIterable<Buffer>,
  format: RecordFormat,
  feed: LoadFeed,
): Promise<void> {
  const blocks = new RecordBlocks(format, { byteOffset: format.bodyStart, line: format.bodyLine })
  const hand = async (isEnd: boolean): Promise<void> => {
    const window = blocks.take(isEnd)
    if (window !== null) await feed.send(window, format)
  }
  let toSkip = format.bodyStart
  let untaken = 0
  const chunks = new Chunks(bytes)
  try {
    for (;;) {
      const chunk = await chunks.next(untaken > 0 ? LINGER_MS : null)
      if (chunk === 'end') break
      if (chunk !== 'late') {
        const skipped = Math.min(toSkip, chunk.length)
        toSkip -= skipped
        blocks.push(chunk.subarray(skipped))
        untaken += chunk.length - skipped
        if (untaken < LOAD_BATCH_BYTES) continue
      }
      untaken = 0
      await hand(false)
    }
  } catch (error) {
    await hand(false)
    throw error
  } finally {
    await chunks.close()
  }
  await hand(true)
}

/** Chunks of a stream, one of which is always under way. */
class Chunks {
  readonly #iterator: AsyncIterator<Buffer>
  #next: Promise<IteratorResult<Buffer>>

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#iterator = bytes[Symbol.asyncIterator]()
    this.#next = this.#pull()
  }

  /** @returns `late` when there is none within `ms`; `null` waits as long as it takes. */
  async next(ms: number | null): Promise<Buffer | 'late' | 'end'> {
    const result = ms === null ? await this.#next : await within(this.#next, ms)
    if (result === null) return 'late'
    if (result.done === true) return 'end'
    this.#next = this.#pull()
    return result.value
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }

  #pull(): Promise<IteratorResult<Buffer>> {
    const next = this.#iterator.next()
    // Nobody waits for it while records wait for credits; whoever does hears its error all the same.
    next.catch(() => undefined)
    return next
  }
}

/** @returns What `promise` resolves to; `null` when it does not within `ms`. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
