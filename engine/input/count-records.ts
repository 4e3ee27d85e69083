import { detectEncoding, UTF_8 } from '../source/encoding.ts'
import { LineBlocks } from '../source/line-blocks.ts'
import { scannerOf } from '../source/record-reader.ts'
import type { HeadContent } from './head-content.ts'
import type { InputReport } from '../../shared/model/input-report.ts'

export type TaskCount = InputReport['tasks']

/**
 * @param count Records in the beginning, which end behind `usedBytes` of it.
 * @param skippedBytes In front of the first record.
 * @returns The records of the whole; `null` when the beginning has none although something follows.
 */
export function estimateTasks(
  count: number,
  { usedBytes, skippedBytes = 0 }: { readonly usedBytes: number; readonly skippedBytes?: number },
  { isWhole, totalBytes }: Pick<HeadContent, 'isWhole' | 'totalBytes'>,
): TaskCount {
  if (isWhole) return { count, isEstimate: false }
  const bytes = usedBytes - skippedBytes
  if (count === 0 || bytes <= 0) return null
  return { count: Math.round((count / bytes) * (totalBytes - skippedBytes)), isEstimate: true }
}

/** Counts lines as a crawl does: without blank ones and comments. */
export function countUrlLines({ bytes, isWhole, totalBytes }: HeadContent): TaskCount {
  const encoding = detectEncoding(bytes)
  const decoder = encoding.makeDecoder()
  const text = encoding === UTF_8 ? bytes : Buffer.concat([decoder.push(bytes), decoder.end()])
  const blocks = new LineBlocks(0)
  blocks.push(text)
  const window = blocks.take(isWhole)
  const lines = scannerOf('list', 0)
  let count = 0
  if (window !== null) {
    lines.load(window)
    while (lines.next()) count += 1
  }
  // Two bytes a character before, one after decoding: what counts is the part of all there is.
  const usedBytes = window === null ? 0 : (window.bytes.length / text.length) * bytes.length
  return estimateTasks(count, { usedBytes }, { isWhole, totalBytes })
}
