import { HEAD_BYTES } from './limits.ts'

const LF = 10

/**
 * Takes the first bytes off a stream without waiting for more than its first line.
 *
 * @returns They, and the whole stream again.
 */
export async function splitHead(
  stream: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly bytes: AsyncIterable<Buffer> }> {
  const iterator = stream[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  let isOver = false
  while (head.length < HEAD_BYTES && !head.includes(LF)) {
    const result = await iterator.next()
    isOver = result.done === true
    if (result.done === true) break
    head = Buffer.concat([head, result.value])
  }
  const again = async function* (): AsyncGenerator<Buffer, void, undefined> {
    if (head.length > 0) yield head
    if (isOver) return
    for (;;) {
      const result = await iterator.next()
      if (result.done === true) return
      yield result.value
    }
  }
  return { head: head.subarray(0, HEAD_BYTES), bytes: again() }
}
