import type { FileHandle } from 'node:fs/promises'
import type { RangeInput } from '../worker/protocol.ts'
import { markRecords } from './marks.ts'
import type { ReaderSetup } from './reader-protocol.ts'
import type { ReadingHost, ReadingReport } from './reading-report.ts'

/**
 * Tells that workers read a file themselves, and where they may begin unless one reads it from its first byte to its
 * last.
 *
 * @returns The index behind its last record; `null` when only a worker will know.
 */
export async function announceRange(
  input: number,
  { handle, range, firstIndex }: { handle: FileHandle; range: RangeInput; firstIndex: number },
  parts: { readonly setup: ReaderSetup; readonly host: ReadingHost; readonly report: ReadingReport },
): Promise<number | null> {
  const { setup, host, report } = parts
  const { splitting, wholeBytes, inputs } = setup
  const whole = splitting === 'whole' && inputs.length === 1 && range.sizeBytes <= wholeBytes
  host.post({ type: 'range', input, range, firstIndex, whole })
  if (whole) return null
  const before = report.bytesRead
  const endIndex = await markRecords(handle, range, {
    firstIndex,
    signal: host.signal,
    listener: {
      onMarks: marks => host.post({ type: 'marks', input, marks }, [marks.buffer]),
      onProgress: (bytes, nextIndex) => {
        report.bytesRead = before + bytes
        report.progress(nextIndex)
      },
    },
  })
  host.post({ type: 'range.end', input, endIndex })
  return endIndex
}
